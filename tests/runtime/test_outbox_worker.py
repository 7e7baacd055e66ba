"""What leaves the service leaves after its commit, under one key, until somebody answers."""

import asyncio
import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session
from tool_desk import ToolDesk
from workshop import SETTLEMENTS, Job, Payback, PaybackStatus

from agent_service.clock import uuid7
from agent_service.redaction import STRICT, Action, Identifier, Policy, written_under
from agent_service.runtime.deliveries import Delivery
from agent_service.runtime.outbox_worker import OutboxWorker
from agent_service.runtime.receivers import FileReceiver
from agent_service.store.database import Database
from agent_service.store.outbox import (
    OutboxMessage,
    OutboxRow,
    OutboxStatus,
    claim_message,
    queue_message,
)
from agent_service.store.promise_keeping import mark_done

PAY_BACK = {"job": 1002, "reason": "broken"}


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


def worker(desk: ToolDesk, bank: Bank) -> OutboxWorker:
    return OutboxWorker(desk.database, desk.clock, {"payback": bank}, SETTLEMENTS)


def work(desk: ToolDesk, bank: Bank, *, after_s: float = 0) -> None:
    desk.clock.advance(after_s)
    asyncio.run(worker(desk, bank).deliver_due())


def message(desk: ToolDesk) -> OutboxRow:
    with desk.database.read() as session:
        return session.scalars(select(OutboxRow)).one()


def payback(desk: ToolDesk) -> Payback:
    with desk.database.read() as session:
        return session.scalars(select(Payback)).one()


def test_payback_is_requested_until_it_is_confirmed(desk: ToolDesk) -> None:
    finished = desk.call("pay_back", PAY_BACK)
    assert "requested that" in json.loads(finished.output)["say"]
    assert payback(desk).status == PaybackStatus.REQUESTED
    work(desk, Bank("pays"))
    assert payback(desk).status == PaybackStatus.CONFIRMED
    assert (message(desk).status, message(desk).answer) == (
        OutboxStatus.CONFIRMED,
        "reference 7",
    )


def test_rejected_payback_leaves_the_job_as_it_was(desk: ToolDesk) -> None:
    desk.call("pay_back", PAY_BACK)
    work(desk, Bank("rejects"))
    assert payback(desk).status == PaybackStatus.REJECTED
    with desk.database.read() as session:
        job = session.get_one(Job, 1002)
    assert job.returned_minor == 0


def test_unanswered_message_is_sent_again_with_the_same_key(desk: ToolDesk) -> None:
    desk.call("pay_back", PAY_BACK)
    bank = Bank("pays silently", "pays")
    work(desk, bank)
    assert message(desk).status == OutboxStatus.SENT
    work(desk, bank, after_s=1)
    assert len(bank.asked) == 1
    work(desk, bank, after_s=10)
    assert len(bank.asked) == 2
    assert len(bank.paid) == 1
    assert payback(desk).status == PaybackStatus.CONFIRMED


def test_message_of_a_killed_worker_is_sent_again(desk: ToolDesk) -> None:
    desk.call("pay_back", PAY_BACK)
    with desk.database.write() as session:
        claimed = claim_message(session, "payback", desk.clock.utc())  # and then it dies
    bank = Bank("pays")
    work(desk, bank, after_s=30)
    assert claimed is not None
    assert bank.asked == [claimed.idempotency_key]


def test_message_without_any_answer_becomes_unknown(desk: ToolDesk) -> None:
    desk.call("pay_back", PAY_BACK)
    bank = Bank(*["pays silently"] * 50)
    work(desk, bank)
    for _ in range(10):
        work(desk, bank, after_s=120)
    assert message(desk).status == OutboxStatus.UNKNOWN
    assert len(bank.paid) == 1


def test_two_workers_do_not_send_the_same_message(desk: ToolDesk) -> None:
    desk.call("pay_back", PAY_BACK)
    bank = Bank("pays", "pays")

    async def scenario() -> list[int]:
        both = (worker(desk, bank), worker(desk, bank))
        return await asyncio.gather(*(one.deliver_due() for one in both))

    assert sorted(asyncio.run(scenario())) == [0, 1]
    assert len(bank.asked) == 1


def test_settled_message_cannot_be_moved(desk: ToolDesk) -> None:
    desk.call("pay_back", PAY_BACK)
    work(desk, Bank("pays"))

    def move() -> None:
        with desk.database.write() as session:
            session.scalars(select(OutboxRow)).one().status = OutboxStatus.QUEUED

    with pytest.raises(IntegrityError):
        move()


def test_kind_without_a_receiver_waits_and_says_why(desk: ToolDesk) -> None:
    with desk.database.write() as session:
        queue_message(session, kind="fax", payload={}, idempotency_key="f", now=desk.clock.utc())
    working = worker(desk, Bank())
    asyncio.run(working.deliver_due())
    assert message(desk).status == OutboxStatus.QUEUED
    assert "set outbox.receivers" in str(message(desk).answer)
    assert working.unserved == {"fax": 1}


def test_secret_message_is_emptied_once_it_is_delivered(desk: ToolDesk, tmp_path: Path) -> None:
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
    for _ in range(2):
        FileReceiver(tmp_path / "outbox").delete(message(desk).idempotency_key)
    assert not written.exists()


class Broken:
    """A receiver that does something to its thread instead of answering."""

    def __init__(self, act: Callable[[OutboxMessage], Any]) -> None:
        self.act = act
        self.asked = 0

    def deliver(self, message: OutboxMessage) -> Any:
        self.asked += 1
        if message.payload.get("is_bad"):
            return self.act(message)
        return Delivery(is_done=True, answer="done")


def raising(error: BaseException) -> Callable[[OutboxMessage], Any]:
    def act(message: OutboxMessage) -> Any:
        raise error

    return act


def queue(desk: ToolDesk, kind: str, *payloads: dict[str, Any], is_secret: bool = False) -> None:
    with desk.database.write() as session:
        for payload in payloads:
            queue_message(
                session,
                kind=kind,
                payload=payload,
                idempotency_key=uuid7(),
                now=desk.clock.utc(),
                is_secret=is_secret,
            )


def states(desk: ToolDesk) -> list[tuple[str, int, str | None]]:
    with desk.database.read() as session:
        rows = session.scalars(select(OutboxRow).order_by(OutboxRow.id))
        return [(row.status.value, row.tries, row.answer) for row in rows]


def outbox(desk: ToolDesk, receiver: Any, **more: Any) -> OutboxWorker:
    return OutboxWorker(desk.database, desk.clock, {"fax": receiver}, SETTLEMENTS, **more)


@pytest.mark.parametrize(
    ("act", "reason"),
    [
        (raising(KeyError("payback_key")), "KeyError: 'payback_key'"),
        (raising(SystemExit(3)), "SystemExit: 3"),
        (raising(KeyboardInterrupt()), "KeyboardInterrupt"),
        (raising(asyncio.CancelledError()), "CancelledError"),
        (raising(GeneratorExit()), "GeneratorExit"),
        (raising(RecursionError("deep")), "RecursionError: deep"),
        (raising(ValueError("at https://ann:hunter2@bank/ key")), "https://ann:[redacted]@bank/"),
        (lambda message: None, "returned NoneType, not a Delivery"),
        (lambda message: {"is_done": True}, "returned dict, not a Delivery"),
        (lambda message: Delivery(is_done="yes", answer="x"), "needs is_done, a bool"),  # type: ignore[arg-type]  # rubbish on purpose
        (lambda message: Delivery(is_done=True, answer=None), "and answer, a str"),  # type: ignore[arg-type]  # rubbish on purpose
    ],
)
def test_whatever_a_receiver_does_harms_its_own_message_only(
    sqlite_desk: ToolDesk, act: Callable[[OutboxMessage], Any], reason: str
) -> None:
    queue(sqlite_desk, "fax", {"is_bad": True}, {})
    asyncio.run(outbox(sqlite_desk, Broken(act)).deliver_due())
    (bad, tries, answer), good = states(sqlite_desk)
    assert (bad, tries) == ("sent", 1)
    assert reason in str(answer)
    assert good == ("confirmed", 1, "done")


def test_message_that_fails_for_long_is_unknown_with_its_last_reason(desk: ToolDesk) -> None:
    queue(desk, "fax", {"is_bad": True})
    receiver = Broken(raising(KeyError("x")))
    for _ in range(12):
        asyncio.run(outbox(desk, receiver).deliver_due())
        desk.clock.advance(120)
    assert states(desk) == [("unknown", receiver.asked, "KeyError: 'x'")]
    assert receiver.asked >= 8


def test_receiver_that_never_answers_is_left_alone_and_the_others_are_served(
    desk: ToolDesk,
) -> None:
    queue(desk, "fax", {"is_bad": True}, {})
    never = threading.Event()
    receiver = Broken(lambda message: never.wait())
    worker = outbox(desk, receiver, limit_s=0.05)
    assert asyncio.run(worker.deliver_due()) == 2
    desk.clock.advance(60)
    assert asyncio.run(worker.deliver_due()) == 0  # it has not come back
    assert states(desk) == [("sent", 1, "no answer within 0.05 s"), ("confirmed", 1, "done")]
    desk.clock.advance(900)
    asyncio.run(worker.deliver_due())
    assert states(desk)[0][0] == "unknown"
    never.set()


def test_reason_of_a_secret_message_is_not_kept(sqlite_desk: ToolDesk) -> None:
    queue(sqlite_desk, "fax", {"is_bad": True, "code": "123456"}, is_secret=True)
    receiver = Broken(lambda message: raising(ValueError(f"not {message.payload}"))(message))
    asyncio.run(outbox(sqlite_desk, receiver).deliver_due())
    assert states(sqlite_desk) == [("sent", 1, "ValueError")]


def test_settlement_that_breaks_leaves_an_unknown_message_and_a_living_worker(
    desk: ToolDesk,
) -> None:
    queue(desk, "fax", {"n": 1}, {"n": 2})

    def settle(session: Session, message: OutboxMessage, is_done: bool, now: datetime) -> None:
        if message.payload["n"] == 1:
            session.scalars(select(Payback)).one()

    receiver = Broken(lambda message: None)
    worker = OutboxWorker(desk.database, desk.clock, {"fax": receiver}, {"fax": settle})
    asyncio.run(worker.deliver_due())
    first, second = states(desk)
    assert first[0] == "unknown"
    assert "done outside (done), but not noted here: NoResultFound" in str(first[2])
    assert second[0] == "confirmed"
    desk.clock.advance(3600)
    asyncio.run(worker.deliver_due())
    assert receiver.asked == 2


def test_message_of_another_tool_needs_no_row_of_the_company(desk: ToolDesk) -> None:
    queue(desk, "payback", {"to": "account 7"})
    work(desk, Bank("pays"))
    assert message(desk).status == OutboxStatus.CONFIRMED


def test_message_that_waited_for_a_receiver_leaves_once_there_is_one(desk: ToolDesk) -> None:
    queue(desk, "fax", {})
    asyncio.run(OutboxWorker(desk.database, desk.clock, {}, SETTLEMENTS).deliver_due())
    asyncio.run(outbox(desk, Broken(lambda message: None)).deliver_due())
    assert states(desk) == [("confirmed", 1, "done")]


def test_worker_lives_through_a_defect_of_its_own(sqlite_desk: ToolDesk) -> None:
    class Failing(Database):
        is_broken = True

        @contextmanager
        def read(self) -> Iterator[Session]:
            if self.is_broken:
                self.is_broken = False
                raise ZeroDivisionError
            with super().read() as session:
                yield session

    queue(sqlite_desk, "fax", {})
    delivered = asyncio.Event()

    class Telling:
        def __init__(self) -> None:
            self._loop = asyncio.get_running_loop()

        def deliver(self, message: OutboxMessage) -> Delivery:
            self._loop.call_soon_threadsafe(delivered.set)
            return Delivery(is_done=True, answer="")

    database = Failing(sqlite_desk.database.url)

    async def scenario() -> None:
        worker = OutboxWorker(database, sqlite_desk.clock, {"fax": Telling()}, {})
        async with asyncio.timeout(60), asyncio.TaskGroup() as tasks:
            running = tasks.create_task(worker.run())
            await delivered.wait()
            running.cancel()

    asyncio.run(scenario())
    database.close()


def test_effect_that_is_rolled_back_sends_nothing(desk: ToolDesk) -> None:
    desk.call("pay_back", {"job": 1001, "reason": "too late"})
    with desk.database.read() as session:
        assert session.scalars(select(OutboxRow)).all() == []


PRIVATE = {
    "iban": "DE89 3704 0044 0532 0130 00",
    "phone": "+49 171 1234567",
    "note": "to jane.doe@example.com, job 1002",
}
SECRETS = ("0532 0130", "1234567", "jane.doe")


def left_in_files(folder: Path) -> list[str]:
    files = [file.read_bytes() for file in folder.glob("service.db*")]
    return [one for one in SECRETS if any(one.encode() in content for content in files)]


class Fax:
    """A receiver that remembers what it was given."""

    def __init__(self, *, is_done: bool) -> None:
        self._is_done = is_done
        self.given: list[Any] = []

    def deliver(self, message: OutboxMessage) -> Delivery:
        self.given.append(message.payload)
        return Delivery(is_done=self._is_done, answer="so")


def test_what_a_receiver_has_to_know_is_in_no_file_once_it_has_answered(
    sqlite_database: Database, hand_clock: Any, tmp_path: Path
) -> None:
    with sqlite_database.write() as session:
        id = queue_message(
            session, kind="fax", payload=PRIVATE, idempotency_key="f", now=hand_clock.utc()
        )
    assert left_in_files(tmp_path) == [*SECRETS]
    fax = Fax(is_done=True)
    worker = OutboxWorker(sqlite_database, hand_clock, {"fax": fax}, {})
    assert asyncio.run(worker.deliver_due()) == 1
    assert fax.given == [PRIVATE]
    with sqlite_database.read() as session:
        row = session.get_one(OutboxRow, id)
    assert json.loads(row.payload) == {
        "iban": "[redacted iban]",
        "phone": "[redacted phone]",
        "note": "to [redacted email], job 1002",
    }
    assert row.kept_payload is None
    assert left_in_files(tmp_path) == []


def test_what_was_refused_waits_in_clear_for_the_person_who_does_it(
    sqlite_database: Database, hand_clock: Any
) -> None:
    with sqlite_database.write() as session:
        id = queue_message(
            session, kind="fax", payload=PRIVATE, idempotency_key="f", now=hand_clock.utc()
        )
    worker = OutboxWorker(sqlite_database, hand_clock, {"fax": Fax(is_done=False)}, {})
    asyncio.run(worker.deliver_due())
    with sqlite_database.read() as session:
        assert json.loads(session.get_one(OutboxRow, id).payload) == PRIVATE
    with sqlite_database.write() as session:
        mark_done(
            session,
            f"message-{id}",
            done_by="admin:ann",
            note="",
            now=hand_clock.utc(),
            settlements={},
        )
    with sqlite_database.read() as session:
        assert "[redacted iban]" in session.get_one(OutboxRow, id).payload


def test_what_an_agent_keeps_stays_in_the_payload(
    sqlite_database: Database, hand_clock: Any
) -> None:
    keeping = Policy({**STRICT.actions, Identifier.IBAN: Action.KEEP})
    with written_under(keeping), sqlite_database.write() as session:
        id = queue_message(
            session, kind="fax", payload=PRIVATE, idempotency_key="f", now=hand_clock.utc()
        )
    worker = OutboxWorker(sqlite_database, hand_clock, {"fax": Fax(is_done=True)}, {})
    asyncio.run(worker.deliver_due())
    with sqlite_database.read() as session:
        payload = json.loads(session.get_one(OutboxRow, id).payload)
    assert payload["iban"] == PRIVATE["iban"]
    assert payload["phone"] == "[redacted phone]"
