"""The one reader of everything that was promised to callers and is open.

A promise has no row of its own: it is read from the row that was written in the transaction that
made it, so none can be made without being listed. Whatever the agent may say about people ("a
colleague is checking it") must be found here.
"""

import json
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, Final, TypeAlias

import msgspec
from sqlalchemy import (
    ColumnElement,
    Select,
    and_,
    exists,
    literal,
    literal_column,
    or_,
    select,
    true,
)
from sqlalchemy.orm import InstrumentedAttribute, Mapped, Session, mapped_column

from agent_service.store.approvals import UNDECIDED, Approval
from agent_service.store.office_hours import OfficeHours, office_hours
from agent_service.store.outbox import TEAM, OutboxRow, OutboxStatus
from agent_service.store.requests import (
    Callback,
    Handoff,
    RequestStatus,
    Ticket,
    TicketStatus,
)
from agent_service.store.schema import SaidText, Table
from agent_service.store.tables import MAYBE_UNKNOWN, Conversation, ToolCall

OVERDUE: Final = timedelta(minutes=1)
"""A message that should have left so long ago has nobody who sends it."""

MOST: Final = 1000
_LONGEST: Final = 1000
_UNKNOWN_OUTPUT: Final = '{"status": "unknown"%'

_Caller: TypeAlias = tuple[str | None, str | None]
"""Customer and name."""


class PromiseKind(StrEnum):
    HANDOFF = "handoff"
    CALLBACK = "callback"
    TICKET = "ticket"
    OUTCOME = "outcome"
    """Nobody knows whether a tool's effect outside has happened: a colleague is checking it."""
    MESSAGE = "message"
    """What the outbox could not deliver, or does not know to be done."""
    TEAM = "team"
    """What only a person can tell or do: a tool asked for it, or a caller has no contact."""
    APPROVAL = "approval"


class Completion(Table):
    """That a promise was kept, by whom; the promise itself is a row elsewhere."""

    __tablename__ = "completions"

    promise_id: Mapped[str] = mapped_column(primary_key=True)
    done_at: Mapped[datetime]
    done_by: Mapped[str]
    note: Mapped[SaidText]


@dataclass(frozen=True, slots=True, kw_only=True)
class Promise:
    """One thing that somebody was promised."""

    id: str
    """``KIND-NUMBER``."""
    kind: PromiseKind
    promised_at: datetime
    due_at: datetime | None = None
    customer_id: str | None
    caller_name: str | None = None
    conversation_id: str | None
    what: str
    """What was promised, in words for the team."""
    state: str
    done_at: datetime | None = None
    done_by: str | None = None
    note: str | None = None

    def is_overdue(self, now: datetime) -> bool:
        """Tell whether it is still open although it was due."""
        return self.due_at is not None and self.due_at < now and self.state in _OPEN_STATES


@dataclass(frozen=True, slots=True)
class Source:
    """Where promises of one kind are written down."""

    key: InstrumentedAttribute[Any]
    """Names the row, and with the kind the promise."""
    made_at: InstrumentedAttribute[datetime]
    is_promise: ColumnElement[bool]
    """Which of the table's rows, open or not."""
    is_open: Callable[[datetime], ColumnElement[bool]]
    read: Callable[[Any], Promise]

    @property
    def is_numbered(self) -> bool:
        return self.key.property.columns[0].type.python_type is int


def listed(promise: Promise, now: datetime) -> dict[str, Any]:
    """Return the promise as programs read it."""
    age_s = max(0, int((now - promise.promised_at).total_seconds()))
    facts: dict[str, Any] = msgspec.to_builtins(promise)
    return facts | {"age_s": age_s, "is_overdue": promise.is_overdue(now)}


def list_promises(
    session: Session,
    now: datetime,
    *,
    kind: PromiseKind | None = None,
    conversation_id: str | None = None,
    is_all: bool = False,
    limit: int = 200,
) -> list[Promise]:
    """Return what is open, the oldest first; or all of it, the latest first."""
    found: list[Promise] = []
    for source in SOURCES.values() if kind is None else [SOURCES[kind]]:
        statement = _selected(source, now, is_all, limit)
        if conversation_id is not None:
            statement = statement.where(source.key.class_.conversation_id == conversation_id)
        found += map(source.read, session.scalars(statement))
    found.sort(key=lambda promise: (promise.promised_at, promise.id), reverse=is_all)
    return _completed(session, found[:limit])


def _selected(source: Source, now: datetime, is_all: bool, limit: int) -> Select[Any]:
    statement = select(source.key.class_).where(source.is_promise).limit(limit)
    if is_all:
        return statement.order_by(source.made_at.desc())
    return statement.where(source.is_open(now)).order_by(source.made_at)


def _completed(session: Session, promises: list[Promise]) -> list[Promise]:
    """Add who the callers are, and who has kept which promise."""
    ids = [promise.id for promise in promises]
    kept = {
        row.promise_id: row
        for row in session.scalars(select(Completion).where(Completion.promise_id.in_(ids)))
    }
    callers = _callers(session, {promise.conversation_id for promise in promises} - {None})
    hours = office_hours(session)
    return [
        _with(
            _due(promise, hours), kept.get(promise.id), callers.get(promise.conversation_id or "")
        )
        for promise in promises
    ]


def _due(promise: Promise, hours: OfficeHours) -> Promise:
    """Add when a ticket is to be answered, as its caller was told."""
    if promise.kind is not PromiseKind.TICKET:
        return promise
    return replace(promise, due_at=hours.in_one_working_day(promise.promised_at))


def _callers(session: Session, ids: Collection[str | None]) -> Mapping[str, _Caller]:
    rows = session.execute(
        select(Conversation.id, Conversation.customer_id, Conversation.caller_name).where(
            Conversation.id.in_(ids)
        )
    )
    return {id: (customer_id, name) for id, customer_id, name in rows}


def _with(promise: Promise, row: Completion | None, caller: _Caller | None) -> Promise:
    if caller is not None:
        known, name = caller
        customer_id = promise.customer_id or known
        promise = replace(promise, customer_id=customer_id, caller_name=name)
    if row is None:
        return promise
    return replace(promise, state="done", done_at=row.done_at, done_by=row.done_by, note=row.note)


def is_kept(kind: PromiseKind, key: InstrumentedAttribute[str]) -> ColumnElement[bool]:
    """Tell of a row whether somebody has marked its promise as done."""
    return exists().where(Completion.promise_id == literal(f"{kind}-").concat(key))


# --- requests to the team ---


def _handoff(row: Handoff) -> Promise:
    return Promise(
        id=f"handoff-{row.id}",
        kind=PromiseKind.HANDOFF,
        promised_at=row.requested_at,
        customer_id=row.customer_id,
        conversation_id=row.conversation_id,
        what=f"A colleague takes over: {row.reason}",
        state=row.status.value,
    )


def _callback(row: Callback) -> Promise:
    return Promise(
        id=f"callback-{row.id}",
        kind=PromiseKind.CALLBACK,
        promised_at=row.created_at,
        due_at=row.due_at,
        customer_id=row.customer_id,
        conversation_id=row.conversation_id,
        what=f"A colleague calls {row.phone}: {row.topic}",
        state=row.status.value,
    )


def _ticket(row: Ticket) -> Promise:
    about = f" about {row.about}" if row.about else ""
    to = f" to {row.contact}" if row.contact else ""
    return Promise(
        id=f"ticket-{row.id}",
        kind=PromiseKind.TICKET,
        promised_at=row.created_at,
        customer_id=row.customer_id,
        conversation_id=row.conversation_id,
        what=_short(f'The team answers ticket {row.id}{about}{to}, "{row.subject}": {row.body}'),
        state=row.status.value,
    )


# --- what nobody knows, or nobody has told ---


def _outcome(row: ToolCall) -> Promise:
    return Promise(
        id=f"outcome-{row.id}",
        kind=PromiseKind.OUTCOME,
        promised_at=row.requested_at,
        customer_id=None,
        conversation_id=row.conversation_id,
        what=_short(
            f"A colleague finds out whether {row.name} went through, and tells the caller:"
            f" {row.arguments}"
        ),
        state="unknown",
    )


def _is_unknown() -> ColumnElement[bool]:
    # The second is what the caller was told, when the database could not be told in time.
    return and_(
        # In the words of the index: there are few among all that failed.
        literal_column(MAYBE_UNKNOWN),
        or_(
            ToolCall.error_kind == "unknown",
            and_(ToolCall.error_kind.is_(None), ToolCall.output.like(_UNKNOWN_OUTPUT)),
        ),
    )


def _message(row: OutboxRow) -> Promise:
    return Promise(
        id=f"message-{row.id}",
        kind=PromiseKind.MESSAGE,
        promised_at=row.queued_at,
        customer_id=row.customer_id,
        conversation_id=row.conversation_id,
        what=_short(f"{_asked(row)} ({_standing(row)})"),
        state=row.status.value,
    )


def _team(row: OutboxRow) -> Promise:
    text = _text(row)
    if row.tool_call_id is not None:
        who = row.customer_id or "the caller"
        text = f"Tell {who}, who has no contact on file: {text}"
    return Promise(
        id=f"team-{row.id}",
        kind=PromiseKind.TEAM,
        promised_at=row.queued_at,
        customer_id=row.customer_id,
        conversation_id=row.conversation_id,
        what=_short(text),
        state="done" if row.status == OutboxStatus.CONFIRMED else "open",
    )


def _asked(row: OutboxRow) -> str:
    """Say what the message asks for; of a secret one, nothing but its kind."""
    if row.is_secret:
        return f"a secret {row.kind}, such as a code"
    payload = _payload(row)
    match payload:
        case {"to": str(to), "text": str(text)}:
            return f"{row.kind} to {to}: {text}"
        case _:
            return f"{row.kind}: {row.payload}"


def _standing(row: OutboxRow) -> str:
    tries = f"{row.tries} tries" if row.tries != 1 else "1 try"
    match row.status:
        case OutboxStatus.QUEUED:
            return f"waits: {row.answer or 'nobody has sent it'}"
        case OutboxStatus.SENT:
            return f"no answer so far after {tries}: {row.answer or 'none'}"
        case _:
            return f"{row.status.value} after {tries}: {row.answer or 'no answer came'}"


def _text(row: OutboxRow) -> str:
    payload = _payload(row)
    text = payload.get("text") if isinstance(payload, dict) else None
    return text if isinstance(text, str) else row.payload


def _payload(row: OutboxRow) -> Any:
    try:
        return json.loads(row.payload)
    except ValueError:
        return None


def _is_stuck(now: datetime) -> ColumnElement[bool]:
    is_late = OutboxRow.next_try_at < now - OVERDUE
    is_moving = OutboxRow.status.in_((OutboxStatus.QUEUED, OutboxStatus.SENT))
    is_lost = OutboxRow.status.in_((OutboxStatus.REJECTED, OutboxStatus.UNKNOWN))
    return and_(
        or_(is_lost, and_(is_moving, or_(OutboxRow.answer.is_not(None), is_late))),
        ~is_kept(PromiseKind.MESSAGE, OutboxRow.id),
    )


def _waits_for_team(now: datetime) -> ColumnElement[bool]:
    is_told_by_nobody = or_(
        OutboxRow.tool_call_id.is_(None), OutboxRow.tries > 0, OutboxRow.next_try_at <= now
    )
    return and_(OutboxRow.status == OutboxStatus.QUEUED, is_told_by_nobody)


# --- decisions ---


def _approval(row: Approval) -> Promise:
    return Promise(
        id=f"approval-{row.id}",
        kind=PromiseKind.APPROVAL,
        promised_at=row.requested_at,
        due_at=row.expires_at,
        customer_id=row.customer_id,
        conversation_id=row.conversation_id,
        what=_short(f"The caller hears a decision on: {row.summary} ({row.reason})"),
        state=row.status.value,
        done_at=row.decided_at,
        done_by=row.decided_by,
        note=row.note,
    )


def _short(text: str) -> str:
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST]}…"


_OPEN_STATES: Final = {RequestStatus.REQUESTED, TicketStatus.OPEN, *UNDECIDED}
"""Of promises that have a due time."""

SOURCES: Final[Mapping[PromiseKind, Source]] = {
    PromiseKind.HANDOFF: Source(
        Handoff.id,
        Handoff.requested_at,
        true(),
        lambda now: Handoff.status == RequestStatus.REQUESTED,
        _handoff,
    ),
    PromiseKind.CALLBACK: Source(
        Callback.id,
        Callback.created_at,
        true(),
        lambda now: Callback.status == RequestStatus.REQUESTED,
        _callback,
    ),
    PromiseKind.TICKET: Source(
        Ticket.id,
        Ticket.created_at,
        true(),
        lambda now: Ticket.status == TicketStatus.OPEN,
        _ticket,
    ),
    PromiseKind.OUTCOME: Source(
        ToolCall.id,
        ToolCall.requested_at,
        _is_unknown(),
        lambda now: ~is_kept(PromiseKind.OUTCOME, ToolCall.id),
        _outcome,
    ),
    PromiseKind.MESSAGE: Source(
        OutboxRow.id, OutboxRow.queued_at, OutboxRow.kind != TEAM, _is_stuck, _message
    ),
    PromiseKind.TEAM: Source(
        OutboxRow.id, OutboxRow.queued_at, OutboxRow.kind == TEAM, _waits_for_team, _team
    ),
    PromiseKind.APPROVAL: Source(
        Approval.id,
        Approval.requested_at,
        true(),
        lambda now: Approval.status.in_(UNDECIDED),
        _approval,
    ),
}
