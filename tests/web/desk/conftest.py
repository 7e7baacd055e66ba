"""The desk over a real database."""

from collections.abc import Callable
from typing import Any

import pytest
from desk_visitor import Scenario, add_people, desk_routes, visits

from agent_service.store.database import Database


@pytest.fixture
def visit(sqlite_database: Database, clock: Any) -> Callable[[Scenario], None]:
    """Run a scenario with as many browsers as it has arguments."""
    return lambda scenario: visits(lambda: desk_routes(sqlite_database, clock), scenario)


@pytest.fixture
def people(sqlite_database: Database, clock: Any) -> Database:
    """The database with a user of each role."""
    add_people(sqlite_database, clock)
    return sqlite_database
