"""What callers ask of the team, and what the team makes known to every caller.

Tickets, callbacks and handovers are open to every caller: their customers may be in no table of
ours.
"""

from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint
from sqlalchemy.orm import Mapped, mapped_column

from agent_service.store.rows import OwnedRow, PublicRow
from agent_service.store.schema import SaidText, Table, ToldText, index_where


class TicketStatus(StrEnum):
    OPEN = "open"
    CLOSED = "closed"


class RequestStatus(StrEnum):
    """Of a callback or a handover to a person."""

    REQUESTED = "requested"
    DONE = "done"
    CANCELLED = "cancelled"


class Ticket(OwnedRow, Table):
    """A question for the team. A stranger's ticket has no customer."""

    __tablename__ = "tickets"

    id: Mapped[int] = mapped_column(primary_key=True)
    customer_id: Mapped[str | None] = mapped_column(index=True)
    conversation_id: Mapped[str] = mapped_column(index=True)
    subject: Mapped[SaidText]
    body: Mapped[SaidText]
    about: Mapped[str | None]
    """What the company calls the thing it is about: ``order 1004``."""
    contact: Mapped[ToldText | None]
    status: Mapped[TicketStatus]
    created_at: Mapped[datetime]
    fingerprint: Mapped[str]
    """Of the subject's words and what it is about: two open tickets about one thing share it."""

    __table_args__ = (
        index_where(
            "uq_tickets_open_fingerprint",
            "customer_id",
            "fingerprint",
            where="status = 'open'",
            is_unique=True,
        ),
    )


class Callback(OwnedRow, Table):
    """A promise to call back, within the opening hours."""

    __tablename__ = "callbacks"

    id: Mapped[int] = mapped_column(primary_key=True)
    customer_id: Mapped[str | None]
    conversation_id: Mapped[str] = mapped_column(index=True)
    phone: Mapped[ToldText]
    topic: Mapped[SaidText]
    due_at: Mapped[datetime]
    status: Mapped[RequestStatus]
    created_at: Mapped[datetime]

    __table_args__ = (
        index_where(
            "uq_callbacks_requested_due_at",
            "phone",
            "due_at",
            where="status = 'requested'",
            is_unique=True,
        ),
    )


class Handoff(OwnedRow, Table):
    """A caller's wish to speak with a person of the team; one open wish per conversation."""

    __tablename__ = "handoffs"

    id: Mapped[int] = mapped_column(primary_key=True)
    customer_id: Mapped[str | None]
    conversation_id: Mapped[str] = mapped_column(index=True)
    reason: Mapped[SaidText]
    status: Mapped[RequestStatus]
    requested_at: Mapped[datetime]

    __table_args__ = (
        index_where(
            "uq_handoffs_requested_conversation_id",
            "conversation_id",
            where="status = 'requested'",
            is_unique=True,
        ),
    )


class HelpArticle(PublicRow, Table):
    __tablename__ = "help_articles"

    slug: Mapped[str] = mapped_column(primary_key=True)
    title: Mapped[str]
    body: Mapped[str]
    keywords: Mapped[str]
    """Words that callers use and the article does not."""
    url: Mapped[str | None]
    """Where callers can read it: a path on the company's web site, or an address of the web."""
    updated_on: Mapped[date]


class OpeningHours(PublicRow, Table):
    """When the team answers, in the company's own time zone. A day without a row is closed."""

    __tablename__ = "opening_hours"

    weekday: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    """Monday is 0."""
    opens_minute: Mapped[int]
    closes_minute: Mapped[int]
    """Minutes since midnight."""
    time_zone: Mapped[str]

    __table_args__ = (
        CheckConstraint("weekday BETWEEN 0 AND 6", name="weekday"),
        CheckConstraint(
            "0 <= opens_minute AND opens_minute < closes_minute AND closes_minute <= 1440",
            name="minutes",
        ),
    )
