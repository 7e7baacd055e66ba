"""The order of turns: each is recorded once, in the order spoken, however late its words arrive."""

import re
from collections.abc import Callable, Collection
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Final, TypeAlias

from agent_service.conversation.output import Output
from agent_service.conversation.phrases import SERVICE_SAID
from agent_service.conversation.playback import AgentItem
from agent_service.conversation.records import Modality, Role, TurnRecord, Usage
from agent_service.conversation.spec import HistoryTurn

NO_TRANSCRIPT = "no_transcript"
"""The flag of a turn whose words were not known in time."""

NOTICE = "notice"
"""The flag of what the service said itself; stands for the response of that, too."""


@dataclass(slots=True)
class CallerTurn:
    turn_id: str
    item_id: str | None
    modality: Modality
    started_at: datetime
    started_ms: int
    words_from_ms: int | None = None
    """Behind the silence that the provider keeps from before them."""
    words_until_ms: int | None = None
    """Where somebody else than the provider says when the turn is over."""
    ended_ms: int | None = None
    ended_at: datetime | None = None
    text: str = ""
    spoken_from_ms: int = 0
    """By the provider's count of what its session was sent."""
    heard_ms: int = 0
    """How much of it the provider was sent."""
    due_at: float | None = None
    """When the turn is recorded without its transcript; every spoken turn has such a time."""
    usage: Usage | None = None
    """What writing it down took."""
    flags: list[str] = field(default_factory=list)
    is_final: bool = False

    def record(self, output: Output, seq: int) -> TurnRecord:
        ended_ms = round(output.now_ms) if self.ended_ms is None else self.ended_ms
        from_ms = self.started_ms if self.words_from_ms is None else self.words_from_ms
        until_ms = ended_ms if self.words_until_ms is None else self.words_until_ms
        is_spoken = self.modality is Modality.AUDIO
        return TurnRecord(
            turn_id=self.turn_id,
            conversation_id=output.conversation_id,
            seq=seq,
            role=Role.CALLER,
            modality=self.modality,
            text=self.text,
            heard_text=self.text,
            heard_ms=self.heard_ms,
            is_interrupted=False,
            started_at=self.started_at,
            ended_at=self.ended_at or output.utc(),
            started_ms=self.started_ms,
            ended_ms=ended_ms,
            audio_start_ms=min(from_ms, until_ms) if is_spoken else None,
            audio_end_ms=until_ms if is_spoken else None,
            usage=self.usage,
            item_id=self.item_id,
            flags=tuple(self.flags),
        )


@dataclass(slots=True)
class AgentTurn:
    turn_id: str
    item: AgentItem
    started_at: datetime
    first_audio_ms: int | None = None
    usage: Usage | None = None
    is_response_over: bool = False
    """Nothing more comes of it; of a representative, also no words any more."""
    flags: list[str] = field(default_factory=list)
    role: Role = Role.AGENT
    """Who says it: the agent, or a representative, whose words come after the sound."""
    due_at: float | None = None
    """When the turn of a representative is recorded without its words."""

    @property
    def is_final(self) -> bool:
        return self.is_response_over and self.item.is_finished

    def record(self, output: Output, seq: int) -> TurnRecord:
        item = self.item
        heard_text = item.heard_text()
        heard_from, heard_until = map(output.ms, item.heard_span(output.now))
        sound_from, sound_until = map(output.ms, item.sounding_span(output.now))
        was_heard = item.is_spoken and item.heard_ms > 0
        flags = list(self.flags)
        if item.is_unacknowledged:
            flags.append("playback_unacknowledged")
        if not item.is_complete and not item.is_cut:
            flags.append("cut_off")
        if item.is_complete and item.is_mute:
            flags.append("too_little_sound")
        is_agents = self.role is Role.AGENT
        return TurnRecord(
            turn_id=self.turn_id,
            conversation_id=output.conversation_id,
            seq=seq,
            role=self.role,
            modality=Modality.AUDIO if item.is_spoken else Modality.TEXT,
            text=item.text,
            heard_text=heard_text,
            heard_ms=item.heard_ms,
            is_interrupted=item.is_cut,
            started_at=self.started_at,
            ended_at=output.utc(),
            started_ms=heard_from,
            ended_ms=heard_until,
            audio_start_ms=sound_from if was_heard else None,
            audio_end_ms=sound_until if was_heard else None,
            first_audio_ms=self.first_audio_ms,
            usage=self.usage,
            item_id=item.item_id,
            response_id=item.response_id if is_agents else None,
            flags=tuple(flags),
        )


@dataclass(slots=True)
class Remark:
    """What is on record in its place and no caller heard: who came and went, and whispers."""

    turn_id: str
    text: str
    flag: str
    started_at: datetime
    started_ms: int
    is_final: bool = True

    def record(self, output: Output, seq: int) -> TurnRecord:
        return remark(
            turn_id=self.turn_id,
            conversation_id=output.conversation_id,
            seq=seq,
            text=self.text,
            flag=self.flag,
            at=self.started_at,
            at_ms=self.started_ms,
        )


Turn: TypeAlias = CallerTurn | AgentTurn | Remark


def remark(
    *,
    turn_id: str,
    conversation_id: str,
    seq: int,
    text: str,
    flag: str,
    at: datetime,
    at_ms: int,
) -> TurnRecord:
    """Return what is on record of a remark."""
    return TurnRecord(
        turn_id=turn_id,
        conversation_id=conversation_id,
        seq=seq,
        role=Role.SYSTEM,
        modality=Modality.TEXT,
        text=text,
        heard_text="",
        heard_ms=0,
        is_interrupted=False,
        started_at=at,
        ended_at=at,
        started_ms=at_ms,
        ended_ms=at_ms,
        flags=(flag,),
    )


CAME: Final = "joined"
WENT: Final = "left"
"""Of remarks on a person of the team."""
_WHOM: Final = re.compile(
    r"(.*?)(?: was cut off and)? has (?:joined|left) the conversation\.", re.S
)


def came(name: str) -> str:
    """Return the remark that somebody of the team came."""
    return f"{name} has joined the conversation."


def went(name: str, *, is_cut_off: bool) -> str:
    """Return the remark that they went."""
    return f"{name}{' was cut off and' if is_cut_off else ''} has left the conversation."


def whom(remark: str) -> str:
    """Return the name of whom such a remark is."""
    found = _WHOM.fullmatch(remark)
    return found[1] if found else ""


def in_history(role: Role, text: str, flags: Collection[str]) -> HistoryTurn:
    """Return how a later provider session learns of a turn.

    What the service said itself is told to it, as to the session before: it answered nobody.
    """
    if NOTICE in flags and text:
        return HistoryTurn(Role.SYSTEM, SERVICE_SAID.format(text=text))
    return HistoryTurn(role, text)


KEPT_WORDLESS = 20
"""How many recorded turns may still get their words."""


class Turns:
    """Turns not yet recorded, in the order they began."""

    def __init__(self, *, recorded: int, lost: Callable[[CallerTurn], None]) -> None:
        """``lost`` is told of each turn whose words do not come any more."""
        self._lost = lost
        self._waiting: list[Turn] = []
        self._seq = recorded
        self._wordless: dict[str, TurnRecord] = {}
        """Turns that went on record before their words were known, by item."""
        self.waiting_since: float | None = None
        """When the caller had finished what the agent has not begun to answer."""

    def add(self, turn: Turn) -> None:
        self._waiting.append(turn)

    def discard(self, turn: CallerTurn) -> None:
        """It was no turn after all."""
        self._waiting.remove(turn)

    def take_late(self, item_id: str, text: str, usage: Usage | None) -> TurnRecord | None:
        """Return the recorded turn of that item with the words that have come at last."""
        record = self._wordless.pop(item_id, None)
        if record is None:
            return None
        flags = (*(flag for flag in record.flags if flag != NO_TRANSCRIPT), "late_transcript")
        return replace(record, text=text, heard_text=text, usage=usage, flags=flags)

    def as_they_stand(self) -> list[tuple[datetime, HistoryTurn]]:
        """Return what was said so far in turns that are not on record yet."""
        return [
            (turn.started_at, in_history(Role.CALLER, turn.text, turn.flags))
            if isinstance(turn, CallerTurn)
            else (turn.started_at, in_history(turn.role, turn.item.sent_text(), turn.flags))
            for turn in self._waiting
            if not isinstance(turn, Remark)  # which is among the notes
        ]

    def caller_turn(self, item_id: str) -> CallerTurn | None:
        for turn in self._waiting:
            if isinstance(turn, CallerTurn) and turn.item_id == item_id:
                return turn
        return None

    def agent_turn(self, item: AgentItem) -> AgentTurn:
        """Return the turn of an item that is still being generated."""
        return next(turn for turn in self._said() if turn.item is item)

    def all_agent_turns(self) -> list[AgentTurn]:
        """Return those of the agent itself."""
        return [turn for turn in self._said() if turn.role is Role.AGENT]

    def representative_turn(self, item_id: str) -> AgentTurn | None:
        for turn in self._said():
            if turn.role is Role.REPRESENTATIVE and turn.item.item_id == item_id:
                return turn
        return None

    def _said(self) -> list[AgentTurn]:
        """Return what our side says, the agent or a representative."""
        return [turn for turn in self._waiting if isinstance(turn, AgentTurn)]

    def agent_turns(self, response_id: str) -> list[AgentTurn]:
        return [t for t in self.all_agent_turns() if t.item.response_id == response_id]

    def expire(self, now: float) -> None:
        """Give up waiting for transcripts that are overdue."""
        for turn in self._waiting:
            if isinstance(turn, Remark) or turn.due_at is None or now < turn.due_at:
                continue
            if isinstance(turn, AgentTurn):
                turn.due_at = None
                turn.item.is_unwritten = False
                turn.flags.append(NO_TRANSCRIPT)
                turn.is_response_over = True
            elif not turn.is_final:
                turn.flags.append(NO_TRANSCRIPT)
                turn.is_final = True
                self._lost(turn)

    @property
    def has_open_caller_turn(self) -> bool:
        return any(isinstance(turn, CallerTurn) and not turn.is_final for turn in self._waiting)

    def give_up_words(self, now: float) -> None:
        """The words that are not known yet will not come any more."""
        for turn in self._waiting:
            if isinstance(turn, CallerTurn) and not turn.is_final:
                turn.due_at = now
                turn.flags.append("cut_off")

    def abandon(self) -> None:
        """Make every turn final as it stands: the conversation ends."""
        for turn in self._waiting:
            if isinstance(turn, AgentTurn):
                if turn.role is Role.REPRESENTATIVE and not turn.is_response_over:
                    turn.flags.append(NO_TRANSCRIPT)
                turn.is_response_over = True
            elif isinstance(turn, CallerTurn) and not turn.is_final:
                turn.flags.append(NO_TRANSCRIPT)
                turn.is_final = True

    def release(self, output: Output) -> list[tuple[Turn, TurnRecord]]:
        """Take out, in order, the turns that are final and have nothing unfinished before them."""
        released = []
        while self._waiting and self._waiting[0].is_final:
            turn = self._waiting.pop(0)
            self._seq += 1
            record = turn.record(output, self._seq)
            released.append((turn, record))
            if NO_TRANSCRIPT in record.flags and record.item_id is not None:
                self._wordless[record.item_id] = record
                while len(self._wordless) > KEPT_WORDLESS:
                    del self._wordless[next(iter(self._wordless))]
        return released

    def deadline(self) -> float | None:
        dues = [
            turn.due_at
            for turn in self._waiting
            if not isinstance(turn, Remark)
            and turn.due_at is not None
            and not (isinstance(turn, CallerTurn) and turn.is_final)
        ]
        return min(dues, default=None)
