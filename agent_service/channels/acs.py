"""Codec of Azure Communication Services' audio streaming.

It tells the call by a header of the handshake, and nothing of what was played.
"""

from typing import Final

from agent_service.channels.carrier import (
    CallBegan,
    CallerSound,
    Carrier,
    CarrierMessage,
    KeyPressed,
    at,
    in_text,
    parsed,
    sound_at,
    telephone,
    text_at,
    written,
)
from agent_service.channels.traits import PCM16_24K, PlayoutClock
from agent_service.channels.widget import Frame

TRAITS: Final = telephone("acs", PCM16_24K, PlayoutClock.SERVICE)


def decode(frame: Frame) -> CarrierMessage | None:
    """Read one message of Azure's."""
    message = parsed(frame)
    match message.get("kind"):
        case "AudioMetadata":
            form = [at(message, ("audioMetadata", name)) for name in ("encoding", "sampleRate")]
            return CallBegan("", "", TRAITS.audio if form == ["PCM", 24_000] else None)
        case "AudioData":
            return CallerSound(sound_at(message, ("audioData", "data")))
        case "DtmfData":
            return KeyPressed(text_at(message, ("dtmfData", "data")))
        case _:
            return None


def play(stream: str, sound: bytes) -> Frame:
    """Have the sound played behind what was sent before."""
    return written({"Kind": "AudioData", "AudioData": {"Data": in_text(sound)}, "StopAudio": None})


def clear(stream: str) -> str:
    """Have it drop what it has not played."""
    return written({"Kind": "StopAudio", "AudioData": None, "StopAudio": {}})


CARRIER: Final = Carrier(
    traits=TRAITS,
    decode=decode,
    play=play,
    clear=clear,
    call_header="x-ms-call-correlation-id",
)
