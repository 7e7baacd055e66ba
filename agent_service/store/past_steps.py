"""What happened beside the talk of a conversation, as the record has it.

Each step with the turn behind which the caller was shown it: that which had begun last.
"""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final, TypeAlias

from sqlalchemy import select
from sqlalchemy.orm import Session

from agent_service.conversation.recorded import CONSENT
from agent_service.conversation.records import CallerLevel, ConfirmationStatus, ToolCallStatus
from agent_service.conversation.turns import CAME, WENT, whom
from agent_service.store.identity import IdentityTry
from agent_service.store.proofs import CODE
from agent_service.store.tables import Confirmation, ToolCall, Turn

_WITHOUT_A_START: Final = frozenset(
    (ToolCallStatus.DECLINED, ToolCallStatus.EXPIRED, ToolCallStatus.VOIDED)
)
"""They waited for the caller until they were over."""


@dataclass(frozen=True, slots=True)
class PastCall:
    """A call of a tool that is over, or waits for the team."""

    tool_call_id: str
    name: str
    arguments: str
    status: ToolCallStatus
    output: str
    after: str | None


@dataclass(frozen=True, slots=True)
class PastQuestion:
    """What the caller was asked to agree to, and what came of it."""

    confirmation_id: str
    status: ConfirmationStatus
    read_back: str
    after: str | None


@dataclass(frozen=True, slots=True)
class PastProof:
    """The caller proved who they are."""

    level: CallerLevel
    after: str | None


@dataclass(frozen=True, slots=True)
class PastVisit:
    """Somebody of the team joined, or left."""

    name: str
    has_left: bool
    after: str


PastStep: TypeAlias = PastCall | PastQuestion | PastProof | PastVisit


def past_steps(
    session: Session, conversation_id: str, turns: Sequence[Turn], level: CallerLevel
) -> tuple[PastStep, ...]:
    """Return the steps in the order in which they happened; ``level`` is the caller's by now."""

    def after(at: datetime) -> str | None:
        return max((turn.id for turn in turns if turn.started_at <= at), default=None)

    calls = session.scalars(
        select(ToolCall)
        .where(ToolCall.conversation_id == conversation_id, ToolCall.tool_call_id != CONSENT)
        .order_by(ToolCall.requested_at, ToolCall.id)
    )
    questions = session.scalars(
        select(Confirmation)
        .where(Confirmation.conversation_id == conversation_id)
        .order_by(Confirmation.offered_at, Confirmation.id)
    )
    tries = session.scalars(
        select(IdentityTry)
        .where(IdentityTry.conversation_id == conversation_id, IdentityTry.is_right)
        .order_by(IdentityTry.tried_at, IdentityTry.id)
    ).all()
    # Of what happened at the same moment, the question was closed first, and the call was let go.
    dated: list[tuple[datetime, PastStep]] = [
        (at, PastQuestion(each.id, each.status, each.summary, after(at)))
        for each in questions
        if (at := each.decided_at) is not None and _was_shown(each)
    ]
    for call in calls:
        at = _shown_at(call)
        told = PastCall(
            call.tool_call_id, call.name, call.arguments, call.status, call.output, after(at)
        )
        dated.append((at, told))
    dated.extend((at, PastProof(proven, after(at))) for at, proven in _proofs(tries, level))
    dated.extend(_visits(turns))
    dated.sort(key=lambda entry: entry[0])
    return tuple(step for _, step in dated)


def _was_shown(question: Confirmation) -> bool:
    answered = (ConfirmationStatus.ACCEPTED, ConfirmationStatus.DECLINED)
    return question.heard_at is not None or question.status in answered


def _shown_at(call: ToolCall) -> datetime:
    waited = call.ended_at if call.status in _WITHOUT_A_START else None
    return waited or call.started_at or call.requested_at


def _proofs(
    tries: Collection[IdentityTry], level: CallerLevel
) -> Iterator[tuple[datetime, CallerLevel]]:
    """Return what each right try made of the caller, from the last one back to the first."""
    for each in reversed(tuple(tries)):
        yield each.tried_at, level
        if each.kind == CODE:
            is_second = level is CallerLevel.STEPPED_UP
            level = CallerLevel.VERIFIED if is_second else CallerLevel.IDENTIFIED


def _visits(turns: Sequence[Turn]) -> Iterator[tuple[datetime, PastVisit]]:
    for turn in turns:
        has_left = WENT in turn.flags
        if has_left or CAME in turn.flags:
            yield turn.started_at, PastVisit(whom(turn.text), has_left, turn.id)
