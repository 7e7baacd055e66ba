"""The tool ledger: one row per tool call, so that a call takes effect once whatever happens to it.

A row is committed before its tool starts. The effect, the outcome and the audit entry are one
transaction, which begins by locking the row: whoever comes second finds the outcome.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from sqlalchemy import Insert, and_, or_, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from agent_service.clock import uuid7
from agent_service.conversation.records import Caller, ToolCallStatus, ms_between
from agent_service.errors import ToolError
from agent_service.redaction import STRICT, Policy, kept_under, redact_json
from agent_service.store import ledger_statements as sql
from agent_service.store.call_text import call_text
from agent_service.store.failures import is_conflict
from agent_service.store.proof.chain import RowKey, note_written
from agent_service.store.proof.tables import RowKind
from agent_service.store.schema import clean_text
from agent_service.store.tables import Conversation, ToolCall, ToolEffect

OPEN_LIMIT = timedelta(seconds=60)
OPEN_OUTSIDE_LIMIT = timedelta(minutes=15)
"""A call that has been open for longer belongs to a process that is no more."""


@dataclass(frozen=True, slots=True)
class LedgerCall:
    """A tool call about to run."""

    id: str
    conversation_id: str
    tool_call_id: str
    name: str
    arguments: str
    arguments_hash: str
    effect: ToolEffect | None
    """None for a tool that does not exist."""
    caller: Caller
    confirmation_id: str | None = None
    is_external: bool = False
    policy: Policy = STRICT
    """Under which its row is written."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """How a call ended: what the model is told."""

    status: ToolCallStatus
    output: str
    error_kind: str | None = None
    is_untrusted: bool = False
    """The output holds text written by others."""
    is_shortened: bool = False
    """The output was too long; not kept with the call, whose output says so."""


@dataclass(frozen=True, slots=True)
class EndedCall:
    """A call that had no effect on the database: its whole row and its audit entry."""

    call: LedgerCall
    outcome: Outcome
    started_at: datetime
    ended_at: datetime
    audit_id: str = field(default_factory=uuid7)
    """Given once, so that writing it again changes nothing."""


def open_call(session: Session, call: LedgerCall, now: datetime) -> Outcome | None:
    """Write the call's row, or return the outcome that is there already.

    None: the call has no outcome yet. Refuses a known call that comes with other arguments.
    """
    running = Outcome(ToolCallStatus.RUNNING, "")
    columns = _columns(call, now, running)
    # A parameter more would be a column more that is set: when it was asked for is on record.
    begun = {name: columns[name] for name in sql.TAKEN_UP} | _key(call)
    connection = session.connection()
    opening = sql.opening(session.get_bind().dialect.name)
    is_begun = (
        connection.execute(opening, columns).rowcount == 1
        or connection.execute(sql.TAKE_UP, begun).rowcount == 1
    )
    if is_begun:
        _note(session, call)
        return None
    return find_outcome(session, call)


def keep_ended(session: Session, ended: Sequence[EndedCall]) -> None:
    """Write calls that have ended, in one go; a call that the ledger knows stays as it is."""
    if not ended:
        return
    dialect_name = session.get_bind().dialect.name
    write_calls(
        session,
        sql.keeping(dialect_name),
        [_columns(one.call, one.started_at, one.outcome, one.ended_at) for one in ended],
    )
    note_written(session, (_row_key(one.call) for one in ended))
    session.connection().execute(
        sql.auditing(dialect_name),
        [_entry(one.call, one.outcome, one.ended_at, one.audit_id) for one in ended],
    )


def write_calls(session: Session, statement: Insert, rows: Sequence[dict[str, Any]]) -> None:
    """Write rows of calls, of which ledger and record may write one at the same moment.

    ``ON CONFLICT`` names one of the table's unique indexes. Where PostgreSQL finds the other
    writer's row by another one it raises; that row is committed by then, and found the next time.
    """
    try:
        with session.begin_nested():
            session.connection().execute(statement, rows)
    except IntegrityError as error:
        if not is_conflict(error):
            raise
        session.connection().execute(statement, rows)


def find_outcome(session: Session, call: LedgerCall) -> Outcome | None:
    """Return the call's outcome, if it has been made before and has ended."""
    row = _row(session, call)
    return None if row is None else _outcome(row, call)


def is_open(session: Session, call: LedgerCall) -> bool:
    """Tell whether the call was begun before and has no outcome yet."""
    row = _row(session, call)
    return row is not None and not row.is_held and _outcome(row, call) is None


def lock_call(session: Session, call: LedgerCall) -> Outcome | None:
    """Hold the call's row until the transaction ends; return its outcome if it has one."""
    row = _row(session, call, is_locked=True)
    if row is None:
        raise LookupError(f"tool call {call.tool_call_id} was never opened")
    return _outcome(row, call)


def earlier_outcome(session: Session, call: LedgerCall, intent_key: str) -> Outcome | None:
    """Return the outcome of the same wish under another call of the conversation."""
    wish = {"wish": intent_key, "of_call": call.tool_call_id}
    row = session.connection().execute(sql.EARLIER, wish).one_or_none()
    return None if row is None else Outcome(row[0], row[1], is_untrusted=row[2])


def close_call(
    session: Session,
    call: LedgerCall,
    outcome: Outcome,
    now: datetime,
    intent_key: str | None = None,
) -> None:
    """Write the outcome and its audit entry.

    ``intent_key`` names the wish that was taken up; it is given up again by a later refusal.
    """
    values = _key(call) | _end(call, outcome, now)
    is_wish_settled = intent_key is not None or outcome.error_kind is not None
    if is_wish_settled:
        values["intent_key"] = intent_key
    session.connection().execute(sql.CLOSE_WISH if is_wish_settled else sql.CLOSE, values)
    _note(session, call)
    session.connection().execute(sql.AUDIT, _entry(call, outcome, now, uuid7()))


def has_untrusted_text(session: Session, conversation_id: str) -> bool:
    """Tell whether a tool has brought text of strangers into the conversation."""
    found = session.connection().execute(sql.UNTRUSTED, {"of_conversation": conversation_id})
    return found.first() is not None


def resolve_open_calls(
    session: Session, now: datetime, conversation_id: str | None = None
) -> list[str]:
    """End the calls that a killed process left open; return their ids.

    An effect on our database commits with its outcome, so an open row means: nothing happened.
    Calls of a named conversation are ended at once, others when they have been open for long.
    """
    still_open = (
        select(
            ToolCall.id,
            ToolCall.is_external,
            ToolCall.arguments,
            ToolCall.requested_at,
            Conversation.started_at,
            ToolCall.conversation_id,
            ToolCall.tool_call_id,
        )
        .join(Conversation, Conversation.id == ToolCall.conversation_id)
        .where(ToolCall.status == ToolCallStatus.RUNNING)
    )
    if conversation_id is not None:
        still_open = still_open.where(ToolCall.conversation_id == conversation_id)
    else:
        still_open = still_open.where(
            or_(
                ToolCall.started_at < now - OPEN_OUTSIDE_LIMIT,
                and_(ToolCall.started_at < now - OPEN_LIMIT, ~ToolCall.is_external),
            )
        )
    rows = session.execute(still_open.with_for_update(skip_locked=True, of=ToolCall)).all()
    note_written(session, (RowKey(RowKind.TOOL_CALL, row[5], row[6]) for row in rows))
    for id, is_external, arguments, requested_at, began_at, _, _ in rows:
        kind = "unknown" if is_external else "interrupted"
        say = (
            "I do not know yet whether that went through. A colleague is checking it."
            if is_external
            else "That was interrupted before anything was changed."
        )
        output = json.dumps({"status": kind, "say": say})
        session.execute(
            update(ToolCall)
            .where(ToolCall.id == id)
            .values(
                status=ToolCallStatus.FAILED,
                error_kind=kind,
                output=output,
                search_words=call_text(arguments, output),
                ended_at=now,
                started_ms=ms_between(began_at, requested_at),
                ended_ms=ms_between(began_at, now),
            )
        )
    return [row[0] for row in rows]


def _note(session: Session, call: LedgerCall) -> None:
    note_written(session, [_row_key(call)])


def _row_key(call: LedgerCall) -> RowKey:
    return RowKey(RowKind.TOOL_CALL, call.conversation_id, clean_text(call.tool_call_id))


def _row(session: Session, call: LedgerCall, *, is_locked: bool = False) -> Any:
    statement = sql.LOCK if is_locked else sql.FIND
    return session.connection().execute(statement, _key(call)).one_or_none()


def _key(call: LedgerCall) -> dict[str, Any]:
    return {"of_conversation": call.conversation_id, "of_call": call.tool_call_id}


def _columns(
    call: LedgerCall, started_at: datetime, outcome: Outcome, ended_at: datetime | None = None
) -> dict[str, Any]:
    return {
        "id": call.id,
        "conversation_id": call.conversation_id,
        "tool_call_id": call.tool_call_id,
        "name": call.name,
        "arguments": _kept(call, call.arguments),
        "arguments_hash": call.arguments_hash,
        "effect": call.effect,
        "is_external": call.is_external,
        "confirmation_id": call.confirmation_id,
        "requested_at": started_at,
        "started_at": started_at,
    } | _end(call, outcome, ended_at)


def _kept(call: LedgerCall, text: str) -> str:
    """Return what the record keeps of a call's arguments or output."""
    return redact_json(text, partial(kept_under, call.policy))


def _end(call: LedgerCall, outcome: Outcome, ended_at: datetime | None) -> dict[str, Any]:
    output = _kept(call, outcome.output)
    return {
        "status": outcome.status,
        "output": output,
        "search_words": call_text(_kept(call, call.arguments), output),
        "error_kind": outcome.error_kind,
        "is_untrusted": outcome.is_untrusted,
        "ended_at": ended_at,
    }


def _entry(call: LedgerCall, outcome: Outcome, now: datetime, id: str) -> dict[str, Any]:
    """Return the audit entry: who did, or was refused, what."""
    detail = {
        "tool_call_id": call.tool_call_id,
        "level": call.caller.level.value,
        "arguments_hash": call.arguments_hash,
        "confirmation_id": call.confirmation_id,
    }
    if outcome.error_kind is not None:
        detail["error_kind"] = outcome.error_kind
    return {
        "id": id,
        "occurred_at": now,
        "actor": f"caller:{call.caller.customer_id or 'unknown'}",
        "action": f"tool.{outcome.status.value}",
        "conversation_id": call.conversation_id,
        "subject": call.name,
        "detail": json.dumps(detail),
    }


def _outcome(row: Any, call: LedgerCall) -> Outcome | None:
    if row.is_held:
        return None
    name, arguments_hash, status, output, error_kind, is_untrusted, _ = row
    if (name, arguments_hash) != (call.name, call.arguments_hash):
        raise ToolError(
            "failed",
            "I got something mixed up there. Let me try that again.",
            note="This call was made before with other arguments. Make a new call.",
        )
    if status == ToolCallStatus.RUNNING:
        return None
    return Outcome(status, output, error_kind, is_untrusted)
