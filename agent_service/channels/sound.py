"""Between the sound of a channel and the service's, which is PCM16 at 24 kHz: pure, as streams."""

from collections.abc import Callable, Mapping
from typing import Final

from agent_service.audio import (
    BYTES_PER_MS,
    SAMPLE_RATE_HZ,
    Resampler,
    decode_alaw,
    decode_mulaw,
    encode_alaw,
    encode_mulaw,
)
from agent_service.channels.traits import AudioFormat


def _as_it_is(sound: bytes) -> bytes:
    return sound


_DECODERS: Final[Mapping[str, Callable[[bytes], bytes]]] = {
    "pcm16": _as_it_is,
    "mulaw": decode_mulaw,
    "alaw": decode_alaw,
}
_ENCODERS: Final[Mapping[str, Callable[[bytes], bytes]]] = {
    "pcm16": _as_it_is,
    "mulaw": encode_mulaw,
    "alaw": encode_alaw,
}


class Ear:
    """Turns the sound of one format into the service's."""

    def __init__(self, format: AudioFormat) -> None:
        self._decode = _DECODERS[format.coding]
        self._resampler = _resampler(format.rate_hz, SAMPLE_RATE_HZ)

    def hear(self, sound: bytes) -> bytes:
        pcm = self._decode(sound)
        return self._resampler.feed(pcm) if self._resampler else pcm


class Voice:
    """Turns the service's sound into that of one format."""

    def __init__(self, format: AudioFormat) -> None:
        self._encode = _ENCODERS[format.coding]
        self._resampler = _resampler(SAMPLE_RATE_HZ, format.rate_hz)

    def say(self, pcm: bytes) -> bytes:
        return self._encode(self._resampler.feed(pcm) if self._resampler else pcm)

    def end(self) -> bytes:
        """Return what is still to be said; nothing may follow."""
        return self._encode(self._resampler.flush()) if self._resampler else b""


def _resampler(from_hz: int, to_hz: int) -> Resampler | None:
    return Resampler(from_hz, to_hz) if from_hz != to_hz else None


class FramedVoice:
    """A voice whose sound leaves in whole frames, and which says how much it holds back."""

    def __init__(self, format: AudioFormat, frame_ms: int) -> None:
        self._format = format
        self._frame = frame_ms * format.bytes_per_ms
        self.forget()

    def forget(self) -> None:
        """Begin anew: what is held back is not said."""
        self._voice = Voice(self._format)
        self._rest = b""
        self._given_bytes = self._said_bytes = 0

    @property
    def held_ms(self) -> int:
        """How much of what it was given has not left yet."""
        return round(
            self._given_bytes / BYTES_PER_MS - self._said_bytes / self._format.bytes_per_ms
        )

    def say(self, pcm: bytes) -> bytes:
        """Return the whole frames that can be said by now."""
        sound = self._rest + self._voice.say(pcm)
        whole = len(sound) - len(sound) % self._frame
        self._rest = sound[whole:]
        self._given_bytes += len(pcm)
        self._said_bytes += whole
        return sound[:whole]

    def end(self) -> bytes:
        """Return the rest, with silence up to a whole frame; what follows begins anew."""
        sound = self._rest + self._voice.end()
        self.forget()
        return sound + self._format.silence(-len(sound) % self._frame)
