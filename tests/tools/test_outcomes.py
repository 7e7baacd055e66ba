"""Whatever a tool returns or refuses with reaches the model as JSON that everybody can read."""

import json
from collections import ChainMap
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, time, timedelta
from decimal import Decimal
from enum import Enum
from types import MappingProxyType
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import BaseModel, SecretStr

from agent_service.conversation.records import ToolCallStatus
from agent_service.errors import ToolError
from agent_service.tools.outcomes import MOST_SPOKEN, done, refused, succeeded
from agent_service.tools.plain_values import cut_to_size, plain, shortened, size_of
from agent_service.tools.tool import Answer

MOST = 20_000


class Colour(Enum):
    RED = "red"


@dataclass
class Parcel:
    weight: Decimal
    colour: Colour


class Shelf(BaseModel):
    emptied_on: date


def told(result: Any) -> dict[str, Any]:
    outcome = succeeded(result, tool="test", most=MOST)
    outcome.output.encode()
    read: dict[str, Any] = json.loads(outcome.output)
    return read


@pytest.mark.parametrize(
    ("value", "written"),
    [
        (date(2026, 3, 5), "2026-03-05"),
        (time(9, 30), "09:30:00"),
        (timedelta(days=2), "P2D"),
        (Decimal("1.50"), "1.50"),
        (UUID(int=7), "00000000-0000-0000-0000-000000000007"),
        (Colour.RED, "red"),
        (Parcel(Decimal(2), Colour.RED), {"weight": "2", "colour": "red"}),
        (Shelf(emptied_on=date(2026, 1, 2)), {"emptied_on": "2026-01-02"}),
        ({7}, [7]),
        (b"text", "text"),
        (b"\xff", "_w=="),
        (float("nan"), None),
        ([float("inf"), 1.5], [None, 1.5]),
        (range(3), [0, 1, 2]),
        (MappingProxyType({"a": {b"b"}}), {"a": ["b"]}),
        (ChainMap({date(2026, 1, 2): 1}), {"2026-01-02": 1}),
        ("half an emoji \ud83d", "half an emoji \ufffd"),
        ({"\ud83d": ["\x00"]}, {"\ufffd": ["\ufffd"]}),
        (SecretStr("hidden"), "**********"),
    ],
)
def test_fact_is_written_plainly_also_as_a_whole_result(value: Any, written: Any) -> None:
    assert told(Answer("Here.", {"fact": value})) == {
        "status": "succeeded",
        "say": "Here.",
        "fact": written,
    }
    assert told(value)["result"] == written


def test_what_cannot_be_written_is_named() -> None:
    with pytest.raises(ValueError, match="a object cannot be told to the model"):
        succeeded(Answer("Here.", {"row": object()}), tool="test", most=MOST)


def test_what_is_done_is_told_also_when_its_details_cannot_be() -> None:
    outcome = done(Answer("It is paid.", {"row": object()}), tool="test", most=MOST)
    assert json.loads(outcome.output) == {"status": "succeeded", "say": "It is paid."}
    assert "It is done" in done(object(), tool="test", most=MOST).output


@pytest.mark.parametrize(
    "name", ["status", "say", "note", "needs", "quoted", "facts", "is_shortened"]
)
def test_fact_never_takes_the_place_of_the_services_own_words(name: str) -> None:
    answer = Answer("Your claim was declined.", {name: "declined", "claim": 7})
    assert told(answer) == {
        "status": "succeeded",
        "say": "Your claim was declined.",
        "claim": 7,
        "facts": {name: "declined"},
    }


@pytest.mark.parametrize(
    ("say", "facts"), [(None, {}), (17, {}), ("Here.", ["fact"]), ("Here.", "fact")]
)
def test_answer_that_is_none_is_refused_where_it_is_made(say: Any, facts: Any) -> None:
    with pytest.raises(TypeError, match="Answer: "):
        Answer(say, facts)


def rows(count: int) -> Mapping[str, Any]:
    return {"count": count, "rows": [{"number": n, "name": f"row {n}" * 5} for n in range(count)]}


def test_long_output_keeps_its_facts_and_the_beginning_of_its_lists() -> None:
    short = told(Answer("I find 600.", rows(600), {"letter": "Dear Sir. " * 900}))
    assert (short["say"], short["count"], short["is_shortened"]) == ("I find 600.", 600, True)
    assert short["rows"][0] == {"number": 0, "name": "row 0" * 5}
    assert 100 <= len(short["rows"]) < 600
    assert short["quoted"]["letter"] == "Dear Sir. " * 900
    assert list(short) == ["status", "say", "count", "rows", "quoted", "is_shortened", "note"]
    assert short["note"] == (
        f"Too long to be told in full: rows has the first {len(short['rows'])} of 600."
    )
    assert 0.9 * MOST <= len(json.dumps(short, ensure_ascii=False)) <= MOST


def test_long_output_with_quoted_text_is_shortened_and_stays_untrusted() -> None:
    outcome = succeeded(Answer("Here.", {}, {"text": "x" * 50_000}), tool="test", most=MOST)
    assert outcome.is_untrusted
    assert outcome.is_shortened
    assert not succeeded(Answer("Here."), tool="test", most=MOST).is_shortened


def test_short_facts_stay_whole_beside_long_ones_wherever_they_stand() -> None:
    facts = {"first": 1, "letter": "A word. " * 9_000, "list": list(range(9_000)), "last": "two"}
    short = told(Answer("I find much.", facts))
    assert (short["first"], short["last"]) == (1, "two")
    assert short["letter"].endswith("word.")
    assert short["list"] == list(range(len(short["list"])))
    assert 5_000 < len(short["letter"]) < 10_000


def test_of_more_facts_than_fit_the_first_are_told() -> None:
    short = told(Answer("I find much.", {f"fact_{n}": "x" * 30 for n in range(2_000)}))
    names = [name for name in short if name.startswith("fact_")]
    assert names == [f"fact_{n}" for n in range(len(names))]
    assert len(names) > 200
    assert f"fact_{len(names)} is left out" in short["note"]


wide_members = st.recursive(
    st.none() | st.integers() | st.text() | st.text(min_size=500, max_size=900),
    lambda inner: st.lists(inner, max_size=30) | st.dictionaries(st.text(), inner, max_size=30),
    max_leaves=60,
)


@given(wide_members, st.integers(4, 3_000))
def test_whatever_is_cut_fits_and_is_a_beginning(value: Any, most: int) -> None:
    value = plain(value)
    smaller = cut_to_size(value, most)
    assert size_of(smaller) <= most
    if size_of(value) <= most:
        assert smaller == value
    if isinstance(value, dict):
        assert list(smaller) == list(value)[: len(smaller)]


def test_output_that_is_wide_and_deep_keeps_its_sentence_and_its_first_facts() -> None:
    wide = {
        f"{n}": {f"{m}": {f"{k}": "x" * 80 for k in range(9)} for m in range(9)} for n in range(9)
    }
    short = told(Answer("I find much.", wide))
    assert short["say"] == "I find much."
    assert short["0"]["0"]
    assert len(json.dumps(short, ensure_ascii=False)) <= MOST


def test_long_sentence_is_cut_where_a_sentence_ends() -> None:
    error = ToolError("failed", "This is a sentence. " * 3000, note="x" * 50_000)
    refusal = json.loads(refused(error).output)
    assert refusal["say"].endswith("sentence.")
    assert len(refusal["say"]) <= MOST_SPOKEN
    assert len(refusal["note"]) <= MOST_SPOKEN
    assert len(told(Answer("word " * 9000))["say"]) <= MOST_SPOKEN + 1


def test_text_without_an_end_is_cut_anyway() -> None:
    assert shortened("x" * 100, 60) == "x" * 10 + "\u2026"
    assert shortened("short", 60) == "short"


def test_half_an_emoji_in_a_refusal_is_replaced() -> None:
    outcome = refused(ToolError("not_allowed", "No \ud83d."))
    assert outcome.status is ToolCallStatus.NOT_ALLOWED
    assert json.loads(outcome.output)["say"] == "No \ufffd."


def test_kind_that_does_not_exist_is_named_with_those_that_do() -> None:
    with pytest.raises(ValueError, match="'not_found' is none of fix_arguments, retry_later"):
        ToolError("not_found", "No.")  # type: ignore[arg-type]  # what is tested


def test_note_is_beside_the_sentence() -> None:
    error = ToolError("fix_arguments", "Which day, please?", note="on: a date")
    assert json.loads(refused(error).output) == {
        "status": "fix_arguments",
        "say": "Which day, please?",
        "note": "on: a date",
    }
