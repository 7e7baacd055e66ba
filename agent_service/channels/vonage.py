"""Codec of Vonage's WebSockets: sound as binary messages, the rest as JSON.

Vonage does not name the call: what the answer to its webhook put into ``headers`` comes back.
"""

from typing import Final

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
from agent_service.channels.traits import AudioFormat
from agent_service.channels.widget import Frame

CONTENT_TYPE: Final = "audio/l16;rate=16000"
CALL_HEADER: Final = "call"

TRAITS: Final = telephone("vonage", AudioFormat("pcm16", 16_000))


def decode(frame: Frame) -> CarrierMessage | None:
    """Read one message of Vonage's."""
    if isinstance(frame, bytes):
        return CallerSound(frame)
    message = parsed(frame)
    match message.get("event"):
        case "websocket:connected":
            is_ours = message.get("content-type") == CONTENT_TYPE
            call = text_at(message, (CALL_HEADER,))
            return CallBegan(call, "", TRAITS.audio if is_ours else None)
        case "websocket:dtmf":
            return KeyPressed(text_at(message, ("digit",)))
        case "websocket:notify":
            return MarkPassed(text_at(message, ("payload", "mark")))
        case _:
            return None


def play(stream: str, sound: bytes) -> Frame:
    """Return the sound as it is."""
    return sound


def mark(stream: str, name: str) -> str:
    """Ask to be notified when all that was sent has been played."""
    return written({"action": "notify", "payload": {"mark": name}})


def clear(stream: str) -> str:
    """Ask for the buffer to be emptied."""
    return written({"action": "clear"})


CARRIER: Final = Carrier(
    traits=TRAITS, decode=decode, play=play, clear=clear, mark=mark, plays_frames=True
)
