"""One live run of a conversation: tells the dialogue what happens, does what it orders, in order.

Everything but opening the provider session, proofs and tools is synchronous, so commands reach
both wires in the order the dialogue gave them. Nothing is waited for without end.
"""

import asyncio
import secrets
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial
from typing import Final

import structlog

from agent_service.clock import Clock
from agent_service.conversation import commands as cmd
from agent_service.conversation import events as ev
from agent_service.conversation.dialogue import Dialogue
from agent_service.conversation.records import Caller, ConversationRecord, TurnRecord
from agent_service.conversation.spec import SessionSpec
from agent_service.errors import EngineError, StoreError
from agent_service.recording.tape import Tape, Thing
from agent_service.runtime.bookkeeping import Bookkeeping
from agent_service.runtime.errands import Errands
from agent_service.runtime.ports import (
    CallerChannel,
    Engine,
    Identity,
    Pictures,
    Records,
    Reports,
    Team,
    Tools,
)
from agent_service.runtime.provider_events import ProviderEvents
from agent_service.runtime.representatives import Representatives
from agent_service.store.claims import Claim
from agent_service.store.identity import Claimant
from agent_service.store.provider_events import ProviderEvent

REPLACED: Final = "replaced"
"""Why a socket is closed whose conversation continues on another one."""

_log = structlog.get_logger()

# Far beyond the limits that engines have themselves: for one that hangs.
ENGINE_OPEN_S: Final = 300.0
ENGINE_CLOSE_S: Final = 10.0

OFFER_S: Final = 300.0
"""How long a caller has to take the conversation to another device."""

RING_S: Final = 10.0
"""How long it may take to tell the team that a caller asks for a person."""

ON_RECORD_S: Final = 0.5
"""How long the end waits to be told: it is on record by then, where who is told may look for it."""


class Session:
    """Runs one conversation. ``open`` it, keep ``run`` going in a task, then feed ``receive``."""

    def __init__(
        self,
        dialogue: Dialogue,
        *,
        claim: Claim,
        began_at: datetime,
        agent: str,
        caller: Caller,
        source: str,
        shows_detail: bool = False,
        spec: SessionSpec,
        new_engine: Callable[[], Engine],
        engine: Engine,
        tools: Tools,
        identity: Identity,
        records: Records,
        clock: Clock,
        channel: CallerChannel,
        reports: Reports | None = None,
        pictures: Pictures | None = None,
        tape: Tape | None = None,
        team: Team | None = None,
        keep_event: Callable[[ProviderEvent], None] | None = None,
    ) -> None:
        self.conversation_id = claim.conversation_id
        self.claim = claim
        self.agent = agent
        self.shows_detail = shows_detail
        """Of tool calls, the caller's client is shown arguments and outputs."""
        self.resume_token = secrets.token_urlsafe(24)
        """With what the caller may come back, once."""
        self.modality = spec.modality
        """Whether the agent is heard now, or read."""
        self.takes_pictures = pictures is not None
        self._offered: tuple[str, float] | None = None
        """With what another device may come back, once, and until when."""
        self._dialogue = dialogue
        self._spec = spec
        self._new_engine = new_engine
        self._engine = engine
        self._books = Bookkeeping(
            records,
            claim,
            began_at,
            clock,
            on_turn=lambda turn_id: self._tell(ev.TurnRecorded(turn_id)),
            on_end=self._end_is_kept,
        )
        self._errands = Errands(
            tools,
            identity,
            self._books,
            pictures=pictures,
            caller=caller,
            claimant=Claimant(claim.conversation_id, began_at, source),
            tell=self._tell,
            fail=self._fail,
        )
        self._events = (
            ProviderEvents(
                claim.conversation_id,
                now_ms=lambda: round((clock.utc() - began_at).total_seconds() * 1000),
                keep=partial(self._books.keep_event, keep=keep_event),
            )
            if keep_event
            else None
        )
        self._reports = reports
        self._clock = clock
        self._channel = channel
        self._tape = tape
        """Where what is recorded is put; None where nothing is."""
        self._team = team
        self.representatives = Representatives(
            clock,
            clock.now() - (clock.utc() - began_at).total_seconds(),
            new_engine,
            spec,
            tell=self._tell,
            who=lambda: dialogue.representative,
            caller=lambda: self._errands.caller,
            is_ringing=lambda: dialogue.is_ringing,
            is_anybody_left=self._is_anybody_left,
            start=self._errands.start,
        )
        self._loop = asyncio.get_running_loop()
        self._timer: asyncio.TimerHandle | None = None
        self._due: float | None = None
        self._end_reason: asyncio.Future[str] = self._loop.create_future()
        self._last: cmd.EndConversation | None = None
        """The last word, which waits until the end is on record."""
        self._is_end_kept = False

    async def open(self) -> None:
        """Open the provider session; raise EngineError, on record, when the provider refuses.

        When it returns, the agent hears.
        """
        try:
            await self._open()
        except BaseException:
            self._end_tape()
            raise

    async def _open(self) -> None:
        self._attach(self._channel)
        self._listen_to(self._engine)
        try:
            await self._open_engine(self._spec)
        except EngineError as error:
            self._tell(ev.EngineDropped(error.code, error.message, error.retry_after_s))
            raise
        try:
            await self._books.has_begun.wait()
        except asyncio.CancelledError:
            # The caller hung up in the very moment in which the conversation began.
            self._tell(ev.CallerEnded())
            await self._finish()
            raise

    async def run(self) -> None:
        """Own the conversation's tasks until it has ended; running tools are waited for."""
        try:
            await self._errands.run_until(self._end_reason)
        except Exception:
            self._fail()
        finally:
            await self._finish()

    def receive(self, event: ev.CallerEvent | ev.CallerProof) -> None:
        """Take an event of the caller's."""
        if isinstance(event, ev.CallerEnteredCode | ev.CallerAnsweredCheck):
            self._errands.prove(event)
        elif isinstance(event, ev.CallerShowed):
            self._errands.show(event.number)
        elif type(event) is ev.CallerAudio:
            self._tape_it(event)
            # Audio moves no deadline, so the timer need not be looked at.
            self._handle(event)
        else:
            if isinstance(event, ev.CallerSwitched):
                self.modality = event.modality
            if isinstance(event, ev.CallerPlayed | ev.CallerHeld):
                self._tape_it(event)
            self._tell(event)

    def detach(self, channel: CallerChannel) -> None:
        """The caller's line is gone; what is sent meanwhile is kept for those who can return."""
        if channel is self._channel:
            self._engine.resume_reading()
            self._tell(ev.CallerDropped() if channel.traits.can_return else ev.CallerEnded())

    def utc(self) -> datetime:
        return self._clock.utc()

    def offer(self) -> tuple[str, datetime]:
        """Return with what another device may continue the conversation, once, and until when.

        Any process honours it once this one is gone; an earlier one holds no more.
        """
        token = secrets.token_urlsafe(24)
        self._offered = (token, self._clock.now() + OFFER_S)
        offer = token, self._clock.utc() + timedelta(seconds=OFFER_S)
        self._books.keep_token(self.resume_token, shows_detail=self.shows_detail, offer=offer)
        return offer

    def admits(self, token: str) -> bool:
        """Tell whether this is what somebody may come back with."""
        if self._offered is not None and token == self._offered[0]:
            return self._clock.now() < self._offered[1]
        return token == self.resume_token

    def takes(self, channel: CallerChannel) -> bool:
        """Tell whether a caller may come back this way: by the kind of channel that they left."""
        return channel.traits.name == self._channel.traits.name and not self.has_ended

    def attach(self, channel: CallerChannel) -> None:
        """The caller is back on a new socket, which takes the place of the old one."""
        self._channel.close(REPLACED)
        self._offered = None
        self.resume_token = secrets.token_urlsafe(24)
        self._books.keep_token(self.resume_token, shows_detail=self.shows_detail)
        self._attach(channel)
        returned = ev.CallerReturned()
        self._tape_it(returned)
        self._tell(returned)

    def settle(self, event: ev.ToolFinished) -> bool:
        """Take the outcome of a call that was decided outside; False when nobody here awaits it."""
        if not self._dialogue.awaits(event.tool_call_id):
            return False
        self._tell(event)
        return True

    def show(self, code: str, message: str) -> None:
        """Tell the caller something of the service that is not the conversation's own."""
        self._perform_all((cmd.ShowIncident(code, message),))

    def drain(self) -> None:
        """The service will stop soon: end at the next turn boundary."""
        self.show("service_stopping", "The service stops soon: this conversation ends in a moment.")
        self._tell(ev.ServiceDraining())

    def stop(self) -> None:
        """The service is about to end."""
        self._tell(ev.ServiceStopping())

    def give_up(self) -> None:
        """The service ends, and the rules did not: end the conversation for them."""
        self._cut("service_stopping")

    def lose(self) -> None:
        """Another process serves the conversation: let go, and touch nothing of it."""
        self._books.stop()
        self._channel.close(REPLACED)
        self._end("taken_over")
        if self._reports is not None:
            self._reports.left(self.conversation_id)

    @property
    def is_agent_due(self) -> bool:
        """The agent speaks, or is about to."""
        return self._dialogue.is_agent_due

    @property
    def has_ended(self) -> bool:
        """Nobody may come back; tools may still be running."""
        return self._end_reason.done()

    async def wait_ended(self) -> str:
        """Return why the conversation ended, once it has."""
        return await asyncio.shield(self._end_reason)

    # --- the loop around the dialogue ---

    def _tell(self, event: ev.Event) -> None:
        self._handle(event)
        try:
            self._set_timer()
        except Exception:
            self._fail()

    def _handle(self, event: ev.Event) -> None:
        if self._is_over:
            return
        try:
            commands = self._dialogue.handle(event, self._clock.now())
        except Exception:
            self._fail()
        else:
            self._perform_all(commands)

    def _perform_all(self, commands: Sequence[cmd.Command]) -> None:
        for number, command in enumerate(commands, 1):
            try:
                self._perform(command)
            except Exception:
                self._fail(commands[number:])
                return

    def _set_timer(self) -> None:
        due = None if self._is_over else self._dialogue.deadline()
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
                | cmd.SwitchAnswering()
                | cmd.SwitchModality()
                | cmd.AddNote()
                | cmd.SubmitToolResult()
            ):
                self._engine.send(command)
            case cmd.KeepRecord(record):
                self._books.keep(record)
                if isinstance(record, TurnRecord):
                    self._tape_it(record)
                if isinstance(record, ConversationRecord) and record.ended_at is None:
                    self._books.keep_token(self.resume_token, shows_detail=self.shows_detail)
            case cmd.PrepareTool():
                self._books.call_began(command)
                self._errands.prepare(command)
            case cmd.RunTool():
                self._books.call_began(command)
                self._errands.run(command)
            case cmd.ReopenEngine():
                self._errands.start(self._reopen(command))
            case cmd.EndConversation():
                self._end_on_record(command)
            case cmd.StartRecording() | cmd.HoldRecording():
                self._tape_it(command)
            case cmd.TellRepresentative() | cmd.WriteDown() | cmd.FinishWriting():
                self.representatives.perform(command)
            case cmd.RingTeam(reason):
                self.representatives.ring()
                self._errands.start(self._ring(reason))
            case cmd.PlayAudio():
                self._tape_it(command)
                self._channel.send(command)
            case _:
                if isinstance(command, cmd.ClearPlayback):
                    self._tape_it(command)
                self._channel.send(command)
                self.representatives.shown(command)
                if self._reports is not None:
                    self._reports.shown(self.conversation_id, command)

    async def _ring(self, reason: str) -> None:
        """Ask the team for a person, who reads on record what it is about."""
        is_rung = False
        if self._team is not None:
            with suppress(TimeoutError, StoreError):
                async with asyncio.timeout(RING_S):
                    await self._books.until_on_disk()
                    is_rung = await self._team.ring(self.conversation_id, reason)
        self._tell(ev.TeamRung() if is_rung else ev.HandoffDeclined(is_unreachable=True))

    async def _is_anybody_left(self, declined: frozenset[str]) -> bool:
        return self._team is not None and await self._team.is_anybody_left(declined)

    def _tape_it(self, thing: Thing) -> None:
        self.representatives.ear.take(thing)
        if self._tape is not None:
            self._tape.put(self._clock.now(), thing)

    # --- the end ---

    @property
    def _is_over(self) -> bool:
        """Nothing happens any more, except that the caller is told so."""
        return self._last is not None or self._end_reason.done()

    def _end_on_record(self, last: cmd.EndConversation) -> None:
        """Tell the caller of the end once it is on record; a database that is away is not it."""
        self._last = last
        if self._is_end_kept:
            self._say_ended()
        else:
            self._loop.call_later(ON_RECORD_S, self._say_ended)

    def _end_is_kept(self) -> None:
        self._is_end_kept = True
        if self._last is not None:
            self._say_ended()

    def _say_ended(self) -> None:
        if self._last is not None and not self._end_reason.done():
            self._attempt(self._channel.send, self._last)
            self._end(self._last.reason)

    def _end(self, reason: str) -> None:
        if not self._end_reason.done():
            self._books.has_begun.set()
            self._end_reason.set_result(reason)

    def _fail(self, left: Sequence[cmd.Command] = ()) -> None:
        """End this conversation in words after a defect of ours, and leave the others alone.

        The seam between the rules and the world; called while the exception is handled. ``left``
        is what the rules still wanted done.
        """
        _log.exception("session_failed", conversation_id=self.conversation_id)
        message = "The service failed, and the conversation is over. Please start a new one."
        self._cut("internal_error", left, cmd.ShowError("internal_error", message, False))

    def _cut(
        self, reason: str, left: Sequence[cmd.Command] = (), *words: cmd.CallerCommand
    ) -> None:
        """End the conversation for the rules: on record as far as they can still say, and told."""
        if self._is_over:
            return
        self._attempt(self._keep_last, left, reason)
        self._attempt(self._keep_last_words, reason)
        for word in words:
            self._attempt(self._books.incident, reason, "A defect of the service ended the call.")
            self._attempt(self._channel.send, word)
        self._attempt(self._books.close, reason)
        self._end_on_record(cmd.EndConversation(reason))
        self._set_timer()

    def _keep_last_words(self, reason: str) -> None:
        self._keep_last(self._dialogue.fail(reason, self._clock.now()), reason)

    def _keep_last(self, commands: Sequence[cmd.Command], reason: str) -> None:
        for command in commands:
            if isinstance(command, cmd.KeepRecord):
                record = command.record
                if isinstance(record, ConversationRecord) and record.ended_at is not None:
                    record = replace(record, end_reason=reason)
                self._books.keep(record)

    def _attempt(self, step: Callable[..., None], *arguments: object) -> None:
        """Do one step of an end that nothing may stop."""
        try:
            step(*arguments)
        except Exception:
            _log.exception("session_end_failed", conversation_id=self.conversation_id)

    async def _finish(self) -> None:
        """Let go of the provider and of all that was never begun."""
        if self._timer is not None:
            self._timer.cancel()
        self._end_tape()
        if self._events is not None:
            self._events.flush()
        self._errands.stop()
        await self.representatives.stop()
        try:
            async with asyncio.timeout(ENGINE_CLOSE_S):
                await self._engine.close()
        except Exception:
            # Of no concern to anyone but whoever looks after the provider: the end goes on.
            _log.exception("engine_not_closed", conversation_id=self.conversation_id)

    def _end_tape(self) -> None:
        if self._tape is not None:
            self._tape.close(self._clock.now())
            self._tape = None

    # --- both sides ---

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
        engine.on_congestion = self._engine_congested
        engine.on_wire = self._events.take if self._events is not None else None

    def _engine_congested(self, is_congested: bool) -> None:
        self._handle(ev.EngineCongested(is_congested))

    async def _open_engine(self, spec: SessionSpec) -> None:
        try:
            async with asyncio.timeout(ENGINE_OPEN_S):
                await self._engine.open(spec, self._tell)
        except TimeoutError:
            message = "The provider did not set the session up in time."
            raise EngineError(message, code="provider_unavailable") from None

    async def _reopen(self, command: cmd.ReopenEngine) -> None:
        with suppress(TimeoutError):
            async with asyncio.timeout(ENGINE_CLOSE_S):
                await self._engine.close()
        await asyncio.sleep(command.delay_s)
        if self._is_over:
            return
        self._listen_to(self._new_engine())
        try:
            await self._open_engine(replace(self._spec, history=command.history))
        except EngineError as error:
            self._tell(ev.EngineDropped(error.code, error.message, error.retry_after_s))
