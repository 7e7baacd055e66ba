"""Audio formats of the wire: names in both session shapes, bytes to and from PCM16."""

from dataclasses import dataclass
from typing import Any, Literal, TypeAlias

from agent_service.audio import (
    BYTES_PER_MS,
    SAMPLE_RATE_HZ,
    Resampler,
    decode_alaw,
    decode_mulaw,
    encode_alaw,
    encode_mulaw,
)
from agent_service.offline.protocol.errors import invalid_value
from agent_service.offline.protocol.members import Members, integer, listed, one_of, string

_G711_RATE_HZ = 8_000

Encoding: TypeAlias = Literal["pcm", "pcmu", "pcma"]

# The hyphens are how the first sample client of the preview spells them, and all it can read back.
_FLAT_NAMES: dict[str, Encoding] = {
    "pcm16": "pcm",
    "g711_ulaw": "pcmu",
    "g711_alaw": "pcma",
    "g711-ulaw": "pcmu",
    "g711-alaw": "pcma",
}
_NESTED_TYPES: dict[str, Encoding] = {
    "audio/pcm": "pcm",
    "audio/pcmu": "pcmu",
    "audio/pcma": "pcma",
}


@dataclass(frozen=True, slots=True)
class AudioFormat:
    """How audio is laid out on the wire."""

    encoding: Encoding
    flat_name: str
    """As the client spelled it, which is how it is shown back."""

    @property
    def bytes_per_ms(self) -> int:
        return BYTES_PER_MS if self.encoding == "pcm" else _G711_RATE_HZ // 1000

    def nested(self) -> dict[str, Any]:
        """Return the format object of the nested session shape."""
        if self.encoding == "pcm":
            return {"type": "audio/pcm", "rate": SAMPLE_RATE_HZ}
        return {"type": f"audio/{self.encoding}"}


PCM16 = AudioFormat("pcm", "pcm16")


def flat_format(value: Any, path: str) -> AudioFormat:
    """Read a format by its name in the flat session shape."""
    name = string(value, path)
    if name not in _FLAT_NAMES:
        known = listed(("pcm16", "g711_ulaw", "g711_alaw"))
        raise invalid_value(path, f"Invalid value: '{name}'. Supported values are: {known}.")
    return AudioFormat(_FLAT_NAMES[name], name)


def nested_format(value: Any, path: str) -> AudioFormat:
    """Read a format object of the nested session shape."""
    members = Members(value, path)
    encoding = _NESTED_TYPES[members.required("type", one_of(*_NESTED_TYPES))]
    if encoding == "pcm":
        members.optional("rate", integer(SAMPLE_RATE_HZ, SAMPLE_RATE_HZ), SAMPLE_RATE_HZ)
    members.finish()
    flat = {"pcm": "pcm16", "pcmu": "g711_ulaw", "pcma": "g711_alaw"}[encoding]
    return AudioFormat(encoding, flat)


class AudioDecoder:
    """Turns a client's audio, split anywhere, into PCM16 at 24 kHz."""

    def __init__(self, form: AudioFormat) -> None:
        self._form = form
        self._odd = b""
        self._resampler = Resampler(_G711_RATE_HZ, SAMPLE_RATE_HZ)
        self._taken = self._given = 0

    @property
    def behind_ms(self) -> int:
        """Return how much of what was taken has not been given yet: resampling looks ahead."""
        taken_ms = self._taken / self._form.bytes_per_ms
        return round(taken_ms - self._given / BYTES_PER_MS)

    def feed(self, data: bytes) -> bytes:
        """Take the next bytes and return the samples they complete."""
        self._taken += len(data)
        pcm = self._decode(data)
        self._given += len(pcm)
        return pcm

    def flush(self) -> bytes:
        """End the stream and return its last samples."""
        return b"" if self._form.encoding == "pcm" else self._resampler.flush()

    def _decode(self, data: bytes) -> bytes:
        match self._form.encoding:
            case "pcm":
                data = self._odd + data
                whole = len(data) // 2 * 2
                self._odd = data[whole:]
                return data[:whole]
            case "pcmu":
                return self._resampler.feed(decode_mulaw(data))
            case "pcma":
                return self._resampler.feed(decode_alaw(data))


class AudioEncoder:
    """Turns PCM16 at 24 kHz into the bytes of a wire format; every piece holds whole samples."""

    def __init__(self, form: AudioFormat) -> None:
        self._form = form
        self._resampler = Resampler(SAMPLE_RATE_HZ, _G711_RATE_HZ)

    def feed(self, pcm: bytes) -> bytes:
        """Take the next samples and return their bytes."""
        return pcm if self._form.encoding == "pcm" else self._compress(self._resampler.feed(pcm))

    def flush(self) -> bytes:
        """End the stream and return its last bytes."""
        return b"" if self._form.encoding == "pcm" else self._compress(self._resampler.flush())

    def _compress(self, pcm: bytes) -> bytes:
        return encode_mulaw(pcm) if self._form.encoding == "pcmu" else encode_alaw(pcm)


def encode_whole(pcm: bytes, form: AudioFormat) -> bytes:
    """Return a whole recording in a wire format."""
    encoder = AudioEncoder(form)
    return encoder.feed(pcm) + encoder.flush()


def decode_whole(data: bytes, form: AudioFormat) -> bytes:
    """Return a whole recording of a wire format as PCM16 at 24 kHz."""
    decoder = AudioDecoder(form)
    return decoder.feed(data) + decoder.flush()
