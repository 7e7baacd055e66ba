"""What waits for one customer or was promised to them, besides their conversations."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from agent_service.store.approvals import Approval
from agent_service.store.requests import Callback, Handoff, Ticket

MOST: Final = 50

_KINDS: Final[tuple[tuple[str, Any, Any, Any], ...]] = (
    ("approval", Approval, Approval.requested_at, Approval.summary),
    ("ticket", Ticket, Ticket.created_at, Ticket.subject),
    ("callback", Callback, Callback.created_at, Callback.topic),
    ("handoff", Handoff, Handoff.requested_at, Handoff.reason),
)
"""A name, the table, and its columns of when and for what."""


@dataclass(frozen=True, slots=True)
class Happening:
    """One thing that a customer asked for."""

    at: datetime
    kind: str
    words: str
    state: str
    conversation_id: str | None


def customer_line(session: Session, customer_id: str) -> list[Happening]:
    """Return what a customer asked the team for, the latest first; of each kind the last fifty."""
    found = []
    for kind, table, at, words in _KINDS:
        rows = select(table).where(table.customer_id == customer_id).order_by(at.desc())
        for row in session.scalars(rows.limit(MOST)):
            asked_at, said = getattr(row, at.key), getattr(row, words.key)
            found.append(Happening(asked_at, kind, said, row.status, row.conversation_id))
    return sorted(found, key=lambda one: one.at, reverse=True)
