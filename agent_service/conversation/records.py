"""What is kept of a conversation. The log line and the database row are made from these.

Records know nothing of tables or log formats. The classes named ``...Facts`` hold what the record
and the rows that the record is asked for have in common: a fact is declared once.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final, TypeAlias

LONGEST_MS: Final = 2**31 - 1
"""On the time axis: nearly 25 days, what columns of whole numbers have room for."""


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
    claimed_id: str | None = None
    """The customer that the caller is only said to be, by the telephone number that a call shows.
    Good for nothing but to send that customer a code, by which the caller proves to be them."""


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


@dataclass(frozen=True, slots=True, kw_only=True)
class Placed:
    """Lies on the time axis: milliseconds since the conversation began, by our clock.

    There is one for the whole conversation, across provider sessions, lost lines and processes.
    """

    started_ms: int | None = None
    """On the time axis; nothing outside of conversations, and while a call runs without asking."""
    ended_ms: int | None = None
    """On the time axis; nothing while it goes on, and of what happened at one moment."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ConversationFacts:
    """One contact."""

    agent: str
    channel: str
    modality: Modality
    provider: str
    """Dialect name, for example ``azure-2024-10-01-preview`` or ``offline``."""
    model: str
    started_at: datetime
    ended_at: datetime | None = None
    end_reason: str | None = None
    disclosure_heard_at: datetime | None = None
    """When the caller had heard that an AI speaks."""
    language: str | None = None
    """What the service speaks and listens for (ISO 639), where the agent names it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ConversationRecord(ConversationFacts):
    """Recorded at the conversation's start and again at its end."""

    conversation_id: str
    caller: Caller


@dataclass(frozen=True, slots=True, kw_only=True)
class TurnFacts(Placed):
    """One speaker's logged contribution.

    Its place is where its sound lies: where the caller spoke, by the audio as it came; where the
    agent was heard, by the player's word. Of what is written it is when it came, or was shown.
    """

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
    """How much of it reached the other side: the provider, or the caller."""
    is_interrupted: bool
    started_at: datetime
    """When the service knew of it."""
    ended_at: datetime
    first_audio_ms: int | None = None
    """Milliseconds from the end of the caller's words to the first audio or text of the answer."""
    audio_start_ms: int | None = None
    """Where its words begin in the recording, which begins with the conversation; nothing where
    nothing of it was heard. A caller's turn begins before them, with what the provider kept."""
    audio_end_ms: int | None = None
    item_id: str | None = None
    """The provider's item."""
    response_id: str | None = None
    flags: Sequence[str] = ()
    """``no_transcript``, ``late_transcript``, ``no_words``, ``transcript_failed``,
    ``playback_unacknowledged``, ``cut_off``, ``too_little_sound`` (for its
    words), ``notice`` (said by the service itself); of ``system``, which no caller heard,
    ``joined``, ``left`` and ``whisper``."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TurnRecord(TurnFacts):
    turn_id: str
    usage: Usage | None = None


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


@dataclass(frozen=True, slots=True, kw_only=True)
class ToolCallFacts(Placed):
    """The model's request for a tool.

    Its place is from the request to the outcome, as the conversation had it.
    """

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


@dataclass(frozen=True, slots=True, kw_only=True)
class ToolCallRecord(ToolCallFacts):
    """Recorded when the caller is asked about the call and when it ended."""


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


@dataclass(frozen=True, slots=True, kw_only=True)
class ConfirmationFacts(Placed):
    """What the caller was asked to agree to; its place is from the question to the answer."""

    conversation_id: str
    tool_call_id: str
    summary: str
    status: ConfirmationStatus
    offered_at: datetime
    expires_at: datetime
    heard_at: datetime | None = None
    """When the read-back had been played to its end."""
    decided_at: datetime | None = None
    decided_by: DecidedBy | None = None
    answer: str | None = None
    """The caller's words."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ConfirmationRecord(ConfirmationFacts):
    """Recorded when the question is offered and again when it is decided."""

    confirmation_id: str
    arguments_hash: str


@dataclass(frozen=True, slots=True, kw_only=True)
class IncidentFacts(Placed):
    """Something that went wrong and that an admin may want to know.

    Its place has an end where it concerns a stretch of the conversation.
    """

    conversation_id: str | None
    code: str
    message: str
    occurred_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class IncidentRecord(IncidentFacts):
    incident_id: str


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
    shows_detail: bool = False
    """The caller's client is shown tools' arguments and outputs."""
    offer_hash: str | None = None
    """SHA-256 of the token with which another device may continue, once."""
    offered_until: datetime | None = None


Record: TypeAlias = (
    ConversationRecord
    | TurnRecord
    | ToolCallRecord
    | ConfirmationRecord
    | IncidentRecord
    | RatingRecord
    | ResumptionRecord
)


def ms_between(start: datetime, end: datetime) -> int:
    """Return how many milliseconds lie between the two times, up to what a column has room for."""
    return min(round((end - start) / timedelta(milliseconds=1)), LONGEST_MS)


def placed(record: Record, began_at: datetime) -> Record:
    """Return the record with the place that follows from its times."""
    match record:
        case ToolCallRecord(requested_at=start, ended_at=end):
            pass
        case ConfirmationRecord(offered_at=start, decided_at=end):
            pass
        case IncidentRecord(occurred_at=start, started_ms=None):
            end = None
        case _:
            return record
    ended_ms = None if end is None else ms_between(began_at, end)
    return replace(record, started_ms=ms_between(began_at, start), ended_ms=ended_ms)
