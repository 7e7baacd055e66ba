"""The responses of one session: which may start, how they run, how they end."""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import structlog

from agent_service.errors import OfflineError
from agent_service.offline.context import Prompt, build_prompt
from agent_service.offline.faults.hostile import HostileResponder
from agent_service.offline.faults.plan import METADATA_KEY, FaultError, FaultPlan
from agent_service.offline.faults.response import ResponseFaults
from agent_service.offline.generation import EndedEarly, Generation, Incomplete
from agent_service.offline.hearing import Hearing
from agent_service.offline.outbox import Outbox
from agent_service.offline.ports import Responder, Speech
from agent_service.offline.protocol.conversation import Conversation
from agent_service.offline.protocol.dialects import Dialect
from agent_service.offline.protocol.errors import (
    ProtocolError,
    invalid_value,
    server_error,
)
from agent_service.offline.protocol.ids import new_id
from agent_service.offline.protocol.items import Item
from agent_service.offline.protocol.responses import (
    Response,
    ResponseStatus,
    cancelled,
    failed,
    incomplete,
)
from agent_service.offline.protocol.session import SessionConfig
from agent_service.offline.protocol.usage import CountedPiece, Usage, cached_tokens, count_item
from agent_service.offline.rate_limits import RateLimits
from agent_service.offline.response_writer import Emit, ResponseWriter

_log = structlog.get_logger()

_MOST_OUT_OF_BAND = 16


@dataclass(frozen=True, slots=True)
class ResponseRequest:
    """What ``response.create`` asks for, beyond the session."""

    config: SessionConfig
    is_out_of_band: bool = False
    input: tuple[Item, ...] | None = None
    """Context in place of the conversation's."""
    extra: tuple[Item, ...] = ()
    """Context added for this response."""
    metadata: dict[str, str] | None = None


@dataclass(slots=True)
class _Running:
    writer: ResponseWriter
    request: ResponseRequest
    task: asyncio.Task[None] | None = None


class Answering:
    """At most one response of the conversation at a time; out-of-band ones run beside it."""

    def __init__(
        self,
        *,
        dialect: Dialect,
        conversation: Conversation,
        responder: Responder,
        speech: Speech,
        hearing: Hearing,
        outbox: Outbox,
        emit: Emit,
        announce: Callable[[Item], None],
        on_start: Callable[[], None],
        on_done: Callable[[int], None],
        tasks: asyncio.TaskGroup,
        faults: FaultPlan,
    ) -> None:
        self._dialect = dialect
        self._conversation = conversation
        self._responder = responder
        self._speech = speech
        self._hearing = hearing
        self._outbox = outbox
        self._emit = emit
        self._announce = announce
        self._on_start = on_start
        self._on_done = on_done
        self._tasks = tasks
        self._faults = faults
        self._running: dict[str, _Running] = {}
        self._default_id: str | None = None
        self._cache: tuple[CountedPiece, ...] = ()
        self._rate_limits = RateLimits(dialect)
        self.has_spoken = False

    @property
    def active_id(self) -> str | None:
        """Return the id of the conversation's running response."""
        return self._default_id

    def start(self, request: ResponseRequest) -> None:
        """Begin a response, or raise the documented error."""
        if request.is_out_of_band:
            if len(self._running) >= _MOST_OUT_OF_BAND:
                raise ProtocolError(
                    "rate_limit_exceeded",
                    f"At most {_MOST_OUT_OF_BAND} responses run at a time. Wait for one to end.",
                )
        elif self._default_id is not None:
            raise already_active(self._default_id)
        _check_tool_choice(request.config)
        faults = self._faults_of(request)
        if faults.fires("active_response_error"):
            raise already_active(new_id("resp_"))
        if faults.fires("response_never_starts"):
            return
        response = Response(
            new_id("resp_"),
            request.config,
            None if request.is_out_of_band else self._conversation.id,
            request.metadata,
        )
        writer = ResponseWriter(
            response,
            None if request.is_out_of_band else self._conversation,
            self._dialect,
            self._emit,
            self._announce,
        )
        running = _Running(writer, request)
        self._running[response.id] = running
        if not request.is_out_of_band:
            self._default_id = response.id
            self._on_start()
        writer.created()
        if self._dialect.rate_limits == "with_created":
            self._emit("rate_limits.updated", rate_limits=self._rate_limits.shown())
        running.task = self._tasks.create_task(self._run(running, faults))

    def cancel(self, response_id: str | None) -> None:
        """Cancel a response by the client's wish."""
        found = response_id or self._default_id
        if found is None or found not in self._running:
            raise ProtocolError(
                "response_cancel_not_active", "Cancellation failed: no active response found"
            )
        self._stop(self._running[found], cancelled("client_cancelled"))

    def interrupt(self) -> None:
        """Cancel the conversation's response because the caller speaks."""
        if self._default_id is not None:
            self._stop(self._running[self._default_id], cancelled("turn_detected"))

    def _stop(self, running: _Running, details: dict[str, Any]) -> None:
        self._finish(running, "cancelled", details, self._prompt_or_none(running))
        if running.task is not None:
            running.task.cancel()

    def _faults_of(self, request: ResponseRequest) -> FaultPlan:
        wanted = (request.metadata or {}).get(METADATA_KEY)
        if wanted is None:
            return self._faults
        try:
            return self._faults.and_also(wanted)
        except FaultError as error:
            raise invalid_value(f"response.metadata.{METADATA_KEY}", error.message) from None

    async def _run(self, running: _Running, plan: FaultPlan) -> None:
        """Generate, and turn whatever happens into the end of the response."""
        prompt: Prompt | None = None
        status: ResponseStatus = "completed"
        details: dict[str, Any] | None = None
        try:
            await self._hearing.wait_for(item.id for item in self._items(running.request))
            prompt = self._prompt(running)
            faults = ResponseFaults(plan)
            generation = Generation(
                running.writer, self._responder_for(plan), self._speech, self._outbox, faults
            )
            await generation.run(prompt.context)
            if faults.never_ends:
                await asyncio.Event().wait()
        except Incomplete as cut:
            status, details = "incomplete", incomplete(cut.reason)
        except EndedEarly as early:
            status, details = early.ending.status, early.ending.details
        except ProtocolError as error:
            status, details = "failed", failed(error.kind, error.code, error.message)
        except OfflineError as error:
            _log.warning("response_failed", error=error.message)
            status, details = "failed", self._server_error(error.message)
        except Exception:  # the responder may be anybody's model
            _log.exception("response_failed", response_id=running.writer.response.id)
            status, details = "failed", self._server_error(server_error().message)
        self._finish(running, status, details, prompt)

    def _server_error(self, message: str) -> dict[str, Any]:
        code = None if self._dialect.is_nested else "server_error"
        return failed("server_error", code, message)

    def _responder_for(self, plan: FaultPlan) -> Responder:
        fault = plan.fires("hostile_model")
        if fault is None:
            return self._responder
        return HostileResponder(plan.random, plan.overheard, most_calls=int(fault.number("calls")))

    def _items(self, request: ResponseRequest) -> Sequence[Item]:
        base = tuple(self._conversation) if request.input is None else request.input
        return (*base, *request.extra)

    def _prompt(self, running: _Running) -> Prompt:
        own = {item.id for item in running.writer.response.output}
        items = [item for item in self._items(running.request) if item.id not in own]
        return build_prompt(
            running.request.config,
            items,
            limit=self._dialect.context_tokens,
            metadata=running.request.metadata,
        )

    def _prompt_or_none(self, running: _Running) -> Prompt | None:
        try:
            return self._prompt(running)
        except ProtocolError:
            return None

    def _finish(
        self,
        running: _Running,
        status: ResponseStatus,
        details: dict[str, Any] | None,
        prompt: Prompt | None,
    ) -> None:
        writer = running.writer
        if not writer.is_open:
            return
        response_id = writer.response.id
        del self._running[response_id]
        if response_id == self._default_id:
            self._default_id = None
        usage = Usage()
        if prompt is not None:
            usage = Usage(prompt.tokens, cached_tokens(self._cache, prompt.pieces))
        writer.finish(status, details, usage)
        if prompt is not None and not running.request.is_out_of_band:
            self._cache = (*prompt.pieces, *map(count_item, writer.response.output))
        self.has_spoken = self.has_spoken or writer.audio_ms > 0
        if writer.response.usage is not None:
            spent = writer.response.usage
            self._rate_limits.spend(spent.input.total + spent.output.total)
        is_billed = status in ("completed", "incomplete")
        if self._dialect.rate_limits == "after_done" and is_billed:
            self._emit("rate_limits.updated", rate_limits=self._rate_limits.shown())
        if not running.request.is_out_of_band:
            self._on_done(writer.audio_ms)


def already_active(response_id: str) -> ProtocolError:
    """Return the error for a response asked for while another one runs."""
    return ProtocolError(
        "conversation_already_has_active_response",
        f"Conversation already has an active response in progress: {response_id}. Wait until the "
        "response is finished before creating a new one.",
        hides_event_id=True,
    )


def _check_tool_choice(config: SessionConfig) -> None:
    chosen = config.chosen_tool()
    name = chosen.removeprefix("function:")
    if name != chosen and all(tool.get("name") != name for tool in config.tools):
        raise ProtocolError(
            "invalid_value",
            f"Tool choice '{name}' not found in 'tools' parameter.",
            param="response.tool_choice",
        )
