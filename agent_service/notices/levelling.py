"""Makes notices sound alike, whoever said them: the same loudness, no long silence, no clicks."""

from typing import Final

import numpy as np

from agent_service.audio import SAMPLE_RATE_HZ, samples, to_pcm
from agent_service.errors import AudioError

LOUDNESS: Final = 10 ** (-20 / 20)
"""Root mean square of what is voiced, of full scale: -20 dBFS."""
_PEAK: Final = 10 ** (-1 / 20)
_SILENCE: Final = 10 ** (-60 / 20)
"""Whatever is below is no voice."""
_RANGE: Final = 10 ** (-40 / 20)
"""Nor is what is so much below the loudest."""
_FRAME: Final = SAMPLE_RATE_HZ // 100
_LEAD: Final = 5
"""Frames that are kept before the voice begins,"""
_TAIL: Final = 12
"""and after it ends."""
_FADE: Final = 2


def levelled(pcm: bytes, name: str = "The audio") -> bytes:
    """Return PCM16 without silence around the voice, at the loudness of all notices."""
    sound = samples(pcm) / 32_768.0
    whole = np.pad(sound, (0, -len(sound) % _FRAME)).reshape(-1, _FRAME)
    level = np.sqrt((whole**2).mean(axis=1))
    voiced = np.flatnonzero(level > max(_SILENCE, _RANGE * level.max(initial=0.0)))
    if len(voiced) == 0:
        raise AudioError(f"{name} holds no voice.")
    first, last = max(voiced[0] - _LEAD, 0), voiced[-1] + 1 + _TAIL
    kept = whole[first:last].reshape(-1)
    loudness = np.sqrt((level[voiced] ** 2).mean())
    gain = min(LOUDNESS / loudness, _PEAK / np.abs(kept).max())
    rise = np.minimum(np.arange(len(kept)) / (_FADE * _FRAME), 1.0)
    return to_pcm(kept * gain * rise * rise[::-1])
