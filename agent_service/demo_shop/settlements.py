"""What an answer from outside changes in the shop."""

from collections.abc import Mapping
from datetime import datetime
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from agent_service.company import OutboxMessage, Settle
from agent_service.demo_shop.tables import Refund, RefundStatus


def settle_refund(session: Session, message: OutboxMessage, is_done: bool, now: datetime) -> None:
    """Confirm the refund, or give what it took of its order lines free again."""
    key = message.payload.get("refund_key")
    if not isinstance(key, str):
        return  # of a tool that keeps its refunds elsewhere
    for refund in session.scalars(select(Refund).where(Refund.idempotency_key == key)):
        if refund.status == RefundStatus.REQUESTED:
            refund.status = RefundStatus.CONFIRMED if is_done else RefundStatus.REJECTED
            refund.confirmed_at = now if is_done else None


SETTLEMENTS: Final[Mapping[str, Settle]] = {
    "refund": settle_refund,
}
