"""What a database driver's failure means: one of our codes and a sentence with the remedy."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy.exc import (
    DataError,
    DBAPIError,
    IntegrityError,
    NotSupportedError,
    ProgrammingError,
)
from sqlalchemy.exc import TimeoutError as PoolTimeout

from agent_service.errors import StoreError

_SQLITE_MEANINGS = {
    sqlite3.SQLITE_BUSY: "storage_busy",
    sqlite3.SQLITE_LOCKED: "storage_busy",
    sqlite3.SQLITE_FULL: "storage_full",
    sqlite3.SQLITE_INTERRUPT: "query_too_slow",
}
_POSTGRESQL_MEANINGS = {
    "40001": "storage_busy",  # serialization failure
    "40P01": "storage_busy",  # deadlock
    "55P03": "storage_busy",  # lock not available
    "53100": "storage_full",
    "57014": "query_too_slow",  # cancelled by statement_timeout
    "42P01": "database_not_migrated",
}
_SENTENCES = {
    "storage_busy": "The database is busy with another writer.",
    "storage_full": "The disk of the database is full.",
    "query_too_slow": "The query takes too long. Narrow it down by time, words or another filter.",
    "database_not_migrated": "The database lacks a table. Run: agent-service migrate",
}


@contextmanager
def as_store_error() -> Iterator[None]:
    """Raise StoreError where the database could not work; let our own mistakes in SQL pass."""
    try:
        yield
    except PoolTimeout as error:
        raise StoreError("Every database connection is in use.", code="storage_busy") from error
    except DBAPIError as error:
        code = _code(error)
        if code is None:
            raise
        # The driver's text may quote values of the statement: only the first line of the cause.
        sentence = _SENTENCES.get(code) or f"The database cannot be used: {_first_line(error)}"
        raise StoreError(sentence, code=code) from error


def _code(error: DBAPIError) -> str | None:
    """Return None for a mistake in a statement or its values: it says nothing of the database."""
    state = getattr(error.orig, "sqlstate", None)
    if state in _POSTGRESQL_MEANINGS:
        return _POSTGRESQL_MEANINGS[state]
    number = getattr(error.orig, "sqlite_errorcode", 0) & 0xFF
    if number in _SQLITE_MEANINGS:
        return _SQLITE_MEANINGS[number]
    if number == sqlite3.SQLITE_ERROR:
        return "database_not_migrated" if "no such table" in str(error.orig) else None
    # Without a statement, it was the connection that failed: an option of the URL, perhaps.
    is_ours = isinstance(error, IntegrityError | DataError | ProgrammingError | NotSupportedError)
    if is_ours and error.statement is not None and not error.connection_invalidated:
        return None
    return StoreError.code


def _first_line(error: DBAPIError) -> str:
    return (str(error.orig).strip() or type(error.orig).__name__).splitlines()[0]
