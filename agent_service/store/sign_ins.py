"""Who is signed in at the desk, and where: a row for each browser, and of its key only a hash.

It ends after eight idle hours, after a day, or when somebody takes it back.
"""

import hashlib
import hmac
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from agent_service.clock import uuid7
from agent_service.store.auditing import audit
from agent_service.store.availability import is_still, leave_when_gone, stay_available
from agent_service.store.members import RIGHTS_OF_ROLES, Member, UserRole
from agent_service.store.team_tables import LONGEST_BROWSER, DeskUser, SignIn

IDLE: Final = timedelta(hours=8)
LONGEST: Final = timedelta(hours=24)
MOST_PER_USER: Final = 20
"""The oldest ends when there are more."""
SEEN_IS_NOTED_EVERY: Final = timedelta(minutes=1)
_LONGEST_KEY: Final = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class SignInFacts:
    """What a user is shown of where they are signed in."""

    id: str
    created_at: datetime
    seen_at: datetime
    expires_at: datetime
    browser: str


@dataclass(frozen=True, slots=True)
class Seen:
    """Whose key it is."""

    member: Member
    is_noted: bool
    """False when ``note_seen`` is due."""


def open_sign_in(session: Session, user_id: str, actor: str, browser: str, now: datetime) -> str:
    """Sign a user in and return the key that their browser keeps."""
    key = secrets.token_urlsafe(32)
    session.execute(delete(SignIn).where(SignIn.expires_at <= now))
    ids = select(SignIn.id).where(SignIn.user_id == user_id).order_by(SignIn.seen_at.desc())
    too_many = [*session.scalars(ids)][MOST_PER_USER - 1 :]
    session.execute(delete(SignIn).where(SignIn.id.in_(too_many)))
    session.add(
        SignIn(
            id=uuid7(),
            user_id=user_id,
            key_hash=_hash(key),
            created_at=now,
            seen_at=now,
            expires_at=now + LONGEST,
            browser=browser[:LONGEST_BROWSER],
        )
    )
    audit(session, actor, "sign_in.opened", now)
    return key


def who_has(session: Session, key: str, now: datetime) -> Seen | None:
    """Return whose key it is, or None when that sign-in has ended."""
    if len(key) > _LONGEST_KEY:
        return None
    asked = _hash(key)
    row = session.execute(
        select(
            SignIn.id,
            SignIn.key_hash,
            SignIn.seen_at,
            DeskUser.name,
            DeskUser.role,
            DeskUser.must_change,
            DeskUser.available_until,
        )
        .join(DeskUser, DeskUser.id == SignIn.user_id)
        .where(
            SignIn.key_hash == asked,
            SignIn.expires_at > now,
            SignIn.seen_at > now - IDLE,
            DeskUser.is_disabled.is_(False),
        )
    ).one_or_none()
    if row is None or not hmac.compare_digest(row.key_hash, asked):
        return None
    member = Member(
        name=row.name,
        actor=f"user:{row.name}",
        rights=RIGHTS_OF_ROLES[UserRole(row.role)],
        sign_in_id=row.id,
        form_token=_form_token(key),
        must_change=row.must_change,
        is_available=is_still(row.available_until, now),
    )
    return Seen(member, is_noted=now - row.seen_at < SEEN_IS_NOTED_EVERY)


def note_seen(session: Session, sign_in_id: str, now: datetime) -> None:
    """Keep when somebody was there last."""
    session.execute(update(SignIn).where(SignIn.id == sign_in_id).values(seen_at=now))
    stay_available(session, sign_in_id, now)


def open_sign_ins(session: Session, name: str, now: datetime) -> list[SignInFacts]:
    """Return where a user is signed in, the last seen first."""
    rows = session.scalars(
        select(SignIn)
        .join(DeskUser, DeskUser.id == SignIn.user_id)
        .where(DeskUser.name == name, SignIn.expires_at > now, SignIn.seen_at > now - IDLE)
        .order_by(SignIn.seen_at.desc(), SignIn.id)
    )
    return [
        SignInFacts(
            id=row.id,
            created_at=row.created_at,
            seen_at=row.seen_at,
            expires_at=row.expires_at,
            browser=row.browser,
        )
        for row in rows
    ]


def close_sign_in(session: Session, sign_in_id: str, member: Member, now: datetime) -> None:
    """End one of a user's own sign-ins; one that has ended is left alone."""
    ids = select(DeskUser.id).where(DeskUser.name == member.name).scalar_subquery()
    session.execute(delete(SignIn).where(SignIn.id == sign_in_id, SignIn.user_id == ids))
    leave_when_gone(session, member.name, now)
    audit(session, member.actor, "sign_in.closed", now)


def close_all_sign_ins(session: Session, name: str, now: datetime, *, by: str) -> None:
    """End all sign-ins of a user."""
    ids = select(DeskUser.id).where(DeskUser.name == name).scalar_subquery()
    session.execute(delete(SignIn).where(SignIn.user_id == ids))
    leave_when_gone(session, name, now)
    audit(session, by, "sign_in.all_closed", now, subject=name)


def _form_token(key: str) -> str:
    # Of the key, which is nowhere but in the browser: nothing more has to be kept for it.
    return hmac.new(key.encode("utf-8", "surrogatepass"), b"form", hashlib.sha256).hexdigest()


def _hash(key: str) -> str:
    return hashlib.sha256(key.encode("utf-8", "surrogatepass")).hexdigest()
