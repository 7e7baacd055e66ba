"""Makes news of what conversations put on record and show: for those who watch them live.

News is a sink as the log is, and cannot be taken back either: it holds what a log line may hold. A
caption that is still growing is therefore told by whole sentences, each read together with all that
was said before, as if the turn ended there.
"""

import asyncio
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, Final

import structlog

from agent_service.clock import Clock
from agent_service.conversation.commands import (
    CallerCommand,
    HandoffStatus,
    ShowFloor,
    ShowHandoff,
    ShowTool,
    ShowTranscript,
)
from agent_service.conversation.records import (
    ConfirmationRecord,
    ConversationRecord,
    IncidentRecord,
    Modality,
    RatingRecord,
    Record,
    ResumptionRecord,
    Role,
    ToolCallRecord,
    ToolCallStatus,
    TurnRecord,
)
from agent_service.news import News, NewsDesk
from agent_service.store.record_fields import Line

QUIET_S: Final = 0.2
"""After a full stop with nothing behind it: had more of the word come, it would have by then."""
LONGEST_CAPTION: Final = 16_000
"""Characters of a caption that is told while it grows; what is longer is told when it is whole."""

_SENTENCE: Final = re.compile(r"""[.!?…]["'”’»)\]]*\s|[。！？]|\n""")  # noqa: RUF001  as written there
_FULL_STOP: Final = re.compile(r"""[.!?…]["'”’»)\]]*\s*$""")  # noqa: RUF001  as written there
_NEVER: Final = datetime(1970, 1, 1, tzinfo=UTC)
_UNDER_WAY: Final = (
    ToolCallStatus.AWAITING_CONFIRMATION,
    ToolCallStatus.RUNNING,
    ToolCallStatus.AWAITING_APPROVAL,
)

_log = structlog.get_logger()


@dataclass(slots=True)
class _Caption:
    """A turn's words as far as they have come."""

    role: Role
    text: str = ""
    told: int = 0
    """Characters of the text that were told."""
    shown: str = ""
    """As what."""
    quiet: asyncio.TimerHandle | None = None


@dataclass(slots=True)
class _Standing:
    """A conversation that is going on here."""

    head: dict[str, Any]
    began_at: datetime
    clock_zero: float
    """Our clock's seconds when the conversation began."""
    turns: int = 0
    calls: set[str] = field(default_factory=set)
    under_way: dict[str, dict[str, str]] = field(default_factory=dict)
    """Of the calls those that run or wait for somebody, as they are told."""
    holder: str = ""
    """Whose turn it is to speak; empty before anyone had it."""
    handoff: str = ""
    """How it stands with a person of the team; empty where none was asked for or all have left."""
    representative: str = ""
    """Who of the team speaks with the caller."""
    briefing: Mapping[str, Any] = field(default_factory=dict)
    """What the team was told when the caller asked for a person."""
    incidents: int = 0
    captions: dict[str, _Caption] = field(default_factory=dict)
    """By turn, until it is on record."""

    def facts(self) -> dict[str, Any]:
        return self.head | {
            "turn_count": self.turns,
            "tool_call_count": len(self.calls),
            "incident_count": self.incidents,
            **({"holder": self.holder} if self.holder else {}),
            **({"handoff": self.handoff} if self.handoff else {}),
            **({"representative": self.representative} if self.handoff == "joined" else {}),
            **({"tools": list(self.under_way.values())} if self.under_way else {}),
        }

    def note_call(self, tool_call_id: str, name: str, status: str, **more: str) -> None:
        """Note how a call stands."""
        if status in _UNDER_WAY:
            known = self.under_way.get(tool_call_id, {})
            told = {"name": name, "status": str(status), **more}
            self.under_way[tool_call_id] = known | told
        else:
            self.under_way.pop(tool_call_id, None)


class Reporter:
    """Tells the desk what happens. ``preview`` returns a turn as a log line may hold it so far."""

    def __init__(
        self, desk: NewsDesk, clock: Clock, preview: Callable[[TurnRecord], TurnRecord]
    ) -> None:
        self._desk = desk
        self._clock = clock
        self._preview = preview
        self._standing: dict[str, _Standing] = {}

    def going_on(self) -> list[News]:
        """Return the conversations that are going on, as they stand."""
        return [News("going_on", self._placed(one, one.facts())) for one in self._standing.values()]

    def ringing(self) -> list[dict[str, Any]]:
        """Return the conversations whose callers wait for a person, with their briefings."""
        return [
            one.facts() | dict(one.briefing)
            for one in self._standing.values()
            if one.handoff == HandoffStatus.REQUESTED and one.briefing
        ]

    def logged(self, record: Record, line: Line) -> None:
        """Tell of a record, which is as its log line has it."""
        self._attempt(self._logged, record, line)

    def shown(self, conversation_id: str, command: CallerCommand) -> None:
        """Tell of what the caller is shown and is on record later, or not at all."""
        self._attempt(self._shown, conversation_id, command)

    def rang(self, conversation_id: str, briefing: Mapping[str, Any]) -> None:
        """A caller asks for a person: everybody of the team hears it."""
        standing = self._standing.get(conversation_id)
        if standing is not None:
            standing.briefing = briefing
            self._publish(standing, "hand_over", briefing, is_overview=True)

    def left(self, conversation_id: str) -> None:
        """Another process serves the conversation now."""
        if self._standing.pop(conversation_id, None) is not None:
            self._desk.let_go(conversation_id)

    def _attempt(self, step: Callable[..., None], *arguments: object) -> None:
        """Keep a defect of ours from what it only tells of: no call ends because of news."""
        try:
            step(*arguments)
        except Exception:
            _log.exception("news_failed")

    # --- what goes on record ---

    def _logged(self, record: Record, line: Line) -> None:
        if isinstance(record, ResumptionRecord):
            return
        if isinstance(record, ConversationRecord):
            self._conversation(record, line.fields)
            return
        standing = self._standing.get(record.conversation_id or "")
        if standing is None:
            if record.conversation_id is None:
                self._desk.publish(None, News("incident", dict(line.fields), is_overview=True))
            return
        match record:
            case TurnRecord(turn_id=turn_id, seq=seq):
                self._forget_caption(standing, turn_id)
                standing.turns = max(standing.turns, seq)
                kind = "turn"
            case ToolCallRecord(tool_call_id=tool_call_id, name=name, status=status):
                standing.calls.add(tool_call_id)
                standing.note_call(tool_call_id, name, status)
                kind = "tool"
            case ConfirmationRecord():
                kind = "confirmation"
            case IncidentRecord():
                standing.incidents += 1
                kind = "incident"
            case RatingRecord(score=score):
                standing.head["rating"] = score
                kind = "rating"
        self._publish(standing, kind, line.fields)
        self._changed(standing)

    def _conversation(self, record: ConversationRecord, fields: Mapping[str, Any]) -> None:
        standing = self._standing.get(record.conversation_id)
        if record.ended_at is not None:
            self._end(record.conversation_id, standing, fields)
            return
        kind = "changed"
        if standing is None:
            kind = "began"
            lasted = max(self._clock.utc() - record.started_at, timedelta())
            zero = self._clock.now() - lasted.total_seconds()
            standing = _Standing({}, record.started_at, zero)
            self._standing[record.conversation_id] = standing
        standing.head |= fields
        self._publish(standing, kind, standing.facts(), is_overview=True)

    def _end(
        self, conversation_id: str, standing: _Standing | None, fields: Mapping[str, Any]
    ) -> None:
        if standing is None:
            return
        standing.head |= fields
        for turn_id in list(standing.captions):
            self._forget_caption(standing, turn_id)
        del self._standing[conversation_id]
        self._publish(standing, "ended", standing.facts(), is_overview=True, is_last=True)

    # --- what the caller is shown ---

    def _shown(self, conversation_id: str, command: CallerCommand) -> None:
        match command:
            case ShowTranscript(is_final=False):
                self._grow(conversation_id, command)
            case ShowFloor(holder=holder):
                self._tell(conversation_id, "floor", {"holder": holder.value})
                if (standing := self._standing.get(conversation_id)) is not None:
                    standing.holder = holder.value
                    self._changed(standing)
            case ShowHandoff(status=status, name=name):
                self._tell(conversation_id, "handoff", {"status": status.value, "name": name})
                if (standing := self._standing.get(conversation_id)) is not None:
                    is_over = status is HandoffStatus.LEFT
                    standing.handoff = "" if is_over else status.value
                    standing.briefing = {}
                    standing.representative = name or ""
                    self._changed(standing)
            case ShowTool(status=ToolCallStatus.RUNNING | ToolCallStatus.AWAITING_APPROVAL):
                # How it was asked for and how it ended is told by its record, which comes once
                # the team has decided.
                call = {
                    "tool_call_id": command.tool_call_id,
                    "name": command.name,
                    "title": self._as_logged(conversation_id, Role.AGENT, command.title),
                    "status": command.status,
                }
                self._tell(conversation_id, "tool", call)
                if (standing := self._standing.get(conversation_id)) is not None:
                    standing.note_call(**call)
                    self._changed(standing)
            case _:
                pass

    def _grow(self, conversation_id: str, command: ShowTranscript) -> None:
        standing = self._standing.get(conversation_id)
        if standing is None:
            return
        caption = standing.captions.setdefault(command.turn_id, _Caption(command.role))
        if caption.quiet is not None:
            caption.quiet.cancel()
            caption.quiet = None
        is_whole = command.text is not None or command.notice is not None
        caption.text = command.text or caption.text + (command.delta or "")
        if len(caption.text) > LONGEST_CAPTION or not self._desk.is_read(conversation_id):
            return
        if is_whole:
            self._tell_caption(conversation_id, command.turn_id, len(caption.text))
            return
        ends = [found.end() for found in _SENTENCE.finditer(caption.text, caption.told)]
        if ends:
            self._tell_caption(conversation_id, command.turn_id, ends[-1])
        if _FULL_STOP.search(caption.text, caption.told):
            caption.quiet = asyncio.get_running_loop().call_later(
                QUIET_S,
                self._attempt,
                *(self._tell_caption, conversation_id, command.turn_id, len(caption.text)),
            )

    def _tell_caption(self, conversation_id: str, turn_id: str, end: int) -> None:
        standing = self._standing.get(conversation_id)
        caption = standing and standing.captions.get(turn_id)
        if not caption:
            return
        caption.told = end
        before = caption.shown
        caption.shown = self._as_logged(conversation_id, caption.role, caption.text[:end])
        facts = {"turn_id": turn_id, "role": caption.role.value, "text": caption.shown}
        if caption.shown.startswith(before):
            facts["delta"] = caption.shown[len(before) :]
        self._tell(conversation_id, "caption", facts)

    def _as_logged(self, conversation_id: str, role: Role, text: str) -> str:
        """Return what a log line may hold of the words so far, as if they were all of a turn."""
        turn = TurnRecord(
            turn_id="",
            conversation_id=conversation_id,
            seq=0,
            role=role,
            modality=Modality.TEXT,
            text=text,
            heard_text=text,
            heard_ms=0,
            is_interrupted=False,
            started_at=_NEVER,
            ended_at=_NEVER,
        )
        return self._preview(turn).text

    def _forget_caption(self, standing: _Standing, turn_id: str) -> None:
        caption = standing.captions.pop(turn_id, None)
        if caption is not None and caption.quiet is not None:
            caption.quiet.cancel()

    # --- to the desk ---

    def _tell(self, conversation_id: str, kind: str, facts: Mapping[str, Any]) -> None:
        standing = self._standing.get(conversation_id)
        if standing is not None:
            self._publish(standing, kind, facts)

    def _changed(self, standing: _Standing) -> None:
        """Tell whoever watches all conversations how this one stands."""
        # Who watches this one has seen what it was.
        changed = News("changed", self._placed(standing, standing.facts()), is_overview=True)
        self._desk.publish(None, changed)

    def _publish(
        self,
        standing: _Standing,
        kind: str,
        facts: Mapping[str, Any],
        *,
        is_overview: bool = False,
        is_last: bool = False,
    ) -> None:
        news = News(kind, self._placed(standing, facts), is_overview, is_last)
        self._desk.publish(standing.head["conversation_id"], news)

    def _placed(self, standing: _Standing, facts: Mapping[str, Any]) -> dict[str, Any]:
        """Add where it lies on the conversation's time axis."""
        at_ms = round((self._clock.now() - standing.clock_zero) * 1000)
        return {"conversation_id": standing.head["conversation_id"], "at_ms": at_ms, **facts}
