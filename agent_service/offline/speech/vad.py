"""Voice activity: when a caller begins to speak, pauses and ends.

One network serves all callers; each caller has its own memory of what came before.
"""

from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from agent_service.audio import SAMPLE_RATE_HZ, Resampler, samples
from agent_service.offline.ports import SpeechBegan, SpeechEnded, SpeechPaused, VoiceActivity
from agent_service.offline.speech.weights import optional_module

FRAME_MS: Final = 32
_RATE_HZ: Final = 16_000
_FRAME_SAMPLES: Final = 512
_CONTEXT_SAMPLES: Final = 64
"""Of the frame before, which the network wants in front of each frame."""
_FRAMES_TO_BEGIN: Final = 2
"""A click fills one frame; a word fills more."""
_SPEECH: Final = 0.5
_HYSTERESIS: Final = 0.15
_QUIET: Final = 0.15
_FRAMES_TO_FORGET: Final = 16
"""Half a second of quiet. What the network remembers of speech before that makes it miss the first
word of a soft voice."""
_PAUSE_MS: Final = 200
"""Shorter where the closing silence itself is short: recognition needs some of it to run in."""


_NOTHING: Final = np.zeros((2, 1, 128), dtype=np.float32)
"""The memory of who has heard nothing."""


class VoiceNetwork:
    """The Silero network, shared by all calls."""

    def __init__(self, folder: Path) -> None:
        onnx = optional_module("onnxruntime")
        options = onnx.SessionOptions()
        options.intra_op_num_threads = options.inter_op_num_threads = 1
        self._session = onnx.InferenceSession(
            str(folder / "silero_vad.onnx"), options, providers=["CPUExecutionProvider"]
        )
        self._rate = np.array(_RATE_HZ, dtype=np.int64)

    def run(self, frame: NDArray[np.float32], memory: Any) -> tuple[float, Any]:
        """Return how likely the frame (with its context) is speech, and the new memory."""
        likelihood, memory = self._session.run(
            None, {"input": frame, "state": memory, "sr": self._rate}
        )
        return float(likelihood[0, 0]), memory


class VoiceMeter:
    """How likely each 32 ms of one stream of sound are speech."""

    def __init__(self, network: VoiceNetwork) -> None:
        self._network = network
        self._resampler = Resampler(SAMPLE_RATE_HZ, _RATE_HZ)
        self._memory: Any = _NOTHING
        self._quiet_frames = 0
        """In a row, since it last forgot."""
        self._pending = np.zeros(_CONTEXT_SAMPLES, dtype=np.float32)

    def feed(self, pcm: bytes) -> list[float]:
        """Return the likelihood of every frame that is complete by now."""
        fresh = samples(self._resampler.feed(pcm)).astype(np.float32) / np.float32(32_768)
        self._pending = np.concatenate((self._pending, fresh))
        likelihoods: list[float] = []
        while len(self._pending) >= _CONTEXT_SAMPLES + _FRAME_SAMPLES:
            frame = self._pending[None, : _CONTEXT_SAMPLES + _FRAME_SAMPLES]
            likelihood, self._memory = self._network.run(frame, self._memory)
            likelihoods.append(likelihood)
            self._quiet_frames = self._quiet_frames + 1 if likelihood < _QUIET else 0
            if self._quiet_frames == _FRAMES_TO_FORGET:
                self._memory, self._quiet_frames = _NOTHING, 0
            self._pending = self._pending[_FRAME_SAMPLES:]
        return likelihoods


class SileroDetector:
    """Voice activity of one caller, with the parameters of the protocol's server VAD."""

    def __init__(
        self,
        network: VoiceNetwork,
        *,
        threshold: float,
        prefix_padding_ms: int,
        silence_duration_ms: int,
    ) -> None:
        self._meter = VoiceMeter(network)
        self._threshold = threshold
        self._prefix_padding_ms = prefix_padding_ms
        self._silence_ms = silence_duration_ms
        self._pause_ms = min(_PAUSE_MS, silence_duration_ms // 2)
        self._now_ms = 0
        self._ended_ms = 0
        """When the speech before this one ended: the padding never reaches into it."""
        self._voiced_frames = 0
        """In a row; only counted while nobody speaks."""
        self._voice_ended_ms: int | None = None
        """When the last voiced frame of the running speech ended; None while nobody speaks."""
        self._is_paused = False

    def feed(self, pcm: bytes) -> list[VoiceActivity]:
        """Take the next sound and return what began, paused or ended in it."""
        activities: list[VoiceActivity] = []
        for likelihood in self._meter.feed(pcm):
            self._now_ms += FRAME_MS
            if self._voice_ended_ms is None:
                activities += self._while_quiet(likelihood)
            else:
                activities += self._while_speaking(likelihood, self._voice_ended_ms)
        return activities

    def _while_quiet(self, likelihood: float) -> list[VoiceActivity]:
        self._voiced_frames = self._voiced_frames + 1 if likelihood >= self._threshold else 0
        if self._voiced_frames < _FRAMES_TO_BEGIN:
            return []
        began_ms = self._now_ms - self._voiced_frames * FRAME_MS - self._prefix_padding_ms
        self._voiced_frames = 0
        self._voice_ended_ms = self._now_ms
        self._is_paused = False
        return [SpeechBegan(max(self._ended_ms, began_ms))]

    def _while_speaking(self, likelihood: float, voice_ended_ms: int) -> list[VoiceActivity]:
        if likelihood >= self._threshold - _HYSTERESIS:
            self._voice_ended_ms = self._now_ms
            self._is_paused = False
            return []
        activities: list[VoiceActivity] = []
        silence_ms = self._now_ms - voice_ended_ms
        if silence_ms >= self._pause_ms and not self._is_paused:
            self._is_paused = True
            activities.append(SpeechPaused(self._now_ms))
        if silence_ms >= self._silence_ms:
            self._voice_ended_ms, self._ended_ms = None, self._now_ms
            activities.append(SpeechEnded(self._now_ms))
        return activities


def voiced_ms(network: VoiceNetwork, pcm: bytes) -> int:
    """Return how many milliseconds of a recording are speech; 0 where none surely is.

    Once speech was found, what is a little less certain counts too, as it does in a detector.
    """
    likelihoods = VoiceMeter(network).feed(pcm)
    if sum(each >= _SPEECH for each in likelihoods) < _FRAMES_TO_BEGIN:
        return 0
    return FRAME_MS * sum(each >= _SPEECH - _HYSTERESIS for each in likelihoods)
