"""What queries answer with: plain rows, independent of the session they were read in.

They have the facts of the records, and what only the database knows.
"""

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

Row = TypeVar("Row")


@dataclass(frozen=True, slots=True, kw_only=True)
class ConversationRow(ConversationFacts):
    """A conversation with how much happened in it."""

    id: str
    customer_id: str | None
    caller_name: str | None
    caller_level: CallerLevel
    turn_count: int
    incident_count: int


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


@dataclass(frozen=True, slots=True)
class WholeConversation:
    """Everything on record of one conversation, in the order it happened."""

    conversation: ConversationRow
    turns: list[TurnRow]
    tool_calls: list[ToolCallRow]
    confirmations: list[ConfirmationRow]
    incidents: list[IncidentRow]
    rating: RatingRow | None


@dataclass(frozen=True, slots=True)
class Page(Generic[Row]):
    """Some rows of a longer list."""

    items: list[Row]
    next_cursor: str | None
    """Ask again with it for what follows; None at the end."""
