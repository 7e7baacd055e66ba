"""A person of the team in the conversation: who speaks for our side now, from taking over to
handing back.

While they are there the agent is silent. Nothing of the agent's that needs a yes stays open behind
their back. docs/people.md has the rules as a table.
"""

from enum import Enum, auto
from typing import assert_never

from agent_service.conversation import events as ev
from agent_service.conversation.agent_speech import AgentSpeech
from agent_service.conversation.attendance import Attendance
from agent_service.conversation.briefing import Briefing
from agent_service.conversation.commands import (
    DeskStatus,
    HandoffStatus,
    ShowHandoff,
    TellRepresentative,
)
from agent_service.conversation.moves import Moves, after
from agent_service.conversation.output import Output
from agent_service.conversation.phrases import DROPPED_OUT, JOINED, LEFT, WHISPER
from agent_service.conversation.representative_speech import RepresentativeSpeech
from agent_service.conversation.response import ResponseMachine
from agent_service.conversation.service_voice import ServiceVoice
from agent_service.conversation.spec import Notice
from agent_service.conversation.tool_desk import ToolDesk
from agent_service.conversation.turns import CAME, WENT, Remark, Turns, came, went
from agent_service.conversation.wishes import Wish

LEASE_S = 15.0
"""How long the caller waits for a representative whose line is gone."""


class Stage(Enum):
    ABSENT = auto()
    """The agent answers."""
    JOINING = auto()
    """The agent comes to the end of what it may still say."""
    SPEAKING = auto()
    CUT_OFF = auto()
    """Their line is gone."""


class StageEvent(Enum):
    JOINED = auto()
    QUIET = auto()
    """The agent has come to its end."""
    DROPPED = auto()
    LEFT = auto()


MOVES: Moves[StageEvent, Stage] = {
    StageEvent.JOINED: {
        Stage.ABSENT: Stage.JOINING,
        Stage.CUT_OFF: Stage.JOINING,
        Stage.JOINING: Stage.JOINING,
        Stage.SPEAKING: Stage.JOINING,
    },
    StageEvent.QUIET: {Stage.JOINING: Stage.SPEAKING},
    StageEvent.DROPPED: {Stage.JOINING: Stage.CUT_OFF, Stage.SPEAKING: Stage.CUT_OFF},
    StageEvent.LEFT: {
        Stage.JOINING: Stage.ABSENT,
        Stage.SPEAKING: Stage.ABSENT,
        Stage.CUT_OFF: Stage.ABSENT,
    },
}


class Takeover:
    def __init__(
        self,
        output: Output,
        turns: Turns,
        response: ResponseMachine,
        agent: AgentSpeech,
        desk: ToolDesk,
        voice: ServiceVoice,
        briefing: Briefing,
        attendance: Attendance,
        *,
        transcript_s: float,
    ) -> None:
        self._output = output
        self._turns = turns
        self._response = response
        self._agent = agent
        self._desk = desk
        self._voice = voice
        self._briefing = briefing
        self._attendance = attendance
        self.speech = RepresentativeSpeech(
            output, turns, agent, briefing, desk.confirming, transcript_s=transcript_s
        )
        self._stage = Stage.ABSENT
        self._name = ""
        self._back_by: float | None = None
        self._unwritten_answers: set[str] = set()
        """What they said to the caller who waited for an answer, and of which no words are known
        yet."""
        self._told: DeskStatus | None = None
        """What the representative was told last."""

    @property
    def name(self) -> str | None:
        """Who has taken the conversation over."""
        return self._name if self.is_on else None

    @property
    def is_on(self) -> bool:
        """The agent is to be silent."""
        return self._stage is not Stage.ABSENT

    # --- coming and going ---

    def join(self, name: str) -> bool:
        """Take the conversation over; False for who is only back, or is not the one who has it."""
        if self.is_on:
            if name == self._name:
                self._move(StageEvent.JOINED)
                self._back_by = None
            return False
        self._move(StageEvent.JOINED)
        self._name = name
        self._voice.is_quiet = True
        self._desk.take_over(name)
        self._response.wishes.drop(lambda wish: not (wish.is_plain or wish.is_insisted_on))
        self._briefing.note(JOINED.format(name=name))
        self._remark(came(name), CAME)
        self._output.order(ShowHandoff(HandoffStatus.JOINED, name, self._output.turn_id))
        return True

    def announce(self) -> None:
        """Tell the caller, once the agent has been stopped."""
        self._voice.notify(Notice.JOINED)

    def drop(self) -> None:
        """Their line is gone: the caller waits for them a while."""
        if self._stage not in MOVES[StageEvent.DROPPED]:
            return
        self.speech.stop()
        self._move(StageEvent.DROPPED)
        self._back_by = self._output.now + LEASE_S
        self._voice.notify(Notice.CUT_OFF)

    def leave(self, *, is_cut_off: bool = False, is_announced: bool = True) -> None:
        """Give the conversation back to the agent, unless it has it."""
        if not self.is_on:
            return
        self.speech.stop()
        self._move(StageEvent.LEFT)
        self._back_by = None
        if self._turns.waiting_since is not None:
            self._turns.waiting_since = self._output.now  # only from now on for the agent
        self._desk.give_back()
        self._voice.is_quiet = False
        self._briefing.note((DROPPED_OUT if is_cut_off else LEFT).format(name=self._name))
        self._remark(went(self._name, is_cut_off=is_cut_off), WENT)
        self._output.order(ShowHandoff(HandoffStatus.LEFT, self._name, self._output.turn_id))
        if is_announced:
            self._voice.notify(Notice.LEFT)
        self._tell(DeskStatus.LEFT)

    # --- what they say and do ---

    def take(
        self,
        event: ev.RepresentativeSpoke
        | ev.RepresentativeFellSilent
        | ev.RepresentativeTyped
        | ev.RepresentativeAskedTool,
    ) -> None:
        """Do as they say; nothing before they have the floor, or while nobody hears them."""
        if self._stage is not Stage.SPEAKING:
            return
        match event:
            case ev.RepresentativeSpoke(audio):
                if self._attendance.is_away:
                    self.speech.stop()
                elif (item_id := self.speech.hear(audio)) is not None:
                    self._may_have_answered(item_id)
            case ev.RepresentativeFellSilent():
                self.speech.stop()
            case ev.RepresentativeTyped(text):
                self.speech.typed(text)
                self._response.wishes.drop(lambda wish: wish.is_plain)
                self._unwritten_answers.clear()
                self._response.disown()
            case ev.RepresentativeAskedTool():
                self._desk.request_for_person(event)
            case _:
                assert_never(event)

    def whisper(self, name: str, text: str) -> None:
        """Tell the model what the caller does not hear; it speaks when it next may."""
        self._briefing.note(WHISPER.format(text=text))
        self._remark(f"{name} to the agent: {text}", "whisper")
        self._response.want(Wish())

    def transcribed(self, event: ev.RepresentativeTranscribed) -> None:
        """Take the words of a turn of theirs; a noise was no answer to the caller."""
        self.speech.transcribed(event)
        if event.item_id not in self._unwritten_answers:
            return
        self._unwritten_answers.discard(event.item_id)
        if event.text is None or event.text.strip():
            self._unwritten_answers.clear()
        elif not self._unwritten_answers:
            self._response.want(Wish())

    def _may_have_answered(self, item_id: str) -> None:
        """What the caller said was said to a person, who answers it, if what sounds are words."""
        is_waiting = self._response.wishes.take_plain() is not None
        if self._response.disown() or is_waiting or self._unwritten_answers:
            self._unwritten_answers.add(item_id)

    def _remark(self, text: str, flag: str) -> None:
        output = self._output
        started_ms = round(output.now_ms)
        self._turns.add(Remark(output.new_turn_id(), text, flag, output.utc(), started_ms))

    # --- after every event, and time ---

    def watch(self) -> None:
        """Give them the floor once the agent is silent, and say how it stands."""
        if self._stage is Stage.JOINING and self._is_agent_silent:
            self._move(StageEvent.QUIET)
        match self._stage:
            case Stage.ABSENT:
                self._told = None
            case Stage.JOINING:
                self._tell(DeskStatus.JOINING)
            case Stage.SPEAKING:
                is_away = self._attendance.is_away
                self._tell(DeskStatus.CALLER_AWAY if is_away else DeskStatus.SPEAKING)
            case Stage.CUT_OFF:
                self._tell(DeskStatus.CUT_OFF)
            case _:
                assert_never(self._stage)

    @property
    def _is_agent_silent(self) -> bool:
        """Nothing of the agent's sounds, nor will: what the caller has to hear is not stopped."""
        under_way = self._response.under_way
        is_disclosing = under_way is not None and under_way.is_disclosure
        return not (self._agent.is_speaking or is_disclosing)

    def _tell(self, status: DeskStatus) -> None:
        if status is not self._told:
            self._told = status
            self._output.order(TellRepresentative(status))

    def deadline(self) -> float | None:
        dues = (self._back_by, self.speech.deadline())
        return min((due for due in dues if due is not None), default=None)

    def expire(self, now: float) -> None:
        self.speech.expire(now)
        if self._back_by is not None and now >= self._back_by:
            self.leave(is_cut_off=True)

    def _move(self, event: StageEvent) -> None:
        self._stage = after(MOVES, self._stage, event, "representative")
