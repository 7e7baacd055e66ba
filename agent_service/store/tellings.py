"""Outcomes that callers were promised to hear: each is a message from the moment it is decided.

The message is written in the decision's own transaction. A conversation that is open tells the
outcome itself, and the message does not leave; in every other case (the caller has gone, the
process was killed, somebody else has taken over) it goes to the contact on file, or to the team.
"""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import and_, select
from sqlalchemy.orm import Session

from agent_service.conversation.records import ToolCallStatus
from agent_service.store.contacts import address_of
from agent_service.store.outbox import TEAM, OutboxRow, OutboxStatus, queue_message
from agent_service.store.tables import ToolCall


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
) -> None:
    """Have the text reach the caller, unless the conversation tells the outcome of the call."""
    address = address_of(session, customer_id)
    queue_message(
        session,
        kind="message" if address else TEAM,
        payload={"to": address, "text": text} if address else {"text": text},
        idempotency_key=key,
        now=now,
        conversation_id=conversation_id,
        customer_id=customer_id,
        tells_call=tool_call_id,
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
