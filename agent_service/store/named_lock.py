"""Locks on names: for what has to happen one after another and has no row of ours."""

from typing import Final

from sqlalchemy import text
from sqlalchemy.orm import Session

_LOCK: Final = text("SELECT pg_advisory_xact_lock(hashtextextended(:name, 0))")
"""Until the transaction ends. Two names of one hash wait for each other, which does no harm."""


def lock_name(session: Session, name: str) -> None:
    """Wait until no other transaction holds the name. SQLite has one writer at a time anyway."""
    if session.get_bind().dialect.name == "postgresql":
        session.connection().execute(_LOCK, {"name": name})
