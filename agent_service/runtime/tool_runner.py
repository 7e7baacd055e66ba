"""Tools off the event loop: threads, time limits, and one outcome for every call."""

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextvars import copy_context
from functools import partial
from typing import Final, TypeVar

import structlog

from agent_service.clock import Clock
from agent_service.conversation.commands import PrepareTool, RunTool
from agent_service.conversation.events import ToolFinished, ToolPrepared
from agent_service.conversation.records import Caller, ToolCallStatus
from agent_service.errors import StoreError
from agent_service.store.database import Database
from agent_service.store.ledger import Outcome
from agent_service.tools.execution import Execution, Prepared, Request
from agent_service.tools.outcomes import failed
from agent_service.tools.registry import Registry

_log = structlog.get_logger()

T = TypeVar("T")

THREADS: Final = 16
"""Tools running at once in this process; further ones wait for a thread."""

PREPARE_LIMIT_S: Final = 5.0


class ToolRunner:
    """Runs the tools of all conversations. ``close`` waits for those that are running."""

    def __init__(self, registry: Registry, database: Database, clock: Clock) -> None:
        self._registry = registry
        self._execution = Execution(registry, database, clock)
        self._threads = ThreadPoolExecutor(THREADS, thread_name_prefix="tool")

    async def prepare(
        self, call: PrepareTool, caller: Caller, conversation_id: str
    ) -> ToolPrepared | ToolFinished:
        """Check a write tool's arguments and write its read-back."""
        request = Request(
            call.id, call.tool_call_id, call.name, call.arguments, caller, conversation_id
        )
        work = partial(self._execution.prepare, request)
        prepared = await self._in_thread(call.name, PREPARE_LIMIT_S, work)
        if isinstance(prepared, Prepared):
            return ToolPrepared(
                call.tool_call_id,
                prepared.binding_hash,
                prepared.tool.title,
                prepared.summary,
                prepared.needs_confirmation,
            )
        return ToolFinished(call.tool_call_id, prepared.status, prepared.output)

    async def run(self, call: RunTool, caller: Caller, conversation_id: str) -> ToolFinished:
        """Run the tool and return its one outcome.

        A write whose transaction may have begun is waited for beyond its time limit, and goes on
        when this coroutine is cancelled: its outcome is then found in the ledger.
        """
        request = Request(
            call.id,
            call.tool_call_id,
            call.name,
            call.arguments,
            caller,
            conversation_id,
            call.confirmation_id,
        )
        tool = self._registry.get(call.name)
        time_limit_s = tool.time_limit_s if tool else PREPARE_LIMIT_S
        work = partial(self._execution.run, request, _nobody)
        outcome = await self._in_thread(
            call.name, time_limit_s, work, is_write=tool is not None and tool.is_write
        )
        return ToolFinished(call.tool_call_id, outcome.status, outcome.output)

    def close(self) -> None:
        self._threads.shutdown()

    async def _in_thread(
        self, name: str, time_limit_s: float, work: Callable[[], T], *, is_write: bool = False
    ) -> T | Outcome:
        job = self._threads.submit(copy_context().run, work)
        waiting = asyncio.wrap_future(job)
        try:
            async with asyncio.timeout(time_limit_s):
                return await asyncio.shield(waiting)
        except asyncio.CancelledError:
            job.cancel()  # does nothing once it has begun
            raise
        except TimeoutError:
            if not job.cancel() and is_write:
                return await asyncio.shield(waiting)
            _log.warning("tool_timed_out", tool=name, time_limit_s=time_limit_s)
            return failed(
                ToolCallStatus.TIMED_OUT, "That took too long. Please try again.", "timed_out"
            )
        except StoreError as error:
            _log.error("tool_storage_failed", tool=name, code=error.code, message=error.message)
            say = "I cannot reach our system at the moment. Please try again in a minute."
            return failed(ToolCallStatus.RETRY_LATER, say, "retry_later")


def _nobody(_: str) -> None:
    """Progress is not shown yet."""
