"""When speech begins, pauses and ends; and that nothing else is speech."""

import asyncio
from collections.abc import Callable

import numpy as np
import pytest

from agent_service.offline.ports import SpeechBegan, SpeechEnded, SpeechPaused, VoiceActivity
from agent_service.offline.speech.engine import LocalSpeech


@pytest.fixture(scope="module")
def sentence(speech: LocalSpeech) -> bytes:
    """A spoken sentence without a pause, and 0.2 s of silence behind it."""

    async def say() -> bytes:
        pieces = [piece.pcm async for piece in speech.speak("Where is my order now?")]
        return b"".join(pieces)

    return asyncio.run(say())


def activities(
    speech: LocalSpeech,
    pcm: bytes,
    *,
    frame_ms: int = 20,
    silence_ms: int = 500,
    padding_ms: int = 300,
) -> list[VoiceActivity]:
    detector = speech.detector(
        threshold=0.5, prefix_padding_ms=padding_ms, silence_duration_ms=silence_ms
    )
    size = frame_ms * 48
    found = [detector.feed(pcm[at : at + size]) for at in range(0, len(pcm), size)]
    return [activity for each in found for activity in each]


def test_what_is_no_speech_is_no_activity(speech: LocalSpeech, no_speech: bytes) -> None:
    assert activities(speech, no_speech) == []


def test_a_sentence_begins_pauses_and_ends_where_it_does(
    speech: LocalSpeech, sentence: bytes, silence: Callable[[int], bytes]
) -> None:
    began, paused, ended = activities(speech, silence(1_000) + sentence + silence(1_000))
    assert isinstance(began, SpeechBegan)
    assert 700 <= began.start_ms <= 1_000
    assert isinstance(paused, SpeechPaused)
    assert isinstance(ended, SpeechEnded)
    assert 280 <= ended.end_ms - paused.end_ms <= 330
    assert ended.end_ms <= 1_000 + len(sentence) // 48 + 560


def test_frames_of_any_size_give_the_same(
    speech: LocalSpeech, sentence: bytes, silence: Callable[[int], bytes]
) -> None:
    sound = silence(500) + sentence + silence(900)
    assert activities(speech, sound, frame_ms=7) == activities(speech, sound, frame_ms=400)


def test_the_padding_never_goes_before_the_first_sample(
    speech: LocalSpeech, sentence: bytes, silence: Callable[[int], bytes]
) -> None:
    began = activities(speech, sentence + silence(100), padding_ms=2_000)[0]
    assert began == SpeechBegan(0)


def test_the_padding_never_goes_into_the_speech_before(
    speech: LocalSpeech, sentence: bytes, silence: Callable[[int], bytes]
) -> None:
    sound = sentence + silence(700) + sentence + silence(700)
    found = activities(speech, sound, padding_ms=2_000)
    ended = next(each for each in found if isinstance(each, SpeechEnded))
    assert [each for each in found if isinstance(each, SpeechBegan)][1].start_ms == ended.end_ms


def test_a_pause_shorter_than_the_setting_does_not_end_speech(
    speech: LocalSpeech, sentence: bytes, silence: Callable[[int], bytes]
) -> None:
    sound = sentence + silence(150) + sentence + silence(1_200)
    kinds = [type(each) for each in activities(speech, sound, silence_ms=900)]
    assert kinds == [SpeechBegan, SpeechPaused, SpeechPaused, SpeechEnded]


def test_a_pause_always_comes_before_the_end(
    speech: LocalSpeech, sentence: bytes, silence: Callable[[int], bytes]
) -> None:
    kinds = [type(each) for each in activities(speech, sentence + silence(500), silence_ms=100)]
    assert kinds[-2:] == [SpeechPaused, SpeechEnded]
    assert kinds.count(SpeechPaused) == kinds.count(SpeechEnded)


def test_a_soft_first_word_is_heard_also_after_much_was_said(
    speech: LocalSpeech, sentence: bytes, silence: Callable[[int], bytes]
) -> None:
    async def say() -> bytes:
        return b"".join([piece.pcm async for piece in speech.speak("Hey, cancel it.")])

    word = np.frombuffer(asyncio.run(say()), "<i2") // 4
    earlier = (sentence + silence(900)) * 12
    found = activities(speech, earlier + silence(700) + word.tobytes() + silence(900))
    last = [each for each in found if isinstance(each, SpeechBegan)][-1]
    assert last.start_ms + 300 == pytest.approx(len(earlier) // 48 + 700, abs=200)


def test_callers_do_not_hear_each_other(
    speech: LocalSpeech, sentence: bytes, silence: Callable[[int], bytes]
) -> None:
    speaking, quiet = (
        speech.detector(threshold=0.5, prefix_padding_ms=300, silence_duration_ms=500)
        for _ in range(2)
    )
    heard = []
    for at in range(0, len(sentence), 960):
        speaking.feed(sentence[at : at + 960])
        heard += quiet.feed(silence(20))
    assert heard == []
