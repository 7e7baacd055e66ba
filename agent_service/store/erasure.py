"""Erasing a customer: what is kept of them goes, step by step, and a receipt says what went.

Each step is a transaction of its own and safe to repeat: an erasure that was interrupted goes on
where it stopped. Once it is finished, nothing here says whose it was.
"""

import json
import re
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final, TypeAlias
from urllib.parse import unquote_plus

from sqlalchemy import (
    ColumnElement,
    CursorResult,
    Executable,
    String,
    cast,
    delete,
    func,
    or_,
    select,
    update,
)
from sqlalchemy import Table as Declared
from sqlalchemy.orm import Mapped, Session, mapped_column

from agent_service.clock import Clock, uuid7
from agent_service.errors import AgentServiceError
from agent_service.store.approvals import APPROVAL_ERASED, UNDECIDED, Approval
from agent_service.store.auditing import audit
from agent_service.store.claims import ConversationClaim
from agent_service.store.contacts import Contact
from agent_service.store.database import Database
from agent_service.store.forgetting import declared, delete_conversation
from agent_service.store.identity import IdentityTry, OneTimeCode
from agent_service.store.limits import LimitCounter
from agent_service.store.outbox import OutboxRow, OutboxStatus
from agent_service.store.processes import is_there
from agent_service.store.promises import Completion, PromiseKind
from agent_service.store.requests import Callback, Handoff, Ticket
from agent_service.store.reviews.tables import ReviewRound
from agent_service.store.schema import CleanText, Table
from agent_service.store.search import forget_removed_words
from agent_service.store.tables import AuditEntry, Conversation, Recording
from agent_service.store.views import SavedView

ERASED: Final = "erased"
"""What stands in the place of a customer in what has to stay."""

_OPEN: Final = (OutboxStatus.QUEUED, OutboxStatus.SENT)


class ErasureError(AgentServiceError):
    """The customer cannot be erased now."""

    code = "erasure_refused"


class Erasure(Table):
    """An erasure, and what it has done: the receipt."""

    __tablename__ = "erasures"

    id: Mapped[str] = mapped_column(CleanText(36), primary_key=True)
    customer_id: Mapped[str | None]
    """Until it is finished."""
    requested_by: Mapped[str]
    requested_at: Mapped[datetime]
    finished_at: Mapped[datetime | None]
    removed: Mapped[str]
    """JSON: how many of what."""
    kept: Mapped[str]
    """JSON: what stays, and why."""


@dataclass(frozen=True, slots=True)
class CompanyErasure:
    """What a company did with its own tables."""

    removed: Mapping[str, int] = field(default_factory=dict)
    """How many rows of which table were deleted, or emptied of what is personal."""
    kept: Mapping[str, str] = field(default_factory=dict)
    """Which tables keep what, and by which law or need."""


EraseOwn: TypeAlias = Callable[[Session, str, datetime], CompanyErasure]
"""Take a customer out of a company's own tables, in one transaction; safe to repeat."""


@dataclass(frozen=True, slots=True)
class Receipt:
    """What was erased."""

    id: str
    requested_by: str
    requested_at: datetime
    finished_at: datetime | None
    removed: Mapping[str, int]
    kept: Mapping[str, str]


class Erasing:
    """Erases customers; raises StoreError, and can be repeated, when storage is away."""

    def __init__(
        self,
        database: Database,
        clock: Clock,
        delete_sound: Callable[[str], int],
        erase_own: EraseOwn | None = None,
        own_tables: Sequence[Declared] = (),
        delete_letter: Callable[[str], None] = lambda _: None,
    ) -> None:
        """``delete_letter`` deletes what was written of a message, by its key, for trying out."""
        self._database = database
        self._clock = clock
        self._delete_sound = delete_sound
        self._erase_own = erase_own
        self._own_tables = tuple(own_tables)
        self._delete_letter = delete_letter

    def erase(self, customer_id: str, *, requested_by: str) -> Receipt:
        """Erase a customer, or go on with it; raises ErasureError while they are talking."""
        with self._database.write() as session:
            _refuse_while_talking(session, customer_id)
            erasure_id = _begun(session, customer_id, requested_by, self._clock.utc())
        return self._go_on(erasure_id, customer_id)

    def resume(self) -> list[Receipt]:
        """Go on with erasures that were interrupted."""
        with self._database.read() as session:
            wanted = select(Erasure).where(Erasure.finished_at.is_(None)).order_by(Erasure.id)
            found = [(row.id, row.customer_id) for row in session.scalars(wanted)]
        return [self._go_on(id, customer_id) for id, customer_id in found if customer_id]

    def _go_on(self, erasure_id: str, customer_id: str) -> Receipt:
        for key in self._letters(customer_id):  # while there are rows that tell of them
            self._delete_letter(key)
        while (conversation_id := self._next_conversation(customer_id)) is not None:
            with self._database.read() as session:
                counted = _recordings(session, Conversation.id == conversation_id)
            unfinished = max(self._delete_sound(conversation_id) - counted, 0)
            with self._database.write() as session:
                self._note_dropped(session, erasure_id, Approval.conversation_id == conversation_id)
                removed = _erase_conversation(session, conversation_id)
                _add(session, erasure_id, removed + Counter({"recordings": unfinished}))
        with self._database.write() as session:
            self._note_dropped(session, erasure_id, Approval.customer_id == customer_id)
            _add(session, erasure_id, _erase_rows(session, customer_id))
        with self._database.write() as session:
            own = self._own(session, customer_id)
            _add(session, erasure_id, Counter(own.removed), own.kept)
        with self._database.write() as session:
            forget_removed_words(session)
        self._database.forget_removed()
        with self._database.write() as session:
            receipt = _finish(session, erasure_id, self._clock.utc())
        self._database.forget_removed()
        return receipt

    def _note_dropped(self, session: Session, erasure_id: str, where: ColumnElement[bool]) -> None:
        """Leave, for who is about to decide on it, that an approval is gone with its customer."""
        by = session.get_one(Erasure, erasure_id).requested_by
        undecided = select(Approval.id).where(where, Approval.status.in_(UNDECIDED))
        for id in session.scalars(undecided):
            audit(session, by, APPROVAL_ERASED, self._clock.utc(), subject=id)
        session.flush()

    def _next_conversation(self, customer_id: str) -> str | None:
        with self._database.read() as session:
            of_them = select(Conversation.id).where(Conversation.customer_id == customer_id)
            return session.scalar(of_them.order_by(Conversation.id).limit(1))

    def _letters(self, customer_id: str) -> list[str]:
        with self._database.read() as session:
            wanted = select(OutboxRow.idempotency_key).where(OutboxRow.customer_id == customer_id)
            return [*session.scalars(wanted)]

    def _own(self, session: Session, customer_id: str) -> CompanyErasure:
        """Have the company see to its own tables, or say which of them nobody saw to."""
        if self._erase_own is not None:
            return self._erase_own(session, customer_id, self._clock.utc())
        left = {}
        for table in self._own_tables:
            column = table.c.get("customer_id")
            if column is not None:
                found = _run(session, select(column).where(column == customer_id).limit(1))
                if found.first() is not None:
                    left[table.name] = "the company declares no erase"
        return CompanyErasure({}, left)


def find_receipt(session: Session, erasure_id: str) -> Receipt | None:
    """Return what an erasure has done up to now."""
    row = session.get(Erasure, erasure_id)
    return None if row is None else _receipt(row)


def _refuse_while_talking(session: Session, customer_id: str) -> None:
    """Raise while a conversation of the customer's goes on in a process that is there."""
    going_on = (
        select(ConversationClaim.process_id)
        .join(Conversation, Conversation.id == ConversationClaim.conversation_id)
        .where(Conversation.customer_id == customer_id, Conversation.ended_at.is_(None))
    )
    for process_id in set(session.scalars(going_on)):
        if is_there(session, process_id):
            raise ErasureError(
                "A conversation of this customer goes on: ask again when it has ended.",
                code="customer_talking",
            )


def _begun(session: Session, customer_id: str, requested_by: str, now: datetime) -> str:
    known = session.scalar(
        select(Erasure.id).where(Erasure.customer_id == customer_id, Erasure.finished_at.is_(None))
    )
    if known is not None:
        return known
    # Counted before the first goes: files and their rows go one by one, whatever interrupts it.
    recordings = _recordings(session, Conversation.customer_id == customer_id)
    erasure = Erasure(
        id=uuid7(),
        customer_id=customer_id,
        requested_by=requested_by,
        requested_at=now,
        removed=json.dumps({"recordings": recordings} if recordings else {}),
        kept="{}",
    )
    session.add(erasure)
    audit(session, requested_by, "customer.erased", now, subject=erasure.id)
    session.flush()
    return erasure.id


def _recordings(session: Session, of: ColumnElement[bool]) -> int:
    rows = (
        select(func.count())
        .select_from(Recording)
        .join(Conversation, Conversation.id == Recording.conversation_id)
    )
    return session.scalars(rows.where(of)).one()


def _erase_conversation(session: Session, conversation_id: str) -> Counter[str]:
    """Delete a conversation, with what is promised in it; what is on its way is only unnamed."""
    counts: Counter[str] = Counter()
    for kind in (PromiseKind.TICKET, PromiseKind.CALLBACK, PromiseKind.HANDOFF):
        table = declared(_REQUESTS[kind])
        counts += _erase_requests(session, kind, table.c.conversation_id == conversation_id)
    approvals = declared(Approval)
    counts["approvals"] += (
        session.connection()
        .execute(delete(approvals).where(approvals.c.conversation_id == conversation_id))
        .rowcount
    )
    outbox = declared(OutboxRow)
    counts["messages to be emptied once delivered"] += _unname(
        session, outbox.c.conversation_id == conversation_id
    )
    _unname_audit(session, declared(AuditEntry).c.conversation_id == conversation_id)
    return counts + delete_conversation(session, conversation_id)


_REQUESTS: Final[Mapping[PromiseKind, type[Table]]] = {
    PromiseKind.TICKET: Ticket,
    PromiseKind.CALLBACK: Callback,
    PromiseKind.HANDOFF: Handoff,
}


def _erase_requests(session: Session, kind: PromiseKind, where: Any) -> Counter[str]:
    """Delete requests to the team, with the notes of who has done them."""
    table = declared(_REQUESTS[kind])
    found = list(_run(session, select(table.c.id).where(where)).scalars())
    if not found:
        return Counter()
    names = [f"{kind}-{id}" for id in found]
    done, audit = declared(Completion), declared(AuditEntry)
    _run(session, delete(done).where(done.c.promise_id.in_(names)))
    _run(session, update(audit).where(audit.c.subject.in_(names)).values(detail=None))
    _run(session, delete(table).where(table.c.id.in_(found)))
    return Counter({table.name: len(found)})


def _run(session: Session, statement: Executable) -> CursorResult[Any]:
    """Run a statement that touches no object."""
    return session.connection().execute(statement)


def _unname(session: Session, where: Any) -> int:
    """Have what is on its way emptied once it is settled, and say now no more whose it is."""
    outbox = declared(OutboxRow)
    changed = _run(
        session,
        update(outbox)
        .where(where, outbox.c.status.in_(_OPEN))
        .values(is_secret=True, customer_id=None, conversation_id=None, tool_call_id=None),
    )
    return int(changed.rowcount)


def _unname_audit(session: Session, where: Any) -> None:
    """Leave of audit entries what was done and when, and by whom of the team."""
    audit = declared(AuditEntry)
    is_callers = audit.c.actor.startswith("caller:")
    _run(session, update(audit).where(where, is_callers).values(actor=f"caller:{ERASED}"))
    _run(session, update(audit).where(where).values(detail=None))


def _erase_rows(session: Session, customer_id: str) -> Counter[str]:
    """Delete what is kept of a customer outside of conversations."""
    counts: Counter[str] = Counter()
    for kind, table_of in _REQUESTS.items():
        table = declared(table_of)
        counts += _erase_requests(session, kind, table.c.customer_id == customer_id)
    for of in (Contact, OneTimeCode, Approval):
        table = declared(of)
        gone = _run(session, delete(table).where(table.c.customer_id == customer_id))
        counts[table.name] += gone.rowcount
    tries, limits = declared(IdentityTry), declared(LimitCounter)
    ends = f" {customer_id.casefold()}"
    gone = _run(session, delete(tries).where(tries.c.account.endswith(ends, autoescape=True)))
    counts[tries.name] += gone.rowcount
    _run(
        session,
        delete(limits).where(
            limits.c.scope == "customer_day",
            limits.c.holder.startswith(f"{customer_id} ", autoescape=True),
        ),
    )
    counts["saved views"] += _erase_views(session, customer_id)
    outbox = declared(OutboxRow)
    of_them = outbox.c.customer_id == customer_id
    counts["messages to be emptied once delivered"] += _unname(session, of_them)
    gone = _run(session, delete(outbox).where(of_them))
    counts[outbox.name] += gone.rowcount
    audit = declared(AuditEntry)
    is_of_them = or_(
        audit.c.actor == f"caller:{customer_id}",
        audit.c.subject == customer_id,
        cast(audit.c.detail, String).contains(f'"{customer_id}"', autoescape=True),
    )
    subjects = update(audit).where(audit.c.subject == customer_id).values(subject=ERASED)
    _unname_audit(session, is_of_them)
    _run(session, subjects)
    return counts


def _erase_views(session: Session, customer_id: str) -> int:
    """Delete the questions under a name that ask for the customer; no sample says so, either."""
    named = re.compile(rf"(?<!\w){re.escape(customer_id)}(?!\w)")
    views = session.scalars(select(SavedView)).all()
    meant = [view for view in views if named.search(unquote_plus(view.question))]
    for view in meant:
        session.delete(view)
    for drawn in session.scalars(select(ReviewRound).where(ReviewRound.question != "")):
        if named.search(unquote_plus(drawn.question)):
            drawn.question = ERASED
    session.flush()
    return len(meant)


def _add(
    session: Session,
    erasure_id: str,
    removed: Mapping[str, int],
    kept: Mapping[str, str] | None = None,
) -> None:
    """Note on the receipt what a step has done, in its own transaction."""
    row = session.get_one(Erasure, erasure_id, with_for_update=True)
    total = Counter(json.loads(row.removed))
    total.update({name: count for name, count in removed.items() if count})
    row.removed = json.dumps(total, sort_keys=True)
    if kept:
        row.kept = json.dumps(dict(kept), sort_keys=True)
    session.flush()


def _finish(session: Session, erasure_id: str, now: datetime) -> Receipt:
    row = session.get_one(Erasure, erasure_id, with_for_update=True)
    row.finished_at, row.customer_id = row.finished_at or now, None
    session.flush()
    return _receipt(row)


def _receipt(row: Erasure) -> Receipt:
    return Receipt(
        row.id,
        row.requested_by,
        row.requested_at,
        row.finished_at,
        json.loads(row.removed),
        json.loads(row.kept),
    )


def receipt_facts(receipt: Receipt) -> dict[str, Any]:
    """Return a receipt as JSON."""
    return {
        "id": receipt.id,
        "requested_by": receipt.requested_by,
        "requested_at": receipt.requested_at.isoformat(),
        "finished_at": receipt.finished_at and receipt.finished_at.isoformat(),
        "removed": dict(receipt.removed),
        "kept": dict(receipt.kept),
    }
