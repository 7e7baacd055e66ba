"""What queries answer with: plain rows, independent of the session they were read in."""

from dataclasses import dataclass
from datetime import datetime
from typing import Generic, TypeVar

from agent_service.conversation.records import (
    CallerLevel,
    ConfirmationStatus,
    DecidedBy,
    Modality,
    Role,
    ToolCallStatus,
)
from agent_service.store.search import Snippet
from agent_service.store.tables import ToolEffect

Row = TypeVar("Row")


@dataclass(frozen=True, slots=True, kw_only=True)
class ConversationRow:
    """A conversation with how much happened in it."""

    id: str
    agent: str
    channel: str
    modality: Modality
    customer_id: str | None
    caller_name: str | None
    caller_level: CallerLevel
    provider: str
    model: str
    started_at: datetime
    ended_at: datetime | None
    end_reason: str | None
    turn_count: int
    incident_count: int


@dataclass(frozen=True, slots=True, kw_only=True)
class TurnRow:
    """A turn."""

    number: int
    id: str
    conversation_id: str
    seq: int
    role: Role
    modality: Modality
    text: str
    heard_text: str
    heard_ms: int
    is_interrupted: bool
    started_at: datetime
    ended_at: datetime
    first_audio_ms: int | None
    input_text_tokens: int | None
    input_audio_tokens: int | None
    cached_text_tokens: int | None
    cached_audio_tokens: int | None
    output_text_tokens: int | None
    output_audio_tokens: int | None
    cost_usd: float | None
    audio_start_ms: int | None
    audio_end_ms: int | None
    item_id: str | None
    response_id: str | None
    flags: list[str]
    snippet: Snippet | None = None
    """Where the words that were searched for are."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ToolCallRow:
    """A tool call and how it ended."""

    id: str
    conversation_id: str
    tool_call_id: str
    name: str
    arguments: str
    effect: ToolEffect | None
    status: ToolCallStatus
    error_kind: str | None
    output: str
    attempt: int
    confirmation_id: str | None
    requested_at: datetime
    started_at: datetime | None
    ended_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ConfirmationRow:
    """What the caller was asked to agree to, and the answer."""

    id: str
    conversation_id: str
    tool_call_id: str
    summary: str
    status: ConfirmationStatus
    offered_at: datetime
    expires_at: datetime
    heard_at: datetime | None
    decided_at: datetime | None
    decided_by: DecidedBy | None
    answer: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class IncidentRow:
    """Something that went wrong."""

    id: str
    conversation_id: str | None
    code: str
    message: str
    occurred_at: datetime


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
