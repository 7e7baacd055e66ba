"""Notices are equally loud, whoever said them, and neither click nor keep the caller waiting."""

from collections.abc import Callable

import numpy as np
import pytest

from agent_service.audio import bytes_to_ms, samples
from agent_service.errors import AudioError
from agent_service.notices.levelling import levelled


def loudness(pcm: bytes) -> float:
    return float(20 * np.log10(np.sqrt(((samples(pcm) / 32_768) ** 2).mean())))


@pytest.mark.parametrize("level", [0.01, 0.1, 0.5, 1.0])
def test_quiet_and_loud_voices_come_out_the_same(level: float, tone: Callable[..., bytes]) -> None:
    assert loudness(levelled(tone(2_000, level=level))) == pytest.approx(-20.4, abs=0.4)


def test_silence_around_the_voice_is_cut(tone: Callable[..., bytes]) -> None:
    assert bytes_to_ms(len(levelled(tone(1_000, before_ms=800, after_ms=5_000)))) == 1_170
    assert bytes_to_ms(len(levelled(tone(1_000)))) == 1_000


def test_it_begins_and_ends_with_silence(tone: Callable[..., bytes]) -> None:
    values = samples(levelled(tone(1_000)))
    assert (values[0], values[-1]) == (0, 0)
    assert np.abs(np.diff(values.astype(int))).max() < 1_000


def test_a_click_louder_than_the_voice_is_not_cut_off(tone: Callable[..., bytes]) -> None:
    values = samples(tone(1_000, level=0.02)).copy()
    values[12_000] = 32_767
    assert np.abs(samples(levelled(values.tobytes())).astype(int)).max() < 29_500


@pytest.mark.parametrize("pcm", [b"", bytes(48_000), b"\1\0" * 24_000])
def test_what_holds_no_voice_is_refused(pcm: bytes) -> None:
    with pytest.raises(AudioError, match="holds no voice"):
        levelled(pcm)
