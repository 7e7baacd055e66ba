"""What queries answer with: plain rows, independent of the session they were read in.

They have the facts of the records, and what only the database knows.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Generic, TypeVar

from agent_service.conversation.records import (
    CallerLevel,
    ConfirmationFacts,
    ConversationFacts,
    IncidentFacts,
    ToolCallFacts,
    TurnFacts,
)
from agent_service.store.search import Snippet
from agent_service.store.tables import ToolEffect
from agent_service.store.work.tables import WorkState

Row = TypeVar("Row")


@dataclass(frozen=True, slots=True, kw_only=True)
class Hit:
    """What was found of a conversation: a part of one of its turns or tool calls."""

    text: str
    marks: Sequence[tuple[int, int]]
    """Where in it the found words are: start and end."""
    turn_id: str | None
    call_id: str | None
    """Of the tool call, its ``id``."""
    started_ms: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ConversationRow(ConversationFacts):
    """A conversation with how much happened in it."""

    id: str
    customer_id: str | None
    caller_name: str | None
    caller_level: CallerLevel
    duration_ms: int | None
    """Nothing while it goes on."""
    turn_count: int
    interruption_count: int
    """Turns that the other side cut short."""
    heard_share: float | None
    """Of all characters that the agent said or wrote, the part that reached the caller."""
    slowest_first_audio_ms: int | None
    """Of all its turns; the mean of them is the next."""
    mean_first_audio_ms: int | None
    cost_usd: float | None
    """Of all its turns, where prices are known."""
    flags: Sequence[str]
    """The different ones of its turns."""
    confirmations: Sequence[str]
    """How its questions stand or were decided, each once."""
    incidents: Sequence[str]
    """The different codes."""
    incident_count: int
    rating: int | None
    is_recorded: bool
    """There is audio of it."""
    work_state: WorkState | None
    """How far the team is with it; nothing where nobody has begun."""
    waits_until: datetime | None
    """When what waits comes back open."""
    assignee: str | None
    """The user of the desk who sees to it."""
    labels: Sequence[str]
    """Those that the team has put on it."""
    snippet: Hit | None = None
    """Where the words that were searched for are found first."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TurnRow(TurnFacts):
    """A turn."""

    number: int
    """In the order of recording, across conversations."""
    id: str
    input_text_tokens: int | None
    input_audio_tokens: int | None
    cached_text_tokens: int | None
    cached_audio_tokens: int | None
    output_text_tokens: int | None
    output_audio_tokens: int | None
    cost_usd: float | None
    snippet: Snippet | None = None
    """Where the words that were searched for are."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ToolCallRow(ToolCallFacts):
    """A tool call and how it ended."""

    effect: ToolEffect | None
    error_kind: str | None
    attempt: int
    started_at: datetime | None
    """When it began to run."""
    snippet: Snippet | None = None
    """Where the words that were searched for are, in the values of arguments and output."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ConfirmationRow(ConfirmationFacts):
    """What the caller was asked to agree to, and the answer."""

    id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class IncidentRow(IncidentFacts):
    """Something that went wrong."""

    id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RatingRow:
    """What the caller thought of it."""

    score: int
    comment: str | None
    rated_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class NoteRow:
    """What somebody of the team wrote about a conversation."""

    id: str
    conversation_id: str
    text: str
    written_by: str
    """As the audit log has it: ``user:<name>`` or ``admin:<token name>``."""
    written_at: datetime
    edited_at: datetime | None
    version: int
    """Grows with each edit."""


@dataclass(frozen=True, slots=True)
class WholeConversation:
    """Everything on record of one conversation, in the order it happened."""

    conversation: ConversationRow
    turns: list[TurnRow]
    tool_calls: list[ToolCallRow]
    confirmations: list[ConfirmationRow]
    incidents: list[IncidentRow]
    rating: RatingRow | None
    notes: list[NoteRow]
    """Of the team, oldest first; no part of what is proven."""


@dataclass(frozen=True, slots=True)
class Count:
    """How many there are, up to a limit."""

    value: int
    is_capped: bool
    """There are more."""


@dataclass(frozen=True, slots=True)
class Page(Generic[Row]):
    """Some rows of a longer list."""

    items: list[Row]
    next_cursor: str | None
    """Ask again with it for what follows; None at the end."""
    previous_cursor: str | None = None
    """Ask again with it for what goes before; None at the beginning."""
    count: Count | None = None
    """Of all that was asked for, where that was asked."""
