"""The tool ledger: one row per tool call, so that a call takes effect once whatever happens to it.

A row is committed before its tool starts. The effect, the outcome and the audit entry are one
transaction, which begins by locking the row: whoever comes second finds the outcome.
"""

import json
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import and_, func, insert, or_, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from agent_service.clock import uuid7
from agent_service.conversation.records import Caller, ToolCallStatus
from agent_service.errors import ToolError
from agent_service.store.tables import AuditEntry, ToolCall, ToolEffect

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


@dataclass(frozen=True, slots=True)
class Outcome:
    """How a call ended: what the model is told."""

    status: ToolCallStatus
    output: str
    error_kind: str | None = None
    is_untrusted: bool = False
    """The output holds text written by others."""


def open_call(session: Session, call: LedgerCall, now: datetime) -> Outcome | None:
    """Write the call's row, or return the outcome that is there already.

    None: the call has no outcome yet. Refuses a known call that comes with other arguments.
    """
    known = _row(session, call)
    if known is None:
        try:
            with session.begin_nested():
                session.execute(
                    insert(ToolCall).values(
                        id=call.id,
                        conversation_id=call.conversation_id,
                        tool_call_id=call.tool_call_id,
                        name=call.name,
                        arguments=call.arguments,
                        arguments_hash=call.arguments_hash,
                        effect=call.effect,
                        is_external=call.is_external,
                        status=ToolCallStatus.RUNNING,
                        output="",
                        confirmation_id=call.confirmation_id,
                        requested_at=now,
                        started_at=now,
                    )
                )
        except IntegrityError:
            known = _row(session, call)
            if known is None:
                raise
        else:
            return None
    return _outcome(known, call)


def find_outcome(session: Session, call: LedgerCall) -> Outcome | None:
    """Return the call's outcome, if it has been made before and has ended."""
    row = _row(session, call)
    return None if row is None else _outcome(row, call)


def is_open(session: Session, call: LedgerCall) -> bool:
    """Tell whether the call was begun before and has no outcome yet."""
    row = _row(session, call)
    return row is not None and _outcome(row, call) is None


def lock_call(session: Session, call: LedgerCall) -> Outcome | None:
    """Hold the call's row until the transaction ends; return its outcome if it has one."""
    row = _row(session, call, is_locked=True)
    if row is None:
        raise LookupError(f"tool call {call.tool_call_id} was never opened")
    return _outcome(row, call)


def earlier_outcome(session: Session, call: LedgerCall, intent_key: str) -> Outcome | None:
    """Return the outcome of the same wish under another call of the conversation."""
    row = session.execute(
        select(ToolCall.status, ToolCall.output, ToolCall.is_untrusted).where(
            ToolCall.intent_key == intent_key, ToolCall.tool_call_id != call.tool_call_id
        )
    ).one_or_none()
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
    values: dict[str, Any] = {
        "status": outcome.status,
        "output": outcome.output,
        "error_kind": outcome.error_kind,
        "is_untrusted": outcome.is_untrusted,
        "ended_at": now,
    }
    if intent_key is not None:
        values["intent_key"] = intent_key
    elif outcome.error_kind is not None:
        values["intent_key"] = None
    session.execute(
        update(ToolCall)
        .where(
            ToolCall.conversation_id == call.conversation_id,
            ToolCall.tool_call_id == call.tool_call_id,
        )
        .values(**values)
    )
    audit(session, call, outcome.status.value, now, {"error_kind": outcome.error_kind})


def audit(
    session: Session, call: LedgerCall, action: str, now: datetime, detail: dict[str, Any]
) -> None:
    """Write who did, or was refused, what."""
    session.execute(
        insert(AuditEntry).values(
            id=uuid7(),
            occurred_at=now,
            actor=f"caller:{call.caller.customer_id or 'unknown'}",
            action=f"tool.{action}",
            conversation_id=call.conversation_id,
            subject=call.name,
            detail=json.dumps(
                {
                    "tool_call_id": call.tool_call_id,
                    "level": call.caller.level.value,
                    "arguments_hash": call.arguments_hash,
                    "confirmation_id": call.confirmation_id,
                }
                | {key: value for key, value in detail.items() if value is not None}
            ),
        )
    )


def has_untrusted_text(session: Session, conversation_id: str) -> bool:
    """Tell whether a tool has brought text of strangers into the conversation."""
    return bool(
        session.scalar(
            select(func.count()).where(
                ToolCall.conversation_id == conversation_id, ToolCall.is_untrusted
            )
        )
    )


def resolve_open_calls(
    session: Session, now: datetime, conversation_id: str | None = None
) -> list[str]:
    """End the calls that a killed process left open; return their ids.

    An effect on our database commits with its outcome, so an open row means: nothing happened.
    Calls of a named conversation are ended at once, others when they have been open for long.
    """
    still_open = select(ToolCall.id, ToolCall.is_external).where(
        ToolCall.status == ToolCallStatus.RUNNING
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
    rows = session.execute(still_open.with_for_update(skip_locked=True)).all()
    for id, is_external in rows:
        kind = "unknown" if is_external else "interrupted"
        say = (
            "I do not know yet whether that went through. A colleague is checking it."
            if is_external
            else "That was interrupted before anything was changed."
        )
        session.execute(
            update(ToolCall)
            .where(ToolCall.id == id)
            .values(
                status=ToolCallStatus.FAILED,
                error_kind=kind,
                output=json.dumps({"status": kind, "say": say}),
                ended_at=now,
            )
        )
    return [row[0] for row in rows]


def _row(session: Session, call: LedgerCall, *, is_locked: bool = False) -> Any:
    statement = select(
        ToolCall.name,
        ToolCall.arguments_hash,
        ToolCall.status,
        ToolCall.output,
        ToolCall.error_kind,
        ToolCall.is_untrusted,
    ).where(
        ToolCall.conversation_id == call.conversation_id,
        ToolCall.tool_call_id == call.tool_call_id,
    )
    return session.execute(statement.with_for_update() if is_locked else statement).one_or_none()


def _outcome(row: Any, call: LedgerCall) -> Outcome | None:
    name, arguments_hash, status, output, error_kind, is_untrusted = row
    if (name, arguments_hash) != (call.name, call.arguments_hash):
        raise ToolError("failed", "This call was made before with other arguments.")
    if status == ToolCallStatus.RUNNING:
        return None
    return Outcome(status, output, error_kind, is_untrusted)
