"""Effects outside the database: written with the effect's transaction, delivered afterwards.

A message keeps its idempotency key through every try, so that the receiver can tell a repeat. It is
``queued``, ``sent`` while nobody knows the answer, and then ``confirmed``, ``rejected`` or, when no
answer ever came, ``unknown``: that one a person has to look at.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, Final

from sqlalchemy import Index, insert, select, update
from sqlalchemy.orm import Mapped, Session, mapped_column

from agent_service.clock import uuid7
from agent_service.store.schema import CleanText, Table

GIVE_UP: Final = timedelta(minutes=15)
"""A message without an answer for this long is ``unknown``."""

RETRY: Final = timedelta(seconds=5)
"""After the first try; the pause doubles with each further one."""

LONGEST_PAUSE: Final = timedelta(minutes=2)


class OutboxStatus(StrEnum):
    QUEUED = "queued"
    SENT = "sent"
    CONFIRMED = "confirmed"
    REJECTED = "rejected"
    UNKNOWN = "unknown"


class OutboxRow(Table):
    __tablename__ = "outbox"
    __table_args__ = (Index(None, "status", "next_try_at"), Index(None, "conversation_id"))

    id: Mapped[str] = mapped_column(CleanText(36), primary_key=True)
    idempotency_key: Mapped[str] = mapped_column(unique=True)
    kind: Mapped[str]
    """What is to be done: ``refund``, ``message``."""
    payload: Mapped[str]
    """JSON; emptied when a secret one has been settled."""
    is_secret: Mapped[bool]
    conversation_id: Mapped[str | None] = mapped_column(CleanText(36))
    customer_id: Mapped[str | None]
    status: Mapped[OutboxStatus]
    tries: Mapped[int]
    queued_at: Mapped[datetime]
    next_try_at: Mapped[datetime]
    sent_at: Mapped[datetime | None]
    settled_at: Mapped[datetime | None]
    answer: Mapped[str | None]
    """What the receiver said: its own reference, or why it refused."""


@dataclass(frozen=True, slots=True)
class OutboxMessage:
    """What is handed to the receiver."""

    id: str
    idempotency_key: str
    kind: str
    payload: Mapping[str, Any]
    conversation_id: str | None
    customer_id: str | None
    queued_at: datetime
    tries: int


def queue_message(
    session: Session,
    *,
    kind: str,
    payload: Mapping[str, Any],
    idempotency_key: str,
    now: datetime,
    conversation_id: str | None = None,
    customer_id: str | None = None,
    is_secret: bool = False,
) -> str:
    """Write the message into the running transaction; it leaves after the commit, or never."""
    id = uuid7()
    session.execute(
        insert(OutboxRow).values(
            id=id,
            idempotency_key=idempotency_key,
            kind=kind,
            payload=json.dumps(payload, ensure_ascii=False),
            is_secret=is_secret,
            conversation_id=conversation_id,
            customer_id=customer_id,
            status=OutboxStatus.QUEUED,
            tries=0,
            queued_at=now,
            next_try_at=now,
        )
    )
    return id


def claim_messages(session: Session, now: datetime, limit: int = 20) -> list[OutboxMessage]:
    """Mark the messages that are due as sent and return them; commit before delivering them."""
    due = (
        select(OutboxRow)
        .where(
            OutboxRow.status.in_((OutboxStatus.QUEUED, OutboxStatus.SENT)),
            OutboxRow.next_try_at <= now,
        )
        .order_by(OutboxRow.next_try_at, OutboxRow.id)
        .limit(limit)
        .with_for_update(skip_locked=True)
    )
    messages = []
    for row in session.scalars(due):
        pause = min(RETRY * 2**row.tries, LONGEST_PAUSE)
        row.status = OutboxStatus.SENT
        row.tries += 1
        row.sent_at = row.sent_at or now
        # Should this process die, the message is due again after the pause, with the same key.
        row.next_try_at = now + pause
        messages.append(_message(row))
    return messages


def settle_message(
    session: Session, message_id: str, status: OutboxStatus, answer: str, now: datetime
) -> bool:
    """Write the receiver's answer; return False when there was one already."""
    changed = session.execute(
        update(OutboxRow)
        .where(
            OutboxRow.id == message_id,
            OutboxRow.status.in_((OutboxStatus.SENT, OutboxStatus.UNKNOWN)),
        )
        .values(status=status, answer=answer[:500], settled_at=now)
        .returning(OutboxRow.is_secret)
    ).all()
    if changed and changed[0][0]:
        session.execute(update(OutboxRow).where(OutboxRow.id == message_id).values(payload="{}"))
    return bool(changed)


def give_up_messages(session: Session, now: datetime) -> list[OutboxMessage]:
    """Mark messages without an answer as unknown and return them."""
    silent = select(OutboxRow).where(
        OutboxRow.status == OutboxStatus.SENT, OutboxRow.sent_at < now - GIVE_UP
    )
    given_up = []
    for row in session.scalars(silent.with_for_update(skip_locked=True)):
        row.status = OutboxStatus.UNKNOWN
        given_up.append(_message(row))
    return given_up


def has_due(session: Session, now: datetime) -> bool:
    """Tell whether there is anything to claim or to give up."""
    return (
        session.scalar(
            select(OutboxRow.id)
            .where(
                OutboxRow.status.in_((OutboxStatus.QUEUED, OutboxStatus.SENT)),
                OutboxRow.next_try_at <= now,
            )
            .limit(1)
        )
        is not None
    )


def _message(row: OutboxRow) -> OutboxMessage:
    return OutboxMessage(
        row.id,
        row.idempotency_key,
        row.kind,
        json.loads(row.payload),
        row.conversation_id,
        row.customer_id,
        row.queued_at,
        row.tries,
    )
