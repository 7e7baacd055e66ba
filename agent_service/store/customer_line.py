"""What waits for one customer or was promised to them, besides their conversations."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from agent_service.store.approvals import UNDECIDED, Approval
from agent_service.store.outbox import LETTERS, OutboxRow, OutboxStatus
from agent_service.store.requests import Callback, Handoff, RequestStatus, Ticket, TicketStatus

MOST: Final = 50

_KINDS: Final[tuple[tuple[str, Any, Any, Any], ...]] = (
    ("approval", Approval, Approval.requested_at, Approval.summary),
    ("ticket", Ticket, Ticket.created_at, Ticket.subject),
    ("callback", Callback, Callback.created_at, Callback.topic),
    ("handoff", Handoff, Handoff.requested_at, Handoff.reason),
)
"""A name, the table, and its columns of when and for what."""


_OPEN: Final = frozenset((*UNDECIDED, RequestStatus.REQUESTED, TicketStatus.OPEN))
"""What the team has yet to do: it goes when the customer is erased."""


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


def still_open(line: Iterable[Happening]) -> list[Happening]:
    """Return what of it the team has yet to do."""
    return [one for one in line if one.state in _OPEN]


def messages_on_their_way(session: Session, customer_id: str) -> int:
    """Return how many letters to a customer are still to be delivered."""
    waiting = select(func.count()).where(
        OutboxRow.customer_id == customer_id,
        OutboxRow.kind == LETTERS,
        OutboxRow.status.in_((OutboxStatus.QUEUED, OutboxStatus.SENT)),
    )
    return session.scalars(waiting).one()
