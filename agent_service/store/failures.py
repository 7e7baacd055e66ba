"""What a database driver's failure means: one of our codes and a sentence with the remedy."""

import re
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from sqlalchemy.exc import (
    DataError,
    DBAPIError,
    IntegrityError,
    NotSupportedError,
    ProgrammingError,
)
from sqlalchemy.exc import TimeoutError as PoolTimeout

from agent_service.errors import StoreError
from agent_service.store.own_tables import own_tables

_SQLITE_MEANINGS: Final = {
    sqlite3.SQLITE_BUSY: "storage_busy",
    sqlite3.SQLITE_LOCKED: "storage_busy",
    sqlite3.SQLITE_FULL: "storage_full",
    sqlite3.SQLITE_READONLY: "storage_refused",
    sqlite3.SQLITE_INTERRUPT: "query_too_slow",
}
_POSTGRESQL_MEANINGS: Final = {
    "40001": "storage_busy",  # serialization failure
    "40P01": "storage_busy",  # deadlock
    "55P03": "storage_busy",  # lock not available
    "53100": "storage_full",
    "25006": "storage_refused",  # a transaction that may only read
    "42501": "storage_refused",  # no privilege
    "57014": "query_too_slow",  # cancelled by statement_timeout
}
TOO_SLOW: Final = "The query takes too long. Narrow it down by time, words or another filter."
_SENTENCES: Final = {
    "storage_busy": "The database is busy with another writer.",
    "storage_full": "The disk of the database is full.",
    "storage_refused": "The database does not let the service write, or not there.",
    "query_too_slow": TOO_SLOW,
}
_NO_TABLE: Final = re.compile(
    r"no such table: (?:\w+\.)?(\w+)|relation \"([^\"]+)\" does not exist"
)
_UNDEFINED_TABLE: Final = "42P01"

_BROKEN_RULES: Final = {
    "23503",  # PostgreSQL: foreign key
    "23502",  # not null
    sqlite3.SQLITE_CONSTRAINT_FOREIGNKEY,
    sqlite3.SQLITE_CONSTRAINT_NOTNULL,
}
"""What no other call can have caused: the row as it was written could never have been."""


def is_conflict(error: IntegrityError) -> bool:
    """Tell whether the row could have been written if others had not been there before."""
    state = getattr(error.orig, "sqlstate", None) or getattr(error.orig, "sqlite_errorcode", None)
    return state not in _BROKEN_RULES


def store_error(error: DBAPIError) -> StoreError | None:
    """Return what the failure says of the database; None for a mistake in our own statement."""
    missing = _missing_table(error)
    if missing is not None:
        return missing
    code = _code(error) or _code_before(error)
    if code is None:
        return None
    # The driver's text may quote values of the statement: only the first line of the cause.
    sentence = _SENTENCES.get(code) or f"The database cannot be used: {_first_line(error)}"
    return StoreError(sentence, code=code)


@contextmanager
def as_store_error() -> Iterator[None]:
    """Raise StoreError where the database could not work; let our own mistakes in SQL pass."""
    try:
        yield
    except PoolTimeout as error:
        raise StoreError("Every database connection is in use.", code="storage_busy") from error
    except DBAPIError as error:
        meaning = store_error(error)
        if meaning is None:
            raise
        raise meaning from error


def _code(error: DBAPIError) -> str | None:
    """Return None for a mistake in a statement or its values: it says nothing of the database."""
    state = getattr(error.orig, "sqlstate", None)
    if state in _POSTGRESQL_MEANINGS:
        return _POSTGRESQL_MEANINGS[state]
    number = getattr(error.orig, "sqlite_errorcode", 0) & 0xFF
    if number in _SQLITE_MEANINGS:
        return _SQLITE_MEANINGS[number]
    if number == sqlite3.SQLITE_ERROR:
        return None
    # Without a statement, it was the connection that failed: an option of the URL, perhaps.
    is_ours = isinstance(error, IntegrityError | DataError | ProgrammingError | NotSupportedError)
    if is_ours and error.statement is not None and not error.connection_invalidated:
        return None
    return StoreError.code


def _code_before(error: DBAPIError) -> str | None:
    """Return what had failed before the way back to a savepoint did, which was gone by then.

    SQLite takes a whole transaction back by itself when the disk is full.
    """
    before: BaseException | None = error.orig
    while before is not None:
        before = before.__context__
        if isinstance(before, DBAPIError):
            return _code(before)
    return None


def _missing_table(error: DBAPIError) -> StoreError | None:
    """Return which table is missing and whose it is: only its owner can make it."""
    found = _NO_TABLE.search(_first_line(error))
    is_missing = getattr(error.orig, "sqlstate", _UNDEFINED_TABLE) == _UNDEFINED_TABLE
    if found is None or not is_missing:
        return None
    name = found[1] or found[2]
    if name in own_tables():
        return StoreError(
            f"The database lacks the table {name}, which is not one of this service's: whoever"
            " wrote the tools that use it has to create it.",
            code="table_missing",
            is_retryable=False,
        )
    return StoreError(
        f"The database lacks the table {name}. Run: agent-service migrate",
        code="database_not_migrated",
        is_retryable=False,
    )


def _first_line(error: DBAPIError) -> str:
    return (str(error.orig).strip() or type(error.orig).__name__).splitlines()[0]
