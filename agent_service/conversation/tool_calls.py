"""The tool calls of a conversation: each ends in exactly one result or one recorded end."""

import json
import re
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from enum import Enum, auto
from typing import Final

from agent_service.conversation.commands import ShowTool
from agent_service.conversation.events import ToolPrepared
from agent_service.conversation.moves import Moves, after
from agent_service.conversation.records import ToolCallRecord, ToolCallStatus
from agent_service.conversation.spec import ToolPolicy


class ToolCallState(Enum):
    PREPARING = auto()
    """Arguments are being checked and the read-back written."""
    QUEUED = auto()
    """Ready to be read back, behind another one."""
    HELD = auto()
    """Waits for the caller's answer."""
    RUNNING = auto()
    PENDING = auto()
    """The model was told that the outcome comes later."""
    ENDED = auto()


class ToolCallEvent(Enum):
    CLEARED = auto()
    """It may run without a question to the caller."""
    NEEDS_YES = auto()
    OFFERED = auto()
    AGREED = auto()
    REFUSED = auto()
    """The caller did not agree, or was not asked to the end."""
    SUSPENDED = auto()
    """It takes long, or waits for the team: its outcome comes later."""
    FINISHED = auto()
    ABANDONED = auto()
    """The conversation ends."""


_PLACE: Final = re.compile(r"\{(\w+)\}")
_GLANCE: Final = 40
"""Characters of an argument that the caller reads in what is done for them."""

MOVES: Moves[ToolCallEvent, ToolCallState] = {
    ToolCallEvent.CLEARED: {ToolCallState.PREPARING: ToolCallState.RUNNING},
    ToolCallEvent.NEEDS_YES: {ToolCallState.PREPARING: ToolCallState.QUEUED},
    ToolCallEvent.OFFERED: {ToolCallState.QUEUED: ToolCallState.HELD},
    ToolCallEvent.AGREED: {ToolCallState.HELD: ToolCallState.RUNNING},
    ToolCallEvent.REFUSED: {
        ToolCallState.QUEUED: ToolCallState.ENDED,
        ToolCallState.HELD: ToolCallState.ENDED,
    },
    ToolCallEvent.SUSPENDED: {
        ToolCallState.RUNNING: ToolCallState.PENDING,
        ToolCallState.PENDING: ToolCallState.PENDING,
    },
    ToolCallEvent.FINISHED: {
        ToolCallState.PREPARING: ToolCallState.ENDED,
        ToolCallState.RUNNING: ToolCallState.ENDED,
        ToolCallState.PENDING: ToolCallState.ENDED,
    },
    ToolCallEvent.ABANDONED: {
        state: ToolCallState.ENDED for state in ToolCallState if state is not ToolCallState.ENDED
    },
}


@dataclass(slots=True)
class ToolCall:
    id: str
    tool_call_id: str
    response_id: str
    name: str
    title: str
    activity: str
    """What the caller reads of it: "Cancelling order 1007"."""
    arguments: str
    shown_arguments: str
    """Without what no record, log line or screen may hold."""
    requested_at: datetime
    state: ToolCallState
    after: str | None = None
    """The turn behind which the caller reads of it."""
    due_at: float | None = None
    """When the runtime is no longer waited for (being checked, running)."""
    prepared: ToolPrepared | None = None
    confirmation_id: str | None = None
    is_persons: bool = False
    """A representative wants it, not the model."""
    is_told: bool = False
    """The service itself tells the caller how it ended: the model need not."""
    output: str | None = None
    """What the model was told; None until it was told something."""
    answered_at: datetime | None = None
    """When it was told that."""

    @property
    def is_ended(self) -> bool:
        return self.state is ToolCallState.ENDED

    @property
    def has_result(self) -> bool:
        """The model has its one result, be it that the outcome comes later."""
        return self.state in (ToolCallState.PENDING, ToolCallState.ENDED)

    @property
    def awaits_caller(self) -> bool:
        return self.state in (ToolCallState.QUEUED, ToolCallState.HELD)

    def record(
        self, conversation_id: str, status: ToolCallStatus, output: str, ended_at: datetime | None
    ) -> ToolCallRecord:
        return ToolCallRecord(
            id=self.id,
            conversation_id=conversation_id,
            tool_call_id=self.tool_call_id,
            name=self.name,
            arguments=self.shown_arguments,
            status=status,
            output=output,
            requested_at=self.requested_at,
            ended_at=ended_at,
            confirmation_id=self.confirmation_id,
        )

    def shown(self, status: ToolCallStatus, output: str | None = None) -> ShowTool:
        """Return what the caller's client shows of it."""
        arguments = self.shown_arguments
        return ShowTool(
            self.tool_call_id, self.name, self.activity, status.value, arguments, output, self.after
        )

    def may(self, event: ToolCallEvent) -> bool:
        return self.state in MOVES[event]

    def move(self, event: ToolCallEvent) -> None:
        self.state = after(MOVES, self.state, event, f"tool call {self.tool_call_id}")
        self.due_at = None


def activity_of(policy: ToolPolicy, arguments: str) -> str:
    """Return what the caller reads of a call of that tool.

    The title, where the tool says no more, or where an argument that it speaks of is missing or
    too long to be read at a glance.
    """
    if policy.activity is None:
        return policy.title
    try:
        values = json.loads(arguments)
        return _PLACE.sub(lambda place: _at_a_glance(values[place[1]]), policy.activity)
    except (LookupError, TypeError, ValueError):
        return policy.title


def _at_a_glance(value: object) -> str:
    text = str(value).strip()
    if not isinstance(value, str | int) or not 0 < len(text) <= _GLANCE:
        raise ValueError
    return text


def without_secrets(arguments: str, secret: Collection[str]) -> str:
    """Return the arguments, JSON, without the values of those names."""
    if not secret:
        return arguments
    try:
        values = json.loads(arguments)
        return json.dumps({n: "[removed]" if n in secret else v for n, v in values.items()})
    except (ValueError, AttributeError):
        return "[removed]"  # whatever it is, it is not known to be harmless


class ToolCalls:
    """All calls of the conversation, in the order they were asked for."""

    def __init__(self) -> None:
        self._calls: dict[str, ToolCall] = {}
        self._open: list[ToolCall] = []
        """Those that had not ended when it was last looked at: none begins again."""

    def add(self, call: ToolCall) -> None:
        self._calls[call.tool_call_id] = call
        self._open.append(call)

    def find(self, tool_call_id: str) -> ToolCall | None:
        return self._calls.get(tool_call_id)

    def all(self) -> list[ToolCall]:
        return list(self._calls.values())

    def open(self) -> list[ToolCall]:
        self._open = [call for call in self._open if not call.is_ended]
        return list(self._open)

    def awaiting_caller(self) -> list[ToolCall]:
        return [call for call in self.open() if call.awaits_caller]

    def next_queued(self) -> ToolCall | None:
        """Return the call to read back next, if none is held."""
        waiting = self.awaiting_caller()
        if any(call.state is ToolCallState.HELD for call in waiting):
            return None
        return waiting[0] if waiting else None

    def of_response(self, response_id: str) -> list[ToolCall]:
        return [call for call in self._calls.values() if call.response_id == response_id]

    def are_settled(self, response_id: str) -> bool:
        """Every call of the response has a result, and the model is to speak of one of them."""
        calls = self.of_response(response_id)
        return all(call.has_result for call in calls) and not all(call.is_told for call in calls)

    def deadline(self) -> float | None:
        return min((call.due_at for call in self.open() if call.due_at is not None), default=None)

    def overdue(self, now: float) -> list[ToolCall]:
        return [call for call in self.open() if call.due_at is not None and now >= call.due_at]
