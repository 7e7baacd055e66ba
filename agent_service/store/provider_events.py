"""What was sent to the provider and came from it, kept for a while where a setting asks for it.

A help in finding faults and no part of the record: not in its chain, its exports or its evidence.
"""

from dataclasses import dataclass
from typing import Final

from sqlalchemy import ForeignKey, Index, func, insert, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from agent_service.clock import uuid7
from agent_service.store.schema import CleanText, SaidJson, Table

PAGE: Final = 200
LONGEST_KIND: Final = 64


class ProviderEventRow(Table):
    """One event, or several in a row that held nothing but sound or pieces of words."""

    __tablename__ = "provider_events"
    __table_args__ = (Index(None, "conversation_id", "id"),)

    id: Mapped[str] = mapped_column(CleanText(36), primary_key=True)
    """In their order."""
    conversation_id: Mapped[str] = mapped_column(
        CleanText(36), ForeignKey("conversations.id", ondelete="CASCADE")
    )
    at_ms: Mapped[int]
    """On the conversation's time axis; of several, the first."""
    is_ours: Mapped[bool]
    """It was sent to the provider."""
    kind: Mapped[str] = mapped_column(CleanText(LONGEST_KIND))
    """As the protocol names it."""
    count: Mapped[int]
    size_bytes: Mapped[int]
    """As it was on the wire; of several, together."""
    payload: Mapped[str] = mapped_column(SaidJson)
    """JSON, without sound and pieces of words; empty where there was nothing else."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ProviderEvent:
    """The same before it is written, and as it is read."""

    conversation_id: str
    at_ms: int
    is_ours: bool
    kind: str
    count: int = 1
    size_bytes: int
    payload: str
    id: str = ""


def write_events(session: Session, events: list[ProviderEvent]) -> None:
    """Write events, in their order."""
    if not events:
        return
    names = ("conversation_id", "at_ms", "is_ours", "kind", "count", "size_bytes", "payload")
    rows = [{"id": uuid7()} | {name: getattr(one, name) for name in names} for one in events]
    session.connection().execute(insert(ProviderEventRow), rows)


def events_of(
    session: Session, conversation_id: str, *, kind: str = "", after: str = ""
) -> list[ProviderEvent]:
    """Return a page of a conversation's events, behind that one; one more where there are more."""
    rows = ProviderEventRow
    wanted = select(rows).where(rows.conversation_id == conversation_id, rows.id > after)
    if kind:
        wanted = wanted.where(rows.kind == kind)
    return [
        ProviderEvent(
            id=row.id,
            conversation_id=row.conversation_id,
            at_ms=row.at_ms,
            is_ours=row.is_ours,
            kind=row.kind,
            count=row.count,
            size_bytes=row.size_bytes,
            payload=row.payload,
        )
        for row in session.scalars(wanted.order_by(rows.id).limit(PAGE + 1))
    ]


def event_kinds(session: Session, conversation_id: str) -> dict[str, int]:
    """Return how many events of each kind there are."""
    rows = ProviderEventRow
    counted = (
        select(rows.kind, func.sum(rows.count))
        .where(rows.conversation_id == conversation_id)
        .group_by(rows.kind)
        .order_by(rows.kind)
    )
    return {kind: int(count) for kind, count in session.execute(counted)}
