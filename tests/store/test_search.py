# ruff: noqa: RUF001  callers type typographic punctuation
"""Full text search finds the same turns on every database."""

from typing import Any

import pytest
from sqlalchemy import delete, text, update
from words_of_languages import HELD_APART, SAID

from agent_service.store.database import Database
from agent_service.store.queries import TURNS
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
    '"order num*"': [1],
    '"order" num*': [1],
    '"order num"*': [1],
    "“order 1005”": [],  # as typed on a telephone
    "back*slash": [6],
    "jane.doe@example.com": [2],
    "example": [2],
    "+49-30-1234": [2],
    "1234": [2],
    "für": [3],
    "MÜLLER": [3],
    "muller": [3],
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
        return sorted(row.seq - 1 for row in TURNS.page(session, question).items)


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
        session.execute(update(Turn).where(Turn.seq == 1).values(text="我要退款"))
    assert found(searchable, "order") == [1]
    assert found(searchable, "退款") == [0]
    with searchable.write() as session:
        session.execute(update(Turn).where(Turn.seq == 1).values(heard_text="我要"))
    assert found(searchable, "退款") == [0]
    with searchable.write() as session:
        session.execute(delete(Conversation))
    assert found(searchable, "order") == []


def test_what_was_taken_out_of_a_text_is_not_found(searchable: Database) -> None:
    # Also when whoever did so knows nothing of the index, as a release before it.
    change = "UPDATE turns SET text = 'Your Order [gone] was shipped' WHERE seq = 2"
    with searchable.write() as session:
        session.execute(text(change))
    assert found(searchable, "1005") == []
    assert found(searchable, "order shipped") == [1]
    with searchable.write() as session:
        session.execute(text("UPDATE turns SET text = 'Nothing at all' WHERE seq = 2"))
        session.execute(text("UPDATE turns SET text = text, search_words = search_words"))
    assert found(searchable, "shipped") == []
    assert found(searchable, "nothing") == [1]


def test_a_turn_written_without_its_words_is_found(searchable: Database) -> None:
    columns = "id, conversation_id, seq, role, modality, text, heard_text, heard_ms, flags,"
    columns += " is_interrupted, started_at, ended_at"
    kept = columns.partition("seq, ")[2].replace("text, heard_text", "'An Older release', ''")
    statement = (
        f"INSERT INTO turns ({columns}) SELECT 'new', conversation_id, 90, {kept}"
        " FROM turns WHERE seq = 1"
    )
    with searchable.write() as session:
        session.execute(text(statement))
    assert found(searchable, "older release") == [89]
    with searchable.write() as session:
        session.execute(delete(Turn).where(Turn.seq == 90))
    assert found(searchable, "older") == []
    if searchable.dialect == "sqlite":
        with searchable.write() as session:
            check = "INSERT INTO record_search (record_search, rank) VALUES ('integrity-check', 1)"
            session.execute(text(check))


def test_every_word_of_every_language_is_found(database: Database, sample: Any) -> None:
    said = (*SAID, *HELD_APART)
    turns = [sample.turn(seq, text=each.text) for seq, each in enumerate(said, 1)]
    with database.write() as session:
        write_records(session, [sample.conversation(), *turns])
    wrong = [
        (each.text, query)
        for place, each in enumerate(said)
        for query in (*each.found, *each.missed)
        if (place in found(database, query)) != (query in each.found)
    ]
    assert wrong == []


def test_a_long_question_is_answered(searchable: Database) -> None:
    assert found(searchable, "order " * 83) == [0, 1]
    assert found(searchable, "订" * 500) == []
    assert found(searchable, "a1" * 250) == []
    assert found(searchable, "🎉 " * 250) == []


def test_a_long_turn_is_found_by_what_begins_it(database: Database, sample: Any) -> None:
    texts = [
        "订单 " + "x" * 99_000,
        "order " + "ab cd " * 30_000,
        " ".join(map(str, range(40_000))),
    ]
    turns = [sample.turn(seq, text=each) for seq, each in enumerate(texts, 1)]
    with database.write() as session:
        write_records(session, [sample.conversation(), *turns])
    assert found(database, "订单") == [0]
    assert found(database, "order") == [1]
    assert found(database, "9999") == [2]
    assert found(database, "39999") == []


def test_a_snippet_marks_what_was_found() -> None:
    snippet = make_snippet("Your order 1004 has shipped.", parse_terms('"order 1004" ship*'))
    marked = [snippet.text[start:end] for start, end in snippet.marks]
    assert marked == ["order 1004", "shipped"]


@pytest.mark.parametrize(
    ("text", "query", "marked"),
    [
        ("我的订单1004在哪里", "订单 1004", ["订单", "1004"]),
        ("我的订单号", "订单 单号", ["订单号"]),
        (
            "🎉 The Café\u0301s re\u00adfund",
            "cafes* refund 🎉",
            ["🎉", "Café\u0301s", "re\u00adfund"],
        ),
        ("STRASSE, Straße", "strasse", ["STRASSE", "Straße"]),
        ("order, order", "order", ["order", "order"]),
        ("Order no. 1004!", '"no 10*"', ["no. 1004"]),
        ("환불해 주세요", "환불", ["환불"]),
        ("no hit", "other", []),
    ],
)
def test_marks_point_into_the_text_as_it_was_said(text: str, query: str, marked: list[str]) -> None:
    snippet = make_snippet(text, parse_terms(query))
    assert [snippet.text[start:end] for start, end in snippet.marks] == marked


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
