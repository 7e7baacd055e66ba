"""Migrations: there and back, like the tables, all or nothing."""

import multiprocessing
import os
import re
import signal
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import inspect, select, text
from sqlalchemy.exc import IntegrityError
from sqlalchemy.schema import CheckConstraint

from agent_service.errors import StoreError
from agent_service.store import migrating
from agent_service.store.database import Database
from agent_service.store.search import is_search_object
from agent_service.store.tables import Rating
from agent_service.store.version import VERSION_TABLE


@pytest.fixture
def unmigrated(database_url: str) -> Iterator[Database]:
    opened = Database(database_url)
    yield opened
    opened.close()


def table_names(database: Database) -> set[str]:
    with database.read() as session:
        return set(inspect(session.connection()).get_table_names())


def test_migrations_go_up_down_and_up(unmigrated: Database) -> None:
    migrating.upgrade(unmigrated.url)
    upgraded = table_names(unmigrated)
    with migrating.migrating(unmigrated.url) as connection:
        command.downgrade(migrating.configuration(connection), "base")
    assert table_names(unmigrated) == {"agent_service_version"}
    migrating.upgrade(unmigrated.url)
    assert table_names(unmigrated) == upgraded
    migrating.ensure_current(unmigrated)


def test_tables_and_migrations_do_not_differ(database: Database) -> None:
    with database.read() as session:
        options = {
            "include_name": migrating.is_compared,
            "version_table": VERSION_TABLE,
            "compare_type": True,
            "compare_server_default": True,
        }
        context = MigrationContext.configure(session.connection(), opts=options)
        assert compare_metadata(context, migrating.all_tables()) == []


def as_text(constraint: CheckConstraint) -> object:
    return constraint.sqltext.compile(compile_kwargs={"literal_binds": True})


def named_values(condition: object) -> tuple[str, ...]:
    return tuple(sorted(set(re.findall(r"'([^']*)'", str(condition)))))


def test_tables_and_migrations_have_the_same_checks(database: Database) -> None:
    with database.read() as session:
        inspector = inspect(session.connection())
        found = {
            (table, check["name"], named_values(check["sqltext"]))
            for table in inspector.get_table_names()
            if not is_search_object("table", table)
            for check in inspector.get_check_constraints(table)
        }
    declared = {
        (table.name, str(constraint.name), named_values(as_text(constraint)))
        for table in migrating.all_tables().tables.values()
        for constraint in table.constraints
        if isinstance(constraint, CheckConstraint)
    }
    assert found == declared


def test_upgrading_twice_does_nothing_the_second_time(database: Database) -> None:
    steps: list[str] = []
    migrating.upgrade(database.url, steps.append)
    assert steps == []


def test_progress_names_each_step(database_url: str) -> None:
    steps: list[str] = []
    migrating.upgrade(database_url, steps.append)
    assert steps[0] == "0001 The tables of the record, with full text search of turns."


def test_a_missing_file_is_told_to_migrate_and_not_made(tmp_path: Path) -> None:
    database = Database(f"sqlite:///{tmp_path / 'service.db'}")
    with pytest.raises(StoreError, match=r"no database at .* Run: agent-service migrate"):
        migrating.ensure_current(database)
    assert list(tmp_path.iterdir()) == []
    database.close()


def test_an_empty_database_is_told_to_migrate(unmigrated: Database) -> None:
    table_names(unmigrated)
    with pytest.raises(StoreError, match=r"empty\. Run: agent-service migrate") as caught:
        migrating.ensure_current(unmigrated)
    assert caught.value.code == "database_not_migrated"


def test_an_older_database_is_told_to_migrate(database: Database) -> None:
    with migrating.migrating(database.url) as connection:
        command.downgrade(migrating.configuration(connection), "0001")
    with pytest.raises(StoreError, match=r"needs .* Run: agent-service migrate"):
        migrating.ensure_current(database)


def test_a_newer_database_is_refused(database: Database) -> None:
    with database.write() as session:
        session.execute(text("UPDATE agent_service_version SET version_num = '9999'"))
    with pytest.raises(StoreError, match=r"9999.*newer release") as caught:
        migrating.ensure_current(database)
    assert caught.value.code == "database_newer"
    with pytest.raises(StoreError, match=r"9999.*newer release"):
        migrating.upgrade(database.url)


def noted(database: Database, table: str) -> list[str]:
    with database.read() as session:
        return list(session.scalars(text(f"SELECT version_num FROM {table}")))


def note_as_earlier_releases(database: Database, *others: str, at: str = "0004") -> None:
    """Bring the database to where a release with Alembic's table left it."""
    with migrating.migrating(database.url) as connection:
        command.downgrade(migrating.configuration(connection), at)
        connection.execute(text(f"DROP TABLE {VERSION_TABLE}"))
        connection.execute(text("CREATE TABLE alembic_version (version_num VARCHAR(32))"))
        for revision in (at, *others):
            connection.execute(text(f"INSERT INTO alembic_version VALUES ('{revision}')"))


def test_the_version_of_an_earlier_release_is_carried_over(database: Database) -> None:
    [newest] = noted(database, VERSION_TABLE)
    note_as_earlier_releases(database)
    migrating.upgrade(database.url)
    migrating.ensure_current(database)
    assert noted(database, VERSION_TABLE) == [newest]
    assert "alembic_version" not in table_names(database)


def test_migrations_of_others_in_the_database_are_left_alone(database: Database) -> None:
    note_as_earlier_releases(database, "f00d")
    migrating.upgrade(database.url)
    migrating.ensure_current(database)
    assert noted(database, "alembic_version") == ["f00d"]


def test_version_of_others_says_nothing_of_this_service(unmigrated: Database) -> None:
    with unmigrated.write() as session:
        session.execute(text("CREATE TABLE alembic_version (version_num VARCHAR(32))"))
        session.execute(text("INSERT INTO alembic_version VALUES ('0004')"))
    with pytest.raises(StoreError, match=r"empty\. Run: agent-service migrate"):
        migrating.ensure_current(unmigrated)
    migrating.upgrade(unmigrated.url)
    migrating.ensure_current(unmigrated)
    assert noted(unmigrated, "alembic_version") == ["0004"]


def test_a_database_of_an_earlier_release_is_told_to_migrate(database: Database) -> None:
    note_as_earlier_releases(database, at="0003")
    with pytest.raises(StoreError, match=r"at version 0003, .* Run: agent-service migrate"):
        migrating.ensure_current(database)


def test_a_migration_that_orphans_rows_is_undone(sqlite_database: Database) -> None:
    orphan = (
        "INSERT INTO ratings (conversation_id, score, rated_at)"
        " VALUES ('nobody', 5, '2026-03-01 12:00:00.000000')"
    )

    def migrate() -> None:
        with migrating.migrating(sqlite_database.url) as connection:
            connection.execute(text(orphan))

    with pytest.raises(StoreError, match="rows of ratings without parent"):
        migrate()
    with sqlite_database.read() as session:
        assert session.scalars(select(Rating)).all() == []


def upgrade_and_die_half_way(url: str) -> None:
    migrating.upgrade(url, lambda step: os.kill(os.getpid(), signal.SIGKILL))


def test_a_killed_migration_leaves_the_database_as_it_was(unmigrated: Database) -> None:
    child = multiprocessing.get_context("spawn").Process(
        target=upgrade_and_die_half_way, args=(unmigrated.url,)
    )
    child.start()
    child.join(60)
    assert child.exitcode == -signal.SIGKILL
    assert table_names(unmigrated) == set()
    migrating.upgrade(unmigrated.url)
    migrating.ensure_current(unmigrated)


HANDOFF = (
    "INSERT INTO handoffs (id, customer_id, conversation_id, reason, status, requested_at)"
    " VALUES (1, 'ACME-77', 'c1', 'a person', 'requested', '2026-03-01 12:00:00')"
)


def test_requests_take_any_customer_and_keep_their_rules(database: Database) -> None:
    with database.write() as session:
        session.execute(text(HANDOFF))
    second = HANDOFF.replace("VALUES (1", "VALUES (2")
    wrong = second.replace("requested',", "lost',").replace("'c1'", "'c2'")
    for statement in (second, wrong):  # one open wish per conversation; known states only
        with pytest.raises(IntegrityError), database.write() as session:
            session.execute(text(statement))


def test_going_back_keeps_requests_of_any_customer(database: Database) -> None:
    with database.write() as session:
        session.execute(text(HANDOFF))
    with migrating.migrating(database.url) as connection:
        command.downgrade(migrating.configuration(connection), "0004")
    migrating.upgrade(database.url)
    with database.read() as session:
        assert session.execute(text("SELECT customer_id, reason FROM handoffs")).all() == [
            ("ACME-77", "a person")
        ]


def modes(folder: Path) -> dict[str, str]:
    return {path.name: oct(path.stat().st_mode & 0o777) for path in sorted(folder.iterdir())}


PRIVATE = {
    "service.db": "0o600",
    "service.db-shm": "0o600",
    "service.db-wal": "0o600",
}


@pytest.mark.parametrize("umask", [0o000, 0o022, 0o277])
def test_database_is_made_private_whatever_the_umask(tmp_path: Path, umask: int) -> None:
    before = os.umask(umask)
    try:
        migrating.upgrade(f"sqlite:///{tmp_path}/service.db")
        database = Database(f"sqlite:///{tmp_path}/service.db")
        with database.write() as session:
            session.execute(text("SELECT 1"))
            assert modes(tmp_path) == PRIVATE
        database.close()
    finally:
        os.umask(before)


def test_database_that_stood_open_is_closed_to_others(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path}/service.db"
    migrating.upgrade(url)
    busy = Database(url)
    with busy.write() as session:
        session.execute(text("SELECT 1"))
        for path in tmp_path.iterdir():
            path.chmod(0o664)
        database = Database(url)
        with database.read() as reading:
            reading.execute(text("SELECT 1"))
            assert modes(tmp_path) == PRIVATE
    for opened in (busy, database):
        opened.close()


@pytest.mark.parametrize("name", ["folder", "text", "device"])
def test_what_is_no_database_keeps_its_rights(tmp_path: Path, name: str) -> None:
    (tmp_path / "folder").mkdir()
    (tmp_path / "text").write_text("root:x:0:0:root:/root:/bin/bash\n" * 100)
    (tmp_path / "device").symlink_to("/dev/null")
    for path in ("folder", "text"):
        (tmp_path / path).chmod(0o755)
    before = modes(tmp_path)
    url = f"sqlite:///{tmp_path / name}"
    said = "file is not a database" if name == "text" else f"{name} is no file that we may read"
    database = Database(url)
    for attempt in (partial(migrating.upgrade, url), partial(migrating.ensure_current, database)):
        with pytest.raises(StoreError, match=said):
            attempt()
    database.close()
    assert modes(tmp_path) == before


def test_database_that_cannot_be_made_says_why(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match=r"/nowhere/x\.db cannot be made: No such file"):
        migrating.upgrade(f"sqlite:///{tmp_path}/nowhere/x.db")


BEFORE_THE_AXIS = (
    (
        "INSERT INTO conversations (id, agent, channel, modality, caller_level, provider, model,"
        " started_at) VALUES ('c', 'a', 'widget', 'audio', 'anonymous', 'p', 'm',"
        " '2026-03-01 12:00:00.000000')"
    ),
    (
        "INSERT INTO turns (id, conversation_id, seq, role, modality, text, heard_text, heard_ms,"
        " is_interrupted, started_at, ended_at, audio_start_ms, flags) VALUES ('t', 'c', 1,"
        " 'caller', 'audio', 'hi there', 'hi', 0, false, '2026-03-01 12:00:01.250000',"
        " '2026-03-01 12:00:02.000000', 5, '[]')"
    ),
    (
        "INSERT INTO tool_calls (id, conversation_id, tool_call_id, name, arguments, status,"
        " output, requested_at) VALUES ('t', 'c', 't', 'look', '{}', 'running', '',"
        " '2026-03-01 13:00:00.004000')"
    ),
    (
        "INSERT INTO incidents (id, conversation_id, code, message, occurred_at) VALUES ('i', 'c',"
        " 'x', 'y', '2026-03-01 12:00:03.000000'), ('j', NULL, 'x', 'y', '2026-03-01 12:00:03')"
    ),
)


def test_what_is_on_record_already_gets_its_place_on_the_time_axis(unmigrated: Database) -> None:
    with migrating.migrating(unmigrated.url) as connection:
        command.upgrade(migrating.configuration(connection), "0010")
    with unmigrated.write() as session:
        for statement in BEFORE_THE_AXIS:
            session.connection().exec_driver_sql(statement)
    migrating.upgrade(unmigrated.url)
    places = "SELECT started_ms, ended_ms FROM {} ORDER BY id"
    with unmigrated.read() as session:
        found = [
            session.execute(text(places.format(table))).all()
            for table in ("turns", "tool_calls", "incidents")
        ]
        words = session.execute(text("SELECT count(*) FROM turns WHERE search_words IS NOT NULL"))
        assert words.scalar_one() == 1
    assert found == [[(1250, 2000)], [(3_600_004, None)], [(3000, None), (None, None)]]
