"""Sounds to put on shelves."""

import math
from collections.abc import Callable

import numpy as np
import pytest

from agent_service.audio import SAMPLE_RATE_HZ


@pytest.fixture(scope="session")
def tone() -> Callable[..., bytes]:
    """Makes a tone, with silence around it, as PCM16."""

    def make(
        ms: int = 1_000, *, level: float = 0.5, before_ms: int = 0, after_ms: int = 0
    ) -> bytes:
        time_s = np.arange(SAMPLE_RATE_HZ * ms // 1000) / SAMPLE_RATE_HZ
        loud = level * 32_767 * np.sin(2 * math.pi * 440 * time_s)
        silence = [np.zeros(SAMPLE_RATE_HZ * each // 1000) for each in (before_ms, after_ms)]
        return np.concatenate((silence[0], loud, silence[1])).astype("<i2").tobytes()

    return make
