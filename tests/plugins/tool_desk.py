"""Tools for tests: a database, a hand-driven clock, and willing callers."""

import asyncio
import json
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from typing import Any, Final

import pytest
from hand_clock import HandClock

from agent_service.clock import uuid7
from agent_service.conversation.commands import RunTool
from agent_service.conversation.events import ToolFinished, ToolPrepared
from agent_service.conversation.records import (
    Caller,
    CallerLevel,
)
from agent_service.store.database import Database
from agent_service.store.directory import Customers, Directory
from agent_service.store.writer import write_records
from agent_service.testing import ToolTester, answered, begun
from agent_service.tools.execution import Execution
from agent_service.tools.registry import Registry
from agent_service.tools.tool import Tool

CALLER: Final = Caller("C0001", "Jane Doe", CallerLevel.VERIFIED)


class ToolDesk(ToolTester):
    """Tools on a database, callers whose conversation goes on, and who agree or are not asked."""

    def __init__(
        self,
        database: Database,
        clock: HandClock,
        tools: Iterable[Tool],
        directory: Directory | None = None,
    ) -> None:
        self.clock = clock
        self.customers = Customers(database, directory)
        super().__init__(Registry(tools), database, self.customers, clock, raises=False)

    def conversation(self, caller: Caller = CALLER) -> str:
        """Begin a conversation on record and return its id."""
        record = begun(caller, self.clock.utc())
        with self.database.write() as session:
            write_records(session, [record])
        return record.conversation_id

    def call(
        self,
        name: str,
        arguments: dict[str, Any] | str,
        *,
        caller: Caller = CALLER,
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
        """Ask for a tool; whoever does not agree has it tried without a yes."""
        call = RunTool(uuid7(), tool_call_id, name, arguments)
        async with asyncio.timeout(60):
            return await self._carried_out(
                call,
                caller,
                conversation_id,
                lambda prepared: self.agree(prepared, conversation_id) if agrees else None,
            )

    def agree(self, prepared: ToolPrepared, conversation_id: str, **changes: Any) -> str:
        """Put the caller's yes on record and return its id."""
        accepted = answered(prepared, conversation_id, self.clock.utc(), is_yes=True)
        accepted = replace(accepted, **changes)
        with self.database.write() as session:
            write_records(session, [accepted])
        return accepted.confirmation_id

    def execution(self) -> Execution:
        """The synchronous core, as a process that has just started has it."""
        return Execution(self.registry, self.database, self.clock, customers=self.customers)


@pytest.fixture
def make_tool_desk(
    database: Database, hand_clock: HandClock
) -> Iterator[Callable[[Iterable[Tool]], ToolDesk]]:
    """Make a desk with tools of the test's own, on a database of no company."""
    opened: list[ToolDesk] = []

    def make(tools: Iterable[Tool]) -> ToolDesk:
        opened.append(ToolDesk(database, hand_clock, tuple(tools)))
        return opened[-1]

    yield make
    for one in opened:
        one.close()
