"""Which process serves which conversation: a claim with a number that grows with each new owner.

The record takes nothing under an older number (a fencing token), so a process that was thought
gone and comes back cannot end or alter what another one serves.
"""

from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass

from sqlalchemy import ForeignKey, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Mapped, Session, mapped_column

from agent_service.conversation.records import Record
from agent_service.errors import TryLater
from agent_service.store.ledger import EndedCall
from agent_service.store.processes import is_there
from agent_service.store.schema import CleanText, Table
from agent_service.store.writer import write_records


class ConversationClaim(Table):
    """The process that serves a conversation, or served it last."""

    __tablename__ = "conversation_claims"

    conversation_id: Mapped[str] = mapped_column(
        CleanText(36), ForeignKey("conversations.id", ondelete="CASCADE"), primary_key=True
    )
    process_id: Mapped[str] = mapped_column(CleanText(36))
    fence: Mapped[int]


@dataclass(frozen=True, slots=True)
class Claim:
    """The right of a process to serve a conversation."""

    conversation_id: str
    process_id: str
    fence: int = 1
    """Of two claims on a conversation the one with the larger number counts."""


def process_of(session: Session, conversation_id: str) -> str | None:
    """Return which process serves a conversation, or served it last; nobody else claims it now."""
    row = session.get(ConversationClaim, conversation_id, with_for_update=True)
    return None if row is None else row.process_id


def take_over(session: Session, conversation_id: str, process_id: str) -> Claim:
    """Claim a conversation whose process is gone; raise TryLater while that may still serve it."""
    # A conversation of a release without claims has none, and is free.
    _insert(session, [Claim(conversation_id, process_id, fence=0)])
    row = session.get_one(ConversationClaim, conversation_id, with_for_update=True)
    if row.process_id != process_id and is_there(session, row.process_id):
        raise TryLater(
            "Another process of the service holds this conversation: try again, best at that one.",
            code="served_elsewhere",
        )
    row.process_id, row.fence = process_id, row.fence + 1
    session.flush()
    return Claim(conversation_id, process_id, row.fence)


def write_claimed(
    session: Session, entries: Sequence[tuple[Record | EndedCall, Claim | None]]
) -> set[Claim]:
    """Write the records but those under an overtaken claim; return the overtaken ones."""
    claims = {claim for _, claim in entries if claim is not None}
    # Locked until the commit: nobody takes a conversation over between the look and the writing.
    fences = _fences(session, claims, is_locked=True)
    lost = _overtaken(claims, fences)
    write_records(session, [record for record, claim in entries if claim not in lost])
    _insert(session, [claim for claim in claims if claim.conversation_id not in fences])
    return lost


def overtaken(session: Session, claims: Iterable[Claim]) -> set[Claim]:
    """Return the claims that another process has taken the place of."""
    claims = set(claims)
    return _overtaken(claims, _fences(session, claims))


def _overtaken(claims: set[Claim], fences: dict[str, int]) -> set[Claim]:
    return {claim for claim in claims if fences.get(claim.conversation_id, 0) > claim.fence}


def _fences(session: Session, claims: set[Claim], *, is_locked: bool = False) -> dict[str, int]:
    if not claims:
        return {}
    ids = sorted({claim.conversation_id for claim in claims})
    known = (
        select(ConversationClaim.conversation_id, ConversationClaim.fence)
        .where(ConversationClaim.conversation_id.in_(ids))
        # In one order, so that two who lock several do not wait for each other.
        .order_by(ConversationClaim.conversation_id)
    )
    rows = session.execute(known.with_for_update(read=True) if is_locked else known)
    return {row.conversation_id: row.fence for row in rows}


def _insert(session: Session, claims: Sequence[Claim]) -> None:
    if claims:
        is_sqlite = session.get_bind().dialect.name == "sqlite"
        statement = (sqlite if is_sqlite else postgresql).insert(ConversationClaim)
        session.execute(statement.on_conflict_do_nothing(), [asdict(claim) for claim in claims])
