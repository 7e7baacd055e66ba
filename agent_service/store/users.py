"""The users of the desk: people of the team who sign in with a name.

How they sign in, and stay so, is in ``sign_ins.py``.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sqlalchemy import delete, exists, func, select
from sqlalchemy.orm import Session

from agent_service.clock import uuid7
from agent_service.errors import AgentServiceError
from agent_service.store.auditing import audit
from agent_service.store.members import Right, UserRole, roles_with
from agent_service.store.team_tables import LONGEST_NAME, DeskUser, SignIn
from agent_service.store.work.standing import unassign_all

_NAME: Final = re.compile(r"[\w.@+-]+", re.ASCII)


@dataclass(frozen=True, slots=True, kw_only=True)
class UserFacts:
    """What is known of a user."""

    name: str
    role: UserRole
    is_disabled: bool
    must_change: bool
    has_password: bool
    created_at: datetime
    last_sign_in_at: datetime | None
    open_sign_ins: int


class UserError(AgentServiceError):
    """A user cannot be made or changed that way."""

    code = "bad_user"


class UnknownUser(UserError):
    """There is no such user."""

    code = "unknown_user"


def add_user(
    session: Session,
    name: str,
    role: UserRole,
    password_hash: str | None,
    now: datetime,
    *,
    by: str,
    must_change: bool = True,
) -> None:
    """Make a user; raise UserError for a name that is taken or cannot be one."""
    name = read_name(name)
    if _find(session, name) is not None:
        raise UserError(f"There is a user {name!r}: choose another name, or reset that one.")
    session.add(
        DeskUser(
            id=uuid7(),
            name=name,
            role=role,
            password_hash=password_hash,
            identity=None,
            must_change=must_change and password_hash is not None,
            is_disabled=False,
            created_at=now,
            last_sign_in_at=None,
            available_until=None,
        )
    )
    audit(session, by, "user.added", now, subject=name, detail={"role": role})


def set_role(session: Session, name: str, role: UserRole, now: datetime, *, by: str) -> None:
    """Give a user another role, from the next request on; raise UserError if nobody would rule."""
    user = known(session, name)
    if user.role is UserRole.ADMIN and role is not UserRole.ADMIN:
        _keep_an_admin(session, user)
    before, user.role = user.role, role
    detail: dict[str, Any] = {"role": role, "before": before}
    if role not in roles_with(Right.WORK):
        detail["unassigned"] = unassign_all(session, user.name, now, by=by)
    audit(session, by, "user.role_changed", now, subject=user.name, detail=detail)


def set_disabled(session: Session, name: str, now: datetime, *, is_disabled: bool, by: str) -> None:
    """Shut a user out, at once, or let them in again."""
    user = known(session, name)
    if is_disabled:
        _keep_an_admin(session, user)
        session.execute(delete(SignIn).where(SignIn.user_id == user.id))
        unassigned = unassign_all(session, user.name, now, by=by)
        audit(
            session, by, "user.disabled", now, subject=user.name, detail={"unassigned": unassigned}
        )
    else:
        audit(session, by, "user.enabled", now, subject=user.name)
    user.is_disabled = is_disabled


def set_password(
    session: Session,
    name: str,
    password_hash: str,
    now: datetime,
    *,
    by: str,
    must_change: bool,
    keep: str | None = None,
) -> None:
    """Give a user another password, which ends all their sign-ins but the one to ``keep``."""
    user = known(session, name)
    user.password_hash, user.must_change = password_hash, must_change
    ended = delete(SignIn).where(SignIn.user_id == user.id)
    session.execute(ended if keep is None else ended.where(SignIn.id != keep))
    action = "user.password_reset" if must_change else "user.password_changed"
    audit(session, by, action, now, subject=user.name)


def user_of_identity(
    session: Session, identity: str, name: str, role: UserRole | None, now: datetime
) -> DeskUser:
    """Return who that is at the single sign-on; raise UserError when nobody here is.

    At their first sign-in it is the user of that name, if they were made for single sign-on: who
    has a password is never taken for somebody that another service knows by that name. With a
    ``role``, which they then have from there, an unknown one is added.
    """
    user = session.scalar(select(DeskUser).where(DeskUser.identity == identity))
    if user is None:
        user = _first_of_identity(session, identity, read_name(name), role, now)
    if user.is_disabled:
        raise UnknownUser("You are shut out of the desk: ask an admin of it.")
    if role is not None and role is not user.role:
        set_role(session, user.name, role, now, by="single-sign-on")
    return user


def _first_of_identity(
    session: Session, identity: str, name: str, role: UserRole | None, now: datetime
) -> DeskUser:
    user = _find(session, name)
    if user is None and role is not None:
        add_user(session, name, role, None, now, by="single-sign-on")
        session.flush()
        user = known(session, name)
    if user is None or user.password_hash is not None or user.identity is not None:
        raise UnknownUser(f"{name!r} has no single sign-on here: ask an admin of the desk.")
    user.identity = identity
    audit(session, "single-sign-on", "user.linked", now, subject=name)
    return user


def list_users(session: Session, now: datetime) -> list[UserFacts]:
    """Return all users by name."""
    open_ones = (
        select(func.count())
        .where(SignIn.user_id == DeskUser.id, SignIn.expires_at > now)
        .scalar_subquery()
    )
    rows = session.execute(select(DeskUser, open_ones).order_by(DeskUser.name))
    return [_facts(user, count) for user, count in rows]


def has_users(session: Session) -> bool:
    """Tell whether anybody can sign in by name."""
    return bool(session.scalar(select(exists().select_from(DeskUser))))


def find_user(session: Session, name: str) -> DeskUser | None:
    """Return the user of that name, whatever its capitals."""
    return _find(session, name.strip().casefold())


def known(session: Session, name: str) -> DeskUser:
    """Return the user of that name; raise UnknownUser if there is none."""
    user = find_user(session, name)
    if user is None:
        raise UnknownUser(f"There is no user {name[:LONGEST_NAME]!r}.")
    return user


def read_name(text: str) -> str:
    """Return a name as it is kept; raise UserError for what cannot be one."""
    name = text.strip().casefold()
    if not _NAME.fullmatch(name) or len(name) > LONGEST_NAME:
        raise UserError(
            f"A name has 1 to {LONGEST_NAME} letters, digits or . _ - + @, and no spaces."
        )
    return name


def _find(session: Session, name: str) -> DeskUser | None:
    if len(name) > LONGEST_NAME:
        return None
    return session.scalar(select(DeskUser).where(DeskUser.name == name))


def _keep_an_admin(session: Session, user: DeskUser) -> None:
    others = exists().where(
        DeskUser.role == UserRole.ADMIN, DeskUser.is_disabled.is_(False), DeskUser.id != user.id
    )
    is_admin = user.role is UserRole.ADMIN and not user.is_disabled
    if is_admin and not session.scalar(select(others)):
        raise UserError(f"{user.name!r} is the only admin: make another one first.")


def _facts(user: DeskUser, open_sign_ins: int) -> UserFacts:
    own: Mapping[str, Any] = {
        name: getattr(user, name)
        for name in ("name", "role", "is_disabled", "must_change", "created_at", "last_sign_in_at")
    }
    return UserFacts(
        **own, has_password=user.password_hash is not None, open_sign_ins=open_sign_ins
    )
