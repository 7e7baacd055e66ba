"""A decision is heard in the conversation or read in a letter; in silence it never ends."""

import asyncio
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select
from tool_desk import CALLER, ToolDesk
from workshop import SETTLEMENTS, Job

from agent_service.clock import uuid7
from agent_service.conversation.events import ToolFinished
from agent_service.conversation.records import (
    Caller,
    CallerLevel,
    ConversationRecord,
    Modality,
    Role,
    ToolCallStatus,
    TurnRecord,
)
from agent_service.runtime.approval_desk import ApprovalDesk
from agent_service.runtime.deliveries import Delivery
from agent_service.runtime.outbox_worker import OutboxWorker
from agent_service.store.approvals import Approval
from agent_service.store.contacts import Address, Contact, keep_address
from agent_service.store.interrupted import find_interrupted, token_hash
from agent_service.store.outbox import TOLD, OutboxMessage, OutboxRow, OutboxStatus
from agent_service.store.promises import list_promises
from agent_service.store.tables import Conversation, Resumption
from agent_service.store.writer import write_records

DECLINED = "My colleague has decided against it. Nothing was changed."


class Post:
    """A messenger that keeps what it was given."""

    def __init__(self) -> None:
        self.letters: list[tuple[str, str]] = []

    def deliver(self, message: OutboxMessage) -> Delivery:
        self.letters.append((message.payload["to"], message.payload["text"]))
        return Delivery(is_done=True, answer="sent")


def agent_says(desk: ToolDesk, conversation_id: str, heard: str, **changes: Any) -> None:
    now = desk.clock.utc()
    turn = TurnRecord(
        turn_id=uuid7(),
        conversation_id=conversation_id,
        seq=7,
        role=Role.AGENT,
        modality=Modality.AUDIO,
        text=heard,
        heard_text=heard,
        heard_ms=900,
        is_interrupted=False,
        started_at=now,
        ended_at=now,
    )
    with desk.database.write() as session:
        write_records(session, [replace(turn, **changes)])


class Waiting:
    """A payback that waits for a person, and the conversation it was asked for in."""

    def __init__(self, desk: ToolDesk, caller: Caller = CALLER) -> None:
        self.desk = desk
        self.told: list[ToolFinished] = []
        with desk.database.write() as session:
            job = session.get_one(Job, 1002)
            job.paid_minor = 150_00
        self.conversation = desk.conversation(caller)
        wish = {"job": 1002, "reason": "broken"}
        desk.call("pay_back", wish, conversation_id=self.conversation)
        with desk.database.write() as session:
            approval = session.scalars(select(Approval)).one()
            approval.customer_id = caller.customer_id
            self.approval = approval.id

    def decide(self, *, is_approved: bool = False) -> None:
        asyncio.run(
            self.team(is_open=False).decide(
                self.approval, is_approved=is_approved, decided_by="admin:ann", note=""
            )
        )

    def team(self, *, is_open: bool) -> ApprovalDesk:
        def tell(conversation_id: str, finished: ToolFinished) -> bool:
            if is_open:
                self.told.append(finished)
            return is_open

        return ApprovalDesk(
            self.desk.registry, self.desk.database, self.desk.clock, tell, self.desk.customers
        )

    def agent_says(self, heard: str, **changes: Any) -> None:
        agent_says(self.desk, self.conversation, heard, **changes)

    def hang_up(self) -> None:
        with self.desk.database.write() as session:
            row = session.get(Conversation, self.conversation)
            assert row is not None
            row.ended_at = self.desk.clock.utc()

    def write(self, record: TurnRecord | ConversationRecord) -> None:
        with self.desk.database.write() as session:
            write_records(session, [record])

    def post(self) -> Post:
        """Let the worker look once, as a process that has just started does."""
        post = Post()
        worker = OutboxWorker(self.desk.database, self.desk.clock, {"message": post}, SETTLEMENTS)
        asyncio.run(worker.deliver_due())
        return post

    def listed(self) -> list[str]:
        with self.desk.database.read() as session:
            return [each.what for each in list_promises(session, self.desk.clock.utc())]


def letter(desk: ToolDesk) -> OutboxRow:
    with desk.database.read() as session:
        return session.scalars(select(OutboxRow).where(OutboxRow.kind != "payback")).one()


def test_decision_that_was_heard_is_not_written(desk: ToolDesk) -> None:
    waiting = Waiting(desk)
    waiting.decide()
    desk.clock.advance(8)
    waiting.agent_says(f"Good news takes time. {DECLINED}")
    desk.clock.advance(60)
    assert waiting.post().letters == []
    assert (letter(desk).status, letter(desk).answer) == (OutboxStatus.CONFIRMED, TOLD)


def test_decision_leaves_at_once_when_the_conversation_is_over(desk: ToolDesk) -> None:
    waiting = Waiting(desk)
    waiting.hang_up()
    waiting.decide()
    ((to, text),) = waiting.post().letters
    assert to == "jane.doe@example.com"
    assert "Pay back $150.00 for the gearbox" in text
    assert DECLINED in text
    assert waiting.post().letters == []


def test_decision_leaves_when_the_caller_hangs_up_before_it_was_said(desk: ToolDesk) -> None:
    waiting = Waiting(desk)
    waiting.decide()
    assert waiting.post().letters == []
    waiting.hang_up()
    assert len(waiting.post().letters) == 1


def test_decision_leaves_after_a_minute_when_nobody_says_it(desk: ToolDesk) -> None:
    waiting = Waiting(desk)
    waiting.decide()
    desk.clock.advance(59)
    assert waiting.post().letters == []
    desk.clock.advance(2)
    assert len(waiting.post().letters) == 1


@pytest.mark.parametrize(
    "turn",
    [
        {"heard": "Is there anything else that I can do for you today?"},
        {"heard": "My colleague has"},
        {"heard": "", "text": DECLINED},
        {"heard": DECLINED, "role": Role.CALLER},
    ],
)
def test_what_was_not_heard_is_written(sqlite_desk: ToolDesk, turn: dict[str, Any]) -> None:
    waiting = Waiting(sqlite_desk)
    waiting.decide()
    waiting.agent_says(**turn)
    waiting.hang_up()
    assert len(waiting.post().letters) == 1


def test_amount_that_was_told_wrong_is_written(sqlite_desk: ToolDesk) -> None:
    waiting = Waiting(sqlite_desk)
    waiting.decide(is_approved=True)
    with sqlite_desk.database.read() as session:
        outcome = session.scalars(select(Approval.outcome)).one() or ""
    assert "150" in outcome
    waiting.agent_says(outcome.replace("150", "15"))
    waiting.hang_up()
    assert len(waiting.post().letters) == 1


def test_sentence_from_before_the_decision_does_not_count(sqlite_desk: ToolDesk) -> None:
    waiting = Waiting(sqlite_desk)
    waiting.agent_says(DECLINED)
    sqlite_desk.clock.advance(1)
    waiting.decide()
    waiting.hang_up()
    assert len(waiting.post().letters) == 1


def test_decision_for_a_caller_without_contact_is_the_teams_to_tell(desk: ToolDesk) -> None:
    waiting = Waiting(desk, Caller("ACME-42", None, CallerLevel.VERIFIED))
    waiting.decide()
    assert waiting.listed() == []  # the conversation may tell it
    waiting.hang_up()
    waiting.post()
    (what,) = waiting.listed()
    assert what.startswith("Tell ACME-42, who has no contact on file: You asked us: Pay back $150")


def test_decision_for_a_caller_without_contact_that_was_heard_is_nobodys(desk: ToolDesk) -> None:
    waiting = Waiting(desk, Caller("ACME-42", None, CallerLevel.VERIFIED))
    waiting.decide()
    waiting.agent_says(DECLINED)
    waiting.hang_up()
    waiting.post()
    desk.clock.advance(600)
    assert waiting.listed() == []


def test_contact_that_the_company_gave_is_written_to(desk: ToolDesk) -> None:
    with desk.database.write() as session:
        keep_address(session, "ACME-77", Address(None, "+4930123456"), desk.clock.utc())
        keep_address(session, "ACME-77", Address("ann@acme.example", None), desk.clock.utc())
        assert session.get(Contact, "ACME-77") is not None
    waiting = Waiting(desk, Caller("ACME-77", "Ann", CallerLevel.VERIFIED))
    waiting.hang_up()
    waiting.decide()
    assert [to for to, _ in waiting.post().letters] == ["ann@acme.example"]


def test_expired_approval_is_written_too(desk: ToolDesk) -> None:
    waiting = Waiting(desk)
    waiting.hang_up()
    desk.clock.advance(25 * 3600)

    async def scenario() -> None:
        offered = asyncio.Event()

        def tell(conversation_id: str, finished: ToolFinished) -> bool:
            offered.set()
            return False

        team = ApprovalDesk(desk.registry, desk.database, desk.clock, tell, desk.customers)
        async with asyncio.timeout(60), asyncio.TaskGroup() as tasks:
            running = tasks.create_task(team.run())
            await offered.wait()
            running.cancel()

    asyncio.run(scenario())
    assert "Nobody could decide in time" in waiting.post().letters[0][1]


def test_process_that_holds_the_conversation_tells_what_another_decided(desk: ToolDesk) -> None:
    waiting = Waiting(desk)
    waiting.decide()
    asyncio.run(waiting.team(is_open=True).tell_untold())
    assert [finished.status for finished in waiting.told] == [ToolCallStatus.NOT_ALLOWED]
    waiting.agent_says(DECLINED)
    desk.clock.advance(61)
    waiting.post()
    waiting.told.clear()
    asyncio.run(waiting.team(is_open=True).tell_untold())
    assert waiting.told == []


@pytest.mark.parametrize("is_decided", [False, True])
def test_conversation_that_is_taken_over_knows_what_it_still_has_to_tell(
    desk: ToolDesk, is_decided: bool
) -> None:
    waiting = Waiting(desk)
    with desk.database.write() as session:
        session.add(
            Resumption(
                conversation_id=waiting.conversation,
                token_hash=token_hash("token"),
                issued_at=desk.clock.utc(),
            )
        )
    if is_decided:
        waiting.decide()
    with desk.database.write() as session:
        past = find_interrupted(session, "token", desk.clock.utc(), "process-1")
    assert past is not None
    assert [call.name for call in past.pending] == ["pay_back"]


def test_conversation_whose_decision_was_told_has_nothing_left_to_tell(desk: ToolDesk) -> None:
    waiting = Waiting(desk)
    with desk.database.write() as session:
        session.add(
            Resumption(
                conversation_id=waiting.conversation,
                token_hash=token_hash("token"),
                issued_at=desk.clock.utc(),
            )
        )
    waiting.decide()
    waiting.agent_says(DECLINED)
    desk.clock.advance(61)
    waiting.post()
    with desk.database.write() as session:
        past = find_interrupted(session, "token", desk.clock.utc(), "process-1")
    assert past is not None
    assert past.pending == ()


CANCELLED = "Job 1007 is cancelled. You will not be charged for it."


@pytest.mark.parametrize(
    ("says", "unheard"),
    [
        (None, (CANCELLED,)),
        ("One moment, please.", (CANCELLED,)),
        ("Job 1006 is cancelled. You will not be charged for it.", (CANCELLED,)),
        ("Your job 1007 is cancelled, and you will not be charged.", ()),
    ],
)
def test_who_returns_hears_what_came_of_their_yes_unless_they_have(
    desk: ToolDesk, says: str | None, unheard: tuple[str, ...]
) -> None:
    conversation = desk.conversation()
    with desk.database.write() as session:
        session.add(
            Resumption(
                conversation_id=conversation,
                token_hash=token_hash("token"),
                issued_at=desk.clock.utc(),
            )
        )
    desk.call("cancel_job", {"job": 1007}, conversation_id=conversation)
    if says is not None:
        agent_says(desk, conversation, says)
    with desk.database.write() as session:
        past = find_interrupted(session, "token", desk.clock.utc(), "process-1")
    assert past is not None
    assert past.unheard == unheard
    assert not past.has_open_question


def ended_conversation(desk: ToolDesk, caller: Caller) -> str:
    conversation = desk.conversation(caller)
    with desk.database.write() as session:
        row = session.get(Conversation, conversation)
        assert row is not None
        row.started_at -= timedelta(minutes=1)
        row.ended_at = desk.clock.utc()
    return conversation


def test_write_that_ended_after_the_conversation_is_told(desk: ToolDesk) -> None:
    cancel = {"job": 1007}
    desk.call("cancel_job", cancel, conversation_id=ended_conversation(desk, CALLER))
    row = letter(desk)
    assert (row.kind, row.status) == ("message", OutboxStatus.QUEUED)
    assert "still going on when our conversation ended. Job 1007 is cancelled" in row.payload


def test_write_of_an_open_conversation_is_told_there(desk: ToolDesk) -> None:
    desk.call("cancel_job", {"job": 1007})
    with desk.database.read() as session:
        assert session.scalars(select(OutboxRow)).all() == []


def test_request_that_waits_for_a_decision_is_told_once_it_is_decided(desk: ToolDesk) -> None:
    with desk.database.write() as session:
        job = session.get_one(Job, 1002)
        job.paid_minor = 150_00
    conversation = ended_conversation(desk, CALLER)
    wish = {"job": 1002, "reason": "broken"}
    desk.call("pay_back", wish, conversation_id=conversation)
    with desk.database.read() as session:
        assert session.scalars(select(OutboxRow)).all() == []
