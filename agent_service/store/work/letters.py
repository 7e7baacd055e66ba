"""Letters of the team to a customer, about a conversation: messages of the outbox."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from agent_service.store.auditing import audit
from agent_service.store.contacts import address_of
from agent_service.store.directory import Customers
from agent_service.store.outbox import (
    LETTERS,
    OutboxRow,
    OutboxStatus,
    message_of,
    queue_message,
)
from agent_service.store.tables import Conversation
from agent_service.store.work.errors import WorkError, unknown_conversation

LONGEST_LETTER: Final = 2_000
_MOST: Final = 20


@dataclass(frozen=True, slots=True)
class Letter:
    """A letter to the customer, whoever wrote it."""

    at: datetime
    to: str
    text: str
    status: OutboxStatus
    answer: str | None
    """What became of it, in the receiver's words."""


def letters_of(session: Session, conversation_id: str) -> Sequence[Letter]:
    """Return the letters about a conversation, the last first; none that is secret."""
    rows = session.scalars(
        select(OutboxRow)
        .where(
            OutboxRow.conversation_id == conversation_id,
            OutboxRow.kind == LETTERS,
            ~OutboxRow.is_secret,
        )
        .order_by(OutboxRow.queued_at.desc(), OutboxRow.id.desc())
        .limit(_MOST)
    )
    found = []
    for row in rows:
        message = message_of(row)
        said = message.payload if message else {}
        to, text = str(said.get("to") or ""), str(said.get("text") or "")
        found.append(Letter(row.queued_at, to, text, row.status, row.answer))
    return found


def address_of_caller(session: Session, id: str, customers: Customers) -> str | None:
    """Return where a letter to who called in a conversation goes; None where nobody can tell."""
    conversation = session.get(Conversation, id)
    return address_of(session, conversation.customer_id, customers) if conversation else None


def write_letter(
    session: Session,
    conversation_id: str,
    text: str,
    to: str | None,
    key: str,
    now: datetime,
    *,
    by: str,
) -> None:
    """Have a letter leave; one that was sent with the same ``key`` is the same letter."""
    text = text.strip()
    if not text or len(text) > LONGEST_LETTER:
        raise WorkError(f"A letter has 1 to {LONGEST_LETTER} characters.")
    conversation = session.get(Conversation, conversation_id)
    if conversation is None:
        raise unknown_conversation()
    if not to:
        raise WorkError("It was not sent: no contact of this customer is on file, or is found now.")
    try:
        with session.begin_nested():
            id = queue_message(
                session,
                kind=LETTERS,
                payload={"to": to, "text": text},
                idempotency_key=f"letter-{conversation_id}-{key}",
                now=now,
                conversation_id=conversation_id,
                customer_id=conversation.customer_id,
            )
    except IntegrityError:  # the form was sent twice
        return
    audit(session, by, "letter.written", now, subject=id, conversation_id=conversation_id)
