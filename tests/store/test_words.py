"""Words: the same whatever the case, accents, width and form of their letters."""

import unicodedata

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from words_of_languages import HELD_APART, SAID

from agent_service.store.words import MAX_WORD_CHARACTERS, MAX_WORDS, fold, split

ANY_SCRIPT = st.text(
    st.one_of(
        st.characters(codec="utf-8"),
        st.sampled_from("aZ09 '-éßİıøй０²½のガｶﾞ単订환ㅎเิ้हिकृ‌‍\u00ad\u0301\u3099\u093c👍🏽🇩️"),
    )
)


@pytest.mark.parametrize("form", ["NFC", "NFD"])
@pytest.mark.parametrize("text", [said.text for said in (*SAID, *HELD_APART)])
def test_the_form_of_a_text_makes_no_difference(text: str, form: str) -> None:
    assert fold(unicodedata.normalize(form, text)) == fold(text)  # type: ignore[arg-type]  # one of its literals


@given(ANY_SCRIPT)
@example("e\u0323\u0301 \u1ec7 ガ 각 \u0958")
def test_composed_and_decomposed_letters_are_the_same(text: str) -> None:
    composed = unicodedata.normalize("NFC", text)
    assert fold(composed) == fold(unicodedata.normalize("NFD", text))


@given(ANY_SCRIPT)
def test_every_word_stands_where_it_says(text: str) -> None:
    end = 0
    for word in split(text):
        assert word.folded
        assert end <= word.end <= len(text)
        assert word.start < word.end
        end = word.end


@given(st.text(st.characters(codec="ascii")))
def test_plain_text_is_split_like_any_other(text: str) -> None:
    assert split(text) == split(f"{text} é")[:-1]


@given(ANY_SCRIPT)
def test_words_are_their_own_words(text: str) -> None:
    words = fold(text)
    assert fold(" ".join(words)) == words


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("我的订单1004在哪里", "我 的 订 单 1004 在 哪 里"),
        ("A1004 10th", "a 1004 10 th"),
        ("1½ 1004² ③", "1 1 2 1004 2 3"),
        ("👨‍👩‍👧👍🏽", "👨 👩 👧 👍"),
        ("환불 ｶﾞ", "환 불 ガ"),
        ("\ufffd \ufffc …", ""),
        ("", ""),
    ],
)
def test_what_a_word_is(text: str, words: str) -> None:
    assert fold(text) == tuple(words.split())


@pytest.mark.parametrize("letter", ["a", "1", "é", "я"])
def test_a_word_without_an_end_is_cut(letter: str) -> None:
    lengths = [len(word) for word in fold(letter * (2 * MAX_WORD_CHARACTERS + 50))]
    assert lengths == [MAX_WORD_CHARACTERS, MAX_WORD_CHARACTERS, 50]


def test_a_text_without_an_end_is_cut() -> None:
    assert len(fold("订" * 50_000)) == MAX_WORDS
    assert fold("-" * 200_000 + "late") == ()


def test_a_tower_of_accents_does_no_harm() -> None:
    assert fold("e" + "\u0301" * 5_000 + "n") == ("en",)
