"""Conversations that are on record."""

from collections.abc import Callable
from typing import Any

import pytest

from agent_service.store.claims import write_claimed
from agent_service.store.database import Database


@pytest.fixture
def write(sqlite_database: Database) -> Callable[..., None]:
    """Put records on record."""

    def put(*records: Any) -> None:
        with sqlite_database.write() as session:
            write_claimed(session, [(record, None) for record in records])

    return put
