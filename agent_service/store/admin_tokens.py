"""Tokens for the admin API. A token is shown once, when it is made; only its hash is kept."""

import hashlib
import hmac
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import func, insert, select, update
from sqlalchemy.orm import Session

from agent_service.clock import uuid7
from agent_service.store.tables import AdminToken, AuditEntry

PREFIX = "asa_"
"""Lets people and scanners tell what a leaked key opens."""
_USE_IS_NOTED_EVERY = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class Admin:
    """Who asks."""

    token_id: str
    name: str
    is_use_noted: bool
    """False when ``note_use`` is due."""


def create_token(session: Session, name: str, now: datetime) -> str:
    """Make a token under a name that is not taken yet, and return it."""
    token = PREFIX + secrets.token_urlsafe(32)
    session.execute(
        insert(AdminToken).values(
            id=uuid7(), name=name, token_hash=_hash(token), created_at=now, last_used_at=None
        )
    )
    session.execute(
        insert(AuditEntry).values(
            id=uuid7(),
            occurred_at=now,
            actor="operator",
            action="admin_token.created",
            subject=name,
        )
    )
    return token


def has_tokens(session: Session) -> bool:
    """Tell whether any token was ever made."""
    return bool(session.scalar(select(func.count()).select_from(AdminToken)))


def verify_token(session: Session, token: str, now: datetime) -> Admin | None:
    """Return whose token it is, or None."""
    # The token is random: an attacker cannot steer its hash, and so learns nothing from the time
    # that the index takes; the comparison of what it found takes the same time for all.
    asked = _hash(token)
    row = session.execute(
        select(
            AdminToken.id, AdminToken.name, AdminToken.token_hash, AdminToken.last_used_at
        ).where(AdminToken.token_hash == asked)
    ).one_or_none()
    if row is None or not hmac.compare_digest(row.token_hash, asked):
        return None
    used = row.last_used_at
    return Admin(row.id, row.name, used is not None and now - used < _USE_IS_NOTED_EVERY)


def note_use(session: Session, admin: Admin, now: datetime) -> None:
    """Keep when the token was last used."""
    session.execute(
        update(AdminToken).where(AdminToken.id == admin.token_id).values(last_used_at=now)
    )


def _hash(token: str) -> str:
    # surrogatepass: a header may hold anything, and must then simply not match.
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).hexdigest()
