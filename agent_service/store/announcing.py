"""Telling the company's systems that a conversation has ended: a message of the outbox, written in
the transaction that ends it. It holds what is counted, and not a word that was said."""

from collections.abc import Collection
from datetime import datetime
from typing import Any, Final

import msgspec
import structlog
from sqlalchemy import RowMapping, select
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from agent_service.errors import StoreError
from agent_service.store.facts import FactsOfConversation
from agent_service.store.outbox import WEBHOOK, OutboxRow, queue_message
from agent_service.store.tables import Conversation, ToolCall

ENDED: Final = "conversation.ended"

_Facts: Final = FactsOfConversation
_COUNTED: Final = (
    *(Conversation.agent, Conversation.channel, Conversation.modality, Conversation.customer_id),
    *(Conversation.caller_level, Conversation.started_at, Conversation.ended_at),
    *(Conversation.end_reason, _Facts.duration_ms, _Facts.turn_count, _Facts.interruption_count),
    *(_Facts.incident_count, _Facts.rating, _Facts.cost_usd),
)
_SETS: Final = (_Facts.confirmations, _Facts.incidents)

_log = structlog.get_logger()


def announce_ended(session: Session, conversation_ids: Collection[str], now: datetime) -> None:
    """Queue a message for each of the conversations, once.

    A mistake of ours here is logged, and keeps no conversation from being on record as ended.
    """
    try:
        with session.begin_nested():
            _announce(session, conversation_ids, now)
    except (OperationalError, StoreError):
        raise  # the database's fault: the whole transaction is tried again
    except Exception:
        _log.exception("announcement_failed", conversations=len(conversation_ids))


def _announce(session: Session, conversation_ids: Collection[str], now: datetime) -> None:
    keys = {id: f"{ENDED}:{id}" for id in conversation_ids}
    known = set(
        session.scalars(
            select(OutboxRow.idempotency_key).where(OutboxRow.idempotency_key.in_(keys.values()))
        )
    )
    new = [id for id, key in keys.items() if key not in known]
    rows = session.execute(
        select(Conversation.id, *_COUNTED, *_SETS)
        .join(_Facts, _Facts.conversation_id == Conversation.id)
        .where(Conversation.id.in_(new))
    )
    for row in rows.mappings().all():
        queue_message(
            session,
            kind=WEBHOOK,
            payload=_payload(session, row, now),
            idempotency_key=keys[row["id"]],
            now=now,
            conversation_id=row["id"],
            customer_id=row["customer_id"],
        )


def _payload(session: Session, row: RowMapping, now: datetime) -> dict[str, Any]:
    calls = session.execute(
        select(ToolCall.name, ToolCall.status)
        .where(ToolCall.conversation_id == row["id"])
        .order_by(ToolCall.requested_at, ToolCall.id)
    )
    data: dict[str, Any] = {"conversation_id": row["id"]}
    data |= {column.key: row[column.key] for column in _COUNTED}
    data |= {column.key: row[column.key].split() for column in _SETS}
    data["tools"] = [{"name": call.name, "status": call.status} for call in calls]
    written: dict[str, Any] = msgspec.to_builtins({"type": ENDED, "timestamp": now, "data": data})
    return written
