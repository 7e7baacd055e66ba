"""Repairs to what the recognition network writes, and cuts in what it is given."""

import numpy as np
import pytest

from agent_service.offline.speech.recogniser import (
    cut_at_pauses,
    slowed,
    without_repetition,
)


def test_a_sentence_that_begins_again_and_breaks_off_is_dropped() -> None:
    assert without_repetition("Where is my order? Where is my") == "Where is my order?"
    assert without_repetition("Where is my order? Please") == "Where is my order? Please"


@pytest.mark.parametrize(
    ("slip", "repaired"),
    [
        ("Where is my order? Where is my order?", "Where is my order?"),
        (
            "I want a refund for it. I want a refund for it. I want a refund for it.",
            "I want a refund for it.",
        ),
    ],
)
def test_a_sentence_that_follows_itself_is_said_once(slip: str, repaired: str) -> None:
    assert without_repetition(slip) == repaired


@pytest.mark.parametrize(
    "text",
    [
        "one zero zero zero zero",
        "no, no, no",
        "Thank you. Thank you.",
        "five five five five five five",
    ],
)
def test_short_repetitions_are_speech(text: str) -> None:
    assert without_repetition(text) == text


def test_short_sound_is_left_whole() -> None:
    assert len(cut_at_pauses(np.zeros(16_000 * 20, dtype=np.float32))) == 1


def test_long_sound_is_cut_in_its_pauses_and_nothing_is_lost() -> None:
    sound = np.random.default_rng(1).normal(0, 0.1, 16_000 * 60).astype(np.float32)
    for second in (20, 38):
        sound[16_000 * second : 16_000 * (second + 1)] = 0.0
    pieces = cut_at_pauses(sound)
    assert np.array_equal(np.concatenate(pieces), sound)
    assert all(len(piece) <= 16_000 * 25 for piece in pieces)
    assert 20 <= len(pieces[0]) / 16_000 <= 21
    assert 38 <= (len(pieces[0]) + len(pieces[1])) / 16_000 <= 39


def test_slowed_sound_is_longer_and_lower() -> None:
    time_s = np.arange(16_000, dtype=np.float32) / 16_000
    slow = slowed(np.sin(2 * np.pi * 1_000 * time_s))
    assert len(slow) == 18_181
    loudest = np.argmax(np.abs(np.fft.rfft(slow))) * 16_000 / len(slow)
    assert loudest == pytest.approx(880, abs=2)
