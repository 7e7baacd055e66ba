"""Who of the team can come to a caller who asks for a person, by their own word.

It holds half an hour longer than they are seen at the desk, so that nobody who has gone home is
rung. Of a team of which nobody has ever said so it is not known.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import exists, select, update
from sqlalchemy.orm import Session

from agent_service.store.auditing import audit
from agent_service.store.members import Right, UserRole, roles_with
from agent_service.store.office_hours import is_team_there
from agent_service.store.team_tables import DeskUser, SignIn
from agent_service.store.users import UserError, known

STAYS: Final = timedelta(minutes=30)
ROLES: Final = roles_with(Right.SPEAK)
"""Who may take a conversation over."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Teammate:
    """Somebody who may take a conversation over."""

    name: str
    role: UserRole
    is_available: bool
    available_until: datetime | None
    """Unless they are seen at the desk before; None when they have never said so."""


@dataclass(frozen=True, slots=True)
class Team:
    """Who may take conversations over, and whether it is within the opening hours."""

    is_open: bool
    people: list[Teammate]


def set_available(
    session: Session, name: str, now: datetime, *, is_available: bool, by: str
) -> None:
    """Note that somebody can come to callers, or cannot; raise UserError for who may not."""
    user = known(session, name)
    if user.is_disabled or user.role not in ROLES:
        raise UserError(f"{user.name!r} may not speak with callers.")
    user.available_until = now + STAYS if is_available else now
    action = "availability.available" if is_available else "availability.away"
    audit(session, by, action, now, subject=user.name)


def stay_available(session: Session, sign_in_id: str, now: datetime) -> None:
    """They were seen at the desk: whoever is available stays so."""
    theirs = select(SignIn.user_id).where(SignIn.id == sign_in_id).scalar_subquery()
    session.execute(
        update(DeskUser)
        .where(DeskUser.id == theirs, DeskUser.available_until > now)
        .values(available_until=now + STAYS)
    )


def leave_when_gone(session: Session, name: str, now: datetime) -> None:
    """Have nobody available who is signed in nowhere any more."""
    session.execute(
        update(DeskUser)
        .where(
            DeskUser.name == name,
            DeskUser.available_until > now,
            ~exists().where(SignIn.user_id == DeskUser.id),
        )
        .values(available_until=now)
    )


def team(session: Session, now: datetime) -> Team:
    """Return who may take conversations over, by name."""
    rows = session.scalars(
        select(DeskUser)
        .where(DeskUser.role.in_(ROLES), DeskUser.is_disabled.is_(False))
        .order_by(DeskUser.name)
    )
    people = [
        Teammate(
            name=row.name,
            role=row.role,
            is_available=is_still(row.available_until, now),
            available_until=row.available_until,
        )
        for row in rows
    ]
    return Team(is_team_there(session, now), people)


def is_anybody_there(session: Session, now: datetime, *, without: Collection[str]) -> bool | None:
    """Tell whether somebody can come, beside those; None where nobody has ever said so."""
    if not is_team_there(session, now):
        return False
    has_said = exists().where(DeskUser.available_until.is_not(None))
    if not session.scalar(select(has_said)):
        return None
    can_come = exists().where(
        DeskUser.role.in_(ROLES),
        DeskUser.is_disabled.is_(False),
        DeskUser.available_until > now,
        DeskUser.name.not_in(without),
    )
    return bool(session.scalar(select(can_come)))


def is_still(until: datetime | None, now: datetime) -> bool:
    """Tell whether that word still holds."""
    return until is not None and until > now
