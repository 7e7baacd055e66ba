"""Calls that wait for a person of the team to decide: decided once, by somebody else, in time."""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from sqlalchemy import BigInteger, Index, UniqueConstraint, insert, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from agent_service.clock import uuid7
from agent_service.conversation.records import CallerLevel
from agent_service.errors import AgentServiceError
from agent_service.store.auditing import audit
from agent_service.store.money import Money
from agent_service.store.schema import CleanText, SaidJsonText, SaidText, Table, ToldJsonText
from agent_service.store.tables import AuditEntry

LASTS: Final = timedelta(hours=24)
TOOL_ASKED: Final = "conversation.tool_asked"
"""What the audit log says of a representative who has a tool run, with its call."""
APPROVAL_ERASED: Final = "approval.erased"
"""What it says of one that went with its customer before anybody decided."""


class ApprovalStatus(StrEnum):
    WAITING = "waiting"
    SECONDED = "seconded"
    """One person agreed; a second one has to."""
    APPROVED = "approved"
    DECLINED = "declined"
    EXPIRED = "expired"


UNDECIDED: Final = (ApprovalStatus.WAITING, ApprovalStatus.SECONDED)


class ApprovalError(AgentServiceError):
    """The approval cannot be decided like this."""

    code = "approval_refused"


class Approval(Table):
    """Who asks for what, why, on which grounds; who decided; and what came of it."""

    __tablename__ = "approvals"
    __table_args__ = (
        UniqueConstraint("conversation_id", "tool_call_id"),
        Index(None, "status", "requested_at"),
    )

    id: Mapped[str] = mapped_column(CleanText(36), primary_key=True)
    conversation_id: Mapped[str] = mapped_column(CleanText(36))
    tool_call_id: Mapped[str]
    tool: Mapped[str]
    arguments: Mapped[ToldJsonText]
    """JSON as the model wrote it."""
    binding_hash: Mapped[str]
    """Of the arguments and the read-back: what is approved is exactly what the caller agreed to."""
    summary: Mapped[SaidText]
    reason: Mapped[SaidText]
    """Which limit asks for a person."""
    amount_minor: Mapped[int | None] = mapped_column(BigInteger)
    currency: Mapped[str | None]
    customer_id: Mapped[str | None]
    caller_name: Mapped[SaidText | None]
    caller_level: Mapped[CallerLevel]
    confirmation_id: Mapped[str | None] = mapped_column(CleanText(36))
    status: Mapped[ApprovalStatus]
    needs_second: Mapped[bool]
    requested_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    first_by: Mapped[str | None]
    decided_by: Mapped[str | None]
    decided_at: Mapped[datetime | None]
    note: Mapped[SaidText | None]
    outcome: Mapped[SaidJsonText | None]
    """JSON for the model, once the approved call has run."""


def asked_by_people(session: Session, approvals: Iterable[Approval]) -> dict[str, str]:
    """Return who of the team had the call run, by approval; what is not there the agent wanted."""
    calls: dict[tuple[str | None, str], str] = {
        (one.conversation_id, one.tool_call_id): one.id for one in approvals
    }
    entries = session.execute(
        select(AuditEntry.conversation_id, AuditEntry.actor, AuditEntry.detail).where(
            AuditEntry.action == TOOL_ASKED,
            AuditEntry.conversation_id.in_({of for of, _ in calls}),
        )
    )
    found = {}
    for conversation_id, actor, detail in entries:
        tool_call_id = json.loads(detail)["tool_call_id"] if detail else ""
        if (id := calls.get((conversation_id, tool_call_id))) is not None:
            found[id] = actor
    return found


def erased_by(session: Session, approval_id: str) -> str | None:
    """Return who erased the customer whose approval it was."""
    return session.scalar(
        select(AuditEntry.actor).where(
            AuditEntry.action == APPROVAL_ERASED, AuditEntry.subject == approval_id
        )
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class ApprovalRequest:
    conversation_id: str
    tool_call_id: str
    tool: str
    arguments: str
    binding_hash: str
    summary: str
    reason: str
    amount: Money | None
    customer_id: str | None
    caller_name: str | None
    caller_level: CallerLevel
    confirmation_id: str | None
    needs_second: bool


def ask_approval(session: Session, request: ApprovalRequest, now: datetime) -> str:
    """Put the call into the queue; return the approval's id."""
    id = uuid7()
    session.execute(
        insert(Approval).values(
            id=id,
            conversation_id=request.conversation_id,
            tool_call_id=request.tool_call_id,
            tool=request.tool,
            arguments=request.arguments,
            binding_hash=request.binding_hash,
            summary=request.summary,
            reason=request.reason,
            amount_minor=request.amount.minor if request.amount else None,
            currency=request.amount.currency if request.amount else None,
            customer_id=request.customer_id,
            caller_name=request.caller_name,
            caller_level=request.caller_level,
            confirmation_id=request.confirmation_id,
            status=ApprovalStatus.WAITING,
            needs_second=request.needs_second,
            requested_at=now,
            expires_at=now + LASTS,
        )
    )
    return id


def undecided_of(session: Session, *, customer_id: str, now: datetime) -> Sequence[Approval]:
    """Return what a customer waits for a decision on, in whichever conversation."""
    return session.scalars(
        select(Approval)
        .where(
            Approval.status.in_(UNDECIDED),
            Approval.customer_id == customer_id,
            Approval.expires_at >= now,
        )
        .order_by(Approval.requested_at)
    ).all()


def decide(
    session: Session,
    approval_id: str,
    *,
    is_approved: bool,
    decided_by: str,
    note: str,
    now: datetime,
) -> Approval:
    """Record one person's decision, holding the row; raise ApprovalError when it may not be made.

    ``decided_by`` is ``admin:<token name>`` or ``operator:<user>``; a person of the team who is a
    customer too bears their customer id as that name. The approval is decided when its status is
    ``approved`` or ``declined``; whoever agreed first may still decline.
    """
    row = session.scalars(
        select(Approval).where(Approval.id == approval_id).with_for_update()
    ).one_or_none()
    if row is None:
        raise ApprovalError("There is no such approval.", code="approval_unknown")
    if row.status not in UNDECIDED:
        raise ApprovalError(f"It is {row.status.value} already.", code="approval_decided")
    if now > row.expires_at:
        raise ApprovalError("It has expired.", code="approval_expired")
    if is_approved and decided_by.partition(":")[2] == row.customer_id:
        raise ApprovalError("Who asks for it cannot approve it.", code="approval_own")
    if is_approved and row.first_by == decided_by:
        raise ApprovalError("A second person has to decide.", code="approval_second_person")
    if is_approved and row.needs_second and row.first_by is None:
        row.status, row.first_by = ApprovalStatus.SECONDED, decided_by
    else:
        row.status = ApprovalStatus.APPROVED if is_approved else ApprovalStatus.DECLINED
        row.decided_by, row.decided_at, row.note = decided_by, now, note
    audit(
        session,
        decided_by,
        f"approval.{row.status.value}",
        now,
        subject=row.id,
        conversation_id=row.conversation_id,
        detail={"tool": row.tool, "binding_hash": row.binding_hash, "note": note},
    )
    session.flush()
    return row


def expire_approvals(session: Session, now: datetime) -> list[Approval]:
    """End what nobody decided in time."""
    late = select(Approval).where(
        Approval.status.in_(UNDECIDED),
        Approval.expires_at < now,
    )
    rows = list(session.scalars(late.with_for_update(skip_locked=True)))
    for row in rows:
        row.status, row.decided_at = ApprovalStatus.EXPIRED, now
    return rows


def list_approvals(
    session: Session, status: ApprovalStatus | None = None, limit: int = 100
) -> list[Approval]:
    """Return approvals, the oldest that waits first."""
    statement = select(Approval).order_by(Approval.requested_at, Approval.id).limit(limit)
    if status is not None:
        statement = statement.where(Approval.status == status)
    return list(session.scalars(statement))


def recently_decided(session: Session, limit: int = 50) -> list[Approval]:
    """Return what no longer waits, the latest decision first."""
    over = (ApprovalStatus.APPROVED, ApprovalStatus.DECLINED, ApprovalStatus.EXPIRED)
    statement = select(Approval).where(Approval.status.in_(over), Approval.decided_at.is_not(None))
    return [*session.scalars(statement.order_by(Approval.decided_at.desc()).limit(limit))]
