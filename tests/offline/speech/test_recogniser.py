"""Repairs to what the network writes, cuts in what it is given, and what is heard twice."""

import asyncio
from collections.abc import Callable

import numpy as np
import pytest

from agent_service.audio import samples
from agent_service.offline.speech.engine import LocalSpeech
from agent_service.offline.speech.recogniser import (
    Recogniser,
    cut_at_pauses,
    slowed,
    without_repetition,
)
from agent_service.offline.speech.weights import RECOGNITION, verified_folder


def clear(speech: LocalSpeech, text: str) -> bytes:
    """Return the text said in the product's voice."""

    async def said() -> bytes:
        return b"".join([piece.pcm async for piece in speech.speak(text)])

    return asyncio.run(said())


def noisy(speech: LocalSpeech, text: str) -> bytes:
    """Return the text said in noise that is louder than the voice."""
    voice = samples(clear(speech, text)).astype(np.float64)
    noise = np.random.default_rng(1).normal(0, 1.4 * np.sqrt((voice**2).mean()), len(voice))
    return np.clip(voice + noise, -32_768, 32_767).astype("<i2").tobytes()


def recogniser(familiarity: Callable[[str], int]) -> Recogniser:
    return Recogniser(verified_folder(RECOGNITION), workers=1, familiarity=familiarity)


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


def test_what_is_clear_is_heard_once(speech: LocalSpeech) -> None:
    rated: list[str] = []

    def rate(words: str) -> int:
        rated.append(words)
        return 0

    found = recogniser(rate)
    assert (
        found.hear(clear(speech, "Where is my order 1004?")).words
        == "Where is my order one zero zero four?"
    )
    assert rated == []


def test_of_two_readings_the_better_known_address_stands(speech: LocalSpeech) -> None:
    sound = noisy(speech, "My email is jane.doe@example.com.")
    rated: list[str] = []

    def first_is_better(words: str) -> int:
        rated.append(words)
        return 3 - len(rated)

    kept = recogniser(first_is_better).hear(sound).words
    first, second = rated
    assert first != second
    assert kept == first
    assert recogniser(lambda words: 1 + (words == second)).hear(sound).words == second


def test_of_two_readings_without_address_one_stands_whole(speech: LocalSpeech) -> None:
    rated: list[str] = []

    def no_address(words: str) -> int:
        rated.append(words)
        return 0

    sound = noisy(speech, "Where is my order 33901?")
    kept = recogniser(no_address).hear(sound).words
    first, second = rated
    assert first != second
    assert kept in (first, second)
