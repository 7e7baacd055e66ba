"""What both databases answer is what a look at every row gives."""

import operator
import random
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st
from words_of_languages import HELD_APART, SAID

from agent_service.clock import uuid7
from agent_service.conversation.records import Caller, CallerLevel, Record, Role, Usage
from agent_service.store.database import Database
from agent_service.store.pages import List
from agent_service.store.queries import CONVERSATIONS, INCIDENTS, TURNS
from agent_service.store.search import Term, parse_terms
from agent_service.store.words import fold
from agent_service.store.writer import write_records

on_one_database = settings(
    max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)


def write(database: Database, *records: Record) -> None:
    with database.write() as session:
        write_records(session, records)


def every_page(database: Database, list_: List[Any], asked: Mapping[str, str]) -> list[Any]:
    rows: list[Any] = []
    asked = {"limit": "7", **asked}
    while True:
        with database.read() as session:
            page = list_.page(session, list_.parse(asked.items()))
        rows += page.items
        if page.next_cursor is None:
            return rows
        asked = {**asked, "cursor": page.next_cursor}


# --- words -------------------------------------------------------------------

PIECES = sorted({piece for said in (*SAID, *HELD_APART) for piece in (said.text, *said.found)})
ODD = "\u00ad\u200b\u200c\u0301\u3099\ufffd\u2028' \"*-._/&|!:()<>²½①Ａ٣ऀ\U0001f600\U0001fae8\u0378"


def random_texts(count: int) -> list[str]:
    chance = random.Random(5)

    def piece() -> str:
        whole = chance.choice(PIECES)
        start = chance.randrange(len(whole))
        cut = whole[start : start + chance.randrange(1, 9)]
        return chance.choice(
            (whole, cut, cut.upper(), chance.choice(ODD), str(chance.randrange(99)))
        )

    return ["".join(piece() for _ in range(chance.randrange(1, 7))) for _ in range(count)]


TEXTS = random_texts(250)


@pytest.fixture
def spoken(database: Database, sample: Any) -> Database:
    turns = [sample.turn(seq, text=text) for seq, text in enumerate(TEXTS)]
    write(database, sample.conversation(), *turns)
    return database


def stands_in(term: Term, words: tuple[str, ...]) -> bool:
    size = len(term.words)
    last = str.startswith if term.is_beginning else str.__eq__
    return any(
        words[at : at + size - 1] == term.words[:-1] and last(words[at + size - 1], term.words[-1])
        for at in range(len(words) - size + 1)
    )


@st.composite
def queries(draw: st.DrawFn) -> str:
    def term() -> str:
        whole = draw(st.sampled_from(TEXTS))
        start = draw(st.integers(0, len(whole) - 1))
        cut = whole[start : start + draw(st.integers(1, 8))]
        return draw(st.sampled_from(("{}", "{}*", '"{}"', '"{}*"', '"{}'))).format(cut)

    return " ".join(term() for _ in range(draw(st.integers(1, 3)))) + draw(st.text(max_size=2))


@given(query=queries())
@on_one_database
def test_search_finds_what_a_look_at_every_turn_finds(spoken: Database, query: str) -> None:
    terms = parse_terms(query)
    assume(terms)
    expected = {
        seq for seq, text in enumerate(TEXTS) if all(stands_in(term, fold(text)) for term in terms)
    }
    assert {row.seq for row in every_page(spoken, TURNS, {"q": query})} == expected


# --- filters -----------------------------------------------------------------

OPERATORS: Mapping[str, Callable[[Any, Any], bool]] = {
    "": operator.eq,
    "__not": operator.ne,
    "__gt": operator.gt,
    "__gte": operator.ge,
    "__lt": operator.lt,
    "__lte": operator.le,
}


@dataclass(frozen=True)
class Asked:
    """A filter, and how to tell of a row by looking whether it fits."""

    list_: List[Any]
    name: str
    value: str
    fits: Callable[[Any], bool]


def compared(list_: List[Any], name: str, field: str, value: Any, suffix: str) -> Asked:
    compare = OPERATORS[suffix]

    def fits(row: Any) -> bool:
        found = getattr(row, field)
        if found is None:
            return suffix == "__not"
        return compare(found, value)

    return Asked(list_, name + suffix, str(value), fits)


@st.composite
def filters(draw: st.DrawFn) -> Asked:
    suffix = draw(st.sampled_from(sorted(OPERATORS)))
    equality = draw(st.sampled_from(("", "__not")))
    caller = draw(st.sampled_from(("C-0", "C-1", "C-2", "nobody", "")))
    return draw(
        st.sampled_from(
            [
                compared(
                    TURNS, "first_audio_ms", "first_audio_ms", draw(st.integers(-1, 4)), suffix
                ),
                compared(TURNS, "heard_ms", "heard_ms", draw(st.integers(-1, 4)), suffix),
                compared(
                    TURNS, "cost_usd", "cost_usd", draw(st.sampled_from((0.0, 0.5, 1.0))), suffix
                ),
                compared(TURNS, "role", "role", draw(st.sampled_from(list(Role))), equality),
                compared(CONVERSATIONS, "caller", "customer_id", caller, equality),
                compared(CONVERSATIONS, "level", "caller_level", CallerLevel.ANONYMOUS, equality),
                compared(INCIDENTS, "code", "code", "storage_busy", equality),
                compared(INCIDENTS, "conversation", "conversation_id", "elsewhere", equality),
            ]
        )
    )


@pytest.fixture
def recorded(database: Database, sample: Any) -> Database:
    chance = random.Random(9)
    for minute in range(12):
        one = replace(
            sample,
            conversation_id=uuid7(),
            started_at=sample.started_at + timedelta(minutes=minute),
        )
        known = Caller(f"C-{minute % 3}", "Jane", CallerLevel.IDENTIFIED)
        stranger = Caller(None, None, CallerLevel.ANONYMOUS)
        write(
            database,
            one.conversation(caller=chance.choice((known, stranger))),
            one.incident(code=chance.choice(("storage_busy", "provider_failed"))),
            one.incident(conversation_id=None),
            *(
                one.turn(
                    seq,
                    first_audio_ms=chance.choice((None, 0, 1, 2, 3)),
                    heard_ms=chance.randrange(4),
                    usage=chance.choice((None, Usage(cost_usd=chance.choice((None, 0.0, 0.5))))),
                )
                for seq in range(1, 5)
            ),
        )
    return database


@given(asked=filters())
@on_one_database
def test_filters_keep_what_a_look_at_every_row_keeps(recorded: Database, asked: Asked) -> None:
    every = every_page(recorded, asked.list_, {})
    kept = every_page(recorded, asked.list_, {asked.name: asked.value})
    assert [row.id for row in kept] == [row.id for row in every if asked.fits(row)]
