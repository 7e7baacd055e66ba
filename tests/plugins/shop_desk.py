"""The demo shop for tests: a seeded database, a hand-driven clock, and willing callers."""

import asyncio
import json
import shutil
import uuid
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import psycopg
import pytest
from hand_clock import HandClock

from agent_service import demo_shop
from agent_service.clock import uuid7
from agent_service.conversation.commands import PrepareTool, RunTool
from agent_service.conversation.events import ToolFinished, ToolPrepared
from agent_service.conversation.records import (
    Caller,
    ConfirmationRecord,
    ConfirmationStatus,
    ConversationRecord,
    Modality,
)
from agent_service.demo_shop.seed import DEMO_CALLER, seed_shop
from agent_service.demo_shop.tools import TOOLS as SHOP_TOOLS
from agent_service.runtime.tool_runner import ToolRunner
from agent_service.store import migrating
from agent_service.store.database import Database
from agent_service.store.directory import Customers
from agent_service.store.writer import write_records
from agent_service.tools.execution import Execution
from agent_service.tools.registry import Registry
from agent_service.tools.tool import Tool


@dataclass
class ShopDesk:
    """The shop's tools on a seeded database, and callers who agree to what is read back."""

    database: Database
    clock: HandClock
    tools: Iterable[Tool] = SHOP_TOOLS
    calls: int = 0

    def __post_init__(self) -> None:
        self.registry = Registry(self.tools)
        self.customers = Customers(self.database, demo_shop.company().directory)
        self.runner = ToolRunner(self.registry, self.database, self.clock, customers=self.customers)

    def conversation(self, caller: Caller = DEMO_CALLER) -> str:
        """Begin a conversation on record and return its id."""
        conversation_id = uuid7()
        record = ConversationRecord(
            conversation_id=conversation_id,
            agent="support",
            channel="widget",
            modality=Modality.TEXT,
            caller=caller,
            provider="offline",
            model="offline",
            started_at=self.clock.utc(),
        )
        with self.database.write() as session:
            write_records(session, [record])
        return conversation_id

    def call(
        self,
        name: str,
        arguments: dict[str, Any] | str,
        *,
        caller: Caller = DEMO_CALLER,
        conversation_id: str | None = None,
        tool_call_id: str | None = None,
        agrees: bool = True,
    ) -> ToolFinished:
        """Ask for a tool as a model does, with the caller's yes where one is needed."""
        return asyncio.run(
            self.ask(
                name,
                arguments if isinstance(arguments, str) else json.dumps(arguments),
                caller,
                conversation_id or self.conversation(caller),
                tool_call_id or self.next_call(),
                agrees=agrees,
            )
        )

    async def ask(
        self,
        name: str,
        arguments: str,
        caller: Caller,
        conversation_id: str,
        tool_call_id: str,
        *,
        agrees: bool = True,
    ) -> ToolFinished:
        tool = self.registry.get(name)
        confirmation_id = None
        async with asyncio.timeout(30):
            if tool is not None and tool.is_write:
                prepared = await self.runner.prepare(
                    PrepareTool(uuid7(), tool_call_id, name, arguments), caller, conversation_id
                )
                if isinstance(prepared, ToolFinished):
                    return prepared
                if prepared.needs_confirmation and agrees:
                    confirmation_id = self.agree(prepared, conversation_id)
            return await self.runner.run(
                RunTool(uuid7(), tool_call_id, name, arguments, confirmation_id),
                caller,
                conversation_id,
            )

    def agree(self, prepared: ToolPrepared, conversation_id: str, **changes: Any) -> str:
        """Put the caller's yes on record and return its id."""
        now = self.clock.utc()
        accepted = ConfirmationRecord(
            confirmation_id=uuid7(),
            conversation_id=conversation_id,
            tool_call_id=prepared.tool_call_id,
            summary=prepared.summary,
            arguments_hash=prepared.arguments_hash,
            status=ConfirmationStatus.ACCEPTED,
            offered_at=now,
            expires_at=now + timedelta(minutes=1),
            heard_at=now,
            decided_at=now,
        )
        accepted = replace(accepted, **changes)
        with self.database.write() as session:
            write_records(session, [accepted])
        return accepted.confirmation_id

    def execution(self) -> Execution:
        """The synchronous core, as a process that has just started has it."""
        return Execution(self.registry, self.database, self.clock, customers=self.customers)

    def next_call(self) -> str:
        self.calls += 1
        return f"call_{self.calls}"

    def close(self) -> None:
        self.runner.close()


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


@contextmanager
def _copied(server_url: str, template: str) -> Iterator[str]:
    name = f"shop_{uuid.uuid4().hex}"
    before, _, options = server_url.partition("?")
    with psycopg.connect(server_url, autocommit=True) as server:
        server.execute(f'CREATE DATABASE "{name}" TEMPLATE "{template}"'.encode())
        yield f"{before.rpartition('/')[0]}/{name}?{options}"
        server.execute(f'DROP DATABASE "{name}" WITH (FORCE)'.encode())


@pytest.fixture(scope="session")
def seeded_postgresql(postgresql_server: str) -> Iterator[str]:
    """Name of a database with the demo shop, to be copied."""
    with _copied(postgresql_server, "template1") as url:
        _seed(url)
        yield url.partition("?")[0].rpartition("/")[2]


@pytest.fixture
def sqlite_shop_url(seeded_sqlite: Path, tmp_path: Path) -> str:
    shutil.copy(seeded_sqlite, tmp_path / "shop.db")
    return f"sqlite:///{tmp_path / 'shop.db'}"


@pytest.fixture
def postgresql_shop_url(postgresql_server: str, seeded_postgresql: str) -> Iterator[str]:
    with _copied(postgresql_server, seeded_postgresql) as url:
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
