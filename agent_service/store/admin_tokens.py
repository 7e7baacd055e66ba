"""Tokens for the admin API. A token is shown once, when it is made; only its hash is kept."""

import hashlib
import hmac
import secrets
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, Final

from sqlalchemy import delete, func, insert, select, update
from sqlalchemy.orm import Session

from agent_service.clock import uuid7
from agent_service.errors import AgentServiceError
from agent_service.store.auditing import audit
from agent_service.store.tables import AdminToken

PREFIX = "asa_"
"""Lets people and scanners tell what a leaked key opens."""
OPERATOR: Final = "operator"
"""Who has the service's own machine, as the audit log has it."""
_USE_IS_NOTED_EVERY = timedelta(minutes=1)


class Scope(StrEnum):
    """What a token may do."""

    READ = "read"
    """Conversations, turns, tool calls, incidents, numbers, exports, evidence."""
    LISTEN = "listen"
    """Recordings, and what is said at this moment."""
    SPEAK = "speak"
    """Whisper to the agent, and take conversations over."""
    APPROVE = "approve"
    """Decide what waits for the team, and mark promises as kept."""
    WORK = "work"
    """Write notes, put labels, assign conversations and say how far they are; review."""
    TICKETS = "tickets"
    """Mint tickets for callers: all that a web site's back end needs."""
    ADMIN = "admin"
    """All of it, switch tools, and erase."""


ALL: Final = frozenset((Scope.ADMIN,))


@dataclass(frozen=True, slots=True)
class Admin:
    """Who asks."""

    token_id: str
    name: str
    scopes: frozenset[Scope]
    is_use_noted: bool
    """False when ``note_use`` is due."""

    def may(self, scope: Scope) -> bool:
        """Tell whether the token opens that."""
        return scope in self.scopes or Scope.ADMIN in self.scopes


@dataclass(frozen=True, slots=True)
class TokenFacts:
    """What is known of a token."""

    name: str
    scopes: tuple[Scope, ...]
    created_at: datetime
    last_used_at: datetime | None
    expires_at: datetime | None


class TokenError(AgentServiceError):
    """A token cannot be made or taken back."""

    code = "bad_token"


def create_token(
    session: Session,
    name: str,
    now: datetime,
    *,
    scopes: Collection[Scope] = ALL,
    expires_at: datetime | None = None,
) -> str:
    """Make a token and return it; raise TokenError for a name that is taken."""
    if session.scalar(select(func.count()).where(AdminToken.name == name)):
        raise TokenError(f"There is a token {name!r}: revoke it, or choose another name.")
    token = PREFIX + secrets.token_urlsafe(32)
    written = _written(scopes)
    session.execute(
        insert(AdminToken).values(
            id=uuid7(),
            name=name,
            token_hash=_hash(token),
            created_at=now,
            last_used_at=None,
            scopes=written,
            expires_at=expires_at,
        )
    )
    audit(session, OPERATOR, "admin_token.created", now, subject=name)
    return token


def revoke_token(session: Session, name: str, now: datetime, *, by: str = OPERATOR) -> None:
    """Take a token back, from its next request on; raise TokenError if there is none."""
    found: Any = session.execute(delete(AdminToken).where(AdminToken.name == name))
    if found.rowcount == 0:
        raise TokenError(f"There is no token {name!r}.")
    audit(session, by, "admin_token.revoked", now, subject=name)


def list_tokens(session: Session) -> list[TokenFacts]:
    """Return all tokens, the oldest first."""
    rows = session.execute(
        select(
            AdminToken.name,
            AdminToken.scopes,
            AdminToken.created_at,
            AdminToken.last_used_at,
            AdminToken.expires_at,
        ).order_by(AdminToken.created_at, AdminToken.name)
    )
    return [TokenFacts(row.name, tuple(_read(row.scopes)), row[2], row[3], row[4]) for row in rows]


def has_tokens(session: Session) -> bool:
    """Tell whether any token was ever made."""
    return bool(session.scalar(select(func.count()).select_from(AdminToken)))


def verify_token(session: Session, token: str, now: datetime) -> Admin | None:
    """Return whose token it is, or None; one whose time is over is none."""
    # The token is random: an attacker cannot steer its hash, and so learns nothing from the time
    # that the index takes; the comparison of what it found takes the same time for all.
    asked = _hash(token)
    row = session.execute(
        select(
            AdminToken.id,
            AdminToken.name,
            AdminToken.token_hash,
            AdminToken.last_used_at,
            AdminToken.scopes,
            AdminToken.expires_at,
        ).where(AdminToken.token_hash == asked)
    ).one_or_none()
    if row is None or not hmac.compare_digest(row.token_hash, asked):
        return None
    if row.expires_at is not None and row.expires_at <= now:
        return None
    used = row.last_used_at
    is_noted = used is not None and now - used < _USE_IS_NOTED_EVERY
    return Admin(row.id, row.name, frozenset(_read(row.scopes)), is_noted)


def note_use(session: Session, admin: Admin, now: datetime) -> None:
    """Keep when the token was last used."""
    session.execute(
        update(AdminToken).where(AdminToken.id == admin.token_id).values(last_used_at=now)
    )


def _written(scopes: Collection[Scope]) -> str:
    return " ".join(scope for scope in Scope if scope in scopes)


def _read(scopes: str) -> list[Scope]:
    return [Scope(scope) for scope in scopes.split()]


def _hash(token: str) -> str:
    # surrogatepass: a header may hold anything, and must then simply not match.
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).hexdigest()
