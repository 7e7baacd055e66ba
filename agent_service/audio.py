"""Sound as bytes: PCM16 arithmetic, G.711, streaming resampling, WAV and Ogg Opus files.

Inside the service sound is PCM16 mono little endian at 24 kHz; all else is turned into it here.
"""

import io
import math
import struct
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any, Final, NamedTuple, TypeAlias

import numpy as np
import soundfile
from numpy.typing import NDArray

from agent_service.errors import AudioError

SAMPLE_RATE_HZ: Final = 24_000
BYTES_PER_SAMPLE: Final = 2
BYTES_PER_MS: Final = 48
"""Of PCM16 mono at 24 kHz."""

Samples: TypeAlias = NDArray[np.int16]
Floats: TypeAlias = NDArray[np.float64]


def ms_to_bytes(ms: int) -> int:
    """Return how many bytes of 24 kHz PCM16 last ``ms`` milliseconds."""
    return ms * BYTES_PER_MS


def bytes_to_ms(count: int) -> int:
    """Return how many whole milliseconds ``count`` bytes of 24 kHz PCM16 last."""
    return count // BYTES_PER_MS


def samples(pcm: bytes) -> Samples:
    """View PCM16 bytes as numbers, without copying."""
    if len(pcm) % BYTES_PER_SAMPLE:
        raise AudioError(f"PCM16 audio has two bytes a sample, but {len(pcm)} bytes were given.")
    return np.frombuffer(pcm, dtype="<i2")


PIECE_MS: Final = 10
_PIECE: Final = PIECE_MS * SAMPLE_RATE_HZ // 1000
_LEAST_SWING: Final = 256
"""Of 65,536: a piece of sound that moves less than this (-48 dBFS) is silent to a caller."""


class Sounding(NamedTuple):
    """What there is to hear in a piece of sound, in ms."""

    ms: int
    """For how long, in all; 0 where nothing sounds."""
    lead_ms: int = 0
    """The silence before it."""
    tail_ms: int = 0
    """The silence behind it."""


def sounding(pcm: bytes) -> Sounding:
    """Return what there is to hear, in pieces of 10 ms.

    It tells sound from silence, not speech from noise.
    """
    heard = np.flatnonzero(swings(pcm) >= _LEAST_SWING)
    if not len(heard):
        return Sounding(0)
    length_ms, last_ms = bytes_to_ms(len(pcm)), int(heard[-1]) * PIECE_MS
    last_lasts_ms = min(length_ms - last_ms, PIECE_MS)
    return Sounding(
        (len(heard) - 1) * PIECE_MS + last_lasts_ms,
        lead_ms=int(heard[0]) * PIECE_MS,
        tail_ms=length_ms - last_ms - last_lasts_ms,
    )


def sounding_ms(pcm: bytes) -> int:
    """Return for how long there is something to hear."""
    return sounding(pcm).ms


def swings(pcm: bytes) -> NDArray[np.uint16]:
    """Return how far each piece of 10 ms moves, of 65,535; the last one may be shorter."""
    sound = np.frombuffer(pcm, dtype="<i2", count=len(pcm) // BYTES_PER_SAMPLE)
    whole = len(sound) - len(sound) % _PIECE
    pieces = sound[:whole].reshape(-1, _PIECE)
    # As unsigned numbers, a swing of more than 32,767 is right as well.
    swing: NDArray[np.uint16] = (pieces.max(axis=1) - pieces.min(axis=1)).view(np.uint16)
    if whole == len(sound):
        return swing
    rest = sound[whole:]
    return np.append(swing, np.uint16(int(rest.max()) - int(rest.min())))


def to_pcm(values: NDArray[Any]) -> bytes:
    """Return floating point samples (-1 to 1) as PCM16; louder ones are clipped."""
    return np.clip(np.rint(values * 32_768.0), -32_768, 32_767).astype("<i2").tobytes()


# G.711. Both laws are tables made once from the recommendation's own bit arithmetic.


def _mulaw_levels() -> Samples:
    code = ~np.arange(256)
    exponent, mantissa = code >> 4 & 7, code & 15
    magnitude = ((2 * mantissa + 33 << exponent) - 33) * 4
    levels: Samples = np.where(np.arange(256) < 128, -magnitude, magnitude).astype("<i2")
    return levels


def _mulaw_codes() -> NDArray[np.uint8]:
    linear = np.arange(65_536, dtype=np.uint16).astype(np.int16).astype(np.int64)
    # Negative values are folded by one's complement, as ITU-T G.191 does.
    magnitude = np.minimum((np.where(linear < 0, ~linear, linear) >> 2) + 33, 0x1FFF)
    segment = np.floor(np.log2(magnitude)).astype(np.int64) - 4
    code = (8 - segment << 4) | (15 - (magnitude >> segment & 15))
    codes: NDArray[np.uint8] = np.where(linear >= 0, code | 0x80, code).astype(np.uint8)
    return codes


def _alaw_levels() -> Samples:
    code = np.arange(256) ^ 0x55
    exponent, mantissa = code >> 4 & 7, code & 15
    step = np.where(exponent > 0, mantissa + 16, mantissa) * 16 + 8
    magnitude = step << np.maximum(exponent - 1, 0)
    levels: Samples = np.where(np.arange(256) < 128, -magnitude, magnitude).astype("<i2")
    return levels


def _alaw_codes() -> NDArray[np.uint8]:
    linear = np.arange(65_536, dtype=np.uint16).astype(np.int16).astype(np.int64)
    magnitude = np.where(linear < 0, ~linear, linear) >> 4
    exponent = np.maximum(np.floor(np.log2(np.maximum(magnitude, 1))).astype(np.int64) - 3, 0)
    mantissa = (magnitude >> np.maximum(exponent - 1, 0)) & 15
    code = exponent << 4 | mantissa
    codes: NDArray[np.uint8] = (np.where(linear >= 0, code | 0x80, code) ^ 0x55).astype(np.uint8)
    return codes


_MULAW_LEVELS, _MULAW_CODES = _mulaw_levels(), _mulaw_codes()
_ALAW_LEVELS, _ALAW_CODES = _alaw_levels(), _alaw_codes()


def decode_mulaw(data: bytes) -> bytes:
    """Return G.711 mu-law bytes as PCM16 at the same rate."""
    return bytes(_MULAW_LEVELS[np.frombuffer(data, dtype=np.uint8)])


def encode_mulaw(pcm: bytes) -> bytes:
    """Return PCM16 as G.711 mu-law bytes at the same rate."""
    return bytes(_MULAW_CODES[samples(pcm).view("<u2")])


def decode_alaw(data: bytes) -> bytes:
    """Return G.711 A-law bytes as PCM16 at the same rate."""
    return bytes(_ALAW_LEVELS[np.frombuffer(data, dtype=np.uint8)])


def encode_alaw(pcm: bytes) -> bytes:
    """Return PCM16 as G.711 A-law bytes at the same rate."""
    return bytes(_ALAW_CODES[samples(pcm).view("<u2")])


_ZERO_CROSSINGS = 24
"""On each side of the filter's middle, at the lower of the two rates: 1.5 ms at 16 kHz."""
_UNIT = 1 << 15
"""The taps are whole numbers of this fraction, so that their sums are exact in a float."""


@cache
def _filter_bank(up: int, down: int) -> Floats:
    """Return a low-pass filter as one row of taps for each phase, the newest sample's tap last."""
    widest = max(up, down)
    half = _ZERO_CROSSINGS * widest
    taps_per_phase = 2 * math.ceil(half / up)
    length = taps_per_phase * up
    offset = np.arange(length) - length // 2
    shape = np.sinc(offset * 0.94 / widest) * np.kaiser(length + 1, 8.0)[:length]
    bank = shape.reshape(taps_per_phase, up).T[:, ::-1]
    whole: Floats = np.rint(bank / bank.sum(axis=1, keepdims=True) * _UNIT)
    # A constant stays the same constant in every phase: no tone where the phases alternate.
    rows = np.arange(up)
    whole[rows, np.abs(whole).argmax(axis=1)] += _UNIT - whole.sum(axis=1)
    return whole


class Resampler:
    """Turns a stream of PCM16 from one rate into another.

    However the stream is cut into pieces, the same samples come out, in time with what went in.
    """

    def __init__(self, from_hz: int, to_hz: int) -> None:
        common = math.gcd(from_hz, to_hz)
        self._up, self._down = to_hz // common, from_hz // common
        self._bank = _filter_bank(self._up, self._down)
        reach = self._bank.shape[1] // 2
        self._pending: Floats = np.zeros(self._bank.shape[1] - 1 - reach)
        self._position = 0
        """Of the next output sample: in pending samples, times ``up``."""
        self._samples_in = 0
        self._samples_out = 0

    def feed(self, pcm: bytes) -> bytes:
        """Take the next piece and return what can be said of the output by now."""
        fresh = samples(pcm)
        self._samples_in += len(fresh)
        return self._advance(fresh.astype(np.float64))

    def flush(self) -> bytes:
        """End the stream and return the rest of the output."""
        wanted = -(-self._samples_in * self._up // self._down) - self._samples_out
        return self._advance(np.zeros(self._bank.shape[1]))[: wanted * BYTES_PER_SAMPLE]

    def _advance(self, fresh: Floats) -> bytes:
        up, down, width = self._up, self._down, self._bank.shape[1]
        buffered = np.concatenate((self._pending, fresh))
        windows = len(buffered) - width + 1
        count = max(0, -(-(windows * up - self._position) // down))
        made = np.empty(count)
        if count:
            view = np.lib.stride_tricks.sliding_window_view(buffered, width)
            for first in range(min(up, count)):
                start, phase = divmod(self._position + first * down, up)
                made[first::up] = view[start::down][: -(-(count - first) // up)] @ self._bank[phase]
        self._position += count * down
        used = min(self._position // up, len(buffered))
        self._pending = buffered[used:]
        self._position -= used * up
        self._samples_out += count
        whole = np.floor((made + _UNIT // 2) / _UNIT)
        return np.clip(whole, -32_768, 32_767).astype("<i2").tobytes()


def resample(pcm: bytes, from_hz: int, to_hz: int) -> bytes:
    """Return a whole recording at another rate."""
    if from_hz == to_hz:
        return pcm
    stream = Resampler(from_hz, to_hz)
    return stream.feed(pcm) + stream.flush()


# WAV files.

_FORMAT_PCM, _FORMAT_FLOAT, _FORMAT_ALAW, _FORMAT_MULAW, _FORMAT_EXTENSIBLE = 1, 3, 6, 7, 0xFFFE
_UNKNOWN_SIZE = 0x7FFF_0000
"""Programs that write to a pipe put a size from here up, or 0, since they cannot know it."""
_RATES_HZ: Final = range(1_000, 384_001)

_DECODERS: Final[dict[tuple[int, int], Callable[[bytes], Floats]]] = {
    (_FORMAT_PCM, 8): lambda data: np.frombuffer(data, np.uint8) / 128.0 - 1.0,
    (_FORMAT_PCM, 16): lambda data: np.frombuffer(data, "<i2") / 2.0**15,
    (_FORMAT_PCM, 24): lambda data: _int24(data) / 2.0**31,
    (_FORMAT_PCM, 32): lambda data: np.frombuffer(data, "<i4") / 2.0**31,
    (_FORMAT_FLOAT, 32): lambda data: np.frombuffer(data, "<f4").astype(np.float64),
    (_FORMAT_FLOAT, 64): lambda data: np.frombuffer(data, "<f8").astype(np.float64),
    (_FORMAT_ALAW, 8): lambda data: samples(decode_alaw(data)) / 2.0**15,
    (_FORMAT_MULAW, 8): lambda data: samples(decode_mulaw(data)) / 2.0**15,
}


def _int24(data: bytes) -> NDArray[np.int32]:
    wide = np.zeros((len(data) // 3, 4), dtype=np.uint8)
    wide[:, 1:] = np.frombuffer(data, dtype=np.uint8).reshape(-1, 3)
    return wide.view("<i4")[:, 0]


def _chunks(data: bytes, name: str) -> dict[bytes, bytes]:
    """Return the first ``fmt `` and ``data`` chunk of a RIFF file."""
    if len(data) < 12 or data[:4] != b"RIFF" or data[8:12] != b"WAVE":
        raise AudioError(f"{name} is not a WAV file: record or convert the sound as WAV.")
    found: dict[bytes, bytes] = {}
    at = 12
    while at + 8 <= len(data) and b"data" not in found:
        kind, size = struct.unpack_from("<4sI", data, at)
        body = data[at + 8 : at + 8 + size]
        if kind == b"data" and (size == 0 or size >= _UNKNOWN_SIZE):
            body = data[at + 8 :]
        elif len(body) < size:
            raise AudioError(
                f"{name} is cut off: it announces {size} bytes of {kind.decode('latin-1').strip()} "
                f"and holds {len(body)}. Copy the whole file again."
            )
        found.setdefault(kind, body)
        at += 8 + size + size % 2
    return found


def decode_wav(data: bytes, name: str = "The audio") -> bytes:
    """Return the sound of a WAV file as PCM16 mono at 24 kHz; ``name`` is for error messages."""
    chunks = _chunks(data, name)
    form = chunks.get(b"fmt ", b"")
    if len(form) < 16:
        raise AudioError(f"{name} does not say how its sound is coded: write it as PCM again.")
    coding, channels, rate_hz, _, block, bits = struct.unpack_from("<HHIIHH", form)
    if coding == _FORMAT_EXTENSIBLE and len(form) >= 26:
        coding = struct.unpack_from("<H", form, 24)[0]
    decode = _DECODERS.get((coding, bits))
    if decode is None:
        raise AudioError(
            f"{name} is compressed or unusual (coding {coding}, {bits} bits): convert it to PCM."
        )
    if rate_hz not in _RATES_HZ or channels == 0 or block != channels * bits // 8:
        raise AudioError(
            f"{name} claims {rate_hz} Hz, {channels} channels and {block} bytes for one sample of "
            "them all, which cannot be: write it again."
        )
    body = chunks.get(b"data", b"")
    frames = len(body) // block
    if frames == 0:
        raise AudioError(f"{name} holds no sound: record it again.")
    mono = decode(body[: frames * block]).reshape(frames, channels).mean(axis=1)
    return resample(to_pcm(np.nan_to_num(mono)), rate_hz, SAMPLE_RATE_HZ)


def encode_wav(pcm: bytes, rate_hz: int = SAMPLE_RATE_HZ) -> bytes:
    """Return PCM16 mono as a WAV file."""
    size = len(samples(pcm)) * BYTES_PER_SAMPLE
    form = (_FORMAT_PCM, 1, rate_hz, rate_hz * BYTES_PER_SAMPLE, BYTES_PER_SAMPLE, 16)
    riff, head = (b"RIFF", 36 + size, b"WAVE"), (b"fmt ", 16, *form, b"data", size)
    return struct.pack("<4sI4s", *riff) + struct.pack("<4sIHHIIHH4sI", *head) + pcm


def read_wav(path: Path) -> bytes:
    """Return the sound of a WAV file as PCM16 mono at 24 kHz."""
    try:
        data = path.read_bytes()
    except OSError as error:
        raise AudioError(f"{path} cannot be read: {error.strerror}.") from error
    return decode_wav(data, str(path))


def write_wav(path: Path, pcm: bytes, rate_hz: int = SAMPLE_RATE_HZ) -> None:
    """Write PCM16 mono as a WAV file."""
    path.write_bytes(encode_wav(pcm, rate_hz))


# Ogg Opus files.


def encode_ogg(pcm: bytes) -> bytes:
    """Return PCM16 mono at 24 kHz as an Ogg Opus file, a tenth of the size."""
    file = io.BytesIO()
    soundfile.write(file, samples(pcm), SAMPLE_RATE_HZ, format="OGG", subtype="OPUS")
    return file.getvalue()


def decode_ogg(data: bytes, name: str = "The audio") -> bytes:
    """Return the sound of a mono file at 24 kHz as PCM16; ``name`` is for error messages."""
    try:
        sound, rate_hz = soundfile.read(io.BytesIO(data), dtype="int16", always_2d=True)
    except soundfile.SoundFileError as error:
        raise AudioError(f"{name} is damaged or no Ogg file: record it again.") from error
    frames, channels = sound.shape
    if rate_hz != SAMPLE_RATE_HZ or channels != 1 or frames == 0:
        raise AudioError(
            f"{name} holds {frames} samples at {rate_hz} Hz in {channels} channels, "
            f"not sound at {SAMPLE_RATE_HZ} Hz in one: record it again."
        )
    pcm: bytes = sound.astype("<i2").tobytes()
    return pcm
