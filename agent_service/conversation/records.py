"""What is kept of a conversation. The log line and the database row are made from these.

Records know nothing of tables or log formats.
"""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import TypeAlias


class Role(StrEnum):
    CALLER = "caller"
    AGENT = "agent"
    REPRESENTATIVE = "representative"
    SYSTEM = "system"


class Modality(StrEnum):
    AUDIO = "audio"
    TEXT = "text"


class CallerLevel(StrEnum):
    """How sure the service is of who the caller is, lowest first."""

    ANONYMOUS = "anonymous"
    CLAIMED = "claimed"
    """Says who they are; nothing proves it."""
    IDENTIFIED = "identified"
    """Knows what only the customer should know, checked by the service."""
    VERIFIED = "verified"
    """Proven by the company's signed ticket, or by a code sent to a contact on file."""
    STEPPED_UP = "stepped_up"
    """Verified and proven again, moments ago, by a fresh code."""

    @property
    def rank(self) -> int:
        return list(CallerLevel).index(self)


@dataclass(frozen=True, slots=True)
class Caller:
    """Who is calling, as proven by the ticket; never by what the model says."""

    customer_id: str | None = None
    name: str | None = None
    level: CallerLevel = CallerLevel.ANONYMOUS


@dataclass(frozen=True, slots=True)
class Usage:
    """Tokens of one response (realtime-protocol.md 4.8) and what they cost."""

    input_text_tokens: int = 0
    input_audio_tokens: int = 0
    cached_text_tokens: int = 0
    cached_audio_tokens: int = 0
    output_text_tokens: int = 0
    output_audio_tokens: int = 0
    cost_usd: float | None = None
    """None where no price is known for the model."""

    def __add__(self, other: "Usage") -> "Usage":
        costs = [cost for cost in (self.cost_usd, other.cost_usd) if cost is not None]
        return Usage(
            input_text_tokens=self.input_text_tokens + other.input_text_tokens,
            input_audio_tokens=self.input_audio_tokens + other.input_audio_tokens,
            cached_text_tokens=self.cached_text_tokens + other.cached_text_tokens,
            cached_audio_tokens=self.cached_audio_tokens + other.cached_audio_tokens,
            output_text_tokens=self.output_text_tokens + other.output_text_tokens,
            output_audio_tokens=self.output_audio_tokens + other.output_audio_tokens,
            cost_usd=sum(costs) if costs else None,
        )


@dataclass(frozen=True, slots=True)
class ConversationRecord:
    """One contact. Recorded at its start and again at its end."""

    conversation_id: str
    agent: str
    channel: str
    modality: Modality
    caller: Caller
    provider: str
    """Dialect name, for example ``azure-2024-10-01-preview`` or ``offline``."""
    model: str
    started_at: datetime
    ended_at: datetime | None = None
    end_reason: str | None = None
    disclosure_heard_at: datetime | None = None
    """When the caller had heard that an AI speaks."""


@dataclass(frozen=True, slots=True)
class TurnRecord:
    """One speaker's logged contribution."""

    turn_id: str
    conversation_id: str
    seq: int
    """Gap-free from 1 within the conversation, in the order spoken."""
    role: Role
    modality: Modality
    text: str
    """What was said (caller) or generated (agent)."""
    heard_text: str
    """What reached the other side: for an agent's turn, the part that was played to the caller."""
    heard_ms: int
    is_interrupted: bool
    started_at: datetime
    ended_at: datetime
    first_audio_ms: int | None = None
    """Milliseconds from the end of the caller's words to the first audio or text of the answer."""
    usage: Usage | None = None
    audio_start_ms: int | None = None
    """Offset of the turn in the caller's audio (caller turns)."""
    audio_end_ms: int | None = None
    item_id: str | None = None
    """The provider's item."""
    response_id: str | None = None
    flags: tuple[str, ...] = ()
    """``no_transcript``, ``late_transcript``, ``no_words``, ``transcript_failed``,
    ``playback_unacknowledged``, ``cut_off``, ``too_little_sound`` (for its
    words), ``notice`` (said by the service itself)."""


class ToolCallStatus(StrEnum):
    """How a tool call stands or ended; the first four error names are those a model can act on."""

    AWAITING_CONFIRMATION = "awaiting_confirmation"
    """The caller is being asked whether to go ahead; nothing has begun."""
    RUNNING = "running"
    SUCCEEDED = "succeeded"
    FIX_ARGUMENTS = "fix_arguments"
    RETRY_LATER = "retry_later"
    NOT_ALLOWED = "not_allowed"
    FAILED = "failed"
    TIMED_OUT = "timed_out"
    AWAITING_APPROVAL = "awaiting_approval"
    """A person of the team decides; the caller is told so, and hears the decision later."""
    DECLINED = "declined"
    """The caller said no."""
    EXPIRED = "expired"
    """The caller gave no answer in time."""
    VOIDED = "voided"
    """The read-back was interrupted, or other arguments took its place."""
    ENDED = "ended"
    """The conversation ended before the call did."""


@dataclass(frozen=True, slots=True)
class ToolCallRecord:
    """The model's request for a tool, when the caller is asked about it and when it ended."""

    id: str
    conversation_id: str
    tool_call_id: str
    """The provider's identifier; unique within the conversation."""
    name: str
    arguments: str
    """JSON as the model wrote it."""
    status: ToolCallStatus
    output: str
    """JSON as the model was told; empty when it was told nothing."""
    requested_at: datetime
    ended_at: datetime | None
    confirmation_id: str | None = None


class ConfirmationStatus(StrEnum):
    OFFERED = "offered"
    ACCEPTED = "accepted"
    DECLINED = "declined"
    EXPIRED = "expired"
    VOIDED = "voided"


class DecidedBy(StrEnum):
    VOICE = "voice"
    TEXT = "text"
    TAP = "tap"


@dataclass(frozen=True, slots=True)
class ConfirmationRecord:
    """What the caller was asked to agree to. Recorded when offered and again when decided."""

    confirmation_id: str
    conversation_id: str
    tool_call_id: str
    summary: str
    arguments_hash: str
    status: ConfirmationStatus
    offered_at: datetime
    expires_at: datetime
    heard_at: datetime | None = None
    """When the read-back had been played to its end."""
    decided_at: datetime | None = None
    decided_by: DecidedBy | None = None
    answer: str | None = None
    """The caller's words."""


@dataclass(frozen=True, slots=True)
class IncidentRecord:
    """Something that went wrong and that an admin may want to know."""

    incident_id: str
    conversation_id: str | None
    code: str
    message: str
    occurred_at: datetime


@dataclass(frozen=True, slots=True)
class RatingRecord:
    conversation_id: str
    score: int
    comment: str | None
    rated_at: datetime


@dataclass(frozen=True, slots=True)
class ResumptionRecord:
    """With what the caller may come back, also to another process; each replaces the one before."""

    conversation_id: str
    token_hash: str
    """SHA-256 of the token, in hexadecimal."""
    issued_at: datetime


Record: TypeAlias = (
    ConversationRecord
    | TurnRecord
    | ToolCallRecord
    | ConfirmationRecord
    | IncidentRecord
    | RatingRecord
    | ResumptionRecord
)
