"""What waits for one customer or was promised to them, besides their conversations."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from agent_service.store.approvals import Approval
from agent_service.store.requests import Callback, Handoff, Ticket

MOST = 50


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
    found = [
        Happening(row.requested_at, "approval", row.summary, row.status, row.conversation_id)
        for row in session.scalars(
            select(Approval)
            .where(Approval.customer_id == customer_id)
            .order_by(Approval.requested_at.desc())
            .limit(MOST)
        )
    ]
    found += [
        Happening(row.created_at, "ticket", row.subject, row.status, row.conversation_id)
        for row in session.scalars(
            select(Ticket)
            .where(Ticket.customer_id == customer_id)
            .order_by(Ticket.created_at.desc())
            .limit(MOST)
        )
    ]
    found += [
        Happening(row.created_at, "callback", row.topic, row.status, row.conversation_id)
        for row in session.scalars(
            select(Callback)
            .where(Callback.customer_id == customer_id)
            .order_by(Callback.created_at.desc())
            .limit(MOST)
        )
    ]
    found += [
        Happening(row.requested_at, "handoff", row.reason, row.status, row.conversation_id)
        for row in session.scalars(
            select(Handoff)
            .where(Handoff.customer_id == customer_id)
            .order_by(Handoff.requested_at.desc())
            .limit(MOST)
        )
    ]
    return sorted(found, key=lambda one: one.at, reverse=True)
