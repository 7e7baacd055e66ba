"""The tables of the record. Column names are part of the contract with exports and the admin API.

Identifiers are UUIDv7 as text, so the same code runs on every database. Times are UTC.
"""

from datetime import datetime
from enum import StrEnum
from typing import Annotated, Any, Final

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    ForeignKey,
    Index,
    Integer,
    UniqueConstraint,
    false,
)
from sqlalchemy.ext.hybrid import hybrid_property
from sqlalchemy.orm import Mapped, mapped_column

from agent_service.conversation.records import (
    CallerLevel,
    ConfirmationStatus,
    DecidedBy,
    Modality,
    Role,
    ToolCallStatus,
)
from agent_service.store.schema import (
    CleanText,
    SaidJsonText,
    SaidText,
    SearchWords,
    Table,
    index_where,
)

Id = Annotated[str, mapped_column(CleanText(36), primary_key=True)]
ConversationId = Annotated[
    str, mapped_column(CleanText(36), ForeignKey("conversations.id", ondelete="CASCADE"))
]
Number = Annotated[
    int, mapped_column(BigInteger().with_variant(Integer, "sqlite"), primary_key=True)
]
"""Given by the database in the order of recording. On SQLite it is the rowid, which the full-text
index refers to and which, unlike a hidden one, VACUUM never changes."""


class Placed:
    """Lies on the conversation's time axis: milliseconds since the conversation began.

    Empty while a call runs that only the ledger knows of, and outside of conversations.
    """

    started_ms: Mapped[int | None]
    ended_ms: Mapped[int | None]


class Conversation(Table):
    """One contact, across reconnects."""

    __tablename__ = "conversations"
    __table_args__ = (
        Index(None, "started_at", "id"),
        Index(None, "agent", "started_at", "id"),
        Index(None, "customer_id", "started_at", "id"),
        index_where(
            "ix_conversations_open",
            "started_at",
            where="ended_at IS NULL",
        ),
    )

    id: Mapped[Id]
    agent: Mapped[str]
    channel: Mapped[str]
    modality: Mapped[Modality]
    customer_id: Mapped[str | None]
    caller_name: Mapped[SaidText | None]
    caller_level: Mapped[CallerLevel]
    provider: Mapped[str]
    model: Mapped[str]
    started_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    end_reason: Mapped[str | None]
    disclosure_heard_at: Mapped[datetime | None]
    """When the caller had heard that an AI speaks."""
    language: Mapped[str | None]
    recording_sha256: Mapped[str | None] = mapped_column(CleanText(64))
    pictures_sha256: Mapped[str | None] = mapped_column(CleanText())
    """Of each picture, after its number and a colon, with spaces between them."""
    """Of the file of its recording, as hex: so that it stands in the conversation's chain."""


_ASKED_OF_TURNS = (
    *("role", "modality", "is_interrupted", "first_audio_ms", "heard_ms", "cost_usd"),
)


class Turn(Placed, Table):
    """One speaker's contribution, with what of it was heard."""

    __tablename__ = "turns"
    __table_args__ = (
        UniqueConstraint("conversation_id", "seq"),
        Index(None, "started_at"),
        # All that turns are asked for by, so that a page is found without a look at their texts:
        # in the order of recording, and beside the words that they are found by.
        Index("ix_turns_asked", "number", *_ASKED_OF_TURNS),
        Index("ix_turns_placed", "place", *_ASKED_OF_TURNS),
    )

    number: Mapped[Number]
    id: Mapped[str] = mapped_column(CleanText(36), unique=True)
    conversation_id: Mapped[ConversationId]
    seq: Mapped[int]
    role: Mapped[Role]
    modality: Mapped[Modality]
    verbatim: Mapped[SaidText] = mapped_column("text")
    search_words: Mapped[str | None] = mapped_column(SearchWords, deferred=True)
    """Of the text; what the full-text index holds. Whoever writes the one writes the other."""
    place: Mapped[int | None] = mapped_column(BigInteger, deferred=True)
    """Where it stands in the full-text index: given by the database, see ``facts.py``."""
    heard_text: Mapped[SaidText]
    heard_ms: Mapped[int]
    is_interrupted: Mapped[bool]
    started_at: Mapped[datetime]
    ended_at: Mapped[datetime]
    first_audio_ms: Mapped[int | None]
    audio_start_ms: Mapped[int | None]
    """Where its words lie in the recording, which begins with the conversation."""
    audio_end_ms: Mapped[int | None]
    input_text_tokens: Mapped[int | None]
    """Tokens of what somebody said are those of its transcript; a model hears it besides."""
    input_audio_tokens: Mapped[int | None]
    cached_text_tokens: Mapped[int | None]
    cached_audio_tokens: Mapped[int | None]
    output_text_tokens: Mapped[int | None]
    output_audio_tokens: Mapped[int | None]
    cost_usd: Mapped[float | None]
    item_id: Mapped[str | None]
    response_id: Mapped[str | None]
    flags: Mapped[list[str]]

    @hybrid_property
    def text(self) -> str:
        """What was said or generated."""
        return self.verbatim

    @text.inplace.expression
    @classmethod
    def _text_expression(cls) -> ColumnElement[str]:
        # Not the attribute itself: SQLAlchemy would leave the rule for updates out.
        return cls.verbatim.expression

    @text.inplace.update_expression
    @classmethod
    def _text_update(cls, value: Any) -> list[Any]:
        # Of an expression nobody knows the words before the database does: see the migration.
        words = [(cls.search_words, value)] if isinstance(value, str) else []
        return [(cls.verbatim, value), *words]


class ToolEffect(StrEnum):
    """Whether a tool only looks or changes something."""

    READ = "read"
    WRITE = "write"


MAYBE_UNKNOWN: Final = (
    "CASE status WHEN 'failed' THEN coalesce(error_kind, 'unknown') END = 'unknown'"
)
"""Of a tool call: nobody knows whether it had its effect, or its end is not on record."""


class ToolCall(Placed, Table):
    """A requested tool: the ledger's row before and while it runs, the record's row afterwards."""

    __tablename__ = "tool_calls"
    __table_args__ = (
        UniqueConstraint("conversation_id", "tool_call_id"),
        Index(None, "requested_at", "id"),
        Index(None, "name", "requested_at", "id"),
        Index(None, "status", "requested_at", "id"),
        Index(None, "place"),
        Index("ix_tool_calls_asked", "name", "status", "effect", "error_kind", "place"),
        index_where("ix_tool_calls_untold", "requested_at", "id", where=MAYBE_UNKNOWN),
    )

    id: Mapped[Id]
    conversation_id: Mapped[ConversationId]
    tool_call_id: Mapped[str]
    name: Mapped[SaidText]
    arguments: Mapped[SaidJsonText]
    arguments_hash: Mapped[str | None]
    """Of the canonical arguments; the same call with another hash is refused."""
    intent_key: Mapped[str | None] = mapped_column(unique=True)
    """The same wish of the caller under another call; None where repeating does no harm."""
    effect: Mapped[ToolEffect | None]
    """None for a call that never reached the ledger (declined, unknown tool)."""
    status: Mapped[ToolCallStatus]
    error_kind: Mapped[str | None]
    output: Mapped[SaidJsonText]
    is_untrusted: Mapped[bool] = mapped_column(default=False, server_default=false())
    """The output holds text that others wrote."""
    is_external: Mapped[bool] = mapped_column(default=False, server_default=false())
    """The effect is outside the database: after a crash nobody knows whether it happened."""
    attempt: Mapped[int] = mapped_column(default=1, server_default="1")
    confirmation_id: Mapped[str | None] = mapped_column(CleanText(36))
    requested_at: Mapped[datetime]
    started_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]
    search_words: Mapped[str | None] = mapped_column(SearchWords, deferred=True)
    """Of what ``call_text`` makes of arguments and output: whoever writes these writes them."""
    place: Mapped[int | None] = mapped_column(BigInteger, deferred=True)
    """As of a turn."""


class Confirmation(Placed, Table):
    """What the caller was asked to agree to, and the answer."""

    __tablename__ = "confirmations"
    __table_args__ = (Index(None, "conversation_id", "offered_at"),)

    id: Mapped[Id]
    conversation_id: Mapped[ConversationId]
    tool_call_id: Mapped[str]
    summary: Mapped[SaidText]
    arguments_hash: Mapped[str]
    status: Mapped[ConfirmationStatus]
    offered_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    heard_at: Mapped[datetime | None]
    decided_at: Mapped[datetime | None]
    decided_by: Mapped[DecidedBy | None]
    answer: Mapped[SaidText | None]


class Incident(Placed, Table):
    """Something that went wrong, within a conversation or outside of any."""

    __tablename__ = "incidents"
    __table_args__ = (
        Index(None, "occurred_at", "id"),
        Index(None, "conversation_id"),
        Index(None, "code", "occurred_at", "id"),
    )

    id: Mapped[Id]
    conversation_id: Mapped[str | None] = mapped_column(
        CleanText(36), ForeignKey("conversations.id", ondelete="CASCADE")
    )
    code: Mapped[str]
    message: Mapped[SaidText]
    occurred_at: Mapped[datetime]


class RecordingSide(StrEnum):
    """Whose audio a recording holds."""

    CALLER = "caller"
    AGENT = "agent"
    BOTH = "both"


class Recording(Table):
    """Where the audio of a conversation is kept."""

    __tablename__ = "recordings"
    __table_args__ = (Index(None, "conversation_id"),)

    id: Mapped[Id]
    conversation_id: Mapped[ConversationId]
    side: Mapped[RecordingSide]
    location: Mapped[str]
    media_type: Mapped[str]
    duration_ms: Mapped[int]
    size_bytes: Mapped[int] = mapped_column(BigInteger)
    sha256: Mapped[str] = mapped_column(CleanText(64))
    peaks: Mapped[bytes | None] = mapped_column(deferred=True)
    """How loud it is, for a picture: of each 50 ms the caller's and the agent's, 0 to 255."""
    created_at: Mapped[datetime]
    replaced_at: Mapped[datetime | None]
    """When another file took its place: this one is to be deleted, and then its row."""


class RecordingSilence(Table):
    """A stretch of a conversation's sound that no recording may hold."""

    __tablename__ = "recording_silences"
    __table_args__ = (
        Index(None, "conversation_id"),
        index_where("ix_recording_silences_open", "id", where="applied_at IS NULL"),
    )

    id: Mapped[Id]
    conversation_id: Mapped[ConversationId]
    started_ms: Mapped[int]
    ended_ms: Mapped[int]
    created_at: Mapped[datetime]
    applied_at: Mapped[datetime | None]
    """When the file was made that is silent there."""


class Rating(Table):
    """What the caller thought of the conversation; a later rating replaces an earlier one."""

    __tablename__ = "ratings"

    conversation_id: Mapped[str] = mapped_column(
        CleanText(36), ForeignKey("conversations.id", ondelete="CASCADE"), primary_key=True
    )
    score: Mapped[int]
    comment: Mapped[SaidText | None]
    rated_at: Mapped[datetime]


class Resumption(Table):
    """With what the caller may come back to a conversation."""

    __tablename__ = "resumptions"

    conversation_id: Mapped[str] = mapped_column(
        CleanText(36), ForeignKey("conversations.id", ondelete="CASCADE"), primary_key=True
    )
    token_hash: Mapped[str] = mapped_column(CleanText(64), unique=True)
    issued_at: Mapped[datetime]
    shows_detail: Mapped[bool] = mapped_column(default=False, server_default=false())
    """The ticket granted sight of tools' arguments and outputs."""
    offer_hash: Mapped[str | None] = mapped_column(CleanText(64))
    """Of what another device may continue with, once."""
    offered_until: Mapped[datetime | None]

    __table_args__ = (
        index_where(
            "uq_resumptions_offer_hash",
            "offer_hash",
            where="offer_hash IS NOT NULL",
            is_unique=True,
        ),
    )


class AuditEntry(Table):
    """Who did, or was refused, what. It outlives the conversation it speaks of."""

    __tablename__ = "audit_log"
    __table_args__ = (Index(None, "occurred_at"), Index(None, "conversation_id"))

    number: Mapped[Number]
    id: Mapped[str] = mapped_column(CleanText(36), unique=True)
    occurred_at: Mapped[datetime]
    actor: Mapped[str]
    """``admin:<token name>``, ``operator``, ``caller:<customer>`` or ``tool:<name>``."""
    action: Mapped[str]
    conversation_id: Mapped[str | None] = mapped_column(CleanText(36))
    subject: Mapped[SaidText | None]
    detail: Mapped[SaidJsonText | None]
    """JSON."""


class AdminToken(Table):
    """A key to the admin API; only its hash is kept."""

    __tablename__ = "admin_tokens"

    id: Mapped[Id]
    name: Mapped[str] = mapped_column(unique=True)
    token_hash: Mapped[str] = mapped_column(CleanText(64), unique=True)
    created_at: Mapped[datetime]
    last_used_at: Mapped[datetime | None]
    scopes: Mapped[str] = mapped_column(server_default="admin")
    """What it opens, separated by spaces."""
    expires_at: Mapped[datetime | None]
