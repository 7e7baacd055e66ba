"""The rules of a conversation: who may speak, what was heard, what may run.

Pure: events in, commands out, time is an argument. It knows nothing of sockets, tasks, SQL or logs.
"""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Protocol, assert_never

from agent_service.conversation import events as ev
from agent_service.conversation.agent_speech import AgentSpeech
from agent_service.conversation.attendance import Attendance, Due
from agent_service.conversation.briefing import Briefing
from agent_service.conversation.caller_speech import CallerSpeech
from agent_service.conversation.captions import Captions
from agent_service.conversation.commands import (
    Command,
    Floor,
    RequestResponse,
    ShowError,
    ShowFloor,
    ShowLevel,
    ShowTranscript,
    SwitchModality,
)
from agent_service.conversation.echo import Echo, NobodySpoke
from agent_service.conversation.life import IDLE, Life, Lifetime
from agent_service.conversation.output import Output
from agent_service.conversation.owed import Owed
from agent_service.conversation.phrases import PROVEN, SAY
from agent_service.conversation.playback import AgentItem
from agent_service.conversation.provider_session import FATAL_CODES, ProviderSession
from agent_service.conversation.recorded import Recorded
from agent_service.conversation.records import (
    Caller,
    Modality,
    RatingRecord,
    Role,
)
from agent_service.conversation.responding import Responding
from agent_service.conversation.response import ResponseMachine, ResponseState
from agent_service.conversation.ringing import Ringing
from agent_service.conversation.service_voice import ServiceVoice
from agent_service.conversation.spec import DialogueSettings, Notice, ToolPolicy
from agent_service.conversation.takeover import Takeover
from agent_service.conversation.tool_desk import ToolDesk
from agent_service.conversation.turn_taking import TurnTaking
from agent_service.conversation.turns import AgentTurn, CallerTurn, Remark, Turns, in_history
from agent_service.conversation.wishes import Wish


class Timed(Protocol):
    """A part that waits for something: it says until when, and sees to it then."""

    def deadline(self) -> float | None: ...

    def expire(self, now: float) -> None: ...


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
        self._output = Output(
            conversation_id=settings.conversation_id,
            new_id=new_id,
            started_at=started_at,
            now=now,
            earlier_s=settings.earlier_s,
        )
        self._response = ResponseMachine()
        self._turns = Turns(
            recorded=settings.recorded_turns,
            lost=lambda turn: self._words_lost(turn.item_id),
        )
        self._attendance = Attendance(settings, now, is_due=self._is_due)
        self._agent = AgentSpeech(
            self._output, self._turns, self._response, self._attendance, settings.modality
        )
        self._caller = CallerSpeech(
            self._output,
            self._turns,
            transcript_s=settings.limits.transcript_s,
            detection=settings.agent.turn_detection,
            unended=self._speech_unended,
        )
        self._turn_taking = TurnTaking(self._output, settings.agent.turn_detection)
        self._owed = Owed(self._output, self._turns, self._response)
        self._briefing = Briefing(self._output)
        self._recorded = Recorded(self._output, settings.recording)
        self._ringing = Ringing(
            self._output,
            self._owed,
            self._briefing,
            ring_s=settings.limits.ring_s,
            language=settings.agent.language,
        )
        self._desk = ToolDesk(
            self._output,
            self._response,
            policies,
            settings,
            self._owed,
            self._briefing,
            self._recorded,
            ring=self._ring,
        )
        self._confirming = self._desk.confirming
        self._echo = Echo()
        self._voice = ServiceVoice(
            self._output,
            self._turns,
            self._response,
            self._agent,
            self._caller,
            self._confirming,
            self._briefing,
            settings,
            self._recorded,
        )
        self._takeover = Takeover(
            self._output,
            self._turns,
            self._response,
            self._agent,
            self._desk,
            self._voice,
            self._briefing,
            self._attendance,
            transcript_s=settings.limits.transcript_s,
        )
        self._responding = Responding(
            self._output,
            self._response,
            self._agent,
            self._caller,
            self._desk,
            self._voice,
            self._owed,
            is_silent=self._provider_is_silent,
        )
        self._life = Lifetime(self._output, settings, self._voice.disclosure, started_at)
        self._floor = Floor.OPEN
        self._captions = Captions(self._output)
        self._session = ProviderSession(
            self._output,
            self._response,
            self._turns,
            self._agent,
            self._caller,
            self._desk,
            self._voice,
            before=settings.history,
            turn_taking=self._turn_taking,
        )
        self._modality = settings.modality
        self._is_draining = False
        self._unanswered = settings.unanswered
        self._gives_up_for: str | None = None
        """Why no provider comes any more: said once no person speaks with the caller."""
        leaving: tuple[Timed, ...] = (
            self._caller,
            self._desk,
            self._turns,
            self._responding,
            self._agent,
            self._session,
            self._voice,
            self._takeover,
            self._ringing,
        )
        open_: tuple[Timed, ...] = (*leaving, self._attendance)  # which may end it: the last
        self._timed: dict[Life, tuple[Timed, ...]] = {
            Life.CONNECTING: open_,
            Life.OPEN: open_,
            Life.LEAVING: leaving,
            Life.CLOSING: (self._captions,),
            Life.ENDED: (),
        }

    # --- the door ---

    def handle(self, event: ev.Event, now: float) -> tuple[Command, ...]:
        """Take one event; return what is to be done, in order."""
        if self._life.state is Life.ENDED:
            return ()
        self._output.now = max(now, self._output.now)
        if self._life.is_over:
            self._close_on(event)
        elif isinstance(event, ev.CallerAudio):  # many a second, and nothing follows from them
            is_muted = self._echo.is_half_duplex and self._agent.is_audible
            self._session.hear(event.audio, is_muted=is_muted)
        elif isinstance(event, ev.EngineCongested):  # in the midst of what the engine is given
            self._session.congested(event.is_congested)
        else:
            self._dispatch(event)
            self._advance()
        return self._output.take()

    def deadline(self) -> float | None:
        """Return when TimePassed is wanted; None when there is nothing to wait for."""
        dues = (part.deadline() for part in self._timed[self._life.state])
        return min((due for due in dues if due is not None), default=None)

    def awaits(self, tool_call_id: str) -> bool:
        """Whether the caller will be told in this conversation how that tool call ended."""
        return self._life.is_open and self._desk.awaits(tool_call_id)

    def fail(self, reason: str, now: float) -> tuple[Command, ...]:
        """End the conversation at once, for a reason outside its rules, with what is known."""
        self._output.now = max(now, self._output.now)
        self._output.take()
        if self._life.is_over:
            self._life.end()
        else:
            self._close(reason)
        return self._output.take()

    # --- events ---

    def _dispatch(self, event: ev.Event) -> None:
        match event:
            case ev.AgentAudio():
                if self._agent.audio(event):
                    self._confirming.overtake(event.response_id)
            case ev.AgentText():
                if self._agent.text(event):
                    self._confirming.overtake(event.response_id)
            case ev.CallerAudioRefused(audio):
                self._session.refuse(audio)
            case ev.CallerPlayed(item_id, played_ms):
                self._caller_played(item_id, played_ms)
            case ev.AgentItemFinished(_, item_id, is_complete):
                self._agent.item_finished(item_id, is_complete=is_complete)
            case ev.SpeechStarted():
                self._speech_started(event)
            case ev.SpeechStopped(item_id, audio_end_ms):
                self._caller.stopped(item_id, audio_end_ms)
            case ev.SpeechCommitted(item_id):
                self._speech_committed(item_id)
            case ev.TranscriptArrived():
                self._transcribed(event)
            case ev.TranscriptFailed(item_id, message, is_expected):
                self._caller.transcript_failed(item_id, message, is_expected=is_expected)
                self._words_lost(item_id)
            case ev.ResponseStarted(response_id):
                self._responding.started(response_id)
                if self._takeover.is_on:
                    self._hold_back()
            case ev.ResponseFinished():
                self._response_finished(event)
            case ev.ToolCallRequested():
                self._response.put_out(self._output.now)
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
                self._captions.recorded(turn_id)
            case ev.CallerProven(caller):
                self._caller_proven(caller)
            case ev.ProofRefused(code, message):
                self._proof_refused(code, message)
            case ev.CallerTyped():
                self._caller_typed(event)
            case ev.CallerCommitted():
                self._caller_committed()
            case ev.CallerInterrupted():
                self._caller_is_there()
                self._owed.stop()
                self._desk.void_all()
                self._response.disown()
                self._interrupt(tells_provider=True)
            case ev.CallerSwitched(modality):
                self._attendance.sign(self._output.now)
                self._stay()
                self._switch(modality)
            case ev.CallerHeld(is_held):
                self._hold(is_held)
            case ev.CallerPausedRecording(is_paused):
                self._recorded.pause(is_paused=is_paused)
            case ev.CallerConfirmed(confirmation_id, is_accepted):
                self._caller_is_there()
                if self._confirming.is_asking and not is_accepted:
                    self._interrupt(tells_provider=True)
                self._confirming.tapped(confirmation_id, is_accepted=is_accepted)
            case ev.CallerRated(score, comment):
                self._output.keep(
                    RatingRecord(self._settings.conversation_id, score, comment, self._output.utc())
                )
            case ev.CallerDropped():
                self._attendance.leave(self._output.now)
                self._caller.line_is_gone()
            case ev.CallerReturned():
                self._echo = Echo()  # it is another line
                self._attendance.come_back(self._output.now)
                self._caller.line_is_back()
                self._agent.play_on()
            case ev.CallerEnded():
                self._close("caller_ended")
            case ev.ServiceStopping():
                self._close("service_stopping")
            case ev.ServiceDraining():
                self._is_draining = True
            case ev.EngineReady():
                self._engine_ready(event)
            case ev.AnsweringSwitched(by_itself):
                self._turn_taking.switched(by_itself)
            case ev.RepresentativeJoined(name, is_patient):
                self._joined(name, is_patient=is_patient)
            case ev.RepresentativeTranscribed():
                self._takeover.transcribed(event)
            case ev.RepresentativeDropped():
                self._takeover.drop()
            case ev.RepresentativeLeft(is_cut_off):
                self._takeover.leave(is_cut_off=is_cut_off)
            case ev.RepresentativeWhispered(name, text):
                self._takeover.whisper(name, text)
            case ev.TeamRung():
                self._ringing.rung()
            case ev.HandoffDeclined(is_unreachable):
                self._ringing.declined(is_unreachable=is_unreachable)
            case (
                ev.RepresentativeSpoke()
                | ev.RepresentativeFellSilent()
                | ev.RepresentativeTyped()
                | ev.RepresentativeAskedTool()
            ):
                self._takeover.take(event)
            case ev.EngineDropped(code, message, retry_after_s):
                self._engine_dropped(code, message, retry_after_s)
            case ev.EngineRefused():
                self._engine_refused(event)
            case ev.TimePassed():
                self._expire()
            case ev.CallerAudio() | ev.EngineCongested():
                raise AssertionError("they have their own short way")
            case _:
                assert_never(event)

    # --- the caller ---

    def _caller_played(self, item_id: str, played_ms: int) -> None:
        if self._agent.is_answering:
            self._attendance.agent_heard(self._output.now)
        self._agent.played(item_id, played_ms)

    def _caller_typed(self, event: ev.CallerTyped) -> None:
        self._caller_is_there()
        self._unanswered = ""  # they go on by themselves
        self._interrupt(tells_provider=True)
        self._caller.typed(event.text)
        is_answer = self._confirming.typed(event.text, event.shown)
        self._session.read(event.text, event.picture)
        if not is_answer:
            self._response.want(Wish())

    def _caller_committed(self) -> None:
        self._caller_is_there()
        if self._turn_taking.finds_turns:
            return
        self._interrupt(tells_provider=True)
        self._session.commit()

    def _switch(self, modality: Modality) -> None:
        if modality is not self._modality:
            self._modality = modality
            self._takeover.speech.stop()  # what a person says from now on is heard, or read
            self._agent.switch(modality)
            if self._session.is_live:
                self._output.order(SwitchModality(modality))
            if self._life.is_open and not self._session.is_first:
                self._ask_to_record()

    def _hold(self, is_held: bool) -> None:
        self._stay()
        if is_held:
            self._attendance.put_on_hold()
        elif self._attendance.take_up(self._output.now):
            self._agent.play_on()

    def _speech_started(self, event: ev.SpeechStarted) -> None:
        if self._caller.is_committed(event.item_id):
            return
        self._stay()
        self._desk.caller_spoke()
        self._echo.caller_began(event.item_id, self._agent.playing(), self._agent.just_played())
        self._caller.started(event)
        self._takeover.speech.give_way()
        self._confirming.caller_began(event.item_id, began_at=self._output.now)
        self._interrupt(tells_provider=False)

    def _speech_committed(self, item_id: str) -> None:
        if self._caller.is_committed(item_id):
            return
        if self._caller.committed(item_id):
            self._takeover.speech.give_way()
            self._confirming.caller_began(item_id, began_at=self._caller.began_at(item_id))
        if self._turn_taking.answers_by_itself:
            self._response.expect(self._output.now)
        elif not self._confirming.awaits_answer():
            self._response.want(Wish())

    def _transcribed(self, event: ev.TranscriptArrived) -> None:
        turn = self._turns.caller_turn(event.item_id)
        if turn is not None and event.is_final:
            sound = self._echo.heard(event.item_id, event.text)
            if sound is not None:
                self._nobody_spoke(turn, sound, event)
                return
        text = self._caller.transcribed(event)
        if text:
            self._unanswered = ""
            self._attendance.sign(self._output.now)
        if text is not None:
            self._confirming.transcribed(event.item_id, text, event.confidence)

    def _nobody_spoke(
        self, turn: CallerTurn, sound: NobodySpoke, event: ev.TranscriptArrived
    ) -> None:
        """Go on with what an echo, or a sound without words, cut off."""
        if sound.is_echo:
            self._output.incident("echo", "The caller's line returns the agent's own voice.")
            self._turns.discard(turn)
            self._agent.carry(event.usage)
            self._output.order(ShowTranscript(turn.turn_id, Role.CALLER, text=""))
        else:
            self._caller.transcribed(event)
        wish = self._rest_of([item for item in sound.was_playing if item.is_cut])
        lost = self._response.under_way
        if lost is not None and lost.is_plain:  # the provider answers the sound
            if self._response.asked is not None:
                self._response.want(lost)
            self._response.disown()
            self._interrupt(tells_provider=True)
        self._confirming.transcribed(event.item_id, "")
        if wish is not None:
            self._response.want(wish)

    def _rest_of(self, cut: list[AgentItem]) -> Wish | None:
        """Return what is to be said in place of what was cut; None where other rules see to it."""
        own = [
            item
            for item in cut
            if not item.is_notice
            and not self._owed.is_said_in(item.response_id)
            and not self._confirming.is_read_in(item.response_id)
        ]
        if cut and not own:
            return None
        if not own or not all(item.is_complete for item in own):
            return Wish()  # only the model knows what was still to come
        rest = " ".join(filter(None, (item.unheard_text() for item in own)))
        return Wish(SAY.format(text=rest), uses_tools=False) if rest else None

    def _words_lost(self, item_id: str | None) -> None:
        """The caller said something, and nobody will know what."""
        self._attendance.sign(self._output.now)
        self._confirming.transcript_lost(item_id)

    def _speech_unended(self) -> None:
        """Have the words said again that nobody will know, unless there is something to say."""
        self._turns.expire(self._output.now)
        is_waiting = self._response.is_due or self._desk.is_busy
        if is_waiting or self._attendance.is_away or not self._life.is_open:
            return
        if not self._voice.notify(Notice.REPEAT):
            self._response.want(Wish())

    def _caller_is_there(self) -> None:
        self._desk.caller_spoke()
        self._attendance.sign(self._output.now)
        self._stay()

    def _stay(self) -> None:
        """Take back a goodbye because nobody answered: somebody may be doing it now."""
        if self._life.stay():
            self._voice.stay()

    def _caller_proven(self, who: Caller) -> None:
        """Go on with what was asked for, now that the caller may have it."""
        self._desk.caller_spoke()
        self._life.proven(who)
        self._output.order(ShowLevel(who.level, self._output.turn_id))
        self._briefing.note(PROVEN.format(level=who.level.value.replace("_", " ")))
        self._response.want(Wish())

    def _proof_refused(self, code: str, message: str) -> None:
        """Say why, in voice where nothing can be shown: who proves something waits for that."""
        self._output.order(ShowError(code, message, True))
        if not self._settings.can_tap:
            self._response.want(Wish(SAY.format(text=message), uses_tools=False))

    # --- the agent ---

    def _response_finished(self, event: ev.ResponseFinished) -> None:
        if self._responding.finished(event):
            self._session.is_well()
            self._attendance.agent_heard(self._output.now)

    @property
    def is_agent_due(self) -> bool:
        """The agent answers, or is asked to."""
        return self._response.is_due

    # --- a person of the team ---

    @property
    def representative(self) -> str | None:
        """Who of the team has taken the conversation over."""
        return self._takeover.name

    @property
    def is_ringing(self) -> bool:
        """The team is being asked whether somebody comes."""
        return self._ringing.is_on

    def _joined(self, name: str, *, is_patient: bool) -> None:
        if not self._life.is_open and not self._life.stay():
            return
        self._voice.stay()
        if not self._takeover.join(name):
            return
        self._ringing.answered()
        self._unanswered = ""
        self._caller_is_there()
        if is_patient:
            self._agent.finish_sentence()
        self._hold_back()
        self._takeover.announce()

    def _ring(self, reason: str, go_on: Callable[[], None]) -> None:
        if self._takeover.is_on:
            go_on()
        else:
            self._ringing.ring(reason, go_on)

    def _hold_back(self) -> None:
        """Stop the agent; an answer of which nothing was said waits until it may speak."""
        has_begun = self._response.state is ResponseState.ACTIVE and self._response.has_output
        lost = self._response.under_way
        if lost is not None and lost.is_plain and not has_begun:
            self._response.want(lost)
        self._interrupt(tells_provider=True)

    def _interrupt(self, *, tells_provider: bool) -> None:
        """Stop the agent: nothing more of what it was saying goes out or is played."""
        self._agent.cut()
        if tells_provider:
            self._responding.cancel()
        else:
            self._response.supersede(self._output.now)

    # --- the provider session ---

    def _engine_ready(self, event: ev.EngineReady) -> None:
        is_first = self._session.is_first
        self._gives_up_for = None
        self._session.ready(event.expires_in_s, can_switch_answering=event.can_switch_answering)
        self._turn_taking.want(self._answers_by_itself)  # before it hears what was kept for it
        if self._modality is not self._settings.modality:  # with which each session is opened
            self._output.order(SwitchModality(self._modality))
        self._life.begin()
        if is_first:
            self._life.connected()
            self._recorded.connected()
            self._greet()
        self._session.release()

    def _greet(self) -> None:
        is_back = bool(self._settings.history)
        if not is_back and self._recorded.has_to_ask(self._modality):
            if self._voice.disclosure.is_owed:
                self._voice.want_disclosure(None)
            self._desk.ask_to_record(greets=True)
        elif self._voice.disclosure.is_owed:
            is_asked = bool(self._response.wishes)  # who wants something already needs no greeting
            self._voice.want_disclosure(None if is_asked else self._settings.greeting)
        elif self._settings.greeting and is_back:  # what became of the question
            self._owed.say("return", self._settings.greeting)
        elif self._settings.greeting and not self._response.wishes:
            self._response.want(Wish(SAY.format(text=self._settings.greeting), uses_tools=False))
        self._ask_to_record()

    def _ask_to_record(self) -> None:
        """Ask in the midst of a conversation that has begun in writing."""
        if self._recorded.has_to_ask(self._modality):
            self._desk.ask_to_record(greets=False)

    def _engine_dropped(self, code: str, message: str, retry_after_s: float | None = None) -> None:
        self._life.begin()
        if self._gives_up_for is not None and self._life.is_open:
            self._session.try_on()  # which is on record
            return
        reason = self._session.drop(code, message, retry_after_s)
        if reason is None:
            return
        if self._life.state is Life.CONNECTING:
            self._close(reason)
        elif self._takeover.is_on:
            self._gives_up_for = reason
            if code not in FATAL_CODES:
                self._session.try_on()
        else:
            self._leave(reason, Notice.GIVING_UP)

    def _provider_is_silent(self) -> None:
        self._engine_dropped("provider_silent", "The provider has stopped answering.")

    def _engine_refused(self, event: ev.EngineRefused) -> None:
        match event.code:
            case "conversation_already_has_active_response":
                self._response.refuse(self._output.now)
            case "response_cancel_not_active":
                self._responding.is_gone()
            case code if code in ev.BUSY_CODES:
                self._responding.turned_down(event)
            case _:
                self._output.incident(event.code, event.message)

    # --- time ---

    def _expire(self) -> None:
        for part in self._timed[self._life.state]:
            part.expire(self._output.now)

    def _is_due(self, due: Due) -> None:
        match due:
            case Due.CALLER_LOST:
                self._close("caller_lost")
            case Due.TIME_LIMIT:
                self._leave("time_limit", Notice.GOODBYE)
            case Due.IDLE | Due.SILENT if self._takeover.is_on:
                self._attendance.sign(self._output.now)  # a person asks that, or does not
            case Due.IDLE:
                self._leave(IDLE, Notice.GOODBYE)
            case Due.SILENT:
                self._voice.notify(Notice.STILL_THERE)
            case _:
                assert_never(due)

    # --- after every event ---

    def _advance(self) -> None:
        if self._life.is_over:
            return
        self._notice_read_back()
        self._owed.watch()
        self._takeover.watch()
        if self._gives_up_for is not None and not self._takeover.is_on:
            self._leave(self._gives_up_for, Notice.GIVING_UP)
        if self._voice.notice_disclosure():
            self._life.keep()
        self._release_turns()
        if self._life.state is Life.LEAVING and self._voice.has_left:
            self._close(self._life.end_reason)
            return
        if self._is_turn_boundary:
            self._use_turn_boundary()
        self._turn_taking.want(self._answers_by_itself)
        self._ask_for_response()
        self._show_floor()
        if self._agent.is_answering:
            self._attendance.agent_heard(self._output.now)
        is_sounding = self._caller.is_speaking or self._turns.has_open_caller_turn
        self._attendance.hold(is_held=is_sounding)
        self._voice.watch_silence(is_owed=self._is_owed)

    @property
    def _is_turn_boundary(self) -> bool:
        """Nobody speaks and nothing is under way."""
        return (
            self._session.is_live
            and not self._response.is_due
            and not self._caller.is_speaking
            and not self._agent.is_audible
            and not self._agent.is_settling
            and not self._turns.has_open_caller_turn
            and self._desk.is_idle
        )

    def _use_turn_boundary(self) -> None:
        if self._is_draining:
            self._leave("service_stopping", Notice.STOPPING)
        elif self._unanswered:  # behind what was said on the return: it is the last that was said
            self._session.read(self._unanswered)
            self._unanswered = ""
            self._response.want(Wish())
        elif self._session.is_old:
            self._session.renew()

    @property
    def _is_owed(self) -> bool:
        """The caller waits for the agent."""
        is_waiting = (
            self._response.is_due
            or self._desk.is_busy
            or (self._life.state is Life.OPEN and not self._session.is_live)
        )
        is_there = self._life.is_open and not self._takeover.is_on and not self._attendance.is_away
        return is_waiting and is_there

    def _notice_read_back(self) -> None:
        response_id = self._confirming.reading
        if response_id is None:
            return
        turns = self._turns.agent_turns(response_id)
        for turn in turns:
            if turn.is_final:
                self._confirming.said(turn.item)
        if all(turn.is_final for turn in turns):
            self._confirming.said_all()

    def _release_turns(self) -> None:
        for turn, record in self._turns.release(self._output):
            self._output.keep(record)
            if isinstance(turn, Remark):
                continue
            self._captions.wait(record, is_to_person=self._takeover.is_on)
            if isinstance(turn, AgentTurn):
                self._agent.forget(turn.item)
                if turn.role is Role.REPRESENTATIVE:
                    self._takeover.speech.told(record)
            told = in_history(record.role, record.heard_text, record.flags)
            self._session.said(record.started_at, told)

    def _ask_for_response(self) -> None:
        may_speak = (
            self._session.is_live
            and self._life.is_open
            and not self._takeover.is_on
            and not self._caller.is_speaking
            and not self._agent.is_settling
            and not self._confirming.awaits_answer()
        )
        if may_speak and self._response.may_request(self._output.now):
            self._session.release()
            wish = self._response.request(self._output.now)
            self._output.order(RequestResponse(wish.instructions, wish.uses_tools))

    @property
    def _answers_by_itself(self) -> bool:
        """The provider may answer the caller's turns before we know what is in them."""
        return self._life.is_open and not self._takeover.is_on and not self._confirming.has_question

    def _show_floor(self) -> None:
        if self._caller.is_speaking:
            holder = Floor.CALLER
        elif self._agent.is_speaking or self._response.state is ResponseState.ACTIVE:
            holder = Floor.AGENT
        elif self._agent.is_audible:
            holder = Floor.REPRESENTATIVE
        else:
            holder = Floor.OPEN
        if holder is not self._floor:
            self._floor = holder
            self._output.order(ShowFloor(holder))

    # --- the end ---

    def _leave(self, reason: str, notice: Notice) -> None:
        """End the conversation once the caller has heard why."""
        if self._life.is_open:
            self._life.say_goodbye(reason)
            self._takeover.leave(is_announced=False)
            self._interrupt(tells_provider=True)
            self._voice.say_goodbye(notice)

    def _close(self, reason: str) -> None:
        self._life.begin()
        self._interrupt(tells_provider=True)
        self._takeover.speech.stop()
        self._life.close(reason)
        self._session.close()
        self._desk.abandon()
        self._agent.abandon()
        self._turns.abandon()
        self._release_turns()
        self._life.keep()
        self._captions.close()
        self._end_if_recorded()

    def _close_on(self, event: ev.Event) -> None:
        """Between the last word and the end, only the database and the clock still matter."""
        if isinstance(event, ev.TurnRecorded):
            self._captions.recorded(event.turn_id)
        self._expire()
        self._end_if_recorded()

    def _end_if_recorded(self) -> None:
        if self._captions.are_done:
            self._life.end()
