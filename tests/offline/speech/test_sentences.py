"""Text is cut where one would breathe, and nothing is lost."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent_service.offline.speech.sentences import sentences


@given(st.text(alphabet='ab. ,!?\n\u2026")A', max_size=200))
def test_the_pieces_joined_are_the_text(text: str) -> None:
    assert "".join(sentences(text)) == text


def test_sentences_are_cut_with_the_space_behind() -> None:
    text = 'It shipped. It arrives "soon." Anything else?'
    assert sentences(text) == ["It shipped. ", 'It arrives "soon." ', "Anything else?"]


@pytest.mark.parametrize(
    "text",
    [
        "Dr. Smith called.",
        "It is e.g. blue.",
        "At 5 p.m. we close.",
        "It costs $4.50 today.",
        "J. Smith",
    ],
)
def test_a_full_stop_inside_a_sentence_does_not_end_it(text: str) -> None:
    assert sentences(text) == [text]


def test_a_very_long_first_sentence_is_cut_at_a_clause() -> None:
    text = (
        "I have found your order and it is on its way to you, " + "and so on and on " * 8 + "now."
    )
    assert sentences(text)[0] == "I have found your order and it is on its way to you, "


def test_only_the_first_sentence_is_cut_short() -> None:
    long = (
        "I have found your order and it is on its way to you, " + "and so on and on " * 8 + "now."
    )
    assert sentences(f"Good. {long}") == ["Good. ", long]
