"""How a connection is made: SQLite with its durability checked each time, or PostgreSQL.

Transactions that write begin with ``BEGIN IMMEDIATE`` on SQLite, so that two writers wait for each
other instead of failing half way; the others are read-only on both databases.
"""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import (
    URL,
    Connection,
    Engine,
    ExceptionContext,
    create_engine,
    event,
    make_url,
)
from sqlalchemy.exc import ArgumentError

from agent_service.errors import SettingsError, StoreError
from agent_service.private_files import close_to_others
from agent_service.settings.database_url import mistake_in

BUSY_TIMEOUT_MS = 5000
"""How long a SQLite writer waits for another one."""

WAL_LIMIT_BYTES = 16 * 1024 * 1024
"""What is left of the write-ahead log once nobody reads in it any more."""

WRITING = {"writes": True}
"""Execution options of an engine or connection whose transactions write."""
WRITING_AT_ONCE = {"writes": True, "waits": False}
"""As ``WRITING``, but a transaction fails where it would have to wait for another one."""

_MAY_WRITE = "may_write"
"""Of a SQLite connection: what its last transaction was."""
_DURABLE = 2
"""``PRAGMA synchronous`` of FULL; EXTRA is 3."""


def connect(
    url: str, *, pool_size: int, max_overflow: int = 0, enforces_foreign_keys: bool = True
) -> Engine:
    """Return an engine on the database; nothing is opened yet."""
    target = read_url(url)
    if target.get_backend_name() == "sqlite":
        engine = _engine(
            target,
            pool_size=pool_size,
            max_overflow=max_overflow,
            # Connections move between threads of the pool, one at a time.
            connect_args={"check_same_thread": False, "timeout": BUSY_TIMEOUT_MS / 1000},
        )
        _prepare_sqlite(engine, enforces_foreign_keys)
        return engine
    engine = _engine(
        target.set(drivername="postgresql+psycopg"),
        pool_size=pool_size,
        max_overflow=max_overflow,
        pool_pre_ping=True,
        connect_args={"connect_timeout": 5},
    )
    _prepare_postgresql(engine)
    return engine


def read_url(url: str) -> URL:
    """Return the parts of a database URL; SettingsError shows none of them."""
    mistake = mistake_in(url)
    if mistake is None:
        try:
            return make_url(url)
        except (ArgumentError, ValueError):
            mistake = "cannot be read: write user:password@host:port/name"
    raise SettingsError([f"database.url {mistake}"])


def sqlite_file(target: URL) -> Path | None:
    """Return the file of an SQLite database, where it is named and not a `file:` URI."""
    if target.get_backend_name() != "sqlite" or str(target.database).startswith("file:"):
        return None
    return Path(str(target.database))


def _engine(target: URL, **options: Any) -> Engine:
    try:
        return create_engine(target, **options)
    except (ArgumentError, ValueError, TypeError):  # of an option that the URL gives after its ?
        raise SettingsError(["database.url has an option that the driver does not take"]) from None


def _prepare_sqlite(engine: Engine, enforces_foreign_keys: bool) -> None:
    @event.listens_for(engine, "connect")
    def prepare(connection: sqlite3.Connection, _: object) -> None:
        try:
            _make_durable(connection, enforces_foreign_keys)
            # Only now: what is no database is somebody else's file, named by mistake.
            _close_files(sqlite_file(engine.url))
        except BaseException:
            connection.close()
            raise

    event.listen(engine, "handle_error", _forbid_to_go_on)

    @event.listens_for(engine, "begin")
    def begin(connection: Connection) -> None:
        options = connection.get_execution_options()
        writes = options.get("writes", False)
        if connection.info.get(_MAY_WRITE) is not writes:  # as it was left by the one before
            connection.exec_driver_sql(f"PRAGMA query_only={0 if writes else 1}")
            connection.info[_MAY_WRITE] = writes
        if options.get("waits", True):
            connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")
        else:
            with _without_waiting(connection):  # once it has begun, a writer waits for nobody
                connection.exec_driver_sql("BEGIN IMMEDIATE")


def _forbid_to_go_on(context: ExceptionContext) -> None:
    """Let nothing more be written when SQLite has taken the whole transaction back by itself.

    It does when the disk is full or fails; what is written after it would be committed at once.
    """
    if context.connection is None:
        return
    driver = context.connection.connection.driver_connection
    assert isinstance(driver, sqlite3.Connection)
    if not driver.in_transaction:
        driver.execute("PRAGMA query_only=1")
        context.connection.info[_MAY_WRITE] = False


def empty_wal(connection: Connection) -> None:
    """Bring all of the write-ahead log into the database and empty it, unless somebody reads."""
    with _without_waiting(connection) as driver:
        driver.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()


@contextmanager
def _without_waiting(connection: Connection) -> Iterator[sqlite3.Connection]:
    driver = connection.connection.driver_connection
    assert isinstance(driver, sqlite3.Connection)
    patience = driver.execute("PRAGMA busy_timeout").fetchone()[0]
    driver.execute("PRAGMA busy_timeout=0")
    try:
        yield driver
    finally:
        driver.execute(f"PRAGMA busy_timeout={patience}")


def _close_files(file: Path | None) -> None:
    """Close the database to others; what SQLite makes beside it later gets the same rights."""
    if file is not None:
        for path in (file, Path(f"{file}-wal"), Path(f"{file}-shm")):
            close_to_others(path)


def _make_durable(connection: sqlite3.Connection, enforces_foreign_keys: bool) -> None:
    # The driver must not begin transactions on its own, or BEGIN IMMEDIATE comes too late.
    connection.isolation_level = None

    def pragma(statement: str) -> Any:
        row = connection.execute(f"PRAGMA {statement}").fetchone()
        return row and row[0]

    # The result must be fetched: a failed switch to WAL goes unnoticed otherwise.
    journal_mode = pragma("journal_mode=WAL")
    pragma("synchronous=FULL")
    pragma(f"journal_size_limit={WAL_LIMIT_BYTES}")
    pragma("secure_delete=ON")  # what is taken out of a row must not stay in the file
    pragma(f"foreign_keys={int(enforces_foreign_keys)}")
    synchronous = pragma("synchronous")
    if journal_mode != "wal" or synchronous < _DURABLE:
        raise StoreError(
            f"SQLite would lose what it is given: journal_mode is {journal_mode!r} (needs 'wal'),"
            f" synchronous is {synchronous} (needs {_DURABLE})."
            " Put the database on a local disk.",
            code="storage_not_durable",
        )
    if pragma("foreign_keys") != int(enforces_foreign_keys):
        raise StoreError("This SQLite does not enforce foreign keys.")


def _prepare_postgresql(engine: Engine) -> None:
    @event.listens_for(engine, "begin")
    def begin(connection: Connection) -> None:
        options = connection.get_execution_options()
        writes = options.get("writes", False)
        driver: Any = connection.connection.driver_connection
        driver.read_only = not writes  # of the BEGIN that goes before the first statement
        if writes and not options.get("waits", True):
            connection.exec_driver_sql("SET LOCAL lock_timeout = '10ms'")
