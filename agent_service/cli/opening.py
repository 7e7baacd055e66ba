"""The database of a command that looks at what is on record."""

from collections.abc import Iterator
from contextlib import contextmanager

from agent_service.settings import Settings
from agent_service.store.database import Database
from agent_service.store.migrating import ensure_current


@contextmanager
def current_database(settings: Settings) -> Iterator[Database]:
    """Open the database that the settings name, if it has this release's tables, and close it."""
    database = Database(settings.database_url)
    try:
        ensure_current(database)
        yield database
    finally:
        database.close()
