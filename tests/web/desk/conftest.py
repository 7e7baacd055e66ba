"""The desk over a real database."""

from collections.abc import Callable, Iterable
from typing import Any

import pytest
from desk_visitor import Scenario, add_people, desk_routes, visits

from agent_service.errors import StoreError
from agent_service.store.database import Database
from agent_service.store.failures import TOO_SLOW


@pytest.fixture
def visit(sqlite_database: Database, clock: Any) -> Callable[[Scenario], None]:
    """Run a scenario with as many browsers as it has arguments."""
    return lambda scenario: visits(lambda: desk_routes(sqlite_database, clock), scenario)


@pytest.fixture
def people(sqlite_database: Database, clock: Any) -> Database:
    """The database with a user of each role."""
    add_people(sqlite_database, clock)
    return sqlite_database


@pytest.fixture
def hurried(
    people: Database, clock: Any
) -> Callable[[Iterable[Callable[..., Any]], Scenario], None]:
    """Run a scenario where some questions take longer than they may."""

    def run(slow: Iterable[Callable[..., Any]], scenario: Scenario) -> None:
        class Hurried:
            def __getattr__(self, name: str) -> Any:
                return getattr(people, name)

            async def run(self, work: Any, **how: Any) -> Any:
                if getattr(work, "func", work) in slow:
                    raise StoreError(TOO_SLOW, code="query_too_slow")
                return await people.run(work, **how)

        database: Any = Hurried()
        visits(lambda: desk_routes(database, clock), scenario)

    return run
