"""Codec of Asterisk's chan_websocket: sound as binary messages, the rest as JSON or plain text.

A PBX speaks one of the two, and takes orders in that one alone: it is what orders are addressed by.
"""

from typing import Any, Final

from agent_service.channels.carrier import (
    CallBegan,
    CallerSound,
    Carrier,
    CarrierMessage,
    KeyPressed,
    MarkPassed,
    parsed,
    telephone,
    text_at,
    written,
)
from agent_service.channels.traits import PCM16_24K
from agent_service.channels.widget import Frame

SUBPROTOCOL: Final = "media"
SOUND: Final = "slin24"
JSON, PLAIN = "json", "plain-text"
"""As chan_websocket.conf calls the two."""

TRAITS: Final = telephone("asterisk", PCM16_24K)


def decode(frame: Frame) -> CarrierMessage | None:
    """Read one message of Asterisk's."""
    if isinstance(frame, bytes):
        return CallerSound(frame)
    form = JSON if frame.startswith("{") else PLAIN
    message = parsed(frame) if form == JSON else _plain(frame)
    match message.get("event"):
        case "MEDIA_START":
            is_ours = message.get("format") == SOUND
            return CallBegan("", form, TRAITS.audio if is_ours else None)
        case "DTMF_END":
            return KeyPressed(text_at(message, ("digit",)))
        case "MEDIA_MARK_PROCESSED":
            return MarkPassed(text_at(message, ("correlation_id",)))
        case _:
            return None


def _plain(text: str) -> dict[str, Any]:
    """Return a message that is written ``EVENT name:value name:value``, or ``EVENT mark``."""
    event, _, rest = text.partition(" ")
    words = [word if ":" in word else f"correlation_id:{word}" for word in rest.split()]
    return dict(word.split(":", 1) for word in words) | {"event": event}


def _order(form: str, command: str, mark: str = "") -> str:
    if form == PLAIN:
        return f"{command} {mark}".rstrip()
    return written({"command": command} | ({"correlation_id": mark} if mark else {}))


def answer(form: str) -> str:
    """Put the caller through, who has heard ringing or music so far."""
    return _order(form, "ANSWER")


def play(form: str, sound: bytes) -> Frame:
    """Return the sound as it is."""
    return sound


def mark(form: str, name: str) -> str:
    """Ask to be told when all that was sent has been played; of what is dropped, nothing is."""
    return _order(form, "MARK_MEDIA", name)


def clear(form: str) -> str:
    """Ask for the queue to be emptied."""
    return _order(form, "FLUSH_MEDIA")


CARRIER: Final = Carrier(
    traits=TRAITS,
    decode=decode,
    play=play,
    clear=clear,
    mark=mark,
    answer=answer,
    plays_frames=True,
    needs_silence=True,
)
