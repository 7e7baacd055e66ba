"""The real models, loaded once for all tests, and sounds to try them on."""

import asyncio
from collections.abc import Callable, Iterator
from typing import TypeAlias

import numpy as np
import pytest
from numpy.typing import NDArray

from agent_service.audio import to_pcm
from agent_service.offline.speech.engine import LocalSpeech

RATE_HZ = 24_000


@pytest.fixture(scope="session")
def speech() -> Iterator[LocalSpeech]:
    engine = LocalSpeech()
    yield engine
    asyncio.run(engine.aclose())


Wave: TypeAlias = NDArray[np.float64]


def _noise(seconds: float, level: float) -> Wave:
    return np.random.default_rng(7).normal(0.0, level, int(seconds * RATE_HZ))


def _hum(seconds: float) -> Wave:
    time_s = np.arange(int(seconds * RATE_HZ)) / RATE_HZ
    return 0.1 * np.sin(2 * np.pi * 50 * time_s) + 0.03 * np.sin(2 * np.pi * 150 * time_s)


def _clicks(seconds: float) -> Wave:
    sound = np.zeros(int(seconds * RATE_HZ))
    sound[:: RATE_HZ // 3] = 0.9
    return sound


def _breath(seconds: float) -> Wave:
    time_s = np.arange(int(seconds * RATE_HZ)) / RATE_HZ
    smooth = np.convolve(_noise(seconds, 0.2), np.ones(24) / 24, mode="same")
    return smooth * np.maximum(0.0, np.sin(2 * np.pi * time_s / 3.0))


SOUNDS: dict[str, Wave] = {
    "silence": np.zeros(3 * RATE_HZ),
    "soft noise": _noise(3, 0.01),
    "loud noise": _noise(3, 0.1),
    "hum": _hum(3),
    "tone": 0.3 * np.sin(2 * np.pi * 440 * np.arange(3 * RATE_HZ) / RATE_HZ),
    "clicks": _clicks(3),
    "breath": _breath(6),
}


@pytest.fixture(params=sorted(SOUNDS))
def no_speech(request: pytest.FixtureRequest) -> bytes:
    """Return a sound in which nobody says anything."""
    return to_pcm(SOUNDS[request.param])


@pytest.fixture
def silence() -> Callable[[int], bytes]:
    return lambda ms: bytes(ms * 48)
