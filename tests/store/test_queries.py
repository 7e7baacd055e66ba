"""Lists come newest first, page by page, filtered; a conversation comes whole and in order."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import Engine, event

from agent_service.clock import uuid7
from agent_service.conversation.records import (
    Caller,
    CallerLevel,
    RatingRecord,
    Record,
    Role,
    ToolCallStatus,
    Usage,
)
from agent_service.store.database import Database
from agent_service.store.pages import List
from agent_service.store.queries import (
    CONVERSATIONS,
    INCIDENTS,
    TOOL_CALLS,
    TURNS,
    turns_after,
    whole_conversation,
)
from agent_service.store.writer import write_records


def write(database: Database, *records: Record) -> None:
    with database.write() as session:
        write_records(session, records)


def ask(database: Database, list_: List[Any], **parameters: str) -> list[Any]:
    with database.read() as session:
        return list_.page(session, list_.parse(parameters.items())).items


@contextmanager
def counted_statements() -> Iterator[list[str]]:
    statements: list[str] = []

    def note(_c: Any, _k: Any, statement: str, *_: Any) -> None:
        if statement.startswith("SELECT"):
            statements.append(statement)

    event.listen(Engine, "before_cursor_execute", note)
    yield statements
    event.remove(Engine, "before_cursor_execute", note)


def plan(database: Database, list_: List[Any], **parameters: str) -> str:
    """Return how SQLite looks for a page."""
    asked: list[tuple[str, Any]] = []

    def note(_c: Any, _k: Any, statement: str, values: Any, *_: Any) -> None:
        asked.append((statement, values))

    event.listen(Engine, "before_cursor_execute", note)
    ask(database, list_, **parameters)
    event.remove(Engine, "before_cursor_execute", note)
    [(statement, values)] = [one for one in asked if one[0].startswith("SELECT")]
    with database.read() as session:
        steps = session.connection().exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", values)
        return "\n".join(step.detail for step in steps)


@pytest.mark.parametrize(
    ("parameters", "step"),
    [
        ({"heard_ms__gt": "90000"}, "SCAN turns USING COVERING INDEX ix_turns_asked"),
        ({"first_audio_ms__gt": "2500"}, "SCAN turns USING COVERING INDEX ix_turns_asked"),
        ({"role": "representative"}, "SCAN turns USING COVERING INDEX ix_turns_asked"),
        (
            {"q": "order", "cost_usd__gt": "5"},
            "SEARCH turns USING COVERING INDEX ix_turns_placed (place=?)",
        ),
        (
            {"conversation": "1", "heard_ms__gt": "90000"},
            "(conversation_id=?)",
        ),
    ],
)
def test_turns_are_looked_for_without_their_texts(
    sqlite_database: Database, parameters: dict[str, str], step: str
) -> None:
    assert step in plan(sqlite_database, TURNS, **parameters)


@pytest.fixture
def three(database: Database, sample: Any) -> list[Any]:
    """Three conversations, a minute apart: Jane's, a stranger's, Jane's with an incident."""
    conversations = [
        replace(
            sample,
            conversation_id=uuid7(),
            started_at=sample.started_at + timedelta(minutes=minute),
        )
        for minute in range(3)
    ]
    first, second, third = conversations
    stranger = Caller(None, None, CallerLevel.ANONYMOUS)
    write(
        database,
        first.conversation(ended_at=first.started_at + timedelta(minutes=9)),
        second.conversation(agent="sales", caller=stranger),
        third.conversation(),
        third.incident(),
        *(first.turn(seq) for seq in range(1, 4)),
    )
    return conversations


@pytest.mark.parametrize(
    ("parameters", "expected"),
    [
        ({}, [2, 1, 0]),
        ({"agent": "sales"}, [1]),
        ({"caller": "C-1"}, [2, 0]),
        ({"level": "anonymous"}, [1]),
        ({"since": "2026-03-01T12:01:00Z"}, [2, 1]),
        ({"until": "2026-03-01T12:01:00Z"}, [0]),
        ({"has_incident": "true"}, [2]),
        ({"has_incident": "false"}, [1, 0]),
        ({"is_open": "true"}, [2, 1]),
        ({"agent": "support", "has_incident": "false"}, [0]),
    ],
)
def test_conversations_are_filtered(
    database: Database, three: list[Any], parameters: dict[str, str], expected: list[int]
) -> None:
    ids = [row.id for row in ask(database, CONVERSATIONS, **parameters)]
    assert ids == [three[index].conversation_id for index in expected]


def test_conversations_say_how_much_happened(database: Database, three: list[Any]) -> None:
    with counted_statements() as statements:
        rows = ask(database, CONVERSATIONS)
    assert [(row.turn_count, row.incident_count) for row in rows] == [(0, 1), (0, 0), (3, 0)]
    assert len(statements) == 1


@pytest.mark.parametrize("limit", [1, 2, 3, 7])
def test_pages_hold_every_row_once(database: Database, sample: Any, limit: int) -> None:
    # All in the same moment, so that only the identifier tells them apart.
    conversations = [replace(sample, conversation_id=uuid7()) for _ in range(7)]
    write(database, *(one.conversation() for one in conversations))
    write(database, *(one.turn(1, text="same words") for one in conversations))
    for list_, parameters in ((CONVERSATIONS, {}), (TURNS, {}), (TURNS, {"q": "same words"})):
        seen: list[str] = []
        asked = {"limit": str(limit), **parameters}
        while True:
            with database.read() as session:
                page = list_.page(session, list_.parse(asked.items()))
            seen += [row.id for row in page.items]
            if page.next_cursor is None:
                break
            assert len(page.items) == limit
            asked["cursor"] = page.next_cursor
        assert len(seen) == len(set(seen)) == 7


def test_a_conversation_comes_whole_and_in_order(database: Database, sample: Any) -> None:
    turns = [sample.turn(seq) for seq in (2, 3, 1)]
    late = sample.tool_call(
        tool_call_id="call_2", requested_at=sample.started_at + timedelta(seconds=9)
    )
    rating = RatingRecord(sample.conversation_id, 4, "Nice", sample.started_at)
    write(
        database,
        sample.conversation(),
        late,
        *turns,
        sample.tool_call(),
        sample.confirmation(),
        sample.incident(),
        rating,
    )
    with database.read() as session, counted_statements() as statements:
        whole = whole_conversation(session, sample.conversation_id)
    assert whole is not None
    assert [turn.seq for turn in whole.turns] == [1, 2, 3]
    assert [call.tool_call_id for call in whole.tool_calls] == ["call_1", "call_2"]
    assert [row.summary for row in whole.confirmations] == ["Cancel order 1007?"]
    assert [row.code for row in whole.incidents] == ["provider_failed"]
    assert whole.rating is not None
    assert whole.rating.score == 4
    assert whole.conversation.turn_count == 3
    assert len(statements) == 7


def test_an_unknown_conversation_is_none(database: Database) -> None:
    with database.read() as session:
        assert whole_conversation(session, uuid7()) is None
        assert whole_conversation(session, "\x00' OR 1=1 --") is None


def test_turns_are_filtered_by_what_happened(database: Database, sample: Any) -> None:
    usage = Usage(cost_usd=0.02)
    write(
        database,
        sample.conversation(),
        sample.turn(1),
        sample.turn(2, first_audio_ms=700, is_interrupted=True),
        sample.turn(3),
        sample.turn(4, first_audio_ms=1500, usage=usage),
    )

    def seqs(**parameters: str) -> list[int]:
        return [row.seq for row in ask(database, TURNS, **parameters)]

    assert seqs() == [4, 3, 2, 1]
    assert seqs(role="agent") == [4, 2]
    assert seqs(first_audio_ms__gt="1000") == [4]
    assert seqs(is_interrupted="true") == [2]
    assert seqs(is_interrupted="false", role="agent") == [4]
    assert seqs(cost_usd__gte="0.01") == [4]
    assert seqs(q="turn", role="caller") == [3, 1]
    assert seqs(conversation=sample.conversation_id, since="2026-03-01T12:00:05Z") == [4, 3]


def test_found_turns_come_with_snippets(database: Database, sample: Any) -> None:
    write(database, sample.conversation(), sample.turn(1, text="A refund, please"))
    with database.read() as session:
        [row] = TURNS.page(session, TURNS.parse([("q", "refund")])).items
        [plain] = TURNS.page(session, TURNS.parse([])).items
    assert row.snippet is not None
    assert row.snippet.marks == ((2, 8),)
    assert plain.snippet is None


def test_tool_calls_are_filtered(database: Database, sample: Any) -> None:
    write(
        database,
        sample.conversation(),
        sample.tool_call(),
        sample.tool_call(
            id=uuid7(),
            tool_call_id="call_2",
            name="cancel_order",
            status=ToolCallStatus.NOT_ALLOWED,
            requested_at=sample.started_at + timedelta(seconds=8),
        ),
    )

    def names(**parameters: str) -> list[str]:
        return [row.name for row in ask(database, TOOL_CALLS, **parameters)]

    assert names() == ["cancel_order", "find_order"]
    assert names(status="not_allowed") == ["cancel_order"]
    assert names(status__in="succeeded,not_allowed") == ["cancel_order", "find_order"]
    assert names(name="find_order", conversation=sample.conversation_id) == ["find_order"]


def test_incidents_outside_of_conversations_are_found(database: Database, sample: Any) -> None:
    write(database, sample.incident(conversation_id=None, code="storage_busy"))
    [row] = ask(database, INCIDENTS, code="storage_busy")
    assert row.conversation_id is None


def test_turns_can_be_followed(database: Database, sample: Any) -> None:
    write(database, sample.conversation(), sample.turn(1), sample.turn(2))
    with database.read() as session:
        first = turns_after(session, 0, 1)
        rest = turns_after(session, first[0].number, 10)
    assert [row.seq for row in first + rest] == [1, 2]
    assert rest[0].role is Role.AGENT
