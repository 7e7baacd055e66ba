"""Whatever was promised to a caller is listed with its age, until a named person has kept it."""

import asyncio
import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import delete, select
from tool_desk import ToolDesk
from workshop import SETTLEMENTS, Job, Payback, PaybackStatus

from agent_service.conversation.records import Caller, CallerLevel, ToolCallRecord, ToolCallStatus
from agent_service.runtime.deliveries import Delivery
from agent_service.runtime.outbox_worker import OutboxWorker
from agent_service.store.ledger import resolve_open_calls
from agent_service.store.outbox import TEAM, OutboxMessage, OutboxRow, OutboxStatus, queue_message
from agent_service.store.promise_keeping import PromiseError, mark_done
from agent_service.store.promises import Completion, Promise, PromiseKind, list_promises
from agent_service.store.requests import Handoff, OpeningHours, RequestStatus
from agent_service.store.tables import AuditEntry, ToolCall, ToolEffect
from agent_service.store.writer import write_records
from agent_service.tools.tool import Answer, Tool, ToolContext, tool

STRANGER = Caller("ACME-77", "Ann Acme", CallerLevel.VERIFIED)
PAY_BACK = {"job": 1002, "reason": "broken"}


class Refusing:
    """A receiver that never will."""

    def deliver(self, message: OutboxMessage) -> Delivery:
        return Delivery(is_done=False, answer="account closed")


def listed(desk: ToolDesk, **options: Any) -> list[Promise]:
    with desk.database.read() as session:
        return list_promises(session, desk.clock.utc(), **options)


def the_only(desk: ToolDesk) -> Promise:
    (promise,) = listed(desk)
    return promise


def done(desk: ToolDesk, promise_id: str, note: str = "") -> Completion:
    with desk.database.write() as session:
        return mark_done(
            session,
            promise_id,
            done_by="admin:ann",
            note=note,
            now=desk.clock.utc(),
            settlements=SETTLEMENTS,
        )


def refusal(desk: ToolDesk, promise_id: str) -> PromiseError:
    with pytest.raises(PromiseError) as caught:
        done(desk, promise_id)
    return caught.value


def work(desk: ToolDesk, receivers: dict[str, Any]) -> None:
    worker = OutboxWorker(desk.database, desk.clock, receivers, SETTLEMENTS)
    asyncio.run(worker.deliver_due())


def expensive_payback(desk: ToolDesk) -> None:
    with desk.database.write() as session:
        job = session.get_one(Job, 1002)
        job.paid_minor = 150_00
    desk.call("pay_back", PAY_BACK)


# --- every kind is listed ---


def test_handover_of_any_tickets_customer_is_listed_with_its_age(desk: ToolDesk) -> None:
    finished = desk.call("hand_over_to_human", {"reason": "wants a person"}, caller=STRANGER)
    assert finished.status == ToolCallStatus.SUCCEEDED
    desk.clock.advance(90)
    promise = the_only(desk)
    assert (promise.kind, promise.customer_id) == (PromiseKind.HANDOFF, "ACME-77")
    assert promise.caller_name == "Ann Acme"
    assert promise.what == "A colleague takes over: wants a person"
    assert desk.clock.utc() - promise.promised_at == timedelta(seconds=90)


def test_ticket_of_any_tickets_customer_is_listed(desk: ToolDesk) -> None:
    asked = {"subject": "Broken portal", "details": "It does not open."}
    assert desk.call("open_ticket", asked, caller=STRANGER).status == ToolCallStatus.SUCCEEDED
    promise = the_only(desk)
    assert promise.id.startswith("ticket-")
    assert '"Broken portal": It does not open.' in promise.what
    assert promise.due_at == promise.promised_at + timedelta(days=1)


NEW_YORK = ZoneInfo("America/New_York")


@pytest.mark.parametrize(
    ("opened", "due"),
    [
        ("2026-02-25 16:59", "2026-02-26 16:59"),  # a Wednesday
        ("2026-02-27 17:00", "2026-03-02 17:00"),  # a Friday
        ("2026-02-27 18:00", "2026-03-02 18:00"),  # nobody is there any more
        ("2026-02-28 11:00", "2026-03-02 18:00"),  # of a Saturday, although somebody is there
        ("2026-03-01 23:59", "2026-03-02 18:00"),
        ("2026-03-02 08:59", "2026-03-02 18:00"),  # nobody is there yet
        ("2026-03-06 12:00", "2026-03-09 12:00"),  # in between the clocks change
    ],
)
def test_ticket_is_due_when_a_working_day_has_passed(desk: ToolDesk, opened: str, due: str) -> None:
    desk.clock.moment = datetime.fromisoformat(opened).replace(tzinfo=NEW_YORK).astimezone(UTC)
    desk.call("open_ticket", {"subject": "Portal", "details": "Closed."}, caller=STRANGER)
    promise = the_only(desk)
    assert promise.due_at == datetime.fromisoformat(due).replace(tzinfo=NEW_YORK)
    assert not promise.is_overdue(promise.due_at)
    assert promise.is_overdue(promise.due_at + timedelta(seconds=1))
    done(desk, promise.id)
    (kept,) = listed(desk, is_all=True)
    assert not kept.is_overdue(promise.due_at + timedelta(days=1))


@pytest.mark.parametrize(
    ("days", "opened", "due"),
    [
        ({}, "2026-02-27 17:00", "2026-03-02 17:00"),
        ({5: (600, 840), 6: (600, 840)}, "2026-02-28 11:00", "2026-03-01 11:00"),
        ({0: (540, 1080), 2: (540, 720)}, "2026-03-02 15:00", "2026-03-04 12:00"),
    ],
)
def test_working_days_are_those_of_the_team(
    desk: ToolDesk, days: dict[int, tuple[int, int]], opened: str, due: str
) -> None:
    with desk.database.write() as session:
        session.execute(delete(OpeningHours))
        for weekday, (opens, closes) in days.items():
            session.add(
                OpeningHours(
                    weekday=weekday, opens_minute=opens, closes_minute=closes, time_zone="UTC"
                )
            )
    desk.clock.moment = datetime.fromisoformat(opened).replace(tzinfo=UTC)
    desk.call("open_ticket", {"subject": "Portal", "details": "Closed."}, caller=STRANGER)
    assert the_only(desk).due_at == datetime.fromisoformat(due).replace(tzinfo=UTC)


def test_callback_is_listed_with_number_and_time(desk: ToolDesk) -> None:
    asked = {"topic": "my invoice", "phone": "+4930123456"}
    assert desk.call("book_callback", asked, caller=STRANGER).status == ToolCallStatus.SUCCEEDED
    promise = the_only(desk)
    assert promise.what == "A colleague calls +4930123456: my invoice"
    assert promise.due_at is not None
    assert promise.due_at > desk.clock.utc()


def test_call_of_a_killed_process_that_may_have_happened_outside_is_listed(desk: ToolDesk) -> None:
    conversation = desk.conversation(STRANGER)
    with desk.database.write() as session:
        session.add(
            ToolCall(
                id="call-row",
                conversation_id=conversation,
                tool_call_id="call_1",
                name="book_courier",
                arguments='{"order": 7}',
                effect=ToolEffect.WRITE,
                status=ToolCallStatus.RUNNING,
                output="",
                is_external=True,
                requested_at=desk.clock.utc(),
                started_at=desk.clock.utc(),
            )
        )
    with desk.database.write() as session:
        resolve_open_calls(session, desk.clock.utc(), conversation)
    promise = the_only(desk)
    assert (promise.kind, promise.customer_id) == (PromiseKind.OUTCOME, "ACME-77")
    assert "whether book_courier went through" in promise.what


def test_doubt_that_only_the_caller_was_told_of_is_listed(desk: ToolDesk) -> None:
    said = json.dumps({"status": "unknown", "say": "A colleague is checking it."})
    conversation = desk.conversation(STRANGER)
    with desk.database.write() as session:
        record = ToolCallRecord(
            id="call-row",
            conversation_id=conversation,
            tool_call_id="call_1",
            name="cancel_job",
            arguments="{}",
            status=ToolCallStatus.FAILED,
            output=said,
            requested_at=desk.clock.utc(),
            ended_at=desk.clock.utc(),
        )
        write_records(session, [record])
    assert the_only(desk).id == "outcome-call-row"


def test_refused_message_is_listed_with_the_receivers_reason(desk: ToolDesk) -> None:
    desk.call("pay_back", PAY_BACK)
    assert listed(desk) == []  # on its way
    work(desk, {"payback": Refusing()})
    promise = the_only(desk)
    assert promise.kind == PromiseKind.MESSAGE
    assert "rejected after 1 try: account closed" in promise.what


def test_message_that_nobody_delivers_is_listed_with_the_remedy(desk: ToolDesk) -> None:
    desk.call("pay_back", PAY_BACK)
    work(desk, {})
    assert "set outbox.receivers" in the_only(desk).what


def test_message_is_listed_when_no_worker_runs_at_all(desk: ToolDesk) -> None:
    desk.call("pay_back", PAY_BACK)
    desk.clock.advance(120)
    assert "nobody has sent it" in the_only(desk).what


def test_secret_message_is_listed_without_its_secret(desk: ToolDesk) -> None:
    desk.call("send_security_code", {})
    work(desk, {})
    assert "Your code" not in the_only(desk).what


def test_waiting_approval_is_listed_and_names_when_it_ends(desk: ToolDesk) -> None:
    expensive_payback(desk)
    promise = the_only(desk)
    assert promise.id.startswith("approval-")
    assert promise.due_at == desk.clock.utc() + timedelta(hours=24)
    assert "Pay back $150.00" in promise.what


def test_companys_own_tool_promises_by_one_line(
    make_desk: Callable[[list[Tool]], ToolDesk],
) -> None:
    @tool(
        title="Ask the workshop",
        effect="write",
        audience=CallerLevel.IDENTIFIED,
        confirmation="never",
        examples=("Ask them",),
    )
    def ask_workshop(context: ToolContext) -> Answer:
        """Have the workshop answer."""
        context.queue("team", {"text": "Have the workshop call back about the gearbox."})
        return Answer("The workshop gets back to you.")

    desk = make_desk([ask_workshop])
    desk.call("ask_workshop", {}, caller=STRANGER)
    promise = the_only(desk)
    assert promise.kind == PromiseKind.TEAM
    assert promise.what == "Have the workshop call back about the gearbox."
    work(desk, {"message": Refusing()})
    done(desk, promise.id)
    assert listed(desk) == []


def test_oldest_come_first_and_one_kind_can_be_asked_for(desk: ToolDesk) -> None:
    desk.call("hand_over_to_human", {}, caller=STRANGER)
    desk.clock.advance(60)
    expensive_payback(desk)
    assert [each.kind for each in listed(desk)] == ["handoff", "approval"]
    assert [each.kind for each in listed(desk, kind=PromiseKind.APPROVAL)] == ["approval"]
    assert [each.kind for each in listed(desk, limit=1)] == ["handoff"]


# --- and kept once, by somebody ---


def test_done_promise_is_gone_and_on_record(desk: ToolDesk) -> None:
    desk.call("hand_over_to_human", {}, caller=STRANGER)
    promise = the_only(desk)
    done(desk, promise.id, "called them at noon")
    assert listed(desk) == []
    (kept,) = listed(desk, is_all=True)
    assert (kept.state, kept.done_by, kept.note) == ("done", "admin:ann", "called them at noon")
    with desk.database.read() as session:
        assert session.scalars(select(Handoff.status)).all() == [RequestStatus.DONE]
        entry = session.scalars(select(AuditEntry).where(AuditEntry.action == "promise.done")).one()
    assert (entry.actor, entry.subject) == ("admin:ann", promise.id)
    assert entry.conversation_id == promise.conversation_id


@pytest.mark.parametrize("ask", ["hand_over_to_human", "open_ticket", "book_callback"])
def test_second_done_says_who_was_first(desk: ToolDesk, ask: str) -> None:
    asked: dict[str, Any] = {
        "hand_over_to_human": {},
        "open_ticket": {"subject": "Portal", "details": "Closed."},
        "book_callback": {"topic": "invoice", "phone": "+4930123456"},
    }[ask]
    desk.call(ask, asked, caller=STRANGER)
    promise = the_only(desk)
    done(desk, promise.id)
    again = refusal(desk, promise.id)
    assert again.code == "promise_done"
    assert "done already, by admin:ann" in again.message


def test_request_that_the_companys_own_system_ended_is_not_open(desk: ToolDesk) -> None:
    desk.call("hand_over_to_human", {}, caller=STRANGER)
    promise = the_only(desk)
    with desk.database.write() as session:
        session.scalars(select(Handoff)).one().status = RequestStatus.CANCELLED
    assert listed(desk) == []
    assert "is cancelled, not open" in refusal(desk, promise.id).message


def test_approval_is_decided_not_done(desk: ToolDesk) -> None:
    expensive_payback(desk)
    told = refusal(desk, the_only(desk).id)
    assert told.code == "promise_undecided"
    assert "agent-service queue decide approval-" in told.message
    assert len(listed(desk)) == 1


def test_message_done_by_hand_is_not_sent_any_more_and_settles_it(
    desk: ToolDesk,
) -> None:
    desk.call("pay_back", PAY_BACK)
    work(desk, {})
    done(desk, the_only(desk).id, "paid at the bank")
    work(desk, {"payback": Refusing()})
    with desk.database.read() as session:
        row = session.scalars(select(OutboxRow)).one()
        assert (row.status, row.answer) == (OutboxStatus.CONFIRMED, "done by admin:ann")
        assert session.scalars(select(Payback.status)).all() == [PaybackStatus.CONFIRMED]
    assert listed(desk) == []


def test_refused_message_is_done_once_its_caller_was_told(desk: ToolDesk) -> None:
    desk.call("pay_back", PAY_BACK)
    work(desk, {"payback": Refusing()})
    promise = the_only(desk)
    done(desk, promise.id)
    assert listed(desk) == []
    assert refusal(desk, promise.id).code == "promise_done"


def test_message_on_its_way_cannot_be_done(desk: ToolDesk) -> None:
    desk.call("pay_back", PAY_BACK)
    with desk.database.read() as session:
        id = session.scalars(select(OutboxRow.id)).one()
    assert "is queued, not open" in refusal(desk, f"message-{id}").message


def test_message_whose_payload_cannot_be_read_is_listed_and_done(desk: ToolDesk) -> None:
    with desk.database.write() as session:
        queue_message(session, kind="fax", payload={}, idempotency_key="f", now=desk.clock.utc())
        session.flush()
        session.scalars(select(OutboxRow)).one().payload = "[broken"
    work(desk, {"fax": Refusing()})
    promise = the_only(desk)
    assert "not a JSON object" in promise.what
    done(desk, promise.id)
    assert listed(desk) == []


@pytest.mark.parametrize(
    "promise_id",
    [
        "",
        "-",
        "handoff",
        "handoff-",
        "handoff-0",
        "handoff-x",
        "handoff-99999999999999999999",
        "handoff-1 OR 1=1",
        "handoff-\u0967",
        "handoff-999",
        "message-\x00",
        "outcome-none",
        "team-none",
        f"message-{'x' * 5000}",
        "HANDOFF-1",
        "nothing-1",
    ],
)
def test_unknown_promise_is_told(desk: ToolDesk, promise_id: str) -> None:
    assert refusal(desk, promise_id).code == "promise_unknown"


def test_ordinary_tool_call_is_no_promise(desk: ToolDesk) -> None:
    desk.call("cancel_job", {"job": 1007})
    with desk.database.read() as session:
        id = session.scalars(select(ToolCall.id)).one()
    assert refusal(desk, f"outcome-{id}").code == "promise_unknown"
    assert listed(desk) == []


def test_messages_and_what_the_team_reads_are_not_mixed_up(desk: ToolDesk) -> None:
    with desk.database.write() as session:
        id = queue_message(
            session, kind=TEAM, payload={"n": 1}, idempotency_key="t", now=desk.clock.utc()
        )
    assert the_only(desk).what == '{"n": 1}'
    assert refusal(desk, f"message-{id}").code == "promise_unknown"
