"""Tools for tests: a database, a hand-driven clock, and willing callers."""

import asyncio
import json
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any, Final

import pytest
from hand_clock import HandClock

from agent_service.clock import uuid7
from agent_service.conversation.commands import PrepareTool, RunTool
from agent_service.conversation.events import ToolFinished, ToolPrepared
from agent_service.conversation.records import (
    Caller,
    CallerLevel,
    ConfirmationRecord,
    ConfirmationStatus,
    ConversationRecord,
    Modality,
)
from agent_service.runtime.tool_runner import ToolRunner
from agent_service.store.database import Database
from agent_service.store.directory import Customers, Directory
from agent_service.store.writer import write_records
from agent_service.tools.execution import Execution
from agent_service.tools.registry import Registry
from agent_service.tools.tool import Tool

CALLER: Final = Caller("C0001", "Jane Doe", CallerLevel.VERIFIED)


@dataclass
class ToolDesk:
    """Tools on a database, and callers who agree to what is read back."""

    database: Database
    clock: HandClock
    tools: Iterable[Tool]
    directory: Directory | None = None
    calls: int = 0

    def __post_init__(self) -> None:
        self.registry = Registry(self.tools)
        self.customers = Customers(self.database, self.directory)
        self.runner = ToolRunner(self.registry, self.database, self.clock, customers=self.customers)

    def conversation(self, caller: Caller = CALLER) -> str:
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
