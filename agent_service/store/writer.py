"""Writing records: one statement for each kind, safe to repeat."""

from collections.abc import Iterable
from dataclasses import dataclass, fields
from functools import cache
from typing import Any

from sqlalchemy import ColumnElement, Insert, case, func, or_
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from agent_service.conversation.records import (
    ConfirmationRecord,
    ConversationRecord,
    IncidentRecord,
    RatingRecord,
    Record,
    ResumptionRecord,
    ToolCallRecord,
    ToolCallStatus,
    TurnRecord,
    Usage,
)
from agent_service.store.call_text import call_text
from agent_service.store.ledger import EndedCall, keep_ended, write_calls
from agent_service.store.proof.chain import RowKey, note_written
from agent_service.store.proof.form import KEYS, KINDS, conversation_column
from agent_service.store.record_fields import to_fields
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


@dataclass(frozen=True, slots=True)
class _Kind:
    """Where a kind of record goes, and what a second one of the same key changes."""

    record: type[Record]
    table: type[Table]
    id_field: str | None
    """The record's name of the column ``id``."""
    key: tuple[str, ...]
    changes: tuple[str, ...] = ()
    """Columns that a later record of the same key replaces; without any, the first one stays."""


# In the order of writing: what others refer to comes first.
_KINDS = (
    _Kind(
        ConversationRecord,
        Conversation,
        "conversation_id",
        ("id",),
        (
            "customer_id",
            "caller_name",
            "caller_level",
            "provider",
            "model",
            "ended_at",
            "end_reason",
            "disclosure_heard_at",
        ),
    ),
    # A turn comes again when its words have come after it was on record.
    _Kind(
        TurnRecord,
        Turn,
        "turn_id",
        ("id",),
        ("text", "heard_text", "search_words", "flags", *(field.name for field in fields(Usage))),
    ),
    _Kind(
        ToolCallRecord,
        ToolCall,
        "id",
        ("conversation_id", "tool_call_id"),
        (
            *("status", "output", "search_words", "ended_at", "confirmation_id"),
            *("started_ms", "ended_ms"),
        ),
    ),
    _Kind(
        ConfirmationRecord,
        Confirmation,
        "confirmation_id",
        ("id",),
        ("status", "expires_at", "heard_at", "decided_at", "decided_by", "answer", "ended_ms"),
    ),
    _Kind(IncidentRecord, Incident, "incident_id", ("id",)),
    _Kind(RatingRecord, Rating, None, ("conversation_id",), ("score", "comment", "rated_at")),
    _Kind(
        ResumptionRecord,
        Resumption,
        None,
        ("conversation_id",),
        ("token_hash", "issued_at", "shows_detail", "offer_hash", "offered_until"),
    ),
)


def write_records(session: Session, records: Iterable[Record | EndedCall]) -> None:
    """Write the records in the session's transaction; repeating it changes nothing."""
    rows: dict[type[Record], list[dict[str, Any]]] = {}
    ended: list[EndedCall] = []
    for record in records:
        if isinstance(record, EndedCall):
            ended.append(record)
        else:
            rows.setdefault(type(record), []).append(to_fields(record))
    for kind in _KINDS:
        if kind.record in rows:
            _write(session, kind, rows[kind.record])
    keep_ended(session, ended)  # of conversations that are on record by now


def _write(session: Session, kind: _Kind, rows: list[dict[str, Any]]) -> None:
    for row in rows:
        if kind.id_field is not None:
            row["id"] = row.pop(kind.id_field)
        if kind.table is Turn:
            row["search_words"] = row["text"]
        if kind.table is ToolCall:
            row["search_words"] = call_text(row["arguments"], row["output"])
    statement = _statement(kind, session.get_bind().dialect.name)
    if kind.table is ToolCall:
        write_calls(session, statement, rows)
    else:
        session.connection().execute(statement, rows)
    proven = KINDS.get(kind.table.__tablename__)
    if proven is not None:
        of, name = conversation_column(proven), KEYS[proven]
        keys = (RowKey(proven, row[of], row[name]) for row in rows if row[of] is not None)
        note_written(session, keys)


@cache
def _statement(kind: _Kind, dialect_name: str) -> Insert:
    """Return what writes rows of a kind; made once, for the batches are small and many."""
    dialect = sqlite if dialect_name == "sqlite" else postgresql
    statement: sqlite.Insert | postgresql.Insert = dialect.insert(kind.table.__table__)
    if not kind.changes:
        return statement.on_conflict_do_nothing(index_elements=kind.key)
    new = statement.excluded
    changes: dict[str, ColumnElement[Any]] = {name: new[name] for name in kind.changes}
    if kind.table is Conversation:  # who takes a conversation over does not know it any more
        known = Conversation.__table__.c.disclosure_heard_at
        changes["disclosure_heard_at"] = func.coalesce(known, new["disclosure_heard_at"])
    if kind.table is ToolCall:
        changes = {name: _merged(name, new[name], new["status"]) for name in kind.changes}
    return statement.on_conflict_do_update(index_elements=kind.key, set_=changes)


def _merged(
    name: str, new: ColumnElement[Any], new_status: ColumnElement[Any]
) -> ColumnElement[Any]:
    """Keep what the ledger knows of a tool call: its outcome committed together with the effect."""
    known = ToolCall.__table__.c[name]
    if name == "confirmation_id":
        return func.coalesce(known, new)
    if name in ("started_ms", "ended_ms"):  # which the ledger does not know
        return func.coalesce(new, known)
    held, status = ToolCallStatus.AWAITING_CONFIRMATION, ToolCall.__table__.c.status
    # A call that runs is not held any more, although the record of that may be written again, and
    # runs on when its conversation ends.
    # No NOT IN: a list cannot be sent for many rows at once.
    is_outcome = (new_status != held) & (new_status != ToolCallStatus.ENDED)
    is_over = (status == ToolCallStatus.RUNNING) & is_outcome
    return case((or_(status == held, is_over), new), else_=known)
