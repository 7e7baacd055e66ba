"""The provider session as the rules see it: live, lost and replaced, renewed before it expires.

What the caller says meanwhile is kept for the next session, and that one learns what was said and
done before it.
"""

from datetime import datetime
from enum import Enum, auto

from agent_service.conversation.agent_speech import AgentSpeech
from agent_service.conversation.arrivals import Arrivals
from agent_service.conversation.caller_sound import Loss, Losses
from agent_service.conversation.caller_speech import CallerSpeech
from agent_service.conversation.commands import CommitAudio, ReopenEngine, SendAudio, SendText
from agent_service.conversation.moves import Moves, after
from agent_service.conversation.output import Output
from agent_service.conversation.provider_loss import ProviderLoss
from agent_service.conversation.responding import LONG_WAIT_S
from agent_service.conversation.response import ResponseMachine, ResponseState
from agent_service.conversation.service_voice import ServiceVoice
from agent_service.conversation.spec import HistoryToolRound, HistoryTurn, Notice
from agent_service.conversation.tool_desk import ToolDesk
from agent_service.conversation.turn_taking import TurnTaking
from agent_service.conversation.turns import Turns
from agent_service.conversation.wishes import Wish

RENEW_SHARE = 0.9
"""Of a provider session's life: from then on it is renewed between two turns."""

FATAL_CODES = frozenset({"provider_refused_key", "provider_no_deployment", "insufficient_quota"})

TRY_ON_S = 10.0
"""From one try to the next while a person speaks with the caller, who need no provider."""

QUIET_LOSSES = frozenset({"session_expired"})
"""The caller need not know of these: nothing went wrong."""


class SessionState(Enum):
    OPENING = auto()
    """The first one is being opened."""
    LIVE = auto()
    OLD = auto()
    """Live, and near the end of the time that the provider gives it."""
    LOST = auto()
    """Another one is being opened, or none will be any more."""


class SessionEvent(Enum):
    READY = auto()
    AGED = auto()
    GONE = auto()
    """It dropped, could not be opened, or is given up for the next one."""


MOVES: Moves[SessionEvent, SessionState] = {
    SessionEvent.READY: {
        SessionState.OPENING: SessionState.LIVE,
        SessionState.LOST: SessionState.LIVE,
    },
    SessionEvent.AGED: {SessionState.LIVE: SessionState.OLD},
    SessionEvent.GONE: dict.fromkeys(SessionState, SessionState.LOST),
}


class ProviderSession:
    def __init__(
        self,
        output: Output,
        response: ResponseMachine,
        turns: Turns,
        agent: AgentSpeech,
        caller: CallerSpeech,
        desk: ToolDesk,
        voice: ServiceVoice,
        *,
        before: tuple[HistoryTurn | HistoryToolRound, ...],
        turn_taking: TurnTaking,
    ) -> None:
        self._output = output
        self._response = response
        self._turns = turns
        self._agent = agent
        self._caller = caller
        self._desk = desk
        self._voice = voice
        self._turn_taking = turn_taking
        self._loss = ProviderLoss(before)
        self._arrivals = Arrivals()
        self._losses = Losses(output)
        self._is_congested = False
        self._state = SessionState.OPENING
        self._renew_at: float | None = None

    @property
    def is_live(self) -> bool:
        return self._state in (SessionState.LIVE, SessionState.OLD)

    @property
    def is_old(self) -> bool:
        """It is to be replaced at the next turn boundary."""
        return self._state is SessionState.OLD

    @property
    def is_first(self) -> bool:
        """None was live so far."""
        return self._state is SessionState.OPENING

    # --- what it is told ---

    def hear(self, audio: bytes, *, is_muted: bool) -> None:
        """Give the provider what the caller says; while it is away, the sound is kept."""
        place = self._arrivals.place(audio, self._output.now_ms)
        if is_muted:
            audio = bytes(len(audio))
        self._caller.hear(audio, place)
        command = SendAudio(audio, place)
        if self.is_live and not self._is_congested:
            if is_muted:
                self._losses.mark(Loss.MUTED, place)
            else:
                self._losses.close()
            self._send_sound(command)
        elif self.is_live or self.is_first:
            self._losses.mark(Loss.DROPPED, place)
        else:
            self._hold(command)

    def refuse(self, audio: bytes) -> None:
        """Take note of sound that was not let in."""
        self._losses.mark(Loss.DROPPED, self._arrivals.place(audio, self._output.now_ms))

    def congested(self, is_congested: bool) -> None:
        """The provider does not take what it is sent, or takes it again."""
        self._is_congested = is_congested and self.is_live
        self._losses.close()

    def read(self, text: str, picture: bytes | None = None) -> None:
        """Take a typed turn; what has to be said first comes before it."""
        self._give(SendText(text, picture), is_kept=self._response.is_disclosure_due)

    def commit(self) -> None:
        self._give(CommitAudio())

    def _give(self, command: SendText | CommitAudio, *, is_kept: bool = False) -> None:
        if self.is_live and not is_kept:
            self._send(command)
        else:
            self._hold(command)

    def _hold(self, command: SendAudio | SendText | CommitAudio) -> None:
        pushed_out = self._loss.hold(command)
        if isinstance(pushed_out, SendAudio):
            self._losses.mark(Loss.DROPPED, pushed_out.place)

    def release(self) -> None:
        """Give the provider what the caller said while it could not be given."""
        for command in self._loss.release(with_text=not self._response.is_disclosure_due):
            if isinstance(command, SendAudio):
                self._losses.mark(Loss.LATE, command.place)
            self._send(command)

    def _send(self, command: SendAudio | SendText | CommitAudio) -> None:
        if isinstance(command, SendAudio):
            self._send_sound(command)
            return
        if isinstance(command, CommitAudio):
            self._caller.sound_committed()
        self._output.order(command)

    def _send_sound(self, command: SendAudio) -> None:
        self._caller.sound_sent(command.place, command.audio)
        self._output.order(command)

    def close(self) -> None:
        """No other session comes: what is kept for it is lost."""
        for command in self._loss.release(with_text=True):
            if isinstance(command, SendAudio):
                self._losses.mark(Loss.DROPPED, command.place)
        self._losses.close()

    def said(self, at: datetime, turn: HistoryTurn) -> None:
        """Remember a turn for the sessions to come."""
        self._loss.said(at, turn)

    # --- its life ---

    def ready(self, expires_in_s: float | None, *, can_switch_answering: bool) -> None:
        self._move(SessionEvent.READY)
        self._turn_taking.opened(can_switch=can_switch_answering)
        if expires_in_s is not None:
            self._renew_at = self._output.now + RENEW_SHARE * expires_in_s
        self._desk.engine_is_live()

    def is_well(self) -> None:
        """It has completed a response."""
        self._loss.recover()

    def drop(self, code: str, message: str, retry_after_s: float | None) -> str | None:
        """Have another session opened; or return why there will be none."""
        was_live, was_first = self.is_live, self.is_first
        is_fatal = was_first or code in FATAL_CODES
        now = self._output.now
        is_given_up = is_fatal or self._loss.is_last(now, retry_after_s)
        is_shown = is_given_up or (was_live and code not in QUIET_LOSSES)
        self._output.incident(code, message, is_shown=is_shown)
        self._lose()
        if is_given_up:
            return code if is_fatal else "provider_lost"
        since = self._response.unanswered_since
        delay_s = self._loss.count(now if since is None else since, retry_after_s)
        self._reopen(delay_s)
        if delay_s > LONG_WAIT_S and not self._agent.is_audible:
            self._voice.notify(Notice.WAIT)
        return None

    def try_on(self) -> None:
        """Have another session opened though it was given up: nobody waits for it."""
        self._lose()
        self._reopen(TRY_ON_S)

    def renew(self) -> None:
        """Replace the session before it expires."""
        self._lose()
        self._reopen(0.0)

    def deadline(self) -> float | None:
        return self._renew_at

    def expire(self, now: float) -> None:
        if self._renew_at is not None and now >= self._renew_at:
            self._move(SessionEvent.AGED)
            self._renew_at = None

    def _reopen(self, delay_s: float) -> None:
        past = self._loss.past(self._desk.history(), self._turns.as_they_stand())
        self._output.order(ReopenEngine(past, delay_s))

    def _lose(self) -> None:
        """Take along what the session was doing; the next one goes on with it."""
        self._move(SessionEvent.GONE)
        self._renew_at = None
        self._is_congested = False
        self._turn_taking.lost()
        if not self._turn_taking.finds_turns and self._caller.uncommitted_sound is not None:
            self._losses.mark(Loss.DROPPED, *self._caller.uncommitted_sound)
        lost = self._response.under_way
        has_begun = self._response.state is ResponseState.ACTIVE
        is_speech_lost = self._caller.is_speaking or self._turns.has_open_caller_turn
        self._desk.engine_is_lost()
        self._agent.engine_is_lost()
        self._response.reset()
        self._caller.engine_is_lost()
        if is_speech_lost and self._voice.notify(Notice.REPEAT):
            return
        if lost is None and is_speech_lost:
            lost = Wish()
        if lost is not None and not self._has_own_rules(lost, has_begun=has_begun):
            self._response.want(lost)

    @staticmethod
    def _has_own_rules(lost: Wish, *, has_begun: bool) -> bool:
        """A question, and what the caller is owed or has to hear, is said again by other rules."""
        is_said_again = lost.confirmation_id is not None or lost.owed is not None
        return is_said_again or (lost.is_disclosure and has_begun)

    def _move(self, event: SessionEvent) -> None:
        self._state = after(MOVES, self._state, event, "provider session")
