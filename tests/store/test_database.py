"""Transactions: durable, all or nothing, limited in time, and out of each other's way."""

import asyncio
import sqlite3
import threading
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, insert, literal, select, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from agent_service.clock import uuid7
from agent_service.errors import SettingsError, StoreError
from agent_service.store.connecting import WAL_LIMIT_BYTES
from agent_service.store.database import QUERY_THREADS, Database
from agent_service.store.tables import AuditEntry, Conversation
from agent_service.store.writer import write_records


def count(database: Database) -> int:
    with database.read() as session:
        return session.scalars(select(func.count()).select_from(Conversation)).one()


def test_a_block_that_raises_leaves_nothing(database: Database, sample: Any) -> None:
    def work() -> None:
        with database.write() as session:
            write_records(session, [sample.conversation()])
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        work()
    assert count(database) == 0


def test_a_block_that_ends_is_committed(database: Database, sample: Any) -> None:
    with database.write() as session:
        write_records(session, [sample.conversation()])
    assert count(database) == 1


def test_reading_cannot_write(database: Database, sample: Any) -> None:
    for number in range(1, 3):  # the second time on a connection that has written
        with pytest.raises((DBAPIError, StoreError)), database.read() as session:
            write_records(session, [sample.conversation()])
        with database.write() as session:
            write_records(session, [sample.conversation(conversation_id=str(number))])
        assert count(database) == number


@pytest.mark.parametrize("lane", [Database.read, Database.write, Database.write_log])
def test_every_sqlite_connection_is_durable(
    sqlite_url: str, lane: Callable[[Database], Any]
) -> None:
    database = Database(sqlite_url)
    with lane(database) as session:
        settings = [
            session.execute(text(f"PRAGMA {name}")).scalar_one()
            for name in ("journal_mode", "synchronous", "foreign_keys", "busy_timeout")
        ]
    assert settings == ["wal", 2, 1, 5000]
    database.close()


def touch(database: Database) -> None:
    with database.write() as session:
        session.execute(text("SELECT 1"))


def test_sqlite_that_cannot_do_wal_is_refused(tmp_path: Path) -> None:
    # This way of locking, as on some network disks, has no memory shared between processes.
    database = Database(f"sqlite:///file:{tmp_path}/service.db?vfs=unix-dotfile&uri=true")
    with pytest.raises(StoreError, match="journal_mode is 'delete'") as caught:
        touch(database)
    assert caught.value.code == "storage_not_durable"
    database.close()


def test_a_writer_waits_for_another(sqlite_url: str) -> None:
    database = Database(sqlite_url)
    with database.write() as session:
        session.execute(text("CREATE TABLE counter (n INTEGER)"))
        session.execute(text("INSERT INTO counter VALUES (0)"))

    def add() -> None:
        with database.write() as session:
            n = session.execute(text("SELECT n FROM counter")).scalar_one()
            session.execute(text("UPDATE counter SET n = :n"), {"n": n + 1})

    threads = [threading.Thread(target=add) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with database.read() as session:
        assert session.execute(text("SELECT n FROM counter")).scalar_one() == 8
    database.close()


SLOW = {
    "sqlite": "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i FROM n) SELECT sum(i) FROM n",
    "postgresql": "SELECT pg_sleep(60)",
}


def test_a_slow_query_is_ended_and_the_connection_lives(database: Database) -> None:
    def slow(session: Session) -> None:
        session.execute(text(SLOW[database.dialect]))

    def quick(session: Session) -> int:
        return session.scalars(select(literal(1))).one()

    async def scenario() -> None:
        async with asyncio.timeout(60):
            with pytest.raises(StoreError, match="Narrow it down") as caught:
                await database.run(slow, time_limit_s=0.05)
            assert caught.value.code == "query_too_slow"
            assert [await database.run(quick, time_limit_s=5) for _ in range(6)] == [1] * 6

    asyncio.run(scenario())


def test_slow_queries_delay_neither_the_log_nor_requests(database: Database, sample: Any) -> None:
    started = threading.Barrier(QUERY_THREADS + 1)

    def slow(session: Session) -> None:
        started.wait(60)
        session.execute(text(SLOW[database.dialect]))

    async def too_slow() -> None:
        with pytest.raises(StoreError):
            await database.run(slow, time_limit_s=1.0)

    async def scenario() -> None:
        async with asyncio.timeout(60), asyncio.TaskGroup() as group:
            queries = [group.create_task(too_slow()) for _ in range(QUERY_THREADS)]
            await asyncio.to_thread(started.wait, 60)
            with database.write_log() as session:
                write_records(session, [sample.conversation()])
            assert await database.run(lambda session: session.get(Conversation, "none")) is None
            assert not any(query.done() for query in queries)

    asyncio.run(scenario())
    assert count(database) == 1


def test_run_can_write(database: Database, sample: Any) -> None:
    def work(session: Session) -> None:
        write_records(session, [sample.conversation()])

    asyncio.run(database.run(work, is_write=True))
    assert count(database) == 1


def test_a_missing_directory_is_a_clear_error(tmp_path: Path) -> None:
    database = Database(f"sqlite:///{tmp_path / 'nowhere' / 'service.db'}")
    with pytest.raises(StoreError, match="unable to open database file"):
        touch(database)
    database.close()


def test_what_sqlite_took_back_for_lack_of_room_is_not_gone_on_with(
    sqlite_database: Database, sample: Any
) -> None:
    # Of a table without triggers: where there are some, SQLite takes the statement back alone.
    big = [
        {"id": uuid7(), "occurred_at": sample.started_at, "actor": "operator", "action": "x" * 4000}
        for _ in range(50)
    ]

    def fill(session: Session) -> None:
        write_records(session, [sample.conversation()])
        session.connection().exec_driver_sql("PRAGMA max_page_count=1")
        with session.begin_nested():
            session.execute(insert(AuditEntry), big)

    def go_on(session: Session) -> None:
        with suppress(DBAPIError):
            fill(session)
        session.connection().exec_driver_sql("DELETE FROM incidents")

    for work, code in ((fill, "storage_full"), (go_on, "storage_refused")):
        with pytest.raises(StoreError) as failure, sqlite_database.write() as session:
            work(session)
        assert (failure.value.code, failure.value.is_in_doubt) == (code, False)
        assert count(sqlite_database) == 0
    with sqlite_database.write() as session:
        session.connection().exec_driver_sql("PRAGMA max_page_count=1000000")
        write_records(session, [sample.conversation()])
    assert count(sqlite_database) == 1


def test_a_server_that_is_away_is_a_clear_error(tmp_path: Path) -> None:
    database = Database(f"postgresql://postgres@/service?host={tmp_path}")
    with pytest.raises(StoreError, match="cannot be used") as caught:
        touch(database)
    assert caught.value.code == "storage_unavailable"
    database.close()


def test_a_table_that_is_not_there_says_migrate(database_url: str) -> None:
    database = Database(database_url)
    with pytest.raises(StoreError, match="agent-service migrate"):
        count(database)
    database.close()


def test_a_lock_held_by_another_process_is_busy(sqlite_url: str, tmp_path: Path) -> None:
    database = Database(sqlite_url)
    with database.write() as session:
        session.execute(text("PRAGMA busy_timeout=10"))
    other = sqlite3.connect(tmp_path / "service.db", isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    with pytest.raises(StoreError) as caught:
        touch(database)
    assert caught.value.code == "storage_busy"
    other.close()
    database.close()


def test_what_needs_no_waiting_is_tried_and_given_up(database: Database) -> None:
    with database.write() as session:
        session.execute(text("CREATE TABLE counter (n INTEGER)"))
        session.execute(text("INSERT INTO counter VALUES (0)"))

    def add(session: Session) -> None:
        session.execute(text("UPDATE counter SET n = n + 1"))

    async def add_to_it() -> list[bool]:
        async with asyncio.timeout(4):
            return [await database.try_write(add) for _ in range(3)]

    assert asyncio.run(add_to_it()) == [True, True, True]
    with database.write() as session:
        session.execute(text("UPDATE counter SET n = n"))
        assert asyncio.run(add_to_it()) == [False, False, False]
    assert asyncio.run(add_to_it()) == [True, True, True]
    with database.read() as session:
        assert session.execute(text("SELECT n FROM counter")).scalar_one() == 6


def test_who_gave_up_once_is_as_patient_as_before(sqlite_database: Database) -> None:
    with sqlite_database.write() as session:
        session.execute(text("SELECT 1"))
        assert not asyncio.run(sqlite_database.try_write(lambda other: other.connection()))
    with sqlite_database.read() as session:
        assert session.execute(text("PRAGMA busy_timeout")).scalar_one() == 5000


def test_the_write_ahead_log_shrinks_once_nobody_reads_in_it(
    sqlite_database: Database, tmp_path: Path
) -> None:
    def write(megabytes: int) -> None:
        for _ in range(megabytes):
            with sqlite_database.write_log() as session:
                session.execute(text("INSERT INTO blobs VALUES (zeroblob(1000000))"))

    with sqlite_database.write() as session:
        session.execute(text("CREATE TABLE blobs (blob BLOB)"))
    with sqlite_database.read() as session:
        session.execute(text("SELECT count(*) FROM blobs")).scalar_one()
        write(24)
        assert (tmp_path / "service.db-wal").stat().st_size > WAL_LIMIT_BYTES
    write(3)
    assert (tmp_path / "service.db-wal").stat().st_size <= WAL_LIMIT_BYTES


@pytest.mark.parametrize("url", ["mysql://root@host/db", "not a url", "sqlite://"])
def test_other_databases_are_refused_by_name(url: str) -> None:
    with pytest.raises(SettingsError, match=r"database\.url"):
        Database(url)


def test_a_file_that_is_no_database_is_a_clear_error(sqlite_url: str, tmp_path: Path) -> None:
    (tmp_path / "service.db").write_text("Dear diary, today I was a text file. " * 100)
    database = Database(sqlite_url)
    with pytest.raises(StoreError, match="file is not a database") as caught:
        touch(database)
    assert caught.value.code == "storage_unavailable"
    database.close()


def test_a_mistake_in_a_statement_is_no_failure_of_the_database(database: Database) -> None:
    with pytest.raises(DBAPIError), database.read() as session:
        session.execute(text("SELECT nonsense FROM conversations"))


def test_a_question_that_is_asked_again_is_planned_for_its_own_values(
    postgresql_database: Database,
) -> None:
    def ask_again(session: Session) -> tuple[int, int]:
        for number in range(20):
            asked = select(Conversation.id).where(Conversation.agent == str(number))
            session.execute(asked).all()
        plans = "SELECT sum(custom_plans), sum(generic_plans) FROM pg_prepared_statements"
        custom, generic = session.execute(text(plans)).one()
        return custom, generic

    custom, generic = asyncio.run(postgresql_database.run(ask_again, time_limit_s=60))
    assert custom > 10
    assert generic == 0
