"""Above a limit a person decides: once, not for themselves, in time; then everything is checked."""

import asyncio
import json
from collections.abc import Callable, Iterable
from typing import Annotated, Any, TypeAlias

import pytest
from pydantic import Field
from sqlalchemy import func, select
from tool_desk import ToolDesk
from workshop import Job, Payback, pay_back

from agent_service.conversation.events import ToolFinished
from agent_service.conversation.records import CallerLevel, ToolCallStatus
from agent_service.runtime.approval_desk import ApprovalDesk
from agent_service.store.approvals import Approval, ApprovalError, ApprovalStatus
from agent_service.store.limits import Cap
from agent_service.store.money import Money
from agent_service.store.outbox import OutboxRow
from agent_service.store.switches import switch_tool
from agent_service.store.tables import AuditEntry, ToolCall
from agent_service.tools.arguments import without_free_text
from agent_service.tools.deciding import Decided, Decisions
from agent_service.tools.tool import Answer, Limits, Preview, Tool, ToolContext, tool

Make: TypeAlias = Callable[[Iterable[Tool]], ToolDesk]


class Listener:
    """A conversation that is open, or not, and remembers what it was told."""

    def __init__(self, *, is_open: bool) -> None:
        self.is_open = is_open
        self.told: list[ToolFinished] = []

    def tell(self, conversation_id: str, finished: ToolFinished) -> bool:
        if self.is_open:
            self.told.append(finished)
        return self.is_open


def expensive_job(desk: ToolDesk, minor: int) -> int:
    """Give Jane a job that is done, at that price."""
    with desk.database.write() as session:
        job = session.get_one(Job, 1002)
        job.paid_minor = minor
    return 1002


def paid_back(desk: ToolDesk, number: int, **more: Any) -> ToolFinished:
    return desk.call("pay_back", {"job": number, "reason": "broken"}, **more)


def waiting(desk: ToolDesk) -> Approval:
    with desk.database.read() as session:
        return session.scalars(select(Approval)).one()


def decide(
    desk: ToolDesk, approval_id: str, by: str, *, is_approved: bool = True, is_open: bool = False
) -> tuple[Decided, list[ToolFinished]]:
    listener = Listener(is_open=is_open)
    team = ApprovalDesk(desk.registry, desk.database, desk.clock, listener.tell, desk.customers)
    decided = asyncio.run(team.decide(approval_id, is_approved=is_approved, decided_by=by, note=""))
    return decided, listener.told


def returned(desk: ToolDesk) -> int:
    with desk.database.read() as session:
        return session.scalar(select(func.coalesce(func.sum(Payback.amount_minor), 0))) or 0


def test_small_amount_needs_nobody(desk: ToolDesk) -> None:
    assert paid_back(desk, 1002).status == ToolCallStatus.SUCCEEDED
    assert returned(desk) == 7999


def test_amount_above_the_approval_limit_waits_and_says_so(desk: ToolDesk) -> None:
    finished = paid_back(desk, expensive_job(desk, 150_00))
    assert finished.status == ToolCallStatus.AWAITING_APPROVAL
    assert "Nothing has been done yet" in json.loads(finished.output)["say"]
    assert returned(desk) == 0


def test_approved_call_runs_with_the_decision(desk: ToolDesk) -> None:
    paid_back(desk, expensive_job(desk, 150_00))
    decided, told = decide(desk, waiting(desk).id, "admin:ann", is_open=True)
    assert decided.status == ApprovalStatus.APPROVED
    assert returned(desk) == 150_00
    assert [finished.status for finished in told] == [ToolCallStatus.SUCCEEDED]


def test_ledger_row_of_an_approved_call_ends_succeeded(desk: ToolDesk) -> None:
    paid_back(desk, expensive_job(desk, 150_00))
    decide(desk, waiting(desk).id, "admin:ann")
    with desk.database.read() as session:
        assert session.scalars(select(ToolCall.status)).all() == [ToolCallStatus.SUCCEEDED]


def test_declined_call_changes_nothing(desk: ToolDesk) -> None:
    paid_back(desk, expensive_job(desk, 150_00))
    _, told = decide(desk, waiting(desk).id, "admin:ann", is_approved=False, is_open=True)
    assert returned(desk) == 0
    assert "decided against it" in json.loads(told[0].output)["say"]


def test_decision_is_made_once(desk: ToolDesk) -> None:
    paid_back(desk, expensive_job(desk, 150_00))
    decide(desk, waiting(desk).id, "admin:ann")
    with pytest.raises(ApprovalError, match="approved already"):
        decide(desk, waiting(desk).id, "admin:ben")
    assert returned(desk) == 150_00


def test_second_person_above_the_second_limit(desk: ToolDesk) -> None:
    paid_back(desk, expensive_job(desk, 600_00))
    first, _ = decide(desk, waiting(desk).id, "admin:ann")
    assert (first.status, returned(desk)) == (ApprovalStatus.SECONDED, 0)
    with pytest.raises(ApprovalError, match="second person"):
        decide(desk, waiting(desk).id, "admin:ann")
    decide(desk, waiting(desk).id, "admin:ben")
    assert returned(desk) == 600_00


@pytest.mark.parametrize("is_approved", [True, False])
def test_once_it_is_decided_nothing_is_kept_of_it_that_turns_do_not_keep(
    desk: ToolDesk, is_approved: bool
) -> None:
    said = "broken, call +49 171 1234567, pay to DE89 3704 0044 0532 0130 00"
    desk.call("pay_back", {"job": expensive_job(desk, 150_00), "reason": said})
    assert said in waiting(desk).arguments
    decided, _ = decide(desk, waiting(desk).id, "admin:ann", is_approved=is_approved)
    assert decided.status == (ApprovalStatus.APPROVED if is_approved else ApprovalStatus.DECLINED)
    kept = "broken, call [redacted phone], pay to [redacted iban]"
    assert json.loads(waiting(desk).arguments)["reason"] == kept
    assert returned(desk) == (150_00 if is_approved else 0)


def test_nobody_approves_for_themselves(desk: ToolDesk) -> None:
    paid_back(desk, expensive_job(desk, 150_00))
    with pytest.raises(ApprovalError, match="cannot approve"):
        decide(desk, waiting(desk).id, "admin:C0001")


def test_whoever_agreed_first_may_still_decline(desk: ToolDesk) -> None:
    paid_back(desk, expensive_job(desk, 600_00))
    decide(desk, waiting(desk).id, "admin:ann")
    decided, _ = decide(desk, waiting(desk).id, "admin:ann", is_approved=False)
    assert (decided.status, returned(desk)) == (ApprovalStatus.DECLINED, 0)
    with pytest.raises(ApprovalError, match="declined already"):
        decide(desk, waiting(desk).id, "admin:ben")


def test_nobody_decides_after_the_end(desk: ToolDesk) -> None:
    paid_back(desk, expensive_job(desk, 150_00))
    desk.clock.advance(25 * 3600)
    with pytest.raises(ApprovalError, match="expired"):
        decide(desk, waiting(desk).id, "admin:ann")


def test_object_that_changed_meanwhile_is_not_touched(desk: ToolDesk) -> None:
    paid_back(desk, expensive_job(desk, 150_00))
    with desk.database.write() as session:
        job = session.get_one(Job, 1002)
        job.paid_minor = 140_00
    decided, _ = decide(desk, waiting(desk).id, "admin:ann")
    assert decided.outcome is not None
    assert decided.outcome.status == ToolCallStatus.NOT_ALLOWED
    assert returned(desk) == 0


def test_switched_off_tool_does_not_run_when_approved(desk: ToolDesk) -> None:
    paid_back(desk, expensive_job(desk, 150_00))
    _switch(desk, "pay_back", is_off=True)
    decide(desk, waiting(desk).id, "admin:ann")
    assert returned(desk) == 0


def test_caller_who_has_gone_is_written_to_once(desk: ToolDesk) -> None:
    paid_back(desk, expensive_job(desk, 150_00))
    decide(desk, waiting(desk).id, "admin:ann", is_open=False)
    with desk.database.read() as session:
        letters = session.scalars(select(OutboxRow).where(OutboxRow.kind == "message")).all()
    assert [json.loads(letter.payload)["to"] for letter in letters] == ["jane.doe@example.com"]


def test_late_approvals_end_and_the_caller_hears_of_it(desk: ToolDesk) -> None:
    paid_back(desk, expensive_job(desk, 150_00))
    desk.clock.advance(25 * 3600)
    decided = Decisions(desk.registry, desk.database, desk.clock, desk.customers).expire()
    assert [one.status for one in decided] == [ApprovalStatus.EXPIRED]
    assert waiting(desk).status == ApprovalStatus.EXPIRED


def test_wish_that_waits_is_not_queued_twice(desk: ToolDesk) -> None:
    conversation = desk.conversation()
    number = expensive_job(desk, 150_00)
    paid_back(desk, number, conversation_id=conversation)
    again = paid_back(desk, number, conversation_id=conversation)
    assert told_already(again)
    assert waiting(desk).status == ApprovalStatus.WAITING
    decide(desk, waiting(desk).id, "admin:ann")
    assert {ToolCallStatus(row) for row in ended(desk)} == {
        ToolCallStatus.SUCCEEDED,
        ToolCallStatus.NOT_ALLOWED,
    }


def told_already(finished: ToolFinished) -> bool:
    told = json.loads(finished.output)
    return told["status"] == "asked_already" and "a colleague still has to decide" in told["say"]


def ended(desk: ToolDesk) -> list[str]:
    with desk.database.read() as session:
        return [*session.scalars(select(ToolCall.status))]


def test_customer_who_calls_again_waits_for_the_same_approval(desk: ToolDesk) -> None:
    number = expensive_job(desk, 150_00)
    paid_back(desk, number)
    assert told_already(paid_back(desk, number))
    assert told_already(paid_back(desk, number, agrees=False))  # before they are asked for a yes
    decide(desk, waiting(desk).id, "admin:ann")
    assert returned(desk) == 150_00
    assert paid_back(desk, number).status == ToolCallStatus.NOT_ALLOWED
    assert returned(desk) == 150_00


def test_same_wish_waits_until_a_second_person_has_decided(desk: ToolDesk) -> None:
    number = expensive_job(desk, 600_00)
    paid_back(desk, number)
    decide(desk, waiting(desk).id, "admin:ann")
    assert waiting(desk).status == ApprovalStatus.SECONDED
    assert told_already(paid_back(desk, number))


def test_wish_that_was_declined_or_has_expired_is_asked_for_anew(desk: ToolDesk) -> None:
    number = expensive_job(desk, 150_00)
    paid_back(desk, number)
    decide(desk, waiting(desk).id, "admin:ann", is_approved=False)
    assert paid_back(desk, number).status == ToolCallStatus.AWAITING_APPROVAL
    desk.clock.advance(25 * 3600)  # nobody has looked for what has expired yet
    assert paid_back(desk, number).status == ToolCallStatus.AWAITING_APPROVAL


def test_wish_that_waits_is_not_done_below_a_limit_of_the_next_day(desk: ToolDesk) -> None:
    first, second, third = three_jobs(desk)
    assert [paid_back(desk, one).status for one in (first, second)] == [
        ToolCallStatus.SUCCEEDED
    ] * 2
    paid_back(desk, third)
    desk.clock.advance(24 * 3600 - 1)
    assert told_already(paid_back(desk, third))
    assert returned(desk) == 160_00


def test_wish_of_other_terms_is_another_one(desk: ToolDesk) -> None:
    paid_back(desk, expensive_job(desk, 150_00))
    finished = paid_back(desk, expensive_job(desk, 160_00))
    assert finished.status == ToolCallStatus.AWAITING_APPROVAL


def test_wish_that_waits_is_the_same_for_another_reason(desk: ToolDesk) -> None:
    number = expensive_job(desk, 150_00)
    paid_back(desk, number)
    again = desk.call("pay_back", {"job": number, "reason": "It is broken, I want my money"})
    assert told_already(again)
    assert waiting(desk).status == ApprovalStatus.WAITING


def test_what_is_to_be_done_is_told_from_why() -> None:
    free = without_free_text(pay_back, '{"job": 7.0, "reason": "broken", "unknown": null}')
    assert free == {"job": 7}


def test_decision_is_in_the_audit_log(desk: ToolDesk) -> None:
    paid_back(desk, expensive_job(desk, 150_00))
    decide(desk, waiting(desk).id, "admin:ann")
    with desk.database.read() as session:
        entries = session.execute(select(AuditEntry.actor, AuditEntry.action)).all()
    assert ("admin:ann", "approval.approved") in [tuple(entry) for entry in entries]


def three_jobs(desk: ToolDesk) -> list[int]:
    """Give Jane three jobs that are done, at 80 dollars each."""
    numbers = [1002, 1003, 1008]
    with desk.database.write() as session:
        for number in numbers:
            session.get_one(Job, number).paid_minor = 80_00
    return numbers


def test_amounts_of_a_customers_day_add_up(desk: ToolDesk) -> None:
    first, second, third = (paid_back(desk, number).status for number in three_jobs(desk))
    assert [first, second] == [ToolCallStatus.SUCCEEDED] * 2
    assert third == ToolCallStatus.AWAITING_APPROVAL
    assert returned(desk) == 160_00


def test_next_day_begins_with_nothing_spent(desk: ToolDesk) -> None:
    first, second, third = three_jobs(desk)
    paid_back(desk, first)
    paid_back(desk, second)
    desk.clock.advance(24 * 3600)
    assert paid_back(desk, third).status == ToolCallStatus.SUCCEEDED


def test_refused_call_uses_up_no_limit(desk: ToolDesk) -> None:
    conversation = desk.conversation()
    for number in (1001, 1004, 1007, 1010):
        paid_back(desk, number, conversation_id=conversation)
    assert paid_back(desk, 1002, conversation_id=conversation).status == ToolCallStatus.SUCCEEDED


def test_switch_works_in_the_next_call(desk: ToolDesk) -> None:
    _switch(desk, "cancel_job", is_off=True)
    assert desk.call("cancel_job", {"job": 1007}).status == ToolCallStatus.NOT_ALLOWED
    _switch(desk, "cancel_job", is_off=False)
    assert desk.call("cancel_job", {"job": 1007}).status == ToolCallStatus.SUCCEEDED


def _switch(desk: ToolDesk, name: str, *, is_off: bool) -> None:
    with desk.database.write() as session:
        switch_tool(
            session,
            name,
            is_off=is_off,
            reason="test",
            changed_by="admin:ann",
            now=desk.clock.utc(),
        )


def _paying(context: ToolContext, minor: int, currency: str) -> Preview:
    return Preview("Pay", Money(minor, currency))


MANY = Cap(99)


@tool(
    title="Pay",
    effect="write",
    audience=CallerLevel.VERIFIED,
    confirmation="never",
    preview=_paying,
    limits=Limits(
        call=(Money(90_00, "EUR"), Money(9_000, "JPY"), Money(5, "CHF")),
        conversation=MANY,
        customer_day=MANY,
        tenant_day=Cap(6, (Money(100_00, "EUR"), Money(10_000, "JPY"))),
    ),
)
def pay(
    context: ToolContext,
    minor: Annotated[int, Field(ge=0, le=10**6, description="How much.")],
    currency: Annotated[str, Field(max_length=3, description="Of what.")],
) -> Answer:
    """Pay out."""
    return Answer("Paid.")


def test_each_currency_adds_up_by_itself(make_desk: Make) -> None:
    desk = make_desk([pay])
    paid = [
        desk.call("pay", {"minor": minor, "currency": currency}).status
        for minor, currency in (
            (60_00, "EUR"),
            (6_000, "JPY"),
            (60_00, "EUR"),
            (6_000, "JPY"),
            (40_00, "EUR"),
            (4_000, "JPY"),
            (1, "JPY"),
            (5, "CHF"),
            (1, "USD"),
        )
    ]
    done, over, waits = (
        ToolCallStatus.SUCCEEDED,
        ToolCallStatus.NOT_ALLOWED,
        ToolCallStatus.AWAITING_APPROVAL,
    )
    assert paid == [done, done, over, over, done, done, over, over, waits]


def test_calls_in_all_currencies_are_counted_together(make_desk: Make) -> None:
    desk = make_desk([pay])
    wishes = [{"minor": nth, "currency": "EUR" if nth % 2 else "JPY"} for nth in range(7)]
    ends = [desk.call("pay", wish).status for wish in wishes]
    assert ends == [ToolCallStatus.SUCCEEDED] * 6 + [ToolCallStatus.NOT_ALLOWED]


def test_amount_below_zero_takes_nothing_off_a_limit() -> None:
    with pytest.raises(ValueError, match="below zero"):
        Preview("Pay", Money(-1))
