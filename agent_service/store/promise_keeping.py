"""Marking a promise to a caller as kept: once, by a named person, on record."""

import re
from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from agent_service.errors import AgentServiceError
from agent_service.store.auditing import audit
from agent_service.store.outbox import (
    OutboxRow,
    OutboxStatus,
    Settle,
    close_message,
    forget_payload,
    message_of,
    settle_effects,
)
from agent_service.store.promises import SOURCES, Completion, PromiseKind, Source
from agent_service.store.requests import RequestStatus, TicketStatus

_NUMBER: Final = re.compile(r"[1-9][0-9]{0,8}")
_LONGEST_KEY: Final = 36


class PromiseError(AgentServiceError):
    """The promise cannot be marked as done."""

    code = "promise_refused"


def mark_done(
    session: Session,
    promise_id: str,
    *,
    done_by: str,
    note: str,
    now: datetime,
    settlements: Mapping[str, Settle],
) -> Completion:
    """Note that the promise was kept; raise PromiseError when it cannot be, and say why.

    ``done_by`` is ``admin:<token name>`` or ``operator:<user>``. ``settlements`` are what a message
    changes in the company's tables once it is done, by kind.
    """
    kind, source, row = _held(session, promise_id)
    _refuse_kept(session.get(Completion, promise_id))
    promise = source.read(row)
    if kind is PromiseKind.APPROVAL:
        raise _undecided(promise_id, row.id)
    if not _is_open(session, source, row, now):
        raise PromiseError(f"{promise_id} is {promise.state}, not open.", code="promise_done")
    _change(session, row, kind, done_by, now, settlements)
    kept = Completion(promise_id=promise_id, done_at=now, done_by=done_by, note=note)
    session.add(kept)
    audit(
        session,
        done_by,
        "promise.done",
        now,
        subject=promise_id,
        conversation_id=promise.conversation_id,
        detail={"note": note},
    )
    session.flush()
    return kept


def _held(session: Session, promise_id: str) -> tuple[PromiseKind, Source, Any]:
    """Return the row that holds the promise, kept from others until the transaction ends."""
    word, _, key = promise_id.partition("-")
    if word not in set(PromiseKind) or len(key) > _LONGEST_KEY:
        raise _unknown(promise_id)
    kind = PromiseKind(word)
    source = SOURCES[kind]
    if source.is_numbered and not _NUMBER.fullmatch(key):
        raise _unknown(promise_id)
    wanted = source.key == (int(key) if source.is_numbered else key)
    row = session.scalars(
        select(source.key.class_).where(wanted, source.is_promise).with_for_update()
    ).one_or_none()
    if row is None:
        raise _unknown(promise_id)
    return kind, source, row


def _is_open(session: Session, source: Source, row: Any, now: datetime) -> bool:
    found = select(source.key).where(source.key == row.id, source.is_open(now))
    return session.scalar(found) is not None


def _change(
    session: Session,
    row: Any,
    kind: PromiseKind,
    done_by: str,
    now: datetime,
    settlements: Mapping[str, Settle],
) -> None:
    """Bring the row that holds the promise to its end."""
    match kind:
        case PromiseKind.HANDOFF | PromiseKind.CALLBACK:
            row.status = RequestStatus.DONE
        case PromiseKind.TICKET:
            row.status = TicketStatus.CLOSED
        case PromiseKind.MESSAGE | PromiseKind.TEAM:
            _end_message(session, row, done_by, now, settlements)
        case _:
            pass  # an outcome stays what it was: the completion says who looked into it


def _end_message(
    session: Session,
    row: OutboxRow,
    done_by: str,
    now: datetime,
    settlements: Mapping[str, Settle],
) -> None:
    """Let the message count as done, which it need not be tried for any more."""
    if row.status == OutboxStatus.REJECTED:
        forget_payload(session, row.id)
        return  # settled as refused: the person has told the caller
    message = message_of(row)
    close_message(session, row, f"done by {done_by}", now)
    if message is not None:
        settle_effects(session, message, True, now, settlements)


def _refuse_kept(kept: Completion | None) -> None:
    if kept is not None:
        at = f"{kept.done_at:%Y-%m-%d %H:%M} UTC"
        raise PromiseError(
            f"{kept.promise_id} was done already, by {kept.done_by} on {at}.", code="promise_done"
        )


def _undecided(promise_id: str, approval_id: str) -> PromiseError:
    return PromiseError(
        f"{promise_id} has to be decided, which does it as well: agent-service queue decide"
        f" {promise_id} --approve (or --decline), the page /admin/approvals, or POST"
        f" /api/approvals/{approval_id}/decision.",
        code="promise_undecided",
    )


def _unknown(promise_id: str) -> PromiseError:
    return PromiseError(
        f"There is no promise {promise_id[:60]!r}. agent-service queue list shows which there are.",
        code="promise_unknown",
    )
