"""The tables of the desk: its users, and the browsers in which they are signed in."""

from datetime import datetime
from typing import Final

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from agent_service.store.members import UserRole
from agent_service.store.schema import CleanText, Table

LONGEST_NAME: Final = 64
LONGEST_BROWSER: Final = 200


class DeskUser(Table):
    """Somebody of the team."""

    __tablename__ = "desk_users"

    id: Mapped[str] = mapped_column(CleanText(36), primary_key=True)
    name: Mapped[str] = mapped_column(CleanText(LONGEST_NAME), unique=True)
    """In lower case: nobody's name differs from another's by capitals."""
    role: Mapped[UserRole]
    password_hash: Mapped[str | None]
    """None for who signs in elsewhere (single sign-on) and has no password here."""
    identity: Mapped[str | None] = mapped_column(unique=True)
    """Who they are at the single sign-on: issuer and subject, from their first sign-in there."""
    must_change: Mapped[bool]
    """The password was made for them."""
    is_disabled: Mapped[bool]
    created_at: Mapped[datetime]
    last_sign_in_at: Mapped[datetime | None]
    available_until: Mapped[datetime | None]
    """Until when they can come to callers who ask for a person; None: they have never said so."""


class SignIn(Table):
    """One browser in which a user is signed in."""

    __tablename__ = "desk_sign_ins"
    __table_args__ = (Index(None, "user_id"), Index(None, "expires_at"))

    id: Mapped[str] = mapped_column(CleanText(36), primary_key=True)
    user_id: Mapped[str] = mapped_column(
        CleanText(36), ForeignKey("desk_users.id", ondelete="CASCADE")
    )
    key_hash: Mapped[str] = mapped_column(CleanText(64), unique=True)
    created_at: Mapped[datetime]
    seen_at: Mapped[datetime]
    """To the minute."""
    expires_at: Mapped[datetime]
    """When it ends whatever happens; it ends before when it is idle."""
    browser: Mapped[str] = mapped_column(CleanText(LONGEST_BROWSER))
    """As it calls itself."""
