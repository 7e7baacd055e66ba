"""What the media sockets of telephone carriers say, whatever words each has for it.

Pure. A carrier is a ``Carrier``: how its frames are read, and how its few orders are written. Those
whose messages differ in names alone are described by their ``Words``.
"""

import binascii
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final, TypeAlias

import msgspec

from agent_service.channels.traits import Answer, AudioFormat, ChannelTraits, PlayoutClock
from agent_service.channels.widget import BadMessage, Frame
from agent_service.strict_json import BadJson, loads

MAX_FRAME_BYTES: Final = 65_536
MAX_DEPTH: Final = 8

TOLD: Final = """
The caller is on the telephone and sees nothing
- No links and no lists: of many things name two, and ask whether to go on.
- Say slowly what is to be written down, numbers in groups of two or three, and again if asked.
- A one-time code is entered with the telephone's keys, with the hash key after it.
- The key 0 asks for a person.
"""
"""What the model is told of callers who hold a telephone."""


@dataclass(frozen=True, slots=True)
class CallBegan:
    """The carrier's first word of a call."""

    carrier_call_id: str
    """Empty where the handshake has said it."""
    stream: str
    """What orders are addressed to, or how they are written; empty where they need neither."""
    format: AudioFormat | None
    """How it says that the sound is coded; None for a coding that we do not know."""


@dataclass(frozen=True, slots=True)
class CallerSound:
    audio: bytes
    """As it is coded on the wire."""
    number: int | None = None
    """Counts the carrier's packets, where it numbers them."""
    at_ms: int | None = None
    """When it was spoken, by the carrier's clock."""


@dataclass(frozen=True, slots=True)
class MarkPassed:
    """All that was sent before the mark was played, or dropped."""

    mark: str


@dataclass(frozen=True, slots=True)
class KeyPressed:
    key: str


@dataclass(frozen=True, slots=True)
class CallEnded:
    """The caller has hung up."""


CarrierMessage: TypeAlias = CallBegan | CallerSound | MarkPassed | KeyPressed | CallEnded


@dataclass(frozen=True, slots=True, kw_only=True)
class Carrier:
    """One carrier's media socket."""

    traits: ChannelTraits
    decode: Callable[[Frame], CarrierMessage | None]
    """Returns None for what says nothing to us; raises BadMessage."""
    play: Callable[[str, bytes], Frame]
    """Takes the stream, and whole frames of sound."""
    clear: Callable[[str], str]
    """Has the carrier drop what it has not played yet."""
    mark: Callable[[str, str], str] | None = None
    """Takes the stream and the mark that is to come back; None where none would."""
    answer: Callable[[str], str] | None = None
    """Puts the caller through, where the carrier waits for that until somebody listens."""
    call_header: str | None = None
    """Of the handshake, where that says which call it is, and the messages do not."""
    plays_frames: bool = False
    """Each frame of sound has to be a message of its own."""
    needs_silence: bool = False
    """Sends the caller nothing at all while it is sent nothing: silence has to be sent as well."""


def telephone(
    name: str, audio: AudioFormat, playout: PlayoutClock = PlayoutClock.CARRIER
) -> ChannelTraits:
    """Return what a carrier's calls have in common: keys, no screen, and no way back."""
    return ChannelTraits(
        name=name,
        kind="telephone",
        told=TOLD,
        playout=playout,
        audio=audio,
        shows_captions=False,
        answers=frozenset({Answer.KEY}),
        can_return=False,
    )


# --- carriers that write the same messages in other words ---

Path: TypeAlias = tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Words:
    """Where a carrier's JSON says what."""

    carrier_call_id: Path
    stream: Path
    coding: Path
    rate_hz: Path
    stream_name: str | None
    """How orders call the stream; None where they do not name it."""
    passed: str = "mark"
    passed_mark: Path = ("mark", "name")
    play: str = "media"
    play_more: Mapping[str, Any] = field(default_factory=dict)
    """What an order to play says beside the sound."""
    mark: str = "mark"
    mark_name: Path = ("mark", "name")
    clear: str = "clear"


_CODINGS: Final = {
    "audio/x-mulaw": "mulaw",
    "PCMU": "mulaw",
    "audio/x-l16": "pcm16",
    "L16": "pcm16",
}


def described(traits: ChannelTraits, words: Words) -> Carrier:
    """Return the carrier that writes its messages in these words."""

    def decode(frame: Frame) -> CarrierMessage | None:
        message = parsed(frame)
        event = message.get("event")
        if event == "start":
            return CallBegan(
                text_at(message, words.carrier_call_id),
                text_at(message, words.stream),
                _format(message, words),
            )
        if event == "media":
            return _sound(message)
        if event == "dtmf":
            return KeyPressed(text_at(message, ("dtmf", "digit")))
        if event == words.passed:
            return MarkPassed(text_at(message, words.passed_mark))
        return CallEnded() if event == "stop" else None

    def order(event: str, stream: str, more: Mapping[str, Any]) -> str:
        address = {words.stream_name: stream} if words.stream_name else {}
        return written({"event": event, **address, **more})

    def play(stream: str, sound: bytes) -> str:
        return order(words.play, stream, {"media": {**words.play_more, "payload": in_text(sound)}})

    def mark(stream: str, name: str) -> str:
        *outer, last = words.mark_name
        inner: dict[str, Any] = {last: name}
        return order(words.mark, stream, {outer[0]: inner} if outer else inner)

    def clear(stream: str) -> str:
        return order(words.clear, stream, {})

    return Carrier(traits=traits, decode=decode, play=play, clear=clear, mark=mark)


def _format(message: dict[str, Any], words: Words) -> AudioFormat | None:
    coding = _CODINGS.get(text_at(message, words.coding))
    rate_hz = number_at(message, words.rate_hz)
    return AudioFormat(coding, rate_hz) if coding and rate_hz else None  # type: ignore[arg-type]


def _sound(message: dict[str, Any]) -> CallerSound | None:
    if at(message, ("media", "track")) not in (None, "inbound", "inbound_track"):
        return None  # what the agent says, played back
    return CallerSound(
        sound_at(message, ("media", "payload")),
        number_at(message, ("media", "chunk")),
        number_at(message, ("media", "timestamp")),
    )


# --- reading and writing ---


def parsed(frame: Frame) -> dict[str, Any]:
    """Return a carrier's message."""
    try:
        message = loads(frame, max_bytes=MAX_FRAME_BYTES, max_depth=MAX_DEPTH)
    except BadJson as error:
        raise BadMessage(f"This is not acceptable JSON: {error}", code="bad_json") from error
    if not isinstance(message, dict):
        raise BadMessage("A message is an object.", code="bad_message")
    return message


def written(message: Mapping[str, Any]) -> str:
    """Return an order as it goes on the wire."""
    return msgspec.json.encode(message).decode()


def at(message: Mapping[str, Any], path: Path) -> Any:
    """Return what is there, or None."""
    found: Any = message
    for name in path:
        found = found.get(name) if isinstance(found, dict) else None
    return found


def text_at(message: Mapping[str, Any], path: Path) -> str:
    """Return the text that has to be there."""
    found = at(message, path)
    if not isinstance(found, str) or not 0 < len(found) <= 255:
        name = ".".join(path)
        raise BadMessage(f"{name} should be a text.", code="bad_message", field=name)
    return found


def number_at(message: Mapping[str, Any], path: Path) -> int | None:
    """Return the number that may be there, as such or in decimal digits."""
    found = at(message, path)
    if found is None or type(found) is int:
        return found
    if isinstance(found, str) and found.isascii() and found.isdecimal() and len(found) <= 15:
        return int(found)
    name = ".".join(path)
    raise BadMessage(f"{name} should be a number.", code="bad_message", field=name)


def sound_at(message: Mapping[str, Any], path: Path) -> bytes:
    """Return the sound that has to be there, in base64."""
    found, name = at(message, path), ".".join(path)
    if not isinstance(found, str):
        raise BadMessage(f"{name} should be sound in base64.", code="bad_audio", field=name)
    try:
        return binascii.a2b_base64(found, strict_mode=True)
    except (binascii.Error, ValueError) as error:
        raise BadMessage(f"{name} is no base64: {error}.", code="bad_audio", field=name) from error


def in_text(sound: bytes) -> str:
    """Return sound as JSON carries it."""
    return binascii.b2a_base64(sound, newline=False).decode()
