"""Tickets that were used: single use holds in every process of a database, and after a restart."""

import hashlib
from datetime import datetime

from sqlalchemy import delete
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Mapped, Session, mapped_column

from agent_service.store.schema import CleanText, Table


class UsedTicket(Table):
    """A ticket that opened a conversation."""

    __tablename__ = "used_tickets"

    id_hash: Mapped[str] = mapped_column(CleanText(64), primary_key=True)
    """SHA-256 of the ticket's identifier, which whoever signs tickets may choose."""
    forget_at: Mapped[datetime] = mapped_column(index=True)
    """From then on no clock of the service takes the ticket for valid."""


def use_ticket(session: Session, ticket_id: str, *, now: datetime, forget_at: datetime) -> bool:
    """Take note of the ticket's use; return False when it was used before."""
    session.execute(delete(UsedTicket).where(UsedTicket.forget_at < now))
    id_hash = hashlib.sha256(ticket_id.encode("utf-8", "surrogatepass")).hexdigest()
    is_sqlite = session.get_bind().dialect.name == "sqlite"
    statement = (sqlite if is_sqlite else postgresql).insert(UsedTicket)
    added = session.execute(
        statement.values(id_hash=id_hash, forget_at=forget_at)
        .on_conflict_do_nothing()
        .returning(UsedTicket.id_hash)
    )
    return added.first() is not None
