"""The recorder: one line, one row, nothing acknowledged that is not on disk, nothing lost."""

import asyncio
import itertools
import multiprocessing
import os
import signal
import sqlite3
import threading
import time
from collections.abc import Callable, Iterator
from functools import partial
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

import pytest
import structlog
from sqlalchemy import event, select, text
from sqlalchemy.orm import Session

from agent_service.clock import SystemClock, uuid7
from agent_service.conversation.records import Caller, RatingRecord, ToolCallStatus
from agent_service.runtime.recorder import GATHER_S, Recorder
from agent_service.store.database import Database
from agent_service.store.ledger import EndedCall, LedgerCall, Outcome
from agent_service.store.record_fields import to_fields
from agent_service.store.tables import AuditEntry, Incident, ToolCall, ToolEffect, Turn


class Lines:
    """The log: a processor that keeps each line."""

    def __init__(self) -> None:
        self.entries: list[dict[str, Any]] = []
        self._changed = threading.Condition()

    def __call__(self, _: Any, level: str, entry: Any) -> Any:
        with self._changed:
            self.entries.append({**entry, "log_level": level})
            self._changed.notify_all()
        raise structlog.DropEvent

    def named(self, *names: str) -> list[dict[str, Any]]:
        return [entry for entry in self.entries if entry["event"] in names]

    async def wait_for(self, name: str) -> None:
        """Wait until a line of this name has been written, by whichever thread."""

        def wait() -> None:
            with self._changed:
                assert self._changed.wait_for(lambda: self.named(name), 60)

        await asyncio.to_thread(wait)


@pytest.fixture
def lines() -> Iterator[Lines]:
    lines = Lines()
    before = structlog.get_config()
    structlog.configure(processors=[lines], cache_logger_on_first_use=False)
    yield lines
    structlog.configure(**before)


@pytest.fixture
def hasty(sqlite_database: Database) -> Database:
    """An SQLite database whose log's writer does not wait for locks before it reports them."""
    with sqlite_database.write_log() as session:
        session.connection().exec_driver_sql("PRAGMA busy_timeout=1")
    return sqlite_database


@pytest.fixture
def other(hasty: Database, tmp_path: Path) -> Iterator[sqlite3.Connection]:
    """Another process's connection to the same file."""
    connection = sqlite3.connect(tmp_path / "service.db", isolation_level=None)
    yield connection
    connection.close()


def turn_ids(database: Database) -> list[str]:
    with database.read() as session:
        return list(session.scalars(select(Turn.id).order_by(Turn.number)))


def run(scenario: Callable[[Recorder], Any], database: Database, **options: Any) -> None:
    """Run the scenario with an open recorder, and close it."""

    async def main() -> None:
        recorder = Recorder(database, clock=SystemClock(), **options)
        recorder.open()
        async with asyncio.timeout(60):
            try:
                await scenario(recorder)
            finally:
                await recorder.close(time_limit_s=60)

    asyncio.run(main())


def test_acknowledged_means_committed(database: Database, sample: Any, lines: Lines) -> None:
    turn = sample.turn(1)
    seen: list[list[str]] = []

    async def scenario(recorder: Recorder) -> None:
        committed = asyncio.Event()

        def on_committed() -> None:
            seen.append(turn_ids(database))
            committed.set()

        recorder.record(sample.conversation())
        recorder.record(turn, on_committed)
        assert seen == []
        await committed.wait()

    run(scenario, database)
    assert seen == [[turn.turn_id]]


def test_ended_tool_call_is_kept_with_its_conversation_from_any_thread(
    database: Database, sample: Any, lines: Lines
) -> None:
    at = sample.started_at
    call = LedgerCall(
        id=uuid7(),
        conversation_id=sample.conversation_id,
        tool_call_id="call_1",
        name="find_orders",
        arguments="{}",
        arguments_hash="hash",
        effect=ToolEffect.READ,
        caller=Caller(),
    )
    outcome = Outcome(ToolCallStatus.SUCCEEDED, "{}", is_untrusted=True)

    async def scenario(recorder: Recorder) -> None:
        kept = asyncio.Event()
        recorder.record(sample.conversation())
        await asyncio.to_thread(recorder.keep_call, EndedCall(call, outcome, at, at), kept.set)
        await kept.wait()
        with database.read() as session:
            row = session.scalars(select(ToolCall)).one()
            assert (row.status, row.is_untrusted) == (ToolCallStatus.SUCCEEDED, True)
            assert session.scalars(select(AuditEntry.action)).all() == ["tool.succeeded"]

    run(scenario, database)


def test_closing_writes_everything_in_order(database: Database, sample: Any, lines: Lines) -> None:
    turns = [sample.turn(seq) for seq in range(1, 601)]
    acknowledged: list[int] = []

    async def scenario(recorder: Recorder) -> None:
        recorder.record(sample.conversation())
        for turn in turns:
            recorder.record(turn, partial(acknowledged.append, turn.seq))

    run(scenario, database)
    assert turn_ids(database) == [turn.turn_id for turn in turns]
    assert acknowledged == list(range(1, 601))


def test_records_that_wait_share_a_commit(database: Database, sample: Any, lines: Lines) -> None:
    commits = []

    async def scenario(recorder: Recorder) -> None:
        recorder.record(sample.conversation())
        for seq in range(1, 301):
            recorder.record(sample.turn(seq))

    def count(session: Any) -> None:
        commits.append(1)

    event.listen(Session, "after_commit", count)
    run(scenario, database)
    event.remove(Session, "after_commit", count)
    assert len(commits) < 30


def test_commits_follow_each_other_at_a_distance_that_lets_records_gather(
    database: Database, sample: Any, lines: Lines
) -> None:
    committed_at: list[float] = []

    async def scenario(recorder: Recorder) -> None:
        recorder.record(sample.conversation())
        for seq in range(1, 4):
            committed = asyncio.Event()
            recorder.record(sample.turn(seq), committed.set)
            await committed.wait()

    def note(session: Any) -> None:
        committed_at.append(time.monotonic())

    event.listen(Session, "after_commit", note)
    run(scenario, database)
    event.remove(Session, "after_commit", note)
    gaps = [after - before for before, after in itertools.pairwise(committed_at)]
    assert len(gaps) >= 2
    assert min(gaps) >= GATHER_S


def test_a_card_over_turns_is_neither_in_the_log_nor_in_a_row(
    database: Database, sample: Any, lines: Lines
) -> None:
    said = ["4111", "1111", "1111", "1111"]

    async def scenario(recorder: Recorder) -> None:
        recorder.record(sample.conversation())
        for seq, words in enumerate(said, 1):
            recorder.record(sample.turn(2 * seq - 1, text=words, heard_text=words))

    run(scenario, database)
    # Nobody said what the first four digits were: the row had them for a while, no line has.
    assert [line["text"] for line in lines.named("turn")] == ["[redacted card]"] * 4
    with database.read() as session:
        assert set(session.scalars(select(Turn.text))) == {"[redacted card]"}
        assert set(session.scalars(select(Turn.heard_text))) == {"[redacted card]"}


def test_the_line_has_the_fields_of_the_row(database: Database, sample: Any, lines: Lines) -> None:
    turn = sample.turn(1, text="odd \x00 text", first_audio_ms=420)

    async def scenario(recorder: Recorder) -> None:
        recorder.record(sample.conversation())
        recorder.record(turn)
        recorder.record(sample.tool_call())
        recorder.record(sample.incident())
        recorder.record(sample.confirmation())
        recorder.record(RatingRecord(sample.conversation_id, 5, None, sample.started_at))
        recorder.record(sample.conversation(ended_at=sample.started_at, end_reason="caller_ended"))

    run(scenario, database)
    assert [line["event"] for line in lines.entries] == [
        "conversation_started",
        "turn",
        "tool_call",
        "incident",
        "confirmation",
        "rating",
        "conversation_ended",
    ]
    assert lines.entries[3]["log_level"] == "warning"
    line = lines.entries[1]
    with database.read() as session:
        row = session.scalars(select(Turn)).one()
    assert (line["turn_id"], line["text"]) == (row.id, row.text)
    assert set(line) - {"event", "log_level"} == {
        name for name, value in to_fields(turn).items() if value is not None
    }
    assert line["started_at"] == turn.started_at.isoformat()


def test_a_locked_database_delays_but_loses_nothing(
    hasty: Database, other: sqlite3.Connection, sample: Any, lines: Lines
) -> None:
    turn = sample.turn(1)

    async def scenario(recorder: Recorder) -> None:
        committed = asyncio.Event()
        other.execute("BEGIN IMMEDIATE")
        recorder.record(sample.conversation())
        recorder.record(turn, committed.set)
        await lines.wait_for("incident")
        assert not recorder.healthy
        assert not committed.is_set()
        other.execute("ROLLBACK")
        await committed.wait()
        assert recorder.healthy

    run(scenario, hasty)
    assert turn_ids(hasty) == [turn.turn_id]
    with hasty.read() as session:
        incident = session.scalars(select(Incident)).one()
    assert incident.code == "storage_busy"
    assert lines.named("incident")[0]["incident_id"] == incident.id
    assert len(lines.named("record_resumed")) == 1


def limit_size(database: Database, pages: int) -> None:
    with database.write_log() as session:
        session.connection().exec_driver_sql(f"PRAGMA max_page_count={pages}")


def test_a_full_disk_delays_but_loses_nothing(
    sqlite_database: Database, sample: Any, lines: Lines
) -> None:
    turns = [sample.turn(seq, text="long " * 20_000) for seq in range(1, 4)]
    acknowledged: list[str] = []
    limit_size(sqlite_database, 1)  # SQLite takes it as: no larger than now

    async def scenario(recorder: Recorder) -> None:
        recorder.record(sample.conversation())
        for turn in turns:
            recorder.record(turn, partial(acknowledged.append, turn.turn_id))
        await lines.wait_for("incident")
        assert not recorder.healthy
        assert acknowledged == turn_ids(sqlite_database)
        limit_size(sqlite_database, 1_000_000)

    run(scenario, sqlite_database)
    assert turn_ids(sqlite_database) == acknowledged == [turn.turn_id for turn in turns]
    assert lines.named("incident")[0]["code"] == "storage_full"


def test_a_lost_connection_is_made_anew(
    postgresql_database: Database, sample: Any, lines: Lines
) -> None:
    turns = [sample.turn(1), sample.turn(2)]

    async def scenario(recorder: Recorder) -> None:
        for turn in turns:
            committed = asyncio.Event()
            recorder.record(sample.conversation())
            recorder.record(turn, committed.set)
            await committed.wait()
            with postgresql_database.read() as session:
                session.execute(
                    text(
                        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                        " WHERE datname = current_database() AND pid <> pg_backend_pid()"
                    )
                )

    run(scenario, postgresql_database)
    assert turn_ids(postgresql_database) == [turn.turn_id for turn in turns]


def test_closing_gives_up_on_a_database_that_stays_locked(
    hasty: Database, other: sqlite3.Connection, sample: Any, lines: Lines
) -> None:
    acknowledged: list[bool] = []

    async def scenario(recorder: Recorder) -> None:
        other.execute("BEGIN IMMEDIATE")
        recorder.record(sample.conversation(), partial(acknowledged.append, True))
        await recorder.close(time_limit_s=0.1)

    run(scenario, hasty)
    assert lines.entries[-1]["event"] == "record_refused"
    assert lines.entries[-1]["reason"] == "storage_busy"
    assert acknowledged == []


def test_one_unwritable_record_does_not_take_others_along(
    database: Database, sample: Any, lines: Lines
) -> None:
    first, same_place, second = sample.turn(1), sample.turn(1), sample.turn(2)
    acknowledged: list[str] = []

    async def scenario(recorder: Recorder) -> None:
        recorder.record(sample.conversation())
        for turn in (first, same_place, second):
            recorder.record(turn, partial(acknowledged.append, turn.turn_id))

    run(scenario, database)
    assert turn_ids(database) == acknowledged == [first.turn_id, second.turn_id]
    assert [line["reason"] for line in lines.named("record_refused")] == ["unwritable"]


def test_a_full_queue_refuses_aloud_and_is_unhealthy(
    hasty: Database, other: sqlite3.Connection, sample: Any, lines: Lines
) -> None:
    turns = [sample.turn(seq) for seq in range(1, 8)]

    async def scenario(recorder: Recorder) -> None:
        other.execute("BEGIN IMMEDIATE")
        recorder.record(sample.conversation())
        await lines.wait_for("incident")
        for turn in turns:
            recorder.record(turn)
        assert not recorder.healthy
        other.execute("ROLLBACK")

    run(scenario, hasty, capacity=4)
    assert turn_ids(hasty) == [turn.turn_id for turn in turns[:4]]
    assert [line["reason"] for line in lines.named("record_refused")] == ["queue_full"] * 3
    # What was refused is still in the log, as the turn's own line.
    assert len(lines.named("turn")) == 7


def record_until_killed(url: str, sample: Any, acknowledged: Connection) -> None:
    structlog.configure(processors=[drop])
    database = Database(url)

    async def main() -> None:
        recorder = Recorder(database, clock=SystemClock())
        recorder.open()
        recorder.record(sample.conversation())
        for seq in range(1, 1_000_000):
            turn = sample.turn(seq, turn_id=uuid7())
            recorder.record(turn, partial(acknowledged.send, turn.turn_id))
            await asyncio.sleep(0)

    asyncio.run(main())


def drop(*_: Any) -> Any:
    raise structlog.DropEvent


@pytest.mark.parametrize("kill_after", [1, 40, 400])
def test_a_killed_process_loses_nothing_acknowledged(
    database: Database, sample: Any, kill_after: int
) -> None:
    receiving, sending = multiprocessing.get_context("spawn").Pipe(duplex=False)
    child = multiprocessing.get_context("spawn").Process(
        target=record_until_killed, args=(database.url, sample, sending)
    )
    child.start()
    sending.close()
    acknowledged = [receiving.recv() for _ in range(kill_after)]
    assert child.pid is not None
    os.kill(child.pid, signal.SIGKILL)
    try:
        while True:
            acknowledged.append(receiving.recv())
    except EOFError:
        pass
    child.join(60)
    receiving.close()
    stored = turn_ids(database)
    assert stored[: len(acknowledged)] == acknowledged
