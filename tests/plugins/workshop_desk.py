"""The workshop for tests: a filled database, a hand-driven clock, and willing callers."""

from collections.abc import Callable, Iterable, Iterator

import pytest
import workshop as company
from hand_clock import HandClock
from tool_desk import ToolDesk

from agent_service.store.database import Database
from agent_service.tools.tool import Tool


def filled(database: Database) -> Database:
    """Give a migrated database the workshop."""
    with database.write() as session:
        company.WorkshopTable.metadata.create_all(session.connection())
        company.fill(session, HandClock().utc())
    return database


def opened(database: Database, clock: HandClock, tools: Iterable[Tool] = company.TOOLS) -> ToolDesk:
    """Return tools on a database with the workshop."""
    return ToolDesk(database, clock, tuple(tools), company.Clients())


@pytest.fixture
def workshop(database: Database) -> Database:
    """A database with the workshop; the test runs once on each kind."""
    return filled(database)


@pytest.fixture
def desk(workshop: Database, hand_clock: HandClock) -> Iterator[ToolDesk]:
    """The workshop's tools; the test runs on each database."""
    desk = opened(workshop, hand_clock)
    yield desk
    desk.close()


@pytest.fixture
def sqlite_desk(sqlite_database: Database, hand_clock: HandClock) -> Iterator[ToolDesk]:
    """As ``desk``, for rules in which the database has no part."""
    desk = opened(filled(sqlite_database), hand_clock)
    yield desk
    desk.close()


@pytest.fixture
def make_desk(
    workshop: Database, hand_clock: HandClock
) -> Iterator[Callable[[Iterable[Tool]], ToolDesk]]:
    """Make a desk with tools of the test's own."""
    made: list[ToolDesk] = []

    def make(tools: Iterable[Tool]) -> ToolDesk:
        made.append(opened(workshop, hand_clock, tools))
        return made[-1]

    yield make
    for one in made:
        one.close()
