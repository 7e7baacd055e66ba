# ruff: noqa: RUF001  callers type typographic punctuation
"""Full text search finds the same turns on every database."""

from typing import Any

import pytest
from sqlalchemy import delete, update

from agent_service.store.database import Database
from agent_service.store.queries import TURNS, find_turns
from agent_service.store.search import Snippet, make_snippet, parse_terms
from agent_service.store.tables import Conversation, Turn
from agent_service.store.writer import write_records

TEXTS = [
    "Where is my order 1004? It should be here by now.",
    "Your order 1004 was shipped, and order number 1005 was not.",
    "Please write to jane.doe@example.com or call +49-30-1234.",
    "Die Bestellung für Frau Müller wird zurückerstattet.",
    "It’s a “well-known” issue – don’t worry…",
    "refund refunds refunded",
    "<b>REFUND</b> & 'quotes' \\ back_slash",
    "",
]

EXPECTED = {
    "order": [0, 1],
    "ORDER": [0, 1],
    "1004": [0, 1],
    "100": [],
    "100*": [0, 1],
    "order shipped": [1],
    '"order 1004"': [0, 1],
    '"order 1005"': [],
    '"number 1005" shipped': [1],
    '"order num*"': [],
    "jane.doe@example.com": [2],
    "example": [2],
    "+49-30-1234": [2],
    "1234": [2],
    "für": [3],
    "MÜLLER": [3],
    "muller": [],
    "zurück*": [3],
    "don't": [4],
    "don’t": [4],
    "well-known": [4],
    "well": [4],
    "refund": [5, 6],
    "refund*": [5, 6],
    "refunds": [5],
    "'quotes'": [6],
    "back_slash": [6],
    "order AND shipped": [1],
    "order NOT shipped": [1],
    "1004 OR 1005": [],
    "NEAR(order 1004)": [],
    "text:order": [],
    "order)": [0, 1],
    "(order & !shipped | x):*": [],
    '"order': [0, 1],
    "* order": [0, 1],
    "ord\x00er": [],
    "\ud800 order": [0, 1],
}


def found(database: Database, query: str) -> list[int]:
    question = TURNS.parse([("q", query)])
    with database.read() as session:
        return sorted(row.seq - 1 for row in find_turns(session, question).items)


def test_both_databases_find_the_same(searchable: Database) -> None:
    assert {query: found(searchable, query) for query in EXPECTED} == EXPECTED


@pytest.fixture
def searchable(database: Database, sample: Any) -> Database:
    turns = [sample.turn(seq, text=text) for seq, text in enumerate(TEXTS, 1)]
    with database.write() as session:
        write_records(session, [sample.conversation(), *turns])
    return database


def test_the_index_follows_changes_and_deletions(searchable: Database) -> None:
    with searchable.write() as session:
        session.execute(update(Turn).where(Turn.seq == 1).values(text="Something else"))
    assert found(searchable, "order") == [1]
    assert found(searchable, "something") == [0]
    with searchable.write() as session:
        session.execute(delete(Conversation))
    assert found(searchable, "order") == []


def test_a_snippet_marks_what_was_found() -> None:
    snippet = make_snippet("Your order 1004 has shipped.", parse_terms('"order 1004" ship*'))
    marked = [snippet.text[start:end] for start, end in snippet.marks]
    assert marked == ["order 1004", "shipped"]


def test_a_snippet_of_a_long_text_is_the_part_around_the_hit() -> None:
    text = "before " * 100 + "REFUND, please" + " after" * 100
    snippet = make_snippet(text, parse_terms("refund"))
    assert snippet.text.startswith("… ")
    assert snippet.text.endswith(" …")
    assert len(snippet.text) < 170
    [(start, end)] = snippet.marks
    assert snippet.text[start:end] == "REFUND"


def test_a_snippet_without_a_hit_is_the_beginning() -> None:
    assert make_snippet("Hello", parse_terms("other")) == Snippet("Hello", ())
