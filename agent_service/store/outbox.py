"""Effects outside the database: written with the effect's transaction, delivered afterwards.

A message keeps its idempotency key through every try, so that the receiver can tell a repeat. It is
``queued``, ``sent`` while nobody knows the answer, and then ``confirmed``, ``rejected`` or, when no
answer ever came, ``unknown``: that one a person has to look at.

A message that tells the outcome of a tool call waits a little: the conversation may tell it first.
"""

import json
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from functools import partial
from typing import Any, Final, TypeAlias

import structlog
from sqlalchemy import ColumnElement, Index, and_, case, func, insert, or_, select, update
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Mapped, Session, mapped_column

from agent_service.clock import uuid7
from agent_service.errors import StoreError
from agent_service.redaction import kept_under, record_policy, redact_value
from agent_service.store.hearing import is_over, was_heard
from agent_service.store.schema import CleanText, SaidJsonText, SaidText, Table

_log = structlog.get_logger()

GIVE_UP: Final = timedelta(minutes=15)
"""A message without an answer for this long is ``unknown``."""

WEBHOOK_GIVE_UP: Final = timedelta(hours=24)
"""The same of webhooks, for which no caller waits."""

RETRY: Final = timedelta(seconds=5)
"""After the first try; the pause doubles with each further one."""

LONGEST_PAUSE: Final = timedelta(minutes=2)

HOLD: Final = timedelta(seconds=60)
"""How long a conversation that goes on has to tell an outcome, before a message does."""

TEAM: Final = "team"
"""The kind that no receiver takes: a person of the team finds it in the queue of promises."""

LETTERS: Final = "message"
"""The kind that the service itself has for customers: codes, decisions, letters of the team."""

WEBHOOK: Final = "webhook"
"""The kind that tells the company's systems what has happened."""

TOLD: Final = "told in the conversation"
NO_RECEIVER: Final = "nothing here delivers this kind: set outbox.receivers"


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
    """JSON, as the receiver needs it; once it has been settled, what the policy keeps of it, and of
    a secret one nothing."""
    kept_payload: Mapped[SaidJsonText | None]
    """What the policy keeps, until it is settled; empty where that is all of it."""
    is_secret: Mapped[bool]
    conversation_id: Mapped[str | None] = mapped_column(CleanText(36))
    customer_id: Mapped[str | None]
    status: Mapped[OutboxStatus]
    tries: Mapped[int]
    queued_at: Mapped[datetime]
    next_try_at: Mapped[datetime]
    sent_at: Mapped[datetime | None]
    settled_at: Mapped[datetime | None]
    answer: Mapped[SaidText | None]
    """What the receiver said: its own reference, or why it refused; before, why it waits."""
    tool_call_id: Mapped[str | None]
    """The message tells the outcome of this call, unless the conversation does before it leaves."""


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
    is_secret: bool = False


Settle: TypeAlias = Callable[[Session, OutboxMessage, bool, datetime], None]
"""What an answer (done or not) changes in the company's tables, in the answer's transaction."""


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
    tells_call: str | None = None,
) -> str:
    """Write the message into the running transaction; it leaves after the commit, or never.

    ``tells_call`` is the tool call whose outcome it tells: it leaves when the conversation is over,
    or has not told it for a minute.
    """
    id = uuid7()
    session.execute(
        insert(OutboxRow).values(
            id=id,
            idempotency_key=idempotency_key,
            kind=kind,
            **_written(payload, is_secret=is_secret),
            is_secret=is_secret,
            conversation_id=conversation_id,
            customer_id=customer_id,
            status=OutboxStatus.QUEUED,
            tries=0,
            queued_at=now,
            next_try_at=now if tells_call is None else now + HOLD,
            tool_call_id=tells_call,
        )
    )
    return id


def _written(payload: Mapping[str, Any], *, is_secret: bool) -> dict[str, str | None]:
    """Return the payload as it waits, and what is kept of it afterwards."""
    if is_secret:
        return {"payload": json.dumps(payload, ensure_ascii=False), "kept_payload": None}
    waiting = redact_value(dict(payload))
    kept = redact_value(waiting, partial(kept_under, record_policy()))
    return {
        "payload": json.dumps(waiting, ensure_ascii=False),
        "kept_payload": json.dumps(kept, ensure_ascii=False) if kept != waiting else None,
    }


def forget_payload(session: Session, message_id: str) -> None:
    """Leave of a message that nobody needs any more what the policy keeps."""
    session.execute(
        update(OutboxRow)
        .where(OutboxRow.id == message_id)
        .values(
            payload=case(
                (OutboxRow.is_secret, "{}"),
                else_=func.coalesce(OutboxRow.kept_payload, OutboxRow.payload),
            ),
            kept_payload=None,
        )
    )


def claim_message(
    session: Session, kind: str, now: datetime, but_not: Collection[str] = ()
) -> OutboxMessage | None:
    """Mark the next message of the kind that is due as sent; commit before delivering it."""
    due = (
        select(OutboxRow)
        .where(OutboxRow.kind == kind, OutboxRow.id.not_in(but_not), is_due(now))
        .order_by(OutboxRow.next_try_at, OutboxRow.id)
        .limit(20)
        .with_for_update(skip_locked=True)
    )
    for row in session.scalars(due):
        if is_told(session, row):
            close_message(session, row, TOLD, now)
            continue
        pause = min(RETRY * 2**row.tries, LONGEST_PAUSE)
        row.status = OutboxStatus.SENT
        row.tries += 1
        row.sent_at = row.sent_at or now
        # Should this process die, the message is due again after the pause, with the same key.
        row.next_try_at = now + pause
        if row.answer == NO_RECEIVER:
            row.answer = None
        session.flush()
        message = message_of(row)
        if message is not None:
            return message
        row.status, row.answer = OutboxStatus.UNKNOWN, "its payload is not a JSON object"
    return None


def has_due(session: Session, kind: str, now: datetime, but_not: Collection[str] = ()) -> bool:
    """Tell whether there is anything of the kind to claim."""
    due = select(OutboxRow.id).where(
        OutboxRow.kind == kind, OutboxRow.id.not_in(but_not), is_due(now)
    )
    return session.scalar(due.limit(1)) is not None


def is_unsettled(session: Session, message_id: str) -> bool:
    """Hold the message's row; tell whether its answer still counts."""
    status = session.scalar(
        select(OutboxRow.status).where(OutboxRow.id == message_id).with_for_update()
    )
    return status in (OutboxStatus.SENT, OutboxStatus.UNKNOWN)


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
    # What was refused is still to be done, by a person; a secret is of no use to them.
    if changed and (changed[0][0] or status is OutboxStatus.CONFIRMED):
        forget_payload(session, message_id)
    return bool(changed)


def note_failure(session: Session, message_id: str, reason: str, now: datetime) -> bool:
    """Keep why a try failed; return False when it was the last one, and the message is unknown."""
    row = session.scalars(
        select(OutboxRow).where(OutboxRow.id == message_id).with_for_update()
    ).one()
    if row.status != OutboxStatus.SENT:
        return False
    row.answer = reason[:500]
    patience = WEBHOOK_GIVE_UP if row.kind == WEBHOOK else GIVE_UP
    is_over = row.sent_at is not None and row.sent_at < now - patience
    if is_over:
        row.status = OutboxStatus.UNKNOWN
    return not is_over


def lose_message(session: Session, message_id: str, reason: str) -> None:
    """Leave the message to a person: it is not tried again."""
    session.execute(
        update(OutboxRow)
        .where(
            OutboxRow.id == message_id,
            OutboxRow.status.in_((OutboxStatus.SENT, OutboxStatus.UNKNOWN)),
        )
        .values(status=OutboxStatus.UNKNOWN, answer=reason[:500])
    )


def close_message(session: Session, row: OutboxRow, answer: str, now: datetime) -> None:
    """End a message that need not leave any more: somebody else has done what it asks for."""
    if row.status == OutboxStatus.QUEUED:
        row.status = OutboxStatus.SENT
        session.flush()
    row.status, row.answer, row.settled_at = OutboxStatus.CONFIRMED, answer[:500], now
    session.flush()
    forget_payload(session, row.id)
    session.expire(row, ["payload", "kept_payload"])


def is_due(now: datetime) -> ColumnElement[bool]:
    """Tell of a row whether its message may leave now."""
    return and_(
        OutboxRow.status.in_((OutboxStatus.QUEUED, OutboxStatus.SENT)),
        or_(
            OutboxRow.next_try_at <= now,
            and_(
                OutboxRow.status == OutboxStatus.QUEUED,
                OutboxRow.tool_call_id.is_not(None),
                is_over(OutboxRow.conversation_id),
            ),
        ),
    )


def is_told(session: Session, row: OutboxRow) -> bool:
    """Tell whether the conversation has told what the message was to tell."""
    return (
        row.tool_call_id is not None
        and row.conversation_id is not None
        and row.tries == 0
        and was_heard(session, row.conversation_id, row.tool_call_id, row.queued_at)
    )


def message_of(row: OutboxRow) -> OutboxMessage | None:
    """Return the message as a receiver gets it, or None when its payload cannot be read."""
    try:
        payload = json.loads(row.payload)
    except ValueError:
        return None
    if not isinstance(payload, dict):
        return None
    return OutboxMessage(
        row.id,
        row.idempotency_key,
        row.kind,
        payload,
        row.conversation_id,
        row.customer_id,
        row.queued_at,
        row.tries,
        row.is_secret,
    )


def settle_effects(
    session: Session,
    message: OutboxMessage,
    is_done: bool,
    now: datetime,
    settlements: Mapping[str, Settle],
) -> Exception | None:
    """Change what the answer changes in the company's tables; return why that could not be."""
    settle = settlements.get(message.kind)
    if settle is None:
        return None
    try:
        with session.begin_nested():
            settle(session, message, is_done, now)
    except (OperationalError, StoreError):
        raise  # the database's fault, not this message's
    except Exception as error:
        # The seam to the company: its failure must not undo what has happened outside.
        _log.exception("outbox_settlement_failed", message_id=message.id, kind=message.kind)
        return error
    return None
