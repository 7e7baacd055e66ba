"""Repairs to what the network writes, cuts in what it is given, and which reading stands."""

import asyncio
from collections.abc import Callable

import numpy as np
import pytest

from agent_service.audio import samples
from agent_service.offline.speech.engine import LocalSpeech
from agent_service.offline.speech.recogniser import (
    Recogniser,
    cut_at_pauses,
    without_repetition,
)
from agent_service.offline.speech.weights import RECOGNITION, SPELLING, verified_folder


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
    adapter = verified_folder(SPELLING) / SPELLING.files[0][0]
    return Recogniser(verified_folder(RECOGNITION), adapter, workers=1, familiarity=familiarity)


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


def test_of_likely_readings_the_better_known_address_stands(speech: LocalSpeech) -> None:
    sound = noisy(speech, "My email is jane.doe@example.com.")
    rated: list[str] = []

    def rate(words: str) -> int:
        rated.append(words)
        return 0

    likeliest = recogniser(rate).hear(sound).words
    assert likeliest == rated[0]
    assert len(set(rated)) > 1
    assert recogniser(lambda words: words == rated[1]).hear(sound).words == rated[1]


def test_what_is_told_to_be_expected_is_no_part_of_what_is_heard(speech: LocalSpeech) -> None:
    said = clear(speech, "Where is my order 1004?")
    told = recogniser(lambda words: 0).hear(said, prompt="My order number one zero zero five.")
    assert told.words == "Where is my order one zero zero four?"
