"""Tools off the event loop: threads, time limits, and one outcome for every call."""

import asyncio
from collections.abc import Awaitable, Callable
from concurrent.futures import Future, ThreadPoolExecutor
from contextvars import copy_context
from datetime import timedelta
from functools import partial
from typing import Any, Final, TypeAlias, TypeVar

import structlog

from agent_service.clock import Clock
from agent_service.conversation.commands import PrepareTool, RunTool
from agent_service.conversation.events import (
    ToolDelayed,
    ToolFinished,
    ToolPrepared,
    ToolProgressed,
)
from agent_service.conversation.records import Caller, ToolCallStatus
from agent_service.errors import StoreError, ToolError
from agent_service.runtime.contained import contained, tasks_contained
from agent_service.settings.service import ToolSettings
from agent_service.store.database import Database
from agent_service.store.directory import Customers
from agent_service.store.ledger import Outcome
from agent_service.store.policies import Policies
from agent_service.store.schema import clean_text
from agent_service.tools.execution import Execution
from agent_service.tools.failures import NoteFailure, log_failure
from agent_service.tools.kept_reads import KeepEnded
from agent_service.tools.outcomes import (
    broken,
    done,
    failed,
    in_doubt,
    refused,
    still_working,
    unreachable,
)
from agent_service.tools.plain_values import shortened
from agent_service.tools.registry import Registry
from agent_service.tools.request import Prepared, Request, call_tool
from agent_service.tools.tool import Tool, ToolContext

_log = structlog.get_logger()

T = TypeVar("T")
Report: TypeAlias = Callable[[ToolProgressed | ToolDelayed], None]

LONGEST_S: Final = 600.0
"""A read that has not ended by then is given up, although the caller was told to wait."""

SWEEP_PAUSE_S: Final = 30.0

_DEFAULTS: Final = ToolSettings()
_LONGEST_PROGRESS: Final = 500
_SLOW: Final = "I am still looking into that."


class ToolRunner:
    """Runs the tools of all conversations. ``close`` waits for those that are running."""

    def __init__(
        self,
        registry: Registry,
        database: Database,
        clock: Clock,
        settings: ToolSettings = _DEFAULTS,
        keep_read: KeepEnded | None = None,
        customers: Customers | None = None,
        note_failure: NoteFailure = log_failure,
        policies: Policies | None = None,
    ) -> None:
        self._registry = registry
        self._execution = Execution(
            registry, database, clock, keep_read, customers, note_failure, policies
        )
        self._note_failure = note_failure
        self._clock = clock
        self._time_limit_s = settings.time_limit_s
        self._threads = ThreadPoolExecutor(settings.max_threads, thread_name_prefix="tool")

    async def prepare(
        self, call: PrepareTool, caller: Caller, conversation_id: str
    ) -> ToolPrepared | ToolFinished:
        """Check a write tool's arguments and write its read-back."""
        request = Request(
            call.id, call.tool_call_id, call.name, call.arguments, caller, conversation_id
        )
        job = self._submit(partial(self._execution.prepare, request))
        prepared = await self._within(job, self._time_limit_s)
        if isinstance(prepared, Prepared):
            return ToolPrepared(
                call.tool_call_id,
                prepared.binding_hash,
                prepared.tool.title,
                prepared.summary,
                prepared.needs_confirmation,
            )
        return ToolFinished(call.tool_call_id, prepared.status, prepared.output)

    async def run(
        self, call: RunTool, caller: Caller, conversation_id: str, report: Report | None = None
    ) -> ToolFinished:
        """Run the tool and return its one outcome.

        With ``report``, a slow tool is spoken of, and past its time limit the model is given
        something to say while the tool runs on; without, a read is given up then. A write whose
        transaction may have begun is waited for in any case, and goes on when this coroutine is
        cancelled: its outcome is then found in the ledger.
        """
        request = Request(
            call.id,
            call.tool_call_id,
            call.name,
            call.arguments,
            caller,
            conversation_id,
            call.confirmation_id,
            timedelta() if call.ordered_at is None else self._clock.utc() - call.ordered_at,
        )
        tool = self._registry.get(call.name)
        progress = self._progress(call.tool_call_id, report)
        if tool is not None and tool.is_async:
            outcome = await self._run_outside(tool, request, progress)
        else:
            job = self._submit(partial(self._execution.run, request, progress))
            outcome = await self._patiently(job, tool, call.tool_call_id, report)
        return ToolFinished(call.tool_call_id, outcome.status, outcome.output, outcome.is_shortened)

    async def sweep(self) -> None:
        """End the calls that killed processes left open, now and then, until cancelled."""
        while True:
            try:
                ended = await asyncio.wrap_future(self._submit(self._execution.resolve))
                if ended:
                    _log.warning("tool_calls_resolved", count=len(ended))
            except StoreError as error:
                _log.error("tool_sweep_failed", code=error.code, message=error.message)
            await asyncio.sleep(SWEEP_PAUSE_S)

    def close(self) -> None:
        self._threads.shutdown()

    def _submit(self, work: Callable[[], T]) -> "Future[T]":
        return self._threads.submit(copy_context().run, contained, work)

    def _progress(self, tool_call_id: str, report: Report | None) -> Callable[[str], None]:
        """Return what a tool, on whatever thread, tells its progress to."""
        loop = asyncio.get_running_loop()

        def progress(say: str) -> None:
            if report is not None:
                words = shortened(clean_text(str(say)), _LONGEST_PROGRESS)
                loop.call_soon_threadsafe(report, ToolProgressed(tool_call_id, words))

        return progress

    async def _patiently(
        self, job: "Future[Outcome]", tool: Tool | None, tool_call_id: str, report: Report | None
    ) -> Outcome:
        """Wait for the tool, telling the caller when it gets slow."""
        limit_s = (tool.time_limit_s if tool else None) or self._time_limit_s
        is_write = tool is not None and tool.is_write
        if report is None:
            return await self._within(job, limit_s, is_write=is_write)
        soft_s = min(tool.progress_after_s if tool else limit_s, limit_s)
        if not await _ends_within(job, soft_s):
            report(ToolProgressed(tool_call_id, _SLOW))
            if not await _ends_within(job, limit_s - soft_s):
                report(ToolDelayed(tool_call_id, still_working()))
        return await self._within(job, LONGEST_S, is_write=is_write)

    async def _within(
        self, job: "Future[T]", limit_s: float, *, is_write: bool = False
    ) -> T | Outcome:
        try:
            if job.done():
                return job.result()
            waiting = asyncio.wrap_future(job)
            waiting.add_done_callback(_look_at)
            async with asyncio.timeout(limit_s):
                return await asyncio.shield(waiting)
        except asyncio.CancelledError:
            job.cancel()  # does nothing once it has begun
            raise
        except TimeoutError:
            if not job.cancel() and is_write:
                return await asyncio.shield(waiting)
            _log.warning("tool_timed_out", time_limit_s=limit_s)
            say = "That took too long. Please try again."
            return failed(ToolCallStatus.TIMED_OUT, say, "timed_out")
        except StoreError as error:
            _log.error("tool_storage_failed", code=error.code, message=error.message)
            return unreachable() if error.is_retryable else broken()

    async def _run_outside(
        self, tool: Tool, request: Request, progress: Callable[[str], None]
    ) -> Outcome:
        """Run a coroutine tool between two transactions: what it does cannot be rolled back."""
        limit_s = tool.time_limit_s or self._time_limit_s
        checked = await self._within(
            self._submit(partial(self._execution.check, request)), self._time_limit_s
        )
        if isinstance(checked, Outcome):
            return checked
        known = await self._within(
            self._submit(partial(self._execution.admit, checked)), self._time_limit_s
        )
        if known is not None:
            return known
        context = ToolContext(
            caller=request.caller,
            conversation_id=request.conversation_id,
            now=self._clock.utc(),
            idempotency_key=checked.idempotency_key,
            progress=progress,
        )
        running = call_tool(tool, context, checked.arguments.values)
        outcome = await self._called(tool, running, limit_s)
        # Where it cannot be written now, it has happened all the same: the record tells it later.
        closing = self._submit(partial(self._execution.close, checked, outcome))
        await self._within(closing, self._time_limit_s)
        return outcome

    async def _called(self, tool: Tool, running: Awaitable[object], limit_s: float) -> Outcome:
        """Turn a coroutine tool's end into an outcome."""
        try:
            with tasks_contained():
                async with asyncio.timeout(limit_s):
                    result = await running
        except ToolError as error:
            return refused(error)
        except TimeoutError:
            if tool.is_write:
                return in_doubt()
            say = "That took too long. Please try again."
            return failed(ToolCallStatus.TIMED_OUT, say, "timed_out")
        except BaseException as error:
            if isinstance(error, asyncio.CancelledError) and _is_cancelled():
                raise
            # Also what would end the process, or a task that nobody cancelled: it ends this call.
            self._note_failure(tool.name, error)
            return in_doubt() if tool.is_write else broken()
        most = self._registry.most_characters
        return done(result, tool=tool.name, most=most, note_failure=self._note_failure)


def _is_cancelled() -> bool:
    task = asyncio.current_task()
    return task is not None and task.cancelling() > 0


async def _ends_within(job: "Future[Outcome]", limit_s: float) -> bool:
    waiting = asyncio.wrap_future(job)
    waiting.add_done_callback(_look_at)
    # Not wait_for, which would cancel the job itself.
    done, _ = await asyncio.wait([waiting], timeout=limit_s)
    return bool(done)


def _look_at(waiting: "asyncio.Future[Any]") -> None:
    """Take note of a failure that nobody waits for any more; another wait has reported it."""
    if not waiting.cancelled():
        waiting.exception()
