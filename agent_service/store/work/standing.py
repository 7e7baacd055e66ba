"""How the work on a conversation stands: its state, until when it waits, and who sees to it.

Who changes it says which version they saw; who saw an older one is told who was faster.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import ColumnElement, Select, exists, or_, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session, aliased

from agent_service.store.auditing import audit
from agent_service.store.members import Right, roles_with
from agent_service.store.tables import Conversation
from agent_service.store.team_tables import LONGEST_NAME, DeskUser
from agent_service.store.work.errors import WorkChanged, WorkError, unknown_conversation
from agent_service.store.work.tables import ConversationWork, WorkState

SERVICE: Final = "service"
"""Who has what waited come back, in the audit log."""
LONGEST_WAIT: Final = timedelta(days=366)
UNFINISHED: Final = (WorkState.OPEN, WorkState.WAITING)
MOST_AT_ONCE: Final = 200
RECENTLY: Final = timedelta(days=30)
"""For how long what is solved is still shown with the customer's next contact."""
MOST_RELATED: Final = 10
OPEN_WORK: Final = (
    "The team still works on earlier conversations of this caller, which began on: {dates}. What"
    " they were about is not known here. If the caller comes back to one of them, say that the"
    " team has it, and promise nothing about its outcome."
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """How the work on a conversation stands."""

    state: WorkState | None
    """None where nobody of the team has begun."""
    waits_until: datetime | None = None
    assignee: str | None = None
    version: int = 0
    changed_at: datetime | None = None
    changed_by: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """What is to be changed; what is not named stays."""

    state: WorkState | None = None
    waits_until: datetime | None = None
    """With the state ``waiting``."""
    assignee: str | None = None
    """The empty name for nobody."""


@dataclass(frozen=True, slots=True)
class Changed:
    """What has come of changing several."""

    done: int
    refused: Mapping[str, str]
    """By conversation, why it stays as it is."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Related:
    """Another conversation of the same customer that the team works on, or has lately solved."""

    conversation_id: str
    started_at: datetime
    agent: str
    state: WorkState
    waits_until: datetime | None
    assignee: str | None


def standing_of(session: Session, conversation_id: str) -> Standing:
    """Return how it stands."""
    row = session.get(ConversationWork, conversation_id)
    return _facts(row) if row is not None else Standing(state=None)


def versions_of(session: Session, ids: Iterable[str]) -> dict[str, int]:
    """Return the versions of those that somebody has begun with."""
    row = ConversationWork
    found = session.execute(
        select(row.conversation_id, row.version).where(row.conversation_id.in_([*ids]))
    )
    return dict(found.all())


def change_work(
    session: Session, conversation_id: str, change: Change, version: int, now: datetime, *, by: str
) -> Standing:
    """Change how it stands; raise WorkChanged unless the version is the one that there is.

    Raises WorkError for what cannot be: an unknown user, a time that is over.
    """
    _check(session, change, now)
    row = session.get(ConversationWork, conversation_id, with_for_update=True)
    if row is None:
        row = _begun(session, conversation_id, change, version, now, by)
        before: dict[str, Any] = {}
    else:
        if row.version != version:
            raise WorkChanged(_who_was_faster(row))
        before = _told(row)
        _apply(row, change)
        if _told(row) == before:
            return _facts(row)
        _mark(row, now, by)
    told = {"before": before, **_told(row)} if before else _told(row)
    audit(session, by, "work.changed", now, conversation_id=conversation_id, detail=told)
    session.flush()
    return _facts(row)


def change_many(
    session: Session, versions: Mapping[str, int], change: Change, now: datetime, *, by: str
) -> Changed:
    """Change several; what somebody else has changed since it was seen stays as it is."""
    _check(session, change, now)
    done, refused = 0, {}
    for conversation_id in sorted(versions):  # always in this order: none waits for the other
        try:
            change_work(session, conversation_id, change, versions[conversation_id], now, by=by)
            done += 1
        except WorkError as error:
            refused[conversation_id] = error.message
    return Changed(done, refused)


def unassign_all(session: Session, name: str, now: datetime, *, by: str) -> int:
    """Take what is not solved from somebody who cannot see to it any more."""
    rows = session.scalars(
        select(ConversationWork)
        .where(ConversationWork.assignee == name, ConversationWork.state.in_(UNFINISHED))
        .with_for_update()
    ).all()
    for row in rows:
        row.assignee = None
        _mark(row, now, by)
        audit(
            session,
            by,
            "work.changed",
            now,
            conversation_id=row.conversation_id,
            detail={"before": {"assignee": name}, "assignee": None},
        )
    return len(rows)


def is_any_due(session: Session, now: datetime) -> bool:
    """Tell whether anything is to come back."""
    return session.scalars(_due(now).limit(1)).first() is not None


def come_back(session: Session, now: datetime) -> int:
    """Open what has waited for long enough, or whose customer has been in contact since."""
    rows = session.scalars(_due(now).with_for_update(of=ConversationWork)).all()
    for row in rows:
        is_time = row.waits_until is not None and row.waits_until <= now
        row.state, row.waits_until = WorkState.OPEN, None
        _mark(row, now, SERVICE)
        why = "its time has come" if is_time else "the customer was in contact again"
        audit(
            session,
            SERVICE,
            "work.came_back",
            now,
            conversation_id=row.conversation_id,
            detail={"why": why},
        )
    return len(rows)


def related_work(
    session: Session, customer_id: str | None, now: datetime, *, without: str
) -> list[Related]:
    """Return what else of the customer's the team works on or has lately solved, open first."""
    if customer_id is None:
        return []
    work = ConversationWork
    rows = session.execute(
        select(Conversation, work)
        .join(work, work.conversation_id == Conversation.id)
        .where(
            Conversation.customer_id == customer_id,
            Conversation.id != without,
            or_(work.state.in_(UNFINISHED), work.changed_at > now - RECENTLY),
        )
        .order_by(work.state == WorkState.SOLVED, Conversation.started_at.desc())
        .limit(MOST_RELATED)
    )
    return [
        Related(
            conversation_id=conversation.id,
            started_at=conversation.started_at,
            agent=conversation.agent,
            state=row.state,
            waits_until=row.waits_until,
            assignee=row.assignee,
        )
        for conversation, row in rows
    ]


def told_of_work(session: Session, customer_id: str, now: datetime) -> str | None:
    """Return what an agent is told of the team's work for a caller; None where there is none."""
    found = [
        f"{one.started_at:%d %B %Y} ({one.state.value})"
        for one in related_work(session, customer_id, now, without="")
        if one.state in UNFINISHED
    ]
    return OPEN_WORK.format(dates=", ".join(found)) if found else None


def assignable_names(session: Session) -> list[str]:
    """Return the names of all whom something can be assigned to."""
    return [*session.scalars(select(DeskUser.name).where(_may_work()).order_by(DeskUser.name))]


def _may_work() -> ColumnElement[bool]:
    return DeskUser.is_disabled.is_(False) & DeskUser.role.in_(roles_with(Right.WORK))


def _check(session: Session, change: Change, now: datetime) -> None:
    if change.waits_until is not None:
        if change.state is not WorkState.WAITING:
            raise WorkError("waits_until: belongs to the state waiting.")
        if not now < change.waits_until <= now + LONGEST_WAIT:
            raise WorkError("waits_until: should lie ahead, within a year.")
    if change.assignee:
        named = select(DeskUser.id).where(DeskUser.name == change.assignee, _may_work())
        if session.scalar(named) is None:
            raise WorkError(
                f"assignee: {change.assignee[:LONGEST_NAME]!r} is nobody who works on"
                " conversations: a supervisor or an admin who is not shut out."
            )


def _apply(row: ConversationWork, change: Change) -> None:
    if change.state is not None:
        row.state, row.waits_until = change.state, change.waits_until
    if change.assignee is not None:
        row.assignee = change.assignee or None


def _mark(row: ConversationWork, now: datetime, by: str) -> None:
    row.version, row.changed_at, row.changed_by = row.version + 1, now, by


def _begun(
    session: Session, conversation_id: str, change: Change, version: int, now: datetime, by: str
) -> ConversationWork:
    if session.get(Conversation, conversation_id) is None:
        raise unknown_conversation()
    if version != 0:
        raise WorkChanged("This is not what was seen: load it again.")
    row = ConversationWork(
        conversation_id=conversation_id,
        state=WorkState.OPEN,
        waits_until=None,
        assignee=None,
        version=1,
        changed_at=now,
        changed_by=by,
    )
    _apply(row, change)
    try:
        with session.begin_nested():
            session.add(row)
    except IntegrityError:  # somebody else has begun in this very moment
        raise WorkChanged() from None
    return row


def _due(now: datetime) -> Select[ConversationWork]:
    return select(ConversationWork).where(
        ConversationWork.state == WorkState.WAITING,
        or_(ConversationWork.waits_until <= now, _has_customer_come()),
    )


def _has_customer_come() -> ColumnElement[bool]:
    own, later = aliased(Conversation), aliased(Conversation)
    return exists(
        select(later.id)
        .join(own, own.customer_id == later.customer_id)
        .where(
            own.id == ConversationWork.conversation_id,
            later.started_at > ConversationWork.changed_at,
        )
    )


def _who_was_faster(row: ConversationWork) -> str:
    state = row.state if row.waits_until is None else f"waiting until {_time(row.waits_until)}"
    whose = f"assigned to {row.assignee}" if row.assignee else "assigned to nobody"
    who, at = row.changed_by.removeprefix("user:"), _time(row.changed_at)
    return f"{who} was faster, at {at}: it is {state}, {whose}."


def _time(at: datetime) -> str:
    return f"{at:%Y-%m-%d %H:%M} UTC"


def _told(row: ConversationWork) -> dict[str, Any]:
    until = row.waits_until
    return {
        "state": row.state.value,
        "waits_until": until and until.isoformat(),
        "assignee": row.assignee,
    }


def _facts(row: ConversationWork) -> Standing:
    return Standing(
        state=row.state,
        waits_until=row.waits_until,
        assignee=row.assignee,
        version=row.version,
        changed_at=row.changed_at,
        changed_by=row.changed_by,
    )
