"""Delivers what tools have queued for the world outside, and settles the answers.

At least once, always with the same idempotency key: the receiver tells repeats by it.
"""

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Final, Protocol, TypeAlias

import structlog
from sqlalchemy.orm import Session

from agent_service.clock import Clock
from agent_service.errors import StoreError
from agent_service.store.database import Database
from agent_service.store.outbox import (
    OutboxMessage,
    OutboxStatus,
    claim_messages,
    give_up_messages,
    has_due,
    settle_message,
)

_log = structlog.get_logger()

PAUSE_S: Final = 1.0
"""Between two looks into the outbox; a message leaves at most this long after its commit."""

DELIVERY_LIMIT_S: Final = 20.0


@dataclass(frozen=True, slots=True)
class Delivery:
    """The receiver's answer: it has done it, or it never will."""

    is_done: bool
    answer: str
    """The receiver's reference, or its reason."""


class Receiver(Protocol):
    """Something outside the database that does one kind of message.

    Called on a thread, perhaps several times with the same ``idempotency_key``: it must do the
    thing once. Raising means that nobody knows: the message is delivered again later.
    """

    def deliver(self, message: OutboxMessage) -> Delivery: ...


Settle: TypeAlias = Callable[[Session, OutboxMessage, bool, datetime], None]
"""What an answer (done or not) changes in the shop, in the transaction that keeps the answer."""


class OutboxWorker:
    """Works the outbox of one process; several processes share one outbox without harm."""

    def __init__(
        self,
        database: Database,
        clock: Clock,
        receivers: Mapping[str, Receiver],
        settlements: Mapping[str, Settle],
    ) -> None:
        self._database = database
        self._clock = clock
        self._receivers = receivers
        self._settlements = settlements

    async def run(self) -> None:
        """Deliver until cancelled."""
        while True:
            try:
                await self.deliver_due()
            except StoreError as error:
                _log.error("outbox_storage_failed", code=error.code, message=error.message)
            await asyncio.sleep(PAUSE_S)

    async def deliver_due(self) -> int:
        """Deliver what is due now, one after another; return how many messages there were."""
        messages = await asyncio.to_thread(self._claim)
        for message in messages:
            await self._deliver(message)
        return len(messages)

    async def _deliver(self, message: OutboxMessage) -> None:
        receiver = self._receivers.get(message.kind)
        if receiver is None:
            delivery = Delivery(is_done=False, answer=f"nothing here delivers {message.kind}")
        else:
            try:
                async with asyncio.timeout(DELIVERY_LIMIT_S):
                    delivery = await asyncio.to_thread(receiver.deliver, message)
            except Exception as error:
                # The seam to the outside: whatever it raises, the message is tried again.
                _log.warning(
                    "outbox_delivery_failed",
                    message_id=message.id,
                    kind=message.kind,
                    tries=message.tries,
                    error=type(error).__name__,
                )
                return
        await asyncio.to_thread(partial(self._settle, message, delivery))

    def _claim(self) -> list[OutboxMessage]:
        now = self._clock.utc()
        with self._database.read() as session:
            if not has_due(session, now):
                return []
        with self._database.write() as session:
            for silent in give_up_messages(session, now):
                _log.error("outbox_answer_unknown", message_id=silent.id, kind=silent.kind)
            return claim_messages(session, now)

    def _settle(self, message: OutboxMessage, delivery: Delivery) -> None:
        status = OutboxStatus.CONFIRMED if delivery.is_done else OutboxStatus.REJECTED
        now = self._clock.utc()
        with self._database.write() as session:
            if not settle_message(session, message.id, status, delivery.answer, now):
                return
            settle = self._settlements.get(message.kind)
            if settle is not None:
                settle(session, message, delivery.is_done, now)
        _log.info("outbox_settled", message_id=message.id, kind=message.kind, status=status.value)
