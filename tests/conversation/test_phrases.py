"""What the service has agents say is there in every language that it speaks."""

import pytest

from agent_service.conversation.answers import Answer, read_answer
from agent_service.conversation.phrases import (
    Phrase,
    disclosure,
    phrase,
    read_back,
    recorded,
    sentence,
)
from agent_service.conversation.read_back import says_the_same

LANGUAGES = ("en", "de", "fr", "es", "it", "pt")


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_phrase_is_in_every_language(language: str) -> None:
    said = [phrase(which, language) for which in Phrase]
    sentences = (phrase(which, language) for which in Phrase if which is not Phrase.RECORD_TITLE)
    assert all(text[-1] in ".?" for text in sentences)
    if language != "en":
        assert not set(said) & {phrase(which, "en") for which in Phrase}


@pytest.mark.parametrize("language", [None, "nl"])
def test_other_languages_are_spoken_to_in_english(language: str | None) -> None:
    assert read_back("Cancel it", language) == "Cancel it. Shall I go ahead?"


@pytest.mark.parametrize("words", ["Cancel it", "Cancel it."])
def test_a_companys_words_end_with_one_full_stop(words: str) -> None:
    assert sentence(words) == "Cancel it."


@pytest.mark.parametrize("tag", ["de-AT", "de_CH", "DE", "de-Latn-DE"])
def test_a_region_makes_no_difference(tag: str) -> None:
    assert phrase(Phrase.DECLINED, tag) == phrase(Phrase.DECLINED, "de")
    summary = read_back("Storno der Bestellung 1004", tag)
    assert summary.endswith("Soll ich das tun?")
    assert says_the_same(summary, summary, language=tag)
    assert read_answer("Jawohl", language=tag, summary=summary) is Answer.YES


def test_the_disclosure_names_for_whom_the_agent_speaks() -> None:
    assert disclosure("en", None) == "Hello, you are talking with an AI assistant."
    assert "KI-Assistenten von Muster" in disclosure("de", "Muster")


def test_that_it_is_recorded_follows_that_an_ai_speaks_or_stands_alone() -> None:
    assert recorded("I am an AI.", "en") == "I am an AI. This conversation is recorded."
    assert recorded(None, "de-CH") == "Dieses Gespräch wird aufgezeichnet."
