"""The rules of a conversation: who may speak, what was heard, what may run.

Pure: events in, commands out, time is an argument. It knows nothing of sockets, tasks, SQL or logs.
"""

from collections.abc import Callable, Mapping
from datetime import datetime
from enum import Enum, auto

from agent_service.conversation import events as ev
from agent_service.conversation.agent_speech import AgentSpeech
from agent_service.conversation.caller_speech import CallerSpeech
from agent_service.conversation.commands import (
    CancelResponse,
    Command,
    CommitAudio,
    EndConversation,
    Floor,
    ReopenEngine,
    RequestResponse,
    SendAudio,
    SendText,
    ShowError,
    ShowFloor,
    ShowLevel,
    ShowTranscript,
)
from agent_service.conversation.output import Output
from agent_service.conversation.phrases import PROVEN, SAY
from agent_service.conversation.provider_loss import ProviderLoss
from agent_service.conversation.records import (
    Caller,
    ConversationRecord,
    RatingRecord,
    TurnRecord,
)
from agent_service.conversation.response import Overdue, ResponseMachine, ResponseState, Wish
from agent_service.conversation.spec import DialogueSettings, HistoryTurn, ToolPolicy
from agent_service.conversation.tool_desk import ToolDesk
from agent_service.conversation.turns import AgentTurn, Turns

CLOSING_S = 3.0
"""How long the end waits for the last turns to be on record."""

FATAL_CODES = frozenset({"provider_refused_key", "provider_no_deployment", "insufficient_quota"})

QUIET_REFUSALS = frozenset(
    {"response_cancel_not_active", "conversation_already_has_active_response"}
)


class Life(Enum):
    CONNECTING = auto()
    LIVE = auto()
    RECOVERING = auto()
    """The provider session was lost and another is being opened."""
    CLOSING = auto()
    """Both sides are done; the last turns are on their way to the database."""
    ENDED = auto()


MOVES: dict[Life, frozenset[Life]] = {
    Life.CONNECTING: frozenset({Life.LIVE, Life.CLOSING}),
    Life.LIVE: frozenset({Life.RECOVERING, Life.CLOSING}),
    Life.RECOVERING: frozenset({Life.LIVE, Life.CLOSING}),
    Life.CLOSING: frozenset({Life.ENDED}),
    Life.ENDED: frozenset(),
}


class Dialogue:
    def __init__(
        self,
        settings: DialogueSettings,
        policies: Mapping[str, ToolPolicy],
        *,
        new_id: Callable[[], str],
        started_at: datetime,
        now: float,
    ) -> None:
        self._settings = settings
        self._who = settings.caller
        self._output = Output(
            conversation_id=settings.conversation_id, new_id=new_id, started_at=started_at, now=now
        )
        self._response = ResponseMachine()
        self._turns = Turns(settings.conversation_id, recorded=settings.recorded_turns)
        self._agent = AgentSpeech(self._output, self._turns, self._response)
        self._caller = CallerSpeech(
            self._output,
            self._turns,
            transcript_s=settings.transcript_s,
            silence_ms=settings.turn_detection.silence_duration_ms,
        )
        self._desk = ToolDesk(
            self._output,
            self._response,
            policies,
            language=settings.language,
            confirmation_s=settings.confirmation_s,
        )
        self._life = Life.CONNECTING
        self._floor = Floor.OPEN
        self._is_begun = False
        self._started_at = started_at
        self._ends_at = now + settings.max_duration_s
        self._idle_at = now + settings.idle_s
        self._away_until: float | None = None
        self._finals: dict[str, ShowTranscript] = {}
        self._loss = ProviderLoss(settings.history)
        self._end_reason = ""
        self._is_draining = False
        self._closing_until: float | None = None

    # --- the door ---

    def handle(self, event: ev.Event, now: float) -> tuple[Command, ...]:
        """Take one event; return what is to be done, in order."""
        if self._life is Life.ENDED:
            return ()
        self._output.now = max(now, self._output.now)
        if isinstance(event, ev.CallerAudio):
            return self._caller_audio(event.audio)
        if self._life is Life.CLOSING:
            self._close_on(event)
            return self._output.take()
        self._dispatch(event)
        self._advance()
        return self._output.take()

    def deadline(self) -> float | None:
        """Return when TimePassed is wanted; None when there is nothing to wait for."""
        match self._life:
            case Life.ENDED:
                return None
            case Life.CLOSING:
                return self._closing_until
            case _:
                dues = (
                    self._ends_at,
                    self._idle_at,
                    self._away_until,
                    self._caller.deadline(),
                    self._response.deadline(),
                    self._agent.deadline() if self._away_until is None else None,
                    self._turns.deadline(),
                    self._desk.deadline(),
                )
                return min(due for due in dues if due is not None)

    # --- events ---

    def _dispatch(self, event: ev.Event) -> None:
        match event:
            case ev.AgentAudio():
                self._agent.audio(event)
            case ev.AgentText():
                self._agent.text(event)
            case ev.CallerPlayed(item_id, played_ms):
                self._agent.played(item_id, played_ms)
            case ev.AgentItemFinished(_, item_id, is_complete):
                self._agent.item_finished(item_id, is_complete=is_complete)
            case ev.SpeechStarted():
                self._speech_started(event)
            case ev.SpeechStopped(item_id, audio_end_ms):
                self._caller.stopped(item_id, audio_end_ms)
            case ev.SpeechCommitted(item_id):
                self._speech_committed(item_id)
            case ev.TranscriptArrived():
                text = self._caller.transcribed(event)
                if text is not None:
                    self._desk.transcribed(event.item_id, text)
            case ev.TranscriptFailed(item_id, message):
                self._caller.transcript_failed(item_id, message)
                self._desk.transcript_lost(item_id)
            case ev.ResponseStarted(response_id):
                self._response_started(response_id)
            case ev.ResponseFinished():
                self._response_finished(event)
            case ev.ToolCallRequested():
                self._response.keep_alive(self._output.now)
                self._desk.request(event)
            case ev.ToolPrepared():
                self._desk.prepared(event)
            case ev.ToolFinished():
                self._desk.finished(event)
            case ev.ToolProgressed():
                self._desk.progressed(event)
            case ev.ToolDelayed():
                self._desk.delayed(event)
            case ev.TurnRecorded(turn_id):
                self._turn_recorded(turn_id)
            case ev.CallerProven(caller):
                self._caller_proven(caller)
            case ev.ProofRefused(code, message):
                self._output.order(ShowError(code, message, True))
            case ev.CallerTyped(text):
                self._caller_typed(text)
            case ev.CallerCommitted():
                self._caller_committed()
            case ev.CallerInterrupted():
                self._touch()
                self._desk.void_all()
                self._interrupt(tells_provider=True)
            case ev.CallerConfirmed(confirmation_id, is_accepted):
                self._touch()
                self._desk.tapped(confirmation_id, is_accepted=is_accepted)
            case ev.CallerRated(score, comment):
                self._output.keep(
                    RatingRecord(self._settings.conversation_id, score, comment, self._output.utc())
                )
            case ev.CallerDropped():
                self._away_until = self._output.now + self._settings.grace_s
            case ev.CallerReturned():
                self._away_until = None
            case ev.CallerEnded():
                self._close("caller_ended")
            case ev.ServiceDraining():
                self._is_draining = True
            case ev.ServiceStopping():
                self._close("service_stopping")
            case ev.EngineReady():
                self._engine_ready()
            case ev.EngineDropped(code, message):
                self._engine_dropped(code, message)
            case ev.EngineRefused(code, message):
                self._engine_refused(code, message)
            case _:  # TimePassed; audio has its own short way
                self._time_passed()

    # --- the caller ---

    def _caller_audio(self, audio: bytes) -> tuple[Command, ...]:
        if self._life is Life.LIVE:
            self._caller.audio_sent(audio)
            return (SendAudio(audio),)
        if self._life is Life.RECOVERING:
            self._loss.hold(SendAudio(audio))
        return ()

    def _caller_typed(self, text: str) -> None:
        self._touch()
        self._interrupt(tells_provider=True)
        self._caller.typed(text)
        is_answer = self._desk.typed(text)
        if self._life is Life.LIVE:
            self._output.order(SendText(text))
        else:
            self._loss.hold(SendText(text))
        if not is_answer:
            self._response.want(Wish())

    def _caller_committed(self) -> None:
        self._touch()
        if self._settings.is_push_to_talk and self._life is Life.LIVE:
            self._interrupt(tells_provider=True)
            self._output.order(CommitAudio())

    def _speech_started(self, event: ev.SpeechStarted) -> None:
        self._touch()
        self._caller.started(event)
        self._desk.caller_began(event.item_id)
        self._interrupt(tells_provider=False)

    def _speech_committed(self, item_id: str) -> None:
        self._touch()
        if self._caller.committed(item_id):
            self._desk.caller_began(item_id)
        if not self._settings.is_push_to_talk:
            self._response.expect(self._output.now)
        elif not self._desk.awaits_transcript():
            self._response.want(Wish())

    def _caller_proven(self, who: Caller) -> None:
        """Go on with what was asked for, now that the caller may have it."""
        self._who = who
        self._output.keep(self._conversation_record())
        self._output.order(ShowLevel(who.level))
        self._desk.note(PROVEN.format(level=who.level.value.replace("_", " ")))

    # --- the agent ---

    def _response_started(self, response_id: str) -> None:
        if not self._response.start(response_id, self._output.now):
            return
        asked = self._response.asked
        confirmation_id = asked.confirmation_id if asked else None
        if confirmation_id is not None:
            self._desk.reading_began(confirmation_id, response_id)
        is_stale = confirmation_id is not None and not self._desk.reads_in(response_id)
        is_stale = is_stale or self._response.is_unwanted
        if is_stale or self._caller.is_speaking or self._desk.awaits_transcript():
            self._cancel_response()

    def _response_finished(self, event: ev.ResponseFinished) -> None:
        is_completed = event.status is ev.ResponseStatus.COMPLETED
        self._agent.response_finished(event)
        is_reading = self._desk.reads_in(event.response_id)
        if not self._response.finish(event.response_id):
            return
        self._touch()
        match event.status:
            case ev.ResponseStatus.COMPLETED:
                self._response.succeed()
                self._loss.recover()
            case ev.ResponseStatus.CANCELLED:
                pass
            case ev.ResponseStatus.INCOMPLETE:
                self._output.incident(
                    f"response_incomplete_{event.code or 'unknown'}",
                    event.message or "The provider stopped before the answer was finished.",
                )
            case _:
                self._response_failed(event)
        if is_reading and not is_completed and event.status is not ev.ResponseStatus.FAILED:
            self._desk.void_all()
        self._desk.response_finished(event.response_id)

    def _response_failed(self, event: ev.ResponseFinished) -> None:
        message = event.message or "The provider could not answer."
        is_retried = self._response.fail(self._output.now)
        self._output.incident(event.code or "response_failed", message, is_shown=not is_retried)
        if not is_retried:
            self._desk.void_all()

    def _interrupt(self, *, tells_provider: bool) -> None:
        """Stop the agent: nothing more of what it was saying goes out or is played."""
        self._agent.cut()
        if tells_provider:
            self._cancel_response()
        else:
            self._response.supersede(self._output.now)

    def _cancel_response(self) -> None:
        response_id = self._response.cancel(self._output.now)
        if response_id is not None and self._life is Life.LIVE:
            self._output.order(CancelResponse(response_id))

    # --- the provider session ---

    def _engine_ready(self) -> None:
        is_first = self._life is Life.CONNECTING
        self._move(Life.LIVE)
        self._begin()
        self._desk.engine_is_live()
        if is_first and self._settings.greeting:
            self._response.want(Wish(SAY.format(text=self._settings.greeting), uses_tools=False))
        for command in self._loss.release():
            if isinstance(command, SendAudio):
                self._caller.audio_sent(command.audio)
            self._output.order(command)

    def _engine_dropped(self, code: str, message: str) -> None:
        self._begin()
        is_fatal = self._life is Life.CONNECTING or code in FATAL_CODES
        is_given_up = is_fatal or self._loss.is_last
        self._output.incident(code, message, is_shown=self._life is Life.LIVE or is_given_up)
        self._desk.engine_is_lost()
        was_answering = self._response.state is not ResponseState.IDLE or self._response.is_expected
        self._agent.engine_is_lost()
        asked = self._response.asked if self._response.state is ResponseState.REQUESTED else None
        self._response.reset()
        if was_answering:
            self._response.want(asked or Wish())
        self._caller.engine_is_lost()
        if is_given_up:
            self._close(code if is_fatal else "provider_lost")
            return
        if self._life is Life.LIVE:
            self._move(Life.RECOVERING)
        past = self._loss.past(self._desk.history())
        self._output.order(ReopenEngine(past, self._loss.count()))

    def _engine_refused(self, code: str, message: str) -> None:
        if code == "conversation_already_has_active_response":
            self._response.refuse(self._output.now)
        if code not in QUIET_REFUSALS:
            self._output.incident(code, message)

    # --- time ---

    def _time_passed(self) -> None:
        now = self._output.now
        if self._away_until is not None and now >= self._away_until:
            return self._close("caller_lost")
        if now >= self._ends_at:
            return self._close("time_limit")
        if now >= self._idle_at and self._floor is Floor.OPEN:
            return self._close("idle")
        self._caller.expire(now)
        self._desk.expire(now)
        for turn in self._turns.expire(now):
            self._desk.transcript_lost(turn.item_id)
        match self._response.overdue(now):
            case Overdue.NOT_STARTED | Overdue.STALLED as late:
                self._output.incident(
                    "response_late", f"The provider did not answer in time ({late.name.lower()})."
                )
                if late is Overdue.STALLED:
                    self._cancel_response()
                self._response.fail(now)
            case Overdue.NOT_EXPECTED_STARTED:
                self._response.want(Wish())
            case Overdue.NOT_CANCELLED:
                self._cancel_response()
            case _:
                pass
        return None

    def _touch(self) -> None:
        self._idle_at = self._output.now + self._settings.idle_s

    # --- after every event ---

    def _advance(self) -> None:
        if self._life in (Life.CLOSING, Life.ENDED):
            return
        if self._away_until is None:
            self._agent.settle(is_engine_live=self._life is Life.LIVE)
        self._notice_read_back()
        self._release_turns()
        self._ask_for_response()
        self._show_floor()
        if self._output.now >= self._idle_at:
            self._touch()
        if self._is_draining and self._is_at_rest():
            self._close("service_stopping")

    def _is_at_rest(self) -> bool:
        """Between two turns, with nothing asked for, said, awaited or running."""
        response = self._response
        is_response_idle = response.state is ResponseState.IDLE and not response.is_expected
        return (
            self._floor is Floor.OPEN
            and is_response_idle
            and response.wish is None
            and not self._desk.is_busy
        )

    def _notice_read_back(self) -> None:
        for turn in self._turns.all_agent_turns():
            item = turn.item
            if turn.is_final and item.is_heard_whole and self._desk.reads_in(item.response_id):
                self._desk.read_back_heard()

    def _release_turns(self) -> None:
        for turn, record in self._turns.release(self._output.utc()):
            self._output.keep(record)
            self._finals[turn.turn_id] = _final_caption(record)
            if isinstance(turn, AgentTurn):
                self._agent.forget(turn.item)
            self._loss.said(record.started_at, HistoryTurn(record.role, record.heard_text))

    def _turn_recorded(self, turn_id: str) -> None:
        caption = self._finals.pop(turn_id, None)
        if caption is not None:
            self._output.order(caption)

    def _ask_for_response(self) -> None:
        may_speak = (
            self._life is Life.LIVE
            and not self._caller.is_speaking
            and not self._agent.is_settling
            and not self._desk.awaits_transcript()
        )
        if may_speak and self._response.may_request(self._output.now):
            wish = self._response.request(self._output.now)
            self._output.order(RequestResponse(wish.instructions, wish.uses_tools))

    def _show_floor(self) -> None:
        if self._caller.is_speaking:
            holder = Floor.CALLER
        elif self._agent.is_audible or self._response.state is ResponseState.ACTIVE:
            holder = Floor.AGENT
        else:
            holder = Floor.OPEN
        if holder is not self._floor:
            self._floor = holder
            self._output.order(ShowFloor(holder))

    # --- the beginning and the end ---

    def _begin(self) -> None:
        if not self._is_begun:
            self._is_begun = True
            self._output.keep(self._conversation_record())

    def _close(self, reason: str) -> None:
        self._begin()
        self._interrupt(tells_provider=True)
        self._move(Life.CLOSING)
        self._end_reason = reason
        self._desk.abandon()
        self._agent.abandon()
        self._turns.abandon()
        self._release_turns()
        self._output.keep(self._conversation_record(ended_at=self._output.utc()))
        self._closing_until = self._output.now + CLOSING_S
        self._end_if_recorded()

    def _close_on(self, event: ev.Event) -> None:
        """Between the last word and the end, only the database and the clock still matter."""
        if isinstance(event, ev.TurnRecorded):
            self._turn_recorded(event.turn_id)
        is_late = self._closing_until is not None and self._output.now >= self._closing_until
        if is_late:
            self._finals.clear()
        self._end_if_recorded()

    def _end_if_recorded(self) -> None:
        if not self._finals:
            self._move(Life.ENDED)
            self._output.order(EndConversation(self._end_reason))

    def _conversation_record(self, ended_at: datetime | None = None) -> ConversationRecord:
        settings = self._settings
        return ConversationRecord(
            conversation_id=settings.conversation_id,
            agent=settings.agent,
            channel=settings.channel,
            modality=settings.modality,
            caller=self._who,
            provider=settings.provider,
            model=settings.model,
            started_at=self._started_at,
            ended_at=ended_at,
            end_reason=self._end_reason or None,
        )

    def _move(self, life: Life) -> None:
        if life not in MOVES[self._life]:
            raise ValueError(f"a conversation cannot go from {self._life} to {life}")
        self._life = life


def _final_caption(record: TurnRecord) -> ShowTranscript:
    return ShowTranscript(
        turn_id=record.turn_id,
        role=record.role,
        text=record.text,
        is_final=True,
        item_id=record.item_id,
        heard_text=record.heard_text,
        is_interrupted=record.is_interrupted,
        first_audio_ms=record.first_audio_ms,
    )
