"""What leaves the service leaves after its commit, under one key, until somebody answers."""

import asyncio
import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from shop_desk import ShopDesk
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from agent_service.runtime.deliveries import Delivery
from agent_service.runtime.outbox_worker import OutboxWorker
from agent_service.runtime.receivers import FileReceiver
from agent_service.store.outbox import (
    OutboxMessage,
    OutboxRow,
    OutboxStatus,
    claim_message,
    queue_message,
)
from agent_service.store.shop import OrderItem, Refund, RefundStatus
from agent_service.store.shop_settlements import SETTLEMENTS

REFUND = {"order_number": 1002, "reason": "broken"}


class Bank:
    """A payment provider that pays each key once, and sometimes does not answer."""

    def __init__(self, *answers: str) -> None:
        self._answers: Iterator[str] = iter(answers)
        self.asked: list[str] = []
        self.paid: set[str] = set()

    def deliver(self, message: OutboxMessage) -> Delivery:
        self.asked.append(message.idempotency_key)
        match next(self._answers):
            case "pays":
                self.paid.add(message.idempotency_key)
                return Delivery(is_done=True, answer="reference 7")
            case "pays silently":
                self.paid.add(message.idempotency_key)
                raise TimeoutError
            case _:
                return Delivery(is_done=False, answer="account closed")


def worker(desk: ShopDesk, bank: Bank) -> OutboxWorker:
    return OutboxWorker(desk.database, desk.clock, {"refund": bank}, SETTLEMENTS)


def work(desk: ShopDesk, bank: Bank, *, after_s: float = 0) -> None:
    desk.clock.advance(after_s)
    asyncio.run(worker(desk, bank).deliver_due())


def message(desk: ShopDesk) -> OutboxRow:
    with desk.database.read() as session:
        return session.scalars(select(OutboxRow)).one()


def refund(desk: ShopDesk) -> Refund:
    with desk.database.read() as session:
        return session.scalars(select(Refund)).one()


def test_refund_is_requested_until_it_is_confirmed(desk: ShopDesk) -> None:
    finished = desk.call("refund_order", REFUND)
    assert "requested a refund" in json.loads(finished.output)["say"]
    assert refund(desk).status == RefundStatus.REQUESTED
    work(desk, Bank("pays"))
    assert refund(desk).status == RefundStatus.CONFIRMED
    assert (message(desk).status, message(desk).answer) == (
        OutboxStatus.CONFIRMED,
        "reference 7",
    )


def test_rejected_refund_gives_its_line_free(desk: ShopDesk) -> None:
    desk.call("refund_order", REFUND)
    work(desk, Bank("rejects"))
    assert refund(desk).status == RefundStatus.REJECTED
    with desk.database.read() as session:
        item = session.scalars(select(OrderItem).where(OrderItem.order_number == 1002)).one()
    assert item.refunded_minor == 0


def test_unanswered_message_is_sent_again_with_the_same_key(desk: ShopDesk) -> None:
    desk.call("refund_order", REFUND)
    bank = Bank("pays silently", "pays")
    work(desk, bank)
    assert message(desk).status == OutboxStatus.SENT
    work(desk, bank, after_s=1)
    assert len(bank.asked) == 1
    work(desk, bank, after_s=10)
    assert len(bank.asked) == 2
    assert len(bank.paid) == 1
    assert refund(desk).status == RefundStatus.CONFIRMED


def test_message_of_a_killed_worker_is_sent_again(desk: ShopDesk) -> None:
    desk.call("refund_order", REFUND)
    with desk.database.write() as session:
        claimed = claim_message(session, "refund", desk.clock.utc())  # and then it dies
    bank = Bank("pays")
    work(desk, bank, after_s=30)
    assert claimed is not None
    assert bank.asked == [claimed.idempotency_key]


def test_message_without_any_answer_becomes_unknown(desk: ShopDesk) -> None:
    desk.call("refund_order", REFUND)
    bank = Bank(*["pays silently"] * 50)
    work(desk, bank)
    for _ in range(10):
        work(desk, bank, after_s=120)
    assert message(desk).status == OutboxStatus.UNKNOWN
    assert len(bank.paid) == 1


def test_two_workers_do_not_send_the_same_message(desk: ShopDesk) -> None:
    desk.call("refund_order", REFUND)
    bank = Bank("pays", "pays")

    async def scenario() -> list[int]:
        both = (worker(desk, bank), worker(desk, bank))
        return await asyncio.gather(*(one.deliver_due() for one in both))

    assert sorted(asyncio.run(scenario())) == [0, 1]
    assert len(bank.asked) == 1


def test_settled_message_cannot_be_moved(desk: ShopDesk) -> None:
    desk.call("refund_order", REFUND)
    work(desk, Bank("pays"))

    def move() -> None:
        with desk.database.write() as session:
            session.scalars(select(OutboxRow)).one().status = OutboxStatus.QUEUED

    with pytest.raises(IntegrityError):
        move()


def test_kind_without_a_receiver_waits_and_says_why(desk: ShopDesk) -> None:
    with desk.database.write() as session:
        queue_message(session, kind="fax", payload={}, idempotency_key="f", now=desk.clock.utc())
    working = worker(desk, Bank())
    asyncio.run(working.deliver_due())
    assert message(desk).status == OutboxStatus.QUEUED
    assert "set outbox.receivers" in str(message(desk).answer)
    assert working.unserved == {"fax": 1}


def test_secret_message_is_emptied_once_it_is_delivered(desk: ShopDesk, tmp_path: Path) -> None:
    desk.call("send_security_code", {})
    assert "Your code is" in message(desk).payload
    files = OutboxWorker(
        desk.database, desk.clock, {"message": FileReceiver(tmp_path / "outbox")}, SETTLEMENTS
    )
    asyncio.run(files.deliver_due())
    assert message(desk).payload == "{}"
    (written,) = (tmp_path / "outbox").iterdir()
    assert "Your code is" in written.read_text()
    assert written.stat().st_mode & 0o077 == 0


def test_effect_that_is_rolled_back_sends_nothing(desk: ShopDesk) -> None:
    desk.call("refund_order", {"order_number": 1001, "reason": "too late"})
    with desk.database.read() as session:
        assert session.scalars(select(OutboxRow)).all() == []
