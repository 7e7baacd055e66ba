"""What callers leave for the team when no conversation can begin: a callback, or a ticket."""

import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import exists, func, select
from sqlalchemy.orm import Session

from agent_service.errors import CallerError
from agent_service.store.office_hours import office_hours
from agent_service.store.promises import PromiseKind
from agent_service.store.requests import Callback, RequestStatus, Ticket, TicketStatus

MOST_OPEN: Final = 3
"""Of one contact."""

_PHONE: Final = re.compile(r"\+?[0-9][0-9 ()/-]{5,24}")
_EMAIL: Final = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")
_LONGEST_SUBJECT: Final = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    conversation_id: str
    customer_id: str | None
    contact: str
    about: str


@dataclass(frozen=True, slots=True)
class Left:
    """What the caller was promised."""

    promise_id: str
    due_at: datetime


def check_contact(contact: str) -> None:
    """Raise CallerError unless the team can answer there."""
    if not (_PHONE.fullmatch(contact) or _EMAIL.fullmatch(contact)):
        raise CallerError(
            "contact: give a telephone number or an email address.", code="bad_request"
        )


def leave_message(session: Session, message: Message, now: datetime) -> Left:
    """Promise an answer within one working day; raise CallerError where too many are open."""
    phone, contact = Callback.phone == message.contact, Ticket.contact == message.contact
    is_requested = phone, Callback.status == RequestStatus.REQUESTED
    is_open = contact, Ticket.status == TicketStatus.OPEN
    open_now = session.scalar(select(func.count(Callback.id)).where(*is_requested)) or 0
    open_now += session.scalar(select(func.count(Ticket.id)).where(*is_open)) or 0
    if open_now >= MOST_OPEN:
        raise CallerError(
            f"The team has {open_now} messages of this contact already, and will answer.",
            code="too_many_messages",
        )
    due_at = office_hours(session).in_one_working_day(now)
    if not _PHONE.fullmatch(message.contact):
        return Left(f"{PromiseKind.TICKET}-{_ticket(session, message, now).id}", due_at)
    while session.scalar(select(exists().where(*is_requested, Callback.due_at == due_at))):
        due_at += timedelta(minutes=1)
    callback = Callback(
        customer_id=message.customer_id,
        conversation_id=message.conversation_id,
        phone=message.contact,
        topic=message.about,
        due_at=due_at,
        status=RequestStatus.REQUESTED,
        created_at=now,
    )
    session.add(callback)
    session.flush()
    return Left(f"{PromiseKind.CALLBACK}-{callback.id}", due_at)


def _ticket(session: Session, message: Message, now: datetime) -> Ticket:
    ticket = Ticket(
        customer_id=message.customer_id,
        conversation_id=message.conversation_id,
        subject=message.about[:_LONGEST_SUBJECT],
        body=message.about,
        contact=message.contact,
        status=TicketStatus.OPEN,
        created_at=now,
        fingerprint=message.conversation_id,
    )
    session.add(ticket)
    session.flush()
    return ticket
