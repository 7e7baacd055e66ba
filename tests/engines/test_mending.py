"""Text of strangers becomes text that can be stored, sent and read, and nothing else changes."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent_service.engines.mending import LONGEST_TEXT, cut, mended, mended_json, mended_text


@pytest.mark.parametrize(
    ("raw", "text"),
    [
        (rb'"a\ud800b"', "a\ufffdb"),
        (rb'"a\uDFFFb"', "a\ufffdb"),
        (rb'"\ud83d\ude00"', "\U0001f600"),
        (rb'"\ud800\ud83d\ude00"', "\ufffd\U0001f600"),
        (rb'"\ude00\ud83d"', "\ufffd\ufffd"),
        (rb'"\ud83d"', "\ufffd"),
        (rb'"\u0000"', "\ufffd"),
        (rb'"\\ud800"', r"\ud800"),
        (rb'"\\\ud800"', "\\\ufffd"),
        (rb'"\\\\u0000"', r"\\u0000"),
        (rb'"\u00e9\n\""', 'é\n"'),
        (b'"\xff"', "\ufffd"),
        (b'"\xed\xa0\x80"', "\ufffd\ufffd\ufffd"),
        (b'"\x00"', "\ufffd"),
    ],
)
def test_what_is_no_character_is_replaced_however_it_is_written(raw: bytes, text: str) -> None:
    assert json.loads(mended_json(raw)) == text


@given(st.recursive(st.none() | st.booleans() | st.integers() | st.text(), st.lists))
def test_sound_json_stays_as_it_is(value: Any) -> None:
    raw = json.dumps(value).replace(r"\u0000", "").encode()
    assert mended_json(raw) == raw


@given(st.text(st.characters(exclude_categories=())))
def test_mended_text_can_be_encoded_and_is_as_long(text: str) -> None:
    assert "\0" not in mended_text(text)
    assert len(mended_text(text).encode().decode()) == len(text)


def test_a_value_is_mended_in_every_depth() -> None:
    value = {"a\ud800": ["b\0", ("c\udfff", 7)], "n": None}
    assert mended(value) == {"a\ufffd": ["b\ufffd", ["c\ufffd", 7]], "n": None}


@pytest.mark.parametrize("longest", [0, 1, 4, 5, 50])
def test_a_long_text_is_cut_to_the_length(longest: int) -> None:
    assert len(cut("x" * 100, longest)) <= max(longest, 4)
    assert cut("x" * longest, longest) == "x" * longest


def test_megabytes_are_cut_with_a_mark() -> None:
    (text,) = mended(["é" * 5_000_000])
    assert len(text) == LONGEST_TEXT
    assert text.endswith(" […]")
