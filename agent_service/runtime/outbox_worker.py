"""Delivers what tools have queued for the world outside, and settles the answers.

At least once, always with the same idempotency key: the receiver tells repeats by it. Each kind has
a lane of its own, and a message that goes wrong, in whatever way, is the only one that does.
"""

import asyncio
from collections.abc import Callable, Coroutine, Mapping
from functools import partial
from typing import Any, Final, TypeAlias

import structlog

from agent_service.clock import Clock
from agent_service.errors import StoreError
from agent_service.runtime.deliveries import (
    Delivered,
    Delivery,
    Failure,
    Receiver,
    deliver,
    reason_of,
)
from agent_service.store.database import Database
from agent_service.store.outbox import (
    OutboxMessage,
    OutboxStatus,
    Settle,
    claim_message,
    has_due,
    is_unsettled,
    lose_message,
    note_failure,
    settle_effects,
    settle_message,
)
from agent_service.store.outbox_care import (
    give_up_messages,
    hand_to_team,
    needs_care,
    note_unserved,
    unserved,
)

_log = structlog.get_logger()

PAUSE_S: Final = 1.0
"""Between two looks into the outbox; a message leaves at most this long after its commit."""

DELIVERY_LIMIT_S: Final = 20.0
"""A receiver that has not answered by then is not waited for any longer."""

MOST_HANGING: Final = 16
"""Deliveries of one kind that hold a thread each; with so many, no further one is begun."""

Work: TypeAlias = Callable[[], Coroutine[Any, Any, int]]


class OutboxWorker:
    """Works the outbox of one process; several processes share one outbox without harm."""

    def __init__(
        self,
        database: Database,
        clock: Clock,
        receivers: Mapping[str, Receiver],
        settlements: Mapping[str, Settle],
        *,
        limit_s: float = DELIVERY_LIMIT_S,
    ) -> None:
        self._database = database
        self._clock = clock
        self._receivers = receivers
        self._settlements = settlements
        self._limit_s = limit_s
        self._hanging: dict[str, dict[str, Delivered]] = {kind: {} for kind in receivers}
        """Messages whose receiver has not come back: it is not asked again before it does."""
        self.unserved: Mapping[str, int] = {}
        """How many messages wait for want of a receiver, by kind."""

    async def run(self) -> None:
        """Deliver until cancelled."""
        async with asyncio.TaskGroup() as lanes:
            for work in self._works():
                lanes.create_task(_for_ever(work))

    async def deliver_due(self) -> int:
        """Deliver what is due now; return how many messages there were."""
        async with asyncio.TaskGroup() as lanes:
            done = [lanes.create_task(work()) for work in self._works()]
        return sum(lane.result() for lane in done)

    def _works(self) -> list[Work]:
        return [self._tidy_up, *(partial(self._work_off, kind) for kind in self._receivers)]

    async def _work_off(self, kind: str) -> int:
        """Deliver what is due of one kind, one after another."""
        count = 0
        while (message := await asyncio.to_thread(self._claim, kind)) is not None:
            await self._deliver(message)
            count += 1
        if count:  # nor does the write-ahead log keep what receivers alone have to know
            await asyncio.to_thread(self._database.forget_removed)
        return count

    async def _deliver(self, message: OutboxMessage) -> None:
        delivered = deliver(self._receivers[message.kind], message)
        answer: Delivery | Failure
        try:
            async with asyncio.timeout(self._limit_s):
                answer = await asyncio.wrap_future(delivered)
        except TimeoutError:
            self._hanging[message.kind][message.id] = delivered
            answer = Failure(f"no answer within {self._limit_s:g} s")
        if isinstance(answer, Delivery):
            await asyncio.to_thread(self._settle, message, answer)
        else:
            await asyncio.to_thread(self._note, message, answer)

    def _claim(self, kind: str) -> OutboxMessage | None:
        now, hanging = self._clock.utc(), self._hanging[kind]
        for message_id in [id for id, delivered in hanging.items() if delivered.done()]:
            del hanging[message_id]
        if len(hanging) >= MOST_HANGING:
            return None
        with self._database.read() as session:
            if not has_due(session, kind, now, but_not=hanging):
                return None
        with self._database.write() as session:
            return claim_message(session, kind, now, but_not=hanging)

    def _note(self, message: OutboxMessage, failure: Failure) -> None:
        """Keep why a try failed; the message is tried again by itself, for a while."""
        with self._database.write() as session:
            is_tried_again = note_failure(session, message.id, failure.reason, self._clock.utc())
        log = _log.warning if is_tried_again else _log.error
        log(
            "outbox_delivery_failed",
            message_id=message.id,
            kind=message.kind,
            tries=message.tries,
            reason=failure.reason,
            is_tried_again=is_tried_again,
        )

    def _settle(self, message: OutboxMessage, delivery: Delivery) -> None:
        status = OutboxStatus.CONFIRMED if delivery.is_done else OutboxStatus.REJECTED
        now = self._clock.utc()
        with self._database.write() as session:
            if not is_unsettled(session, message.id):
                return
            broken = settle_effects(session, message, delivery.is_done, now, self._settlements)
            if broken is None:
                settle_message(session, message.id, status, delivery.answer, now)
            else:
                # The receiver has answered and is not asked again: a person looks at the rest.
                status = OutboxStatus.UNKNOWN
                said = f"{'done' if delivery.is_done else 'refused'} outside ({delivery.answer})"
                reason = f"{said}, but not noted here: {reason_of(message, broken)}"
                lose_message(session, message.id, reason)
        _log.info("outbox_settled", message_id=message.id, kind=message.kind, status=status.value)

    async def _tidy_up(self) -> int:
        """See to what no lane delivers."""
        self.unserved = await asyncio.to_thread(self._look_after)
        return 0

    def _look_after(self) -> Mapping[str, int]:
        now, kinds = self._clock.utc(), self._receivers.keys()
        hanging = [id for messages in self._hanging.values() for id in messages]
        with self._database.read() as session:
            waiting = unserved(session, kinds, now)
            is_quiet = not needs_care(session, kinds, now, hanging)
        for kind in waiting.keys() - self.unserved.keys():
            _log.warning("outbox_without_receiver", kind=kind, messages=waiting[kind])
        if is_quiet:
            return waiting
        with self._database.write() as session:
            for message_id in give_up_messages(session, kinds, now, hanging):
                _log.error("outbox_answer_unknown", message_id=message_id)
            hand_to_team(session, now)
            note_unserved(session, kinds, now)
        return waiting


async def _for_ever(work: Work) -> None:
    while True:
        try:
            await work()
        except StoreError as error:
            _log.error("outbox_storage_failed", code=error.code, message=error.message)
        except Exception:
            # The seam around the lane: a defect in it ends neither the other lanes nor the service.
            _log.exception("outbox_failed")
        await asyncio.sleep(PAUSE_S)
