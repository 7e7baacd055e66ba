"""Outcomes that callers were promised to hear: each is a message from the moment it is decided.

The message is written in the decision's own transaction. A conversation that is open tells the
outcome itself, and the message does not leave; in every other case (the caller has gone, the
process was killed, somebody else has taken over) it goes to the contact on file, or to the team.
"""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import and_, exists, select
from sqlalchemy.orm import Session

from agent_service.conversation.phrases import spoken_part
from agent_service.conversation.records import ToolCallStatus
from agent_service.store.contacts import address_of
from agent_service.store.directory import Customers
from agent_service.store.hearing import was_heard
from agent_service.store.ledger import LedgerCall, Outcome
from agent_service.store.outbox import LETTERS, TEAM, OutboxRow, OutboxStatus, queue_message
from agent_service.store.tables import Conversation, ToolCall, ToolEffect


@dataclass(frozen=True, slots=True)
class Untold:
    """An outcome that waits for its conversation to tell it."""

    conversation_id: str
    tool_call_id: str
    status: ToolCallStatus
    output: str


def promise_telling(
    session: Session,
    *,
    key: str,
    conversation_id: str,
    tool_call_id: str,
    customer_id: str | None,
    text: str,
    now: datetime,
    customers: Customers,
) -> None:
    """Have the text reach the caller, unless the conversation tells the outcome of the call."""
    address = address_of(session, customer_id, customers)
    queue_message(
        session,
        kind=LETTERS if address else TEAM,
        payload={"to": address, "text": text} if address else {"text": text},
        idempotency_key=key,
        now=now,
        conversation_id=conversation_id,
        customer_id=customer_id,
        tells_call=tool_call_id,
    )


def tell_if_over(
    session: Session, call: LedgerCall, outcome: Outcome, now: datetime, customers: Customers
) -> None:
    """Have the outcome of a write reach a caller who has gone while it was going on.

    They had agreed to it, and may have been promised to hear of it as soon as it is done.
    """
    if outcome.error_kind == "unknown" or outcome.status is ToolCallStatus.AWAITING_APPROVAL:
        return  # each has a reader of its own
    # One without any length, as a call of the command line's, had nobody who could go.
    over = select(Conversation.id).where(
        Conversation.id == call.conversation_id, Conversation.ended_at > Conversation.started_at
    )
    sentence = spoken_part(outcome.output)
    if sentence is None or session.scalar(over) is None:
        return
    promise_telling(
        session,
        key=f"late-{call.id}",
        conversation_id=call.conversation_id,
        tool_call_id=call.tool_call_id,
        customer_id=call.caller.customer_id,
        text=f"What you asked us for was still going on when our conversation ended. {sentence}",
        now=now,
        customers=customers,
    )


def untold(session: Session, now: datetime) -> list[Untold]:
    """Return the outcomes that an open conversation should tell now."""
    rows = session.execute(
        select(ToolCall.conversation_id, ToolCall.tool_call_id, ToolCall.status, ToolCall.output)
        .join(
            OutboxRow,
            and_(
                OutboxRow.conversation_id == ToolCall.conversation_id,
                OutboxRow.tool_call_id == ToolCall.tool_call_id,
            ),
        )
        .where(OutboxRow.status == OutboxStatus.QUEUED, OutboxRow.next_try_at > now)
    )
    return [Untold(*row) for row in rows]


def unheard_outcomes(session: Session, conversation_id: str) -> tuple[str, ...]:
    """Return what came of the caller's yeses and was not heard, each in the tool's own sentence.

    Without what was interrupted before it began, and what a message tells.
    """
    has_message = exists().where(
        OutboxRow.conversation_id == ToolCall.conversation_id,
        OutboxRow.tool_call_id == ToolCall.tool_call_id,
    )
    calls = session.scalars(
        select(ToolCall)
        .where(
            ToolCall.conversation_id == conversation_id,
            ToolCall.effect == ToolEffect.WRITE,
            ToolCall.confirmation_id.is_not(None),
            ToolCall.error_kind.is_distinct_from("interrupted"),
            ~has_message,
        )
        .order_by(ToolCall.ended_at)
    )
    sentences = (
        spoken_part(call.output)
        for call in calls
        if call.ended_at
        and not was_heard(session, conversation_id, call.tool_call_id, call.ended_at)
    )
    return tuple(dict.fromkeys(filter(None, sentences)))
