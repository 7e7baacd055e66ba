"""One live run of a conversation: tells the dialogue what happens, does what it orders, in order.

Everything but opening the provider session and running tools is synchronous, so commands reach
both wires in the order the dialogue gave them.
"""

import asyncio
import secrets
from collections.abc import Callable, Coroutine
from dataclasses import replace
from typing import Any, Final

import structlog

from agent_service.clock import Clock
from agent_service.conversation import commands as cmd
from agent_service.conversation import events as ev
from agent_service.conversation.dialogue import Dialogue
from agent_service.conversation.records import (
    Caller,
    ConfirmationRecord,
    ConfirmationStatus,
    ConversationRecord,
    Record,
    ResumptionRecord,
    ToolCallStatus,
    TurnRecord,
)
from agent_service.conversation.spec import SessionSpec
from agent_service.errors import AgentServiceError, EngineError
from agent_service.runtime.ports import CallerChannel, Engine, Identity, Records, Tools
from agent_service.store.interrupted import token_hash

REPLACED: Final = 4409
"""Close code of a socket whose conversation continues on another one."""

_log = structlog.get_logger()

_NOT_RECORDED = '{"status":"retry_later","say":"I cannot reach our system at the moment."}'
_BROKEN = '{"status":"failed","say":"Something went wrong on our side, and I cannot do that now."}'

RECORD_WAIT_S: Final = 5.0
"""How long a tool waits for what it depends on to be on record."""


class Session:
    """Runs one conversation. ``open`` it, keep ``run`` going in a task, then feed ``receive``."""

    def __init__(
        self,
        dialogue: Dialogue,
        *,
        conversation_id: str,
        agent: str,
        caller: Caller,
        spec: SessionSpec,
        new_engine: Callable[[], Engine],
        engine: Engine,
        tools: Tools,
        identity: Identity,
        records: Records,
        clock: Clock,
        channel: CallerChannel,
    ) -> None:
        self.conversation_id = conversation_id
        self.agent = agent
        self.resume_token = secrets.token_urlsafe(24)
        """With what the caller may come back, once."""
        self.dropped_frames = 0
        """Of the caller's audio, while the provider did not take it."""
        self._dialogue = dialogue
        self._caller = caller
        self._spec = spec
        self._new_engine = new_engine
        self._engine = engine
        self._tools = tools
        self._identity = identity
        self._records = records
        self._clock = clock
        self._channel = channel
        self._loop = asyncio.get_running_loop()
        self._tasks: asyncio.TaskGroup | None = None
        self._early: list[Coroutine[Any, Any, None]] = []
        """What the dialogue ordered between ``open`` and ``run``."""
        self._timer: asyncio.TimerHandle | None = None
        self._due: float | None = None
        self._is_engine_congested = False
        self._on_record: dict[str, asyncio.Event] = {}
        """What tools depend on: the conversation's own row, and accepted confirmations."""
        self._end_reason: asyncio.Future[str] = self._loop.create_future()

    async def open(self) -> None:
        """Open the provider session; raise EngineError, on record, when the provider refuses."""
        self._attach(self._channel)
        self._listen_to(self._engine)
        try:
            await self._engine.open(self._spec, self._tell)
        except EngineError as error:
            self._tell(ev.EngineDropped(error.code, error.message, error.retry_after_s))
            raise

    async def run(self) -> None:
        """Own the conversation's tasks until it has ended; running tools are waited for."""
        try:
            async with asyncio.TaskGroup() as tasks:
                self._tasks = tasks
                for work in self._early:
                    tasks.create_task(work)
                await self.wait_ended()
        finally:
            if self._timer is not None:
                self._timer.cancel()
            await self._engine.close()

    def receive(self, event: ev.CallerEvent | ev.CallerProof) -> None:
        """Take an event of the caller's."""
        if isinstance(event, ev.CallerEnteredCode | ev.CallerAnsweredCheck):
            self._start(self._prove(event))
        elif type(event) is ev.CallerAudio:
            if self._is_engine_congested:
                self.dropped_frames += 1
                return
            # Audio moves no deadline, so the timer need not be looked at.
            for command in self._dialogue.handle(event, self._clock.now()):
                self._perform(command)
        else:
            self._tell(event)

    def detach(self, channel: CallerChannel) -> None:
        """The caller's socket is gone; what is sent meanwhile is kept for their return."""
        if channel is self._channel:
            self._engine.resume_reading()
            self._tell(ev.CallerDropped())

    def attach(self, channel: CallerChannel) -> None:
        """The caller is back on a new socket, which takes the place of the old one."""
        self._channel.close(REPLACED, "replaced")
        self.resume_token = secrets.token_urlsafe(24)
        self._keep_resume_token()
        self._attach(channel)
        self._tell(ev.CallerReturned())

    def settle(self, event: ev.ToolFinished) -> None:
        """Take the outcome of a tool call that was decided outside the conversation."""
        self._tell(event)

    def stop(self) -> None:
        """The service is about to end."""
        self._tell(ev.ServiceStopping())

    async def wait_ended(self) -> str:
        """Return why the conversation ended, once it has."""
        return await asyncio.shield(self._end_reason)

    # --- the loop around the dialogue ---

    def _tell(self, event: ev.Event) -> None:
        try:
            for command in self._dialogue.handle(event, self._clock.now()):
                self._perform(command)
        except Exception:
            # The seam between the rules and the world: a defect must end this conversation in
            # words and leave the others alone.
            _log.exception("session_failed", conversation_id=self.conversation_id)
            self._end("internal_error")
            return
        self._set_timer()

    def _set_timer(self) -> None:
        due = self._dialogue.deadline()
        if due == self._due:
            return
        if self._timer is not None:
            self._timer.cancel()
        self._timer = None
        self._due = due
        if due is not None:
            delay_s = max(due - self._clock.now(), 0.0)
            self._timer = self._loop.call_later(delay_s, self._time_passed)

    def _time_passed(self) -> None:
        self._due = None
        self._tell(ev.TimePassed())

    def _perform(self, command: cmd.Command) -> None:
        match command:
            case (
                cmd.SendAudio()
                | cmd.CommitAudio()
                | cmd.SendText()
                | cmd.RequestResponse()
                | cmd.CancelResponse()
                | cmd.TruncateItem()
                | cmd.AddNote()
                | cmd.SubmitToolResult()
            ):
                self._engine.send(command)
            case cmd.KeepRecord(record):
                self._keep(record)
            case cmd.PrepareTool():
                self._start(self._prepare(command))
            case cmd.RunTool():
                self._start(self._run_tool(command))
            case cmd.ReopenEngine():
                self._start(self._reopen(command))
            case cmd.EndConversation(reason):
                self._channel.send(command)
                self._end(reason)
            case _:
                self._channel.send(command)

    def _keep(self, record: Record) -> None:
        match record:
            case TurnRecord(turn_id=turn_id):
                self._records.record(record, lambda: self._tell(ev.TurnRecorded(turn_id)))
            case ConversationRecord(ended_at=None):
                self._records.record(record, self._awaited(self.conversation_id).set)
                self._keep_resume_token()
            case ConfirmationRecord(status=ConfirmationStatus.ACCEPTED):
                self._records.record(record, self._awaited(record.confirmation_id).set)
            case _:
                self._records.record(record)

    def _awaited(self, key: str) -> asyncio.Event:
        return self._on_record.setdefault(key, asyncio.Event())

    def _end(self, reason: str) -> None:
        if not self._end_reason.done():
            self._end_reason.set_result(reason)

    # --- tools ---

    def _start(self, work: Coroutine[Any, Any, None]) -> None:
        if self._tasks is None:
            self._early.append(work)
        else:
            self._tasks.create_task(work)

    async def _prepare(self, command: cmd.PrepareTool) -> None:
        if not await self._is_recorded(command.tool_call_id, self.conversation_id):
            return
        try:
            self._tell(await self._tools.prepare(command, self._caller, self.conversation_id))
        except Exception:
            self._tool_broke(command.tool_call_id, command.name)

    async def _run_tool(self, command: cmd.RunTool) -> None:
        needed = [self.conversation_id]
        if command.confirmation_id is not None:
            needed.append(command.confirmation_id)
        if not await self._is_recorded(command.tool_call_id, *needed):
            return
        try:
            self._tell(
                await self._tools.run(
                    command, self._caller, self.conversation_id, report=self._tell
                )
            )
        except Exception:
            self._tool_broke(command.tool_call_id, command.name)

    async def _is_recorded(self, tool_call_id: str, *keys: str) -> bool:
        """Wait for what the tool depends on; give its call a result if that takes too long."""
        try:
            async with asyncio.timeout(RECORD_WAIT_S):
                for key in keys:
                    await self._awaited(key).wait()
        except TimeoutError:
            self._tell(ev.ToolFinished(tool_call_id, ToolCallStatus.RETRY_LATER, _NOT_RECORDED))
            return False
        return True

    def _tool_broke(self, tool_call_id: str, name: str) -> None:
        """The seam to the tools: whatever they raise becomes a result, and the call goes on."""
        _log.exception("tool_failed", conversation_id=self.conversation_id, tool=name)
        self._tell(ev.ToolFinished(tool_call_id, ToolCallStatus.FAILED, _BROKEN))

    async def _prove(self, proof: ev.CallerProof) -> None:
        caller, conversation_id = self._caller, self.conversation_id
        try:
            await self._awaited(conversation_id).wait()
            match proof:
                case ev.CallerEnteredCode(code):
                    proven = await self._identity.enter_code(caller, conversation_id, code)
                case ev.CallerAnsweredCheck(number, postcode):
                    proven = await self._identity.answer_knowledge(
                        caller, conversation_id, number, postcode
                    )
        except AgentServiceError as error:
            self._tell(ev.ProofRefused(error.code, error.message))
            return
        if proven == caller:
            self._tell(ev.ProofRefused("proof_wrong", "That does not match. Please try again."))
        else:
            self._caller = proven
            self._tell(ev.CallerProven(proven))

    # --- both sides ---

    def _keep_resume_token(self) -> None:
        self._records.record(
            ResumptionRecord(self.conversation_id, token_hash(self.resume_token), self._clock.utc())
        )

    def _attach(self, channel: CallerChannel) -> None:
        self._channel = channel
        channel.on_congestion(self._caller_congested)

    def _caller_congested(self, is_congested: bool) -> None:
        if is_congested:
            self._engine.pause_reading()
        else:
            self._engine.resume_reading()

    def _listen_to(self, engine: Engine) -> None:
        self._engine = engine
        self._is_engine_congested = False
        engine.on_congestion = self._engine_congested

    def _engine_congested(self, is_congested: bool) -> None:
        self._is_engine_congested = is_congested

    async def _reopen(self, command: cmd.ReopenEngine) -> None:
        await self._engine.close()
        await asyncio.sleep(command.delay_s)
        if self._end_reason.done():
            return
        self._listen_to(self._new_engine())
        try:
            await self._engine.open(replace(self._spec, history=command.history), self._tell)
        except EngineError as error:
            self._tell(ev.EngineDropped(error.code, error.message, error.retry_after_s))
