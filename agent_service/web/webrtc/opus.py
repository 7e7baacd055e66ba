"""Opus, as WebRTC carries sound: packets of 20 ms to PCM16 at 24 kHz, and back.

Both take a fraction of a millisecond, less than handing them to a thread would.
"""

from fractions import Fraction
from typing import Any

import structlog
from av import AudioFrame, AudioResampler, CodecContext, FFmpegError, Packet

from agent_service.audio import BYTES_PER_SAMPLE, SAMPLE_RATE_HZ
from agent_service.channels.webrtc import FRAME_MS, PACKET_RATE_HZ

BITS_PER_S = 32_000
"""Of speech, in one channel; twice as much sounds no better."""

_SAMPLES = SAMPLE_RATE_HZ * FRAME_MS // 1000

log = structlog.get_logger(__name__)


class OpusDecoder:
    """Turns the packets of one caller into sound, in order."""

    def __init__(self) -> None:
        self._codec: Any = CodecContext.create("libopus", "r")
        self._codec.sample_rate = PACKET_RATE_HZ  # the library takes no other
        self._codec.format, self._codec.layout = "s16", "stereo"
        self._resampler = AudioResampler(format="s16", layout="mono", rate=SAMPLE_RATE_HZ)

    def decode(self, data: bytes) -> bytes:
        try:
            frames = self._codec.decode(Packet(data))
        except FFmpegError as error:
            log.debug("opus_packet_refused", error=str(error))
            return b""
        return b"".join(
            bytes(piece.planes[0])[: piece.samples * BYTES_PER_SAMPLE]
            for frame in frames
            for piece in self._resampler.resample(frame)
        )


class OpusEncoder:
    """Turns frames of the agent's sound into packets, each of which mends a loss before it."""

    def __init__(self) -> None:
        self._codec: Any = CodecContext.create("libopus", "w")
        self._codec.sample_rate = SAMPLE_RATE_HZ
        self._codec.format, self._codec.layout = "s16", "mono"
        self._codec.bit_rate = BITS_PER_S
        self._codec.time_base = Fraction(1, SAMPLE_RATE_HZ)
        self._codec.options = {"application": "voip", "fec": "1", "packet_loss": "5"}
        self._samples = 0

    def encode(self, frame: bytes) -> bytes:
        sound = AudioFrame(format="s16", layout="mono", samples=_SAMPLES)
        sound.planes[0].update(frame)
        sound.sample_rate, sound.pts = SAMPLE_RATE_HZ, self._samples
        sound.time_base = Fraction(1, SAMPLE_RATE_HZ)
        self._samples += _SAMPLES
        (packet,) = self._codec.encode(sound)
        return bytes(packet)
