"""What a killed process leaves: on record that the service was interrupted, and who was cut off.

A conversation whose process has certainly ended belongs to nobody until its caller is back.
"""

from collections.abc import Iterable
from datetime import datetime
from typing import Final

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from agent_service.clock import uuid7
from agent_service.conversation.records import IncidentRecord, Role, ms_between, placed
from agent_service.conversation.turns import CAME, WENT, remark, went, whom
from agent_service.store.auditing import HANDED_BACK
from agent_service.store.claims import ConversationClaim
from agent_service.store.processes import LEASE, Mark, Process, is_there
from agent_service.store.tables import AuditEntry, Conversation, Turn
from agent_service.store.writer import write_records

INTERRUPTED: Final = "service_interrupted"
NOBODY: Final = ""
"""Stands for the process of a conversation whose loss is on record."""


def note_ended_processes(session: Session, now: datetime) -> int:
    """Note the loss of conversations whose process has ended for certain; return how many."""
    ended = [
        row.id
        for row in session.scalars(select(Process))
        if Mark(row.machine, row.pid, row.started).is_gone
    ]
    if not ended:
        return 0
    lost = session.scalars(
        select(ConversationClaim)
        .join(Conversation, Conversation.id == ConversationClaim.conversation_id)
        .where(Conversation.ended_at.is_(None), ConversationClaim.process_id.in_(ended))
        # As whoever locks several does: in one order.
        .order_by(ConversationClaim.conversation_id)
        .with_for_update(of=ConversationClaim)
    ).all()
    for claim in lost:
        note_interruption(session, claim.conversation_id, claim.process_id, now)
        claim.process_id, claim.fence = NOBODY, claim.fence + 1
    session.flush()
    return len(lost)


def note_interruption(
    session: Session, conversation_id: str, process_id: str | None, now: datetime
) -> None:
    """Put on record that the service was interrupted, and that who spoke with the caller left."""
    if process_id == NOBODY:
        return
    began_at = session.scalars(
        select(Conversation.started_at).where(Conversation.id == conversation_id)
    ).one()
    of_it = Turn.conversation_id == conversation_id
    last_at, last_seq = session.execute(
        select(func.max(Turn.ended_at), func.max(Turn.seq)).where(of_it)
    ).one()
    process = session.get(Process, process_id) if process_id else None
    seen = min(process.expires_at - LEASE, now) if process else began_at
    at = max(began_at, seen, *(() if last_at is None else (last_at,)))
    words = "The service was interrupted."
    found = _who_was_there(session, conversation_id)
    if found is not None:
        name, came_at = found
        handed_back_at = _handed_back_at(session, conversation_id, name, came_at)
        if handed_back_at is None:
            words = f"The service was interrupted; {name} was cut off."
        left_at = max(handed_back_at or at, last_at or began_at)
        left = remark(
            turn_id=uuid7(),
            conversation_id=conversation_id,
            seq=(last_seq or 0) + 1,
            text=went(name, is_cut_off=handed_back_at is None),
            flag=WENT,
            at=left_at,
            at_ms=ms_between(began_at, left_at),
        )
        write_records(session, [left])
    incident = IncidentRecord(
        incident_id=uuid7(),
        conversation_id=conversation_id,
        code=INTERRUPTED,
        message=words,
        occurred_at=at,
    )
    write_records(session, [placed(incident, began_at)])


def unserved(session: Session, conversation_ids: Iterable[str]) -> set[str]:
    """Return those whose process is gone: nobody speaks there until the caller is back."""
    claims = session.scalars(
        select(ConversationClaim).where(ConversationClaim.conversation_id.in_([*conversation_ids]))
    ).all()
    gone = {id for id in {one.process_id for one in claims} if not is_there(session, id)}
    return {one.conversation_id for one in claims if one.process_id in gone}


def _who_was_there(session: Session, conversation_id: str) -> tuple[str, datetime] | None:
    """Return who of the team had joined and, by the record, had not left; and when they came."""
    asides = session.scalars(
        select(Turn)
        .where(Turn.conversation_id == conversation_id, Turn.role == Role.SYSTEM)
        .order_by(Turn.seq)
    )
    found = None
    for turn in asides:
        if CAME in turn.flags:
            found = (whom(turn.text), turn.started_at)
        elif WENT in turn.flags:
            found = None
    return found


def _handed_back_at(
    session: Session, conversation_id: str, name: str, since: datetime
) -> datetime | None:
    """Return when they gave it back, of which the audit log knows before the turns do."""
    return session.scalar(
        select(func.max(AuditEntry.occurred_at)).where(
            AuditEntry.conversation_id == conversation_id,
            AuditEntry.action == HANDED_BACK,
            AuditEntry.actor.endswith(f":{name}", autoescape=True),
            AuditEntry.occurred_at >= since,
        )
    )
