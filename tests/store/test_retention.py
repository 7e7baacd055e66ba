"""What is kept for too long goes, of each kind and agent; the rest stays, and so does its proof."""

from collections import Counter
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import func, insert, select

from agent_service.conversation.records import RatingRecord
from agent_service.store import retention
from agent_service.store.database import Database
from agent_service.store.forgetting import EXPIRED, EXPIRED_JSON
from agent_service.store.outbox import OutboxRow, OutboxStatus
from agent_service.store.proof.checking import check_conversations
from agent_service.store.proof.findings import Tally
from agent_service.store.proof.recordings import note_no_recording, note_recording
from agent_service.store.queries import TURNS
from agent_service.store.requests import Ticket, TicketStatus
from agent_service.store.retention import Kept, Retention, RetentionMark, Rule
from agent_service.store.search import parse_terms
from agent_service.store.tables import (
    AuditEntry,
    Confirmation,
    Conversation,
    Incident,
    Rating,
    Recording,
    RecordingSide,
    ToolCall,
    Turn,
)
from agent_service.store.writer import write_records

NewSample = Callable[[], Any]
DAY = timedelta(days=1)


def conversation(
    database: Database,
    sample: Any,
    began_at: datetime,
    *,
    agent: str = "support",
    is_over: bool = True,
) -> str:
    """Put a conversation with something of each kind on record."""
    sample.started_at = began_at
    ended_at = began_at + timedelta(minutes=5) if is_over else None
    id: str = sample.conversation_id
    with database.write_log() as session:
        write_records(
            session,
            [
                sample.conversation(agent=agent, ended_at=ended_at),
                sample.turn(1, text="zebrafish", heard_text="zebrafish"),
                sample.tool_call(arguments='{"q": "zebrafish"}', output='{"say": "zebrafish"}'),
                sample.confirmation(summary="zebrafish", answer="zebrafish"),
                sample.incident(message="zebrafish"),
                RatingRecord(id, 5, "zebrafish", began_at),
            ],
        )
        session.add(
            Recording(
                id=f"r-{id[-33:]}",
                conversation_id=id,
                side=RecordingSide.BOTH,
                location="file:x.ogg",
                media_type="audio/ogg",
                duration_ms=1,
                size_bytes=1,
                sha256="0" * 64,
                created_at=began_at,
            )
        )
        note_recording(session, id, "0" * 64)
    return id


def run(
    database: Database, now: datetime, *rules: Rule, sound: list[str] | None = None
) -> Counter[str]:
    """Take out what is due, and return what was."""

    def delete_sound(conversation_id: str) -> int:
        if sound is not None:
            sound.append(conversation_id)
        with database.write() as session:
            session.query(Recording).filter_by(conversation_id=conversation_id).delete()
            note_no_recording(session, conversation_id)
        return 1

    removed: Counter[str] = Counter()
    for _, counts in Retention(database, rules, delete_sound).run(now):
        removed += counts
    return removed


def texts(database: Database) -> Iterator[str]:
    with database.read() as session:
        for column in (
            *(Turn.verbatim, Turn.heard_text, ToolCall.arguments, ToolCall.output),
            *(Confirmation.summary, Confirmation.answer, Incident.message, Rating.comment),
        ):
            yield from (value for value in session.scalars(select(column)) if value)


def is_proven(database: Database) -> bool:
    """Tell whether all chains say that the rows are as they were left by right."""
    with database.read() as session:
        found, _ = check_conversations(session, "", Tally())
    return found == []


def test_words_go_and_what_was_counted_stays(
    database: Database, sample: Any, hand_clock: Any
) -> None:
    now = hand_clock.utc()
    conversation(database, sample, now - 31 * DAY)
    rules = (Rule(Kept.TEXT, 30, "support"), Rule(Kept.TOOLS, 30, "support"))
    due = Retention(database, rules, lambda _: 0).due(now)
    assert due == dict.fromkeys(rules, 1)
    run(database, now, *rules)
    assert set(texts(database)) == {EXPIRED, EXPIRED_JSON}
    with database.read() as session:
        turn = session.scalars(select(Turn)).one()
        assert turn.heard_ms == sample.turn(1).heard_ms
        assert session.scalars(select(Rating.score)).one() == 5
    assert is_proven(database)
    assert Retention(database, rules, lambda _: 0).due(now) == dict.fromkeys(rules, 0)


def test_what_is_younger_or_another_agents_stays(
    database: Database, new_sample: NewSample, hand_clock: Any
) -> None:
    now = hand_clock.utc()
    conversation(database, new_sample(), now - 29 * DAY)
    conversation(database, new_sample(), now - 31 * DAY, agent="sales")
    conversation(database, new_sample(), now - 31 * DAY, is_over=False)
    assert run(database, now, Rule(Kept.CONVERSATIONS, 30, "support")) == Counter()
    assert run(database, now, Rule(Kept.TEXT, 30, "support")) == Counter()


def test_one_that_goes_on_is_come_back_to(
    database: Database, new_sample: NewSample, hand_clock: Any, monkeypatch: Any
) -> None:
    monkeypatch.setattr(retention, "BATCH", 1)
    now, late = hand_clock.utc(), new_sample()
    conversation(database, late, now - 33 * DAY, is_over=False)
    conversation(database, new_sample(), now - 32 * DAY)
    conversation(database, new_sample(), now - 31 * DAY)
    rule = Rule(Kept.TEXT, 30, "support")
    assert run(database, now, rule)["turns"] == 2
    with database.write_log() as session:
        write_records(session, [late.conversation(ended_at=now)])
    assert run(database, now, rule)["turns"] == 1
    with database.read() as session:
        assert session.scalars(select(RetentionMark.done_until)).one() == now - 31 * DAY


def test_conversations_go_with_their_sound_first(
    database: Database, new_sample: NewSample, hand_clock: Any
) -> None:
    now = hand_clock.utc()
    old = [conversation(database, new_sample(), now - (40 + n) * DAY) for n in range(3)]
    young = conversation(database, new_sample(), now - DAY)
    sound: list[str] = []
    removed = run(database, now, Rule(Kept.CONVERSATIONS, 30, "support"), sound=sound)
    assert sorted(sound) == sorted(old)
    assert (removed["conversations"], removed["turns"], removed["recordings"]) == (3, 3, 3)
    with database.read() as session:
        assert session.scalars(select(Conversation.id)).all() == [young]
    assert is_proven(database)


def test_recordings_alone(database: Database, sample: Any, hand_clock: Any) -> None:
    now = hand_clock.utc()
    id = conversation(database, sample, now - 31 * DAY)
    sound: list[str] = []
    run(database, now, Rule(Kept.RECORDINGS, 30, "support"), sound=sound)
    assert sound == [id]
    assert "zebrafish" in set(texts(database))


def test_what_belongs_to_no_agent_goes_when_it_is_done(
    database: Database, sample: Any, hand_clock: Any, monkeypatch: Any
) -> None:
    monkeypatch.setattr(retention, "ROWS", 1)
    now = hand_clock.utc()
    old = now - 31 * DAY
    with database.write() as session:
        for number, status in enumerate(
            (TicketStatus.OPEN, TicketStatus.CLOSED, TicketStatus.CLOSED)
        ):
            session.execute(
                insert(Ticket).values(
                    conversation_id="gone",
                    subject="s",
                    body="b",
                    status=status,
                    created_at=old,
                    fingerprint=str(number),
                )
            )
        for number, settled in enumerate((OutboxStatus.QUEUED, OutboxStatus.CONFIRMED)):
            session.execute(
                insert(OutboxRow).values(
                    id=str(number),
                    idempotency_key=str(number),
                    kind="refund",
                    payload="{}",
                    is_secret=False,
                    status=settled,
                    tries=0,
                    queued_at=old,
                    next_try_at=old,
                )
            )
        session.add(AuditEntry(id="a", occurred_at=old, actor="operator:x", action="y"))
    removed = run(
        database, now, Rule(Kept.REQUESTS, 30), Rule(Kept.MESSAGES, 30), Rule(Kept.AUDIT, 30)
    )
    assert removed == Counter(requests=2, messages=1, audit=1)
    with database.read() as session:
        assert session.scalars(select(Ticket.status)).all() == [TicketStatus.OPEN]
        assert session.scalars(select(OutboxRow.status)).all() == [OutboxStatus.QUEUED]


def test_the_index_and_the_files_forget(
    sqlite_database: Database, sample: Any, hand_clock: Any, tmp_path: Any
) -> None:
    now = hand_clock.utc()
    conversation(sqlite_database, sample, now - 31 * DAY)
    rules = (Rule(Kept.TEXT, 30, "support"), Rule(Kept.TOOLS, 30, "support"))
    run(sqlite_database, now, *rules)
    files = list(tmp_path.glob("service.db*"))
    assert not any(b"zebrafish" in file.read_bytes() for file in files)


def test_nothing_is_found_any_more(database: Database, sample: Any, hand_clock: Any) -> None:
    conversation(database, sample, hand_clock.utc() - 31 * DAY)
    run(database, hand_clock.utc(), Rule(Kept.TEXT, 30, "support"))
    assert parse_terms("zebrafish")
    with database.read() as session:
        assert TURNS.page(session, TURNS.parse([("q", "zebrafish")])).items == []
        assert session.scalar(select(func.count()).select_from(Turn)) == 1


def test_a_failing_storage_of_sound_keeps_its_rows(
    database: Database, sample: Any, hand_clock: Any
) -> None:
    now = hand_clock.utc()
    conversation(database, sample, now - 31 * DAY)

    def away(_: str) -> int:
        raise OSError("away")

    with pytest.raises(OSError, match="away"):
        list(Retention(database, [Rule(Kept.CONVERSATIONS, 30, "support")], away).run(now))
    with database.read() as session:
        assert session.scalar(select(func.count()).select_from(Recording)) == 1
        assert "zebrafish" in set(texts(database))
