"""Running one tool from the terminal, with the operator's yes in the caller's place."""

import asyncio
import json
import sys
from collections.abc import Callable
from datetime import timedelta
from functools import partial

from agent_service import logs
from agent_service.cli.log_output import plain
from agent_service.clock import SystemClock, uuid7
from agent_service.conversation.commands import PrepareTool, RunTool
from agent_service.conversation.events import ToolFinished, ToolPrepared
from agent_service.conversation.records import (
    Caller,
    ConfirmationRecord,
    ConfirmationStatus,
    ConversationRecord,
    DecidedBy,
    Modality,
    ToolCallStatus,
)
from agent_service.runtime.tool_runner import ToolRunner
from agent_service.store.database import Database
from agent_service.store.directory import Customers
from agent_service.store.writer import write_records
from agent_service.tools.execution import Execution
from agent_service.tools.registry import Registry
from agent_service.tools.request import Request

_YES = ("y", "yes")
_CALL = "call_1"


def rehearse(
    database: Database,
    registry: Registry,
    customers: Customers,
    caller: Caller,
    name: str,
    text: str,
) -> int:
    """Run the tool, show its outcome, and keep nothing."""
    request = Request(uuid7(), _CALL, name, text, caller, uuid7())
    with logs.prints_on_standard_error():
        outcome = Execution(registry, database, SystemClock(), customers=customers).rehearse(
            request
        )
    return _show(outcome.status, outcome.output, is_rehearsal=True)


def run_tool(
    database: Database,
    registry: Registry,
    customers: Customers,
    caller: Caller,
    name: str,
    text: str,
) -> int:
    """Run the tool in a conversation of its own; ask the operator where a caller would be asked."""
    clock = SystemClock()
    conversation_id = uuid7()
    now = clock.utc()
    record = ConversationRecord(
        conversation_id=conversation_id,
        agent="operator",
        channel="command_line",
        modality=Modality.TEXT,
        caller=caller,
        provider="none",
        model="none",
        started_at=now,
        ended_at=now,
        end_reason="command_line",
    )
    with database.write() as session:
        write_records(session, [record])
    agree = partial(_agree, database, conversation_id, _Operator())
    runner = ToolRunner(registry, database, clock, customers=customers)
    with logs.prints_on_standard_error():
        try:
            finished = asyncio.run(
                _ask(runner, registry, caller, conversation_id, name, text, agree)
            )
        finally:
            runner.close()
    return _show(finished.status, finished.output, is_rehearsal=False)


async def _ask(
    runner: ToolRunner,
    registry: Registry,
    caller: Caller,
    conversation_id: str,
    name: str,
    text: str,
    agree: Callable[[ToolPrepared], str | None],
) -> ToolFinished:
    tool = registry.get(name)
    confirmation_id = None
    if tool is not None and tool.is_write:
        command = PrepareTool(uuid7(), _CALL, name, text)
        prepared = await runner.prepare(command, caller, conversation_id)
        if isinstance(prepared, ToolFinished):
            return prepared
        if prepared.needs_confirmation:
            confirmation_id = await asyncio.to_thread(agree, prepared)
            if confirmation_id is None:
                output = json.dumps({"status": "declined", "say": "Nothing was done."})
                return ToolFinished(_CALL, ToolCallStatus.DECLINED, output)
    return await runner.run(
        RunTool(uuid7(), _CALL, name, text, confirmation_id), caller, conversation_id
    )


class _Operator:
    """Who is asked in the caller's place, on the streams that the command has, not the tool."""

    def __init__(self) -> None:
        self._reading, self._writing = sys.stdin, sys.stderr

    def answer(self, question: str) -> str:
        """Ask, and return the answer: none when there is nobody to ask."""
        self._writing.write(f"{plain(question)}? [y/N] ")
        self._writing.flush()
        line = self._reading.readline() if self._reading is not None else ""
        if not line:
            self._writing.write("(nobody answers)\n")
        return line.strip()


def _agree(
    database: Database, conversation_id: str, operator: _Operator, prepared: ToolPrepared
) -> str | None:
    answer = operator.answer(prepared.summary)
    is_yes = answer.casefold() in _YES
    now = SystemClock().utc()
    record = ConfirmationRecord(
        confirmation_id=uuid7(),
        conversation_id=conversation_id,
        tool_call_id=prepared.tool_call_id,
        summary=prepared.summary,
        arguments_hash=prepared.arguments_hash,
        status=ConfirmationStatus.ACCEPTED if is_yes else ConfirmationStatus.DECLINED,
        offered_at=now,
        expires_at=now + timedelta(minutes=1),
        heard_at=now,
        decided_at=now,
        decided_by=DecidedBy.TEXT,
        answer=answer,
    )
    with database.write() as session:
        write_records(session, [record])
    return record.confirmation_id if is_yes else None


def _show(status: ToolCallStatus, output: str, *, is_rehearsal: bool) -> int:
    shown = json.loads(output)
    if is_rehearsal:
        shown["is_rehearsal"] = True
    sys.stdout.write(json.dumps(shown, indent=2, ensure_ascii=False) + "\n")
    return 0 if status == ToolCallStatus.SUCCEEDED else 1
