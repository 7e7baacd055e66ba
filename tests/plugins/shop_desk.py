"""The demo shop for tests: a seeded database, a hand-driven clock, and willing callers."""

import shutil
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

import pytest
from databases import new_postgresql
from hand_clock import HandClock
from tool_desk import ToolDesk

from agent_service import demo_shop
from agent_service.demo_shop.customers import ShopDirectory
from agent_service.demo_shop.seed import seed_shop
from agent_service.demo_shop.tools import TOOLS as SHOP_TOOLS
from agent_service.store import migrating
from agent_service.store.database import Database
from agent_service.tools.tool import Tool

DIRECTORY = ShopDirectory()


class ShopDesk(ToolDesk):
    """The shop's tools on a seeded database."""

    def __init__(
        self, database: Database, clock: HandClock, tools: Iterable[Tool] = SHOP_TOOLS
    ) -> None:
        super().__init__(database, clock, tools, DIRECTORY)


def _seed(url: str) -> None:
    migrating.upgrade(url, branch=demo_shop.TABLES)
    database = Database(url)
    with database.write() as session:
        seed_shop(session, HandClock().utc())
    database.close()


@pytest.fixture(scope="session")
def seeded_sqlite(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A file with the demo shop, to be copied."""
    path = tmp_path_factory.mktemp("seeded") / "shop.db"
    _seed(f"sqlite:///{path}")
    return path


@pytest.fixture(scope="session")
def seeded_postgresql(postgresql_server: str) -> Iterator[str]:
    """Name of a database with the demo shop, to be copied."""
    with new_postgresql(postgresql_server) as url:
        _seed(url)
        yield url.partition("?")[0].rpartition("/")[2]


@pytest.fixture
def sqlite_shop_url(seeded_sqlite: Path, tmp_path: Path) -> str:
    shutil.copy(seeded_sqlite, tmp_path / "shop.db")
    return f"sqlite:///{tmp_path / 'shop.db'}"


@pytest.fixture
def postgresql_shop_url(postgresql_server: str, seeded_postgresql: str) -> Iterator[str]:
    with new_postgresql(postgresql_server, seeded_postgresql) as url:
        yield url


@pytest.fixture(params=["sqlite", "postgresql"])
def shop_url(request: pytest.FixtureRequest) -> str:
    """URL of a database with the demo shop; the test runs once on each kind."""
    url: str = request.getfixturevalue(f"{request.param}_shop_url")
    return url


@pytest.fixture
def shop_database(shop_url: str) -> Iterator[Database]:
    opened = Database(shop_url)
    yield opened
    opened.close()


@pytest.fixture
def desk(shop_database: Database, hand_clock: HandClock) -> Iterator[ShopDesk]:
    """The shop's tools on a fresh copy of the demo shop; the test runs on each database."""
    opened = ShopDesk(shop_database, hand_clock)
    yield opened
    opened.close()


@pytest.fixture
def sqlite_desk(sqlite_shop_url: str, hand_clock: HandClock) -> Iterator[ShopDesk]:
    """As ``desk``, for rules in which the database has no part."""
    database = Database(sqlite_shop_url)
    opened = ShopDesk(database, hand_clock)
    yield opened
    opened.close()
    database.close()


@pytest.fixture
def make_desk(
    shop_database: Database, hand_clock: HandClock
) -> Iterator[Callable[[Iterable[Tool]], ShopDesk]]:
    """Make a desk with tools of the test's own."""
    opened: list[ShopDesk] = []

    def make(tools: Iterable[Tool]) -> ShopDesk:
        opened.append(ShopDesk(shop_database, hand_clock, tuple(tools)))
        return opened[-1]

    yield make
    for one in opened:
        one.close()
