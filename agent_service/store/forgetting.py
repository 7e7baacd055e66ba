"""Taking things out of the record for good: the parts of a conversation, or all of it.

Every row that changes or goes is linked in its conversation's chain as redacted or erased, so that
what is left can still be proven.
"""

from collections import Counter
from typing import Any, Final

from sqlalchemy import Table as Declared
from sqlalchemy import delete, or_, update
from sqlalchemy.orm import Session

from agent_service.store.approvals import Approval, ApprovalStatus
from agent_service.store.identity import IdentityTry, OneTimeCode
from agent_service.store.limits import LimitCounter
from agent_service.store.outbox import OutboxRow, OutboxStatus
from agent_service.store.pictures import SentPicture, note_no_pictures
from agent_service.store.proof.chain import (
    keys_of_conversation,
    keys_where,
    note_erased,
    note_redacted,
)
from agent_service.store.proof.tables import RowKind
from agent_service.store.provider_events import ProviderEventRow
from agent_service.store.reviews.tables import Review, ReviewItem
from agent_service.store.schema import Table
from agent_service.store.tables import (
    Confirmation,
    Conversation,
    Incident,
    Rating,
    Resumption,
    ToolCall,
    Turn,
)
from agent_service.store.work.tables import ConversationLabel, ConversationWork, Note

EXPIRED: Final = "[expired]"
"""What stands where something was kept for as long as it may be."""
EXPIRED_JSON: Final = f'"{EXPIRED}"'

_OPEN: Final = (OutboxStatus.QUEUED, OutboxStatus.SENT)
"""Messages on their way: what they are to do is still to be done."""
_PARTS: Final[tuple[type[Table], ...]] = (
    *(Turn, ToolCall, Confirmation, Incident, Rating, SentPicture, Resumption),
    *(IdentityTry, OneTimeCode, ProviderEventRow),
    *(Note, ConversationLabel, ConversationWork, Review, ReviewItem),
)
_UNDECIDED: Final = (ApprovalStatus.WAITING, ApprovalStatus.SECONDED)


def declared(kind: type[Table]) -> Declared:
    """Return the table of a mapped class, for statements that touch no object."""
    return kind.metadata.tables[kind.__tablename__]


def expire_text(session: Session, conversation_id: str) -> Counter[str]:
    """Take the words out of a conversation's turns, confirmations, incidents and rating, and of
    what the team wrote about it."""
    counts: Counter[str] = Counter()
    values: tuple[tuple[RowKind, type[Table], dict[str, Any]], ...] = (
        (
            RowKind.TURN,
            Turn,
            {"text": EXPIRED, "heard_text": EXPIRED, "search_words": None},
        ),
        (RowKind.CONFIRMATION, Confirmation, {"summary": EXPIRED, "answer": None}),
        (RowKind.INCIDENT, Incident, {"message": EXPIRED}),
        (RowKind.RATING, Rating, {"comment": None}),
    )
    for row_kind, kind, new in values:
        name, kept = next(iter(new.items()))
        counts[kind.__tablename__] += _change(
            session, row_kind, declared(kind), conversation_id, new, declared(kind).c[name] != kept
        )
    counts["provider_events"] += _delete(session, ProviderEventRow, conversation_id)
    for of_team, name in ((declared(Note), "text"), (declared(Review), "comment")):
        column = of_team.c[name]
        of_it = (of_team.c.conversation_id == conversation_id, column.not_in(("", EXPIRED)))
        changed = update(of_team).where(*of_it).values({name: EXPIRED})
        counts[of_team.name] += session.connection().execute(changed).rowcount
    return counts


def expire_tools(session: Session, conversation_id: str) -> Counter[str]:
    """Take what tools were given and answered out of a conversation's calls that have ended."""
    calls = declared(ToolCall)
    new = {"arguments": EXPIRED_JSON, "output": EXPIRED_JSON, "search_words": None}
    is_kept = (calls.c.arguments != EXPIRED_JSON) & calls.c.ended_at.is_not(None)
    count = _change(session, RowKind.TOOL_CALL, calls, conversation_id, new, is_kept)
    approvals = declared(Approval)
    decided = delete(approvals).where(
        approvals.c.conversation_id == conversation_id, approvals.c.status.not_in(_UNDECIDED)
    )
    return Counter(
        {
            "tool_calls": count,
            "approvals": session.connection().execute(decided).rowcount,
            "provider_events": _delete(session, ProviderEventRow, conversation_id),
        }
    )


def expire_pictures(session: Session, conversation_id: str) -> Counter[str]:
    """Delete the pictures that the caller sent."""
    count = _delete(session, SentPicture, conversation_id)
    if count:
        note_no_pictures(session, conversation_id)
    return Counter({"pictures": count})


def delete_conversation(session: Session, conversation_id: str) -> Counter[str]:
    """Delete a conversation with all that hangs on it, but for what is still promised or on its
    way; a recording's files have to be deleted before."""
    counts: Counter[str] = Counter()
    note_erased(session, keys_of_conversation(session, conversation_id))
    for kind in _PARTS:
        counts[kind.__tablename__] += _delete(session, kind, conversation_id)
    connection = session.connection()
    approvals, outbox, limits = declared(Approval), declared(OutboxRow), declared(LimitCounter)
    of_it = approvals.c.conversation_id == conversation_id
    gone = delete(approvals).where(of_it, approvals.c.status.not_in(_UNDECIDED))
    counts["approvals"] += connection.execute(gone).rowcount
    counts["outbox"] += connection.execute(
        delete(outbox).where(
            outbox.c.conversation_id == conversation_id, outbox.c.status.not_in(_OPEN)
        )
    ).rowcount
    connection.execute(
        delete(limits).where(
            or_(
                limits.c.holder == conversation_id,
                limits.c.holder.startswith(f"{conversation_id} ", autoescape=True),
            )
        )
    )
    conversations = declared(Conversation)
    counts["conversations"] += connection.execute(
        delete(conversations).where(conversations.c.id == conversation_id)
    ).rowcount
    return counts


def _change(
    session: Session,
    row_kind: RowKind,
    table: Declared,
    conversation_id: str,
    new: dict[str, Any],
    *where: Any,
) -> int:
    column = table.c["conversation_id"]
    meant = (column == conversation_id, *where)
    keys = keys_where(session, row_kind, *meant)
    if not keys:
        return 0
    note_redacted(session, keys)
    session.connection().execute(update(table).where(*meant).values(new))
    return len(keys)


def _delete(session: Session, kind: type[Table], conversation_id: str) -> int:
    table = declared(kind)
    of_it = table.c["conversation_id"] == conversation_id
    return session.connection().execute(delete(table).where(of_it)).rowcount
