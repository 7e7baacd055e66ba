"""Identifiers, addresses, amounts and names as they are said."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent_service.offline.responder.amounts import heard_amounts, price
from agent_service.offline.responder.contacts import heard_emails, heard_name, heard_phones
from agent_service.offline.responder.expectation import spelled
from agent_service.offline.responder.identifiers import (
    heard_identifiers,
    match_known,
    within_one_edit,
)

# Without O, which sounds like zero, and A and I, which are words.
CODES = st.from_regex(r"[B-HJ-NP-Z]{2}[0-9]{2,6}", fullmatch=True)


@given(CODES)
def test_a_spelled_code_is_read_back(code: str) -> None:
    assert [i.text for i in heard_identifiers(f"it is {spelled(code)}, thanks")] == [code]


@given(st.text("0123456789", min_size=2, max_size=8), st.data())
def test_one_edit_is_found_in_both_directions(word: str, data: st.DataObject) -> None:
    at = data.draw(st.integers(0, len(word) - 1))
    other = data.draw(st.sampled_from("0123456789"))
    for edited in (word[:at] + word[at + 1 :], word[:at] + other + word[at:],
                   word[:at] + other + word[at + 1 :]):  # fmt: skip
        assert within_one_edit(word, edited)
        assert within_one_edit(edited, word)


@pytest.mark.parametrize(
    ("said", "code"),
    [
        ("A B one two three four", "AB1234"),
        ("B as in bravo seven seven", "B77"),
        ("alpha bravo one two", "AB12"),
        ("R dash 1001", "R-1001"),
        ("it's LB0042 a bit worn", "LB0042"),
        ("KQ 92", "KQ92"),
    ],
)
def test_codes(said: str, code: str) -> None:
    assert [i.text for i in heard_identifiers(said)] == [code]


def test_plain_words_are_no_identifiers() -> None:
    assert heard_identifiers("I have a question about a lamp, and I am in a hurry") == []


@pytest.mark.parametrize(
    ("heard", "is_complete", "value", "rivals"),
    [
        ("1004", True, "1004", ()),
        ("104", True, "1004", ()),
        ("1094", True, "1004", ()),
        ("1003", True, None, ("1004", "1007")),
        ("1003", False, "1003", ()),
        ("10004", False, "1004", ()),
        ("7777", True, "7777", ()),
    ],
)
def test_matching_to_known_ones(
    heard: str, is_complete: bool, value: str | None, rivals: tuple[str, ...]
) -> None:
    known = ["1004", "1007", "2250"] if value is None or is_complete else ["1004"]
    match = match_known(heard, known, is_complete=is_complete)

    assert (match.value, match.rivals) == (value, rivals)


@pytest.mark.parametrize(
    ("said", "address"),
    [
        ("jane.doe@example.com", "jane.doe@example.com"),
        ("it's jane dot doe at example dot com", "jane.doe@example.com"),
        ("sam underscore lee at mailbox dot net please", "sam_lee@mailbox.net"),
        ("j a n e at example dot co dot uk", "jane@example.co.uk"),
        ("jane dot doe ninety nine at example dot com", "jane.doe99@example.com"),
        ("You can reach me at m dot owens at example dot net.", "m.owens@example.net"),
        ("sam underscore lee nine at example dot org", "sam_lee9@example.org"),
    ],
)
def test_addresses(said: str, address: str) -> None:
    assert heard_emails(said) == [address]


@pytest.mark.parametrize("said", ["look at the lamp at home", "call me at work"])
def test_at_alone_makes_no_address(said: str) -> None:
    assert heard_emails(said) == []


@pytest.mark.parametrize(
    ("said", "number"),
    [
        ("+49 170 1234567", "+491701234567"),
        ("plus four nine one seven zero one two three four five", "+4917012345"),
        ("five five five one two three four", "5551234"),
        ("(555) 123-4567", "5551234567"),
    ],
)
def test_telephone_numbers(said: str, number: str) -> None:
    assert heard_phones(f"call me at {said}") == [number]


@pytest.mark.parametrize(
    ("said", "value"),
    [
        ("nineteen ninety nine", "19.99"),
        ("$49.99", "49.99"),
        ("nineteen dollars and fifty cents", "19.5"),
        ("fifty cents", "0.5"),
        ("nineteen point five", "19.5"),
    ],
)
def test_prices(said: str, value: str) -> None:
    assert str(price(said)) == value


def test_counts_are_words_too() -> None:
    assert [int(amount.value) for amount in heard_amounts("both of them")] == [2]


@pytest.mark.parametrize(
    ("said", "name"),
    [
        ("my name is jane doe", "Jane Doe"),
        ("this is Jane Doe and I need help", "Jane Doe"),
        ("I'm looking for a lamp", None),
        ("this is about my order", None),
    ],
)
def test_names(said: str, name: str | None) -> None:
    assert heard_name(said, was_asked=False) == name
