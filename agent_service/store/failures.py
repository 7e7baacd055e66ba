"""What a database driver's failure means: one of our codes and a sentence with the remedy."""

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from agent_service.errors import StoreError

_SQLITE_MEANINGS = (
    ("locked", "storage_busy"),
    ("busy", "storage_busy"),
    ("is full", "storage_full"),
    ("interrupted", "query_too_slow"),
    ("no such table", "database_not_migrated"),
)
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
    state = getattr(error.orig, "sqlstate", None)
    if state in _POSTGRESQL_MEANINGS:
        return _POSTGRESQL_MEANINGS[state]
    text = str(error.orig).lower()
    if isinstance(error, OperationalError):
        for part, code in _SQLITE_MEANINGS:
            if part in text:
                return code
    if isinstance(error, OperationalError | InterfaceError) or error.connection_invalidated:
        return StoreError.code
    return None


def _first_line(error: DBAPIError) -> str:
    return (str(error.orig).strip() or type(error.orig).__name__).splitlines()[0]
