"""Telling the company's systems that a conversation has ended: a message of the outbox, written in
the transaction that ends it. It holds what is counted, and not a word that was said."""

from collections.abc import Collection
from datetime import datetime
from typing import Any, Final

import msgspec
from sqlalchemy import RowMapping, select
from sqlalchemy.orm import Session

from agent_service.store.outbox import WEBHOOK, OutboxRow, queue_message
from agent_service.store.queries import CONVERSATIONS
from agent_service.store.tables import Conversation, ToolCall

ENDED: Final = "conversation.ended"

_FACTS: Final = (
    *("agent", "channel", "modality", "customer_id", "caller_level", "started_at", "ended_at"),
    *("end_reason", "duration_ms", "turn_count", "interruption_count", "heard_share"),
    *("slowest_first_audio_ms", "mean_first_audio_ms", "cost_usd", "incident_count", "rating"),
)
_SETS: Final = ("confirmations", "incidents", "flags")


def announce_ended(session: Session, conversation_ids: Collection[str], now: datetime) -> None:
    """Queue a message for each of the conversations, once."""
    keys = {f"{ENDED}:{id}": id for id in conversation_ids}
    known = select(OutboxRow.idempotency_key).where(OutboxRow.idempotency_key.in_(keys))
    for key in session.scalars(known):
        del keys[key]
    for key, id in keys.items():
        found = session.execute(CONVERSATIONS.rows.where(Conversation.id == id)).mappings()
        for row in found:
            queue_message(
                session,
                kind=WEBHOOK,
                payload=_payload(session, id, row, now),
                idempotency_key=key,
                now=now,
                conversation_id=id,
                customer_id=row["customer_id"],
            )


def _payload(session: Session, id: str, row: RowMapping, now: datetime) -> dict[str, Any]:
    calls = session.execute(
        select(ToolCall.name, ToolCall.status)
        .where(ToolCall.conversation_id == id)
        .order_by(ToolCall.requested_at, ToolCall.id)
    )
    data = {"conversation_id": id} | {name: row[name] for name in _FACTS}
    data |= {name: row[name].split() for name in _SETS}
    data["tools"] = [{"name": call.name, "status": call.status} for call in calls]
    written: dict[str, Any] = msgspec.to_builtins({"type": ENDED, "timestamp": now, "data": data})
    return written
