"""Numbers as they are said."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent_service.offline.english.numbers import TEENS, TENS, UNITS
from agent_service.offline.responder.spoken_numbers import number_runs

DIGITS = list(UNITS)
BELOW_TWENTY = DIGITS + list(TEENS)
TENS_WORDS = {value: word for word, value in TENS.items() if word != "fourty"}


def cardinal(number: int, *, with_and: bool) -> str:
    """Say a number below a million."""
    if number >= 1000:
        rest = number % 1000
        joint = " and " if with_and and 0 < rest < 100 else " "
        tail = joint + cardinal(rest, with_and=with_and) if rest else ""
        return cardinal(number // 1000, with_and=with_and) + " thousand" + tail
    if number >= 100:
        rest = number % 100
        joint = " and " if with_and else " "
        tail = joint + cardinal(rest, with_and=with_and) if rest else ""
        return f"{DIGITS[number // 100]} hundred{tail}"
    if number < 20:
        return BELOW_TWENTY[number]
    unit = number % 10
    return TENS_WORDS[number - unit] + (f" {DIGITS[unit]}" if unit else "")


@given(st.integers(0, 999_999), st.booleans())
def test_a_cardinal_is_read_back_as_its_value(number: int, with_and: bool) -> None:
    runs = number_runs(f"I want {cardinal(number, with_and=with_and)} please")

    assert [(run.digits, run.value) for run in runs] == [(str(number), number)]


@given(st.text("0123456789", min_size=1, max_size=16), st.sampled_from([" ", ", ", "-", ". "]))
def test_digits_said_one_by_one_are_read_in_order(digits: str, separator: str) -> None:
    said = separator.join(DIGITS[int(digit)] for digit in digits)

    assert [run.digits for run in number_runs(f"order {said}!")] == [digits]


@given(st.text("0123456789", min_size=2, max_size=12))
def test_a_run_names_its_place_in_the_text(digits: str) -> None:
    said = " ".join(DIGITS[int(digit)] for digit in digits)
    text = f"my order {said} please"

    (run,) = number_runs(text)

    assert text[run.start : run.end] == said


@pytest.mark.parametrize(
    ("said", "digits"),
    [
        ("ten forty two", ["1042"]),
        ("one oh four", ["104"]),
        ("double five zero two", ["5502"]),
        ("triple seven", ["777"]),
        ("1,004", ["1004"]),
        ("one zero to five", ["1025"]),
        ("1004, 1007 and one zero one two", ["1004", "1007", "1012"]),
        ("oh, I have no number", []),
        ("forty-two", ["42"]),
    ],
)
def test_ways_of_saying_numbers(said: str, digits: list[str]) -> None:
    assert [run.digits for run in number_runs(said)] == digits


@pytest.mark.parametrize(
    ("said", "digits"),
    [("oh two one oh eight", ["02108"]), ("Oh, two of them", ["2"]), ("oh two of them", ["2"])],
)
def test_a_row_of_digits_may_begin_with_oh(said: str, digits: list[str]) -> None:
    assert [run.digits for run in number_runs(said)] == digits
