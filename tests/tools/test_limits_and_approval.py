"""Above a limit a person decides: once, not for themselves, in time; then everything is checked."""

import asyncio
import json
from collections.abc import Callable, Iterable
from typing import Annotated, Any, TypeAlias

import pytest
from pydantic import Field
from shop_desk import ShopDesk
from sqlalchemy import func, select

from agent_service.conversation.events import ToolFinished
from agent_service.conversation.records import CallerLevel, ToolCallStatus
from agent_service.demo_shop.tables import OrderItem, Refund
from agent_service.runtime.approval_desk import ApprovalDesk
from agent_service.store.approvals import Approval, ApprovalError, ApprovalStatus
from agent_service.store.limits import Cap
from agent_service.store.money import Money
from agent_service.store.outbox import OutboxRow
from agent_service.store.switches import switch_tool
from agent_service.store.tables import AuditEntry, ToolCall
from agent_service.tools.deciding import Decided, Decisions
from agent_service.tools.tool import Answer, Limits, Preview, Tool, ToolContext, tool

Make: TypeAlias = Callable[[Iterable[Tool]], ShopDesk]


class Listener:
    """A conversation that is open, or not, and remembers what it was told."""

    def __init__(self, *, is_open: bool) -> None:
        self.is_open = is_open
        self.told: list[ToolFinished] = []

    def tell(self, conversation_id: str, finished: ToolFinished) -> bool:
        if self.is_open:
            self.told.append(finished)
        return self.is_open


def expensive_order(desk: ShopDesk, minor: int) -> int:
    """Give Jane a delivered order of one line at that price."""
    with desk.database.write() as session:
        item = session.scalars(select(OrderItem).where(OrderItem.order_number == 1002)).one()
        item.paid_minor = minor
    return 1002


def refund(desk: ShopDesk, number: int, **more: Any) -> ToolFinished:
    return desk.call("refund_order", {"order_number": number, "reason": "broken"}, **more)


def waiting(desk: ShopDesk) -> Approval:
    with desk.database.read() as session:
        return session.scalars(select(Approval)).one()


def decide(
    desk: ShopDesk, approval_id: str, by: str, *, is_approved: bool = True, is_open: bool = False
) -> tuple[Decided, list[ToolFinished]]:
    listener = Listener(is_open=is_open)
    team = ApprovalDesk(desk.registry, desk.database, desk.clock, listener.tell, desk.customers)
    decided = asyncio.run(team.decide(approval_id, is_approved=is_approved, decided_by=by, note=""))
    return decided, listener.told


def refunded(desk: ShopDesk) -> int:
    with desk.database.read() as session:
        return session.scalar(select(func.coalesce(func.sum(Refund.amount_minor), 0))) or 0


def test_small_refund_needs_nobody(desk: ShopDesk) -> None:
    assert refund(desk, 1002).status == ToolCallStatus.SUCCEEDED
    assert refunded(desk) == 7999


def test_amount_above_the_approval_limit_waits_and_says_so(desk: ShopDesk) -> None:
    finished = refund(desk, expensive_order(desk, 150_00))
    assert finished.status == ToolCallStatus.AWAITING_APPROVAL
    assert "Nothing has been done yet" in json.loads(finished.output)["say"]
    assert refunded(desk) == 0


def test_approved_call_runs_with_the_decision(desk: ShopDesk) -> None:
    refund(desk, expensive_order(desk, 150_00))
    decided, told = decide(desk, waiting(desk).id, "admin:ann", is_open=True)
    assert decided.status == ApprovalStatus.APPROVED
    assert refunded(desk) == 150_00
    assert [finished.status for finished in told] == [ToolCallStatus.SUCCEEDED]


def test_ledger_row_of_an_approved_call_ends_succeeded(desk: ShopDesk) -> None:
    refund(desk, expensive_order(desk, 150_00))
    decide(desk, waiting(desk).id, "admin:ann")
    with desk.database.read() as session:
        assert session.scalars(select(ToolCall.status)).all() == [ToolCallStatus.SUCCEEDED]


def test_declined_call_changes_nothing(desk: ShopDesk) -> None:
    refund(desk, expensive_order(desk, 150_00))
    _, told = decide(desk, waiting(desk).id, "admin:ann", is_approved=False, is_open=True)
    assert refunded(desk) == 0
    assert "decided against it" in json.loads(told[0].output)["say"]


def test_decision_is_made_once(desk: ShopDesk) -> None:
    refund(desk, expensive_order(desk, 150_00))
    decide(desk, waiting(desk).id, "admin:ann")
    with pytest.raises(ApprovalError, match="approved already"):
        decide(desk, waiting(desk).id, "admin:ben")
    assert refunded(desk) == 150_00


def test_second_person_above_the_second_limit(desk: ShopDesk) -> None:
    refund(desk, expensive_order(desk, 600_00))
    first, _ = decide(desk, waiting(desk).id, "admin:ann")
    assert (first.status, refunded(desk)) == (ApprovalStatus.SECONDED, 0)
    with pytest.raises(ApprovalError, match="second person"):
        decide(desk, waiting(desk).id, "admin:ann")
    decide(desk, waiting(desk).id, "admin:ben")
    assert refunded(desk) == 600_00


def test_nobody_approves_for_themselves(desk: ShopDesk) -> None:
    refund(desk, expensive_order(desk, 150_00))
    with pytest.raises(ApprovalError, match="cannot approve"):
        decide(desk, waiting(desk).id, "admin:C0001")


def test_whoever_agreed_first_may_still_decline(desk: ShopDesk) -> None:
    refund(desk, expensive_order(desk, 600_00))
    decide(desk, waiting(desk).id, "admin:ann")
    decided, _ = decide(desk, waiting(desk).id, "admin:ann", is_approved=False)
    assert (decided.status, refunded(desk)) == (ApprovalStatus.DECLINED, 0)
    with pytest.raises(ApprovalError, match="declined already"):
        decide(desk, waiting(desk).id, "admin:ben")


def test_nobody_decides_after_the_end(desk: ShopDesk) -> None:
    refund(desk, expensive_order(desk, 150_00))
    desk.clock.advance(25 * 3600)
    with pytest.raises(ApprovalError, match="expired"):
        decide(desk, waiting(desk).id, "admin:ann")


def test_object_that_changed_meanwhile_is_not_touched(desk: ShopDesk) -> None:
    refund(desk, expensive_order(desk, 150_00))
    with desk.database.write() as session:
        item = session.scalars(select(OrderItem).where(OrderItem.order_number == 1002)).one()
        item.paid_minor = 140_00
    decided, _ = decide(desk, waiting(desk).id, "admin:ann")
    assert decided.outcome is not None
    assert decided.outcome.status == ToolCallStatus.NOT_ALLOWED
    assert refunded(desk) == 0


def test_switched_off_tool_does_not_run_when_approved(desk: ShopDesk) -> None:
    refund(desk, expensive_order(desk, 150_00))
    _switch(desk, "refund_order", is_off=True)
    decide(desk, waiting(desk).id, "admin:ann")
    assert refunded(desk) == 0


def test_caller_who_has_gone_is_written_to_once(desk: ShopDesk) -> None:
    refund(desk, expensive_order(desk, 150_00))
    decide(desk, waiting(desk).id, "admin:ann", is_open=False)
    with desk.database.read() as session:
        letters = session.scalars(select(OutboxRow).where(OutboxRow.kind == "message")).all()
    assert [json.loads(letter.payload)["to"] for letter in letters] == ["jane.doe@example.com"]


def test_late_approvals_end_and_the_caller_hears_of_it(desk: ShopDesk) -> None:
    refund(desk, expensive_order(desk, 150_00))
    desk.clock.advance(25 * 3600)
    decided = Decisions(desk.registry, desk.database, desk.clock, desk.customers).expire()
    assert [one.status for one in decided] == [ApprovalStatus.EXPIRED]
    assert waiting(desk).status == ApprovalStatus.EXPIRED


def test_wish_that_waits_is_not_queued_twice(desk: ShopDesk) -> None:
    conversation = desk.conversation()
    number = expensive_order(desk, 150_00)
    refund(desk, number, conversation_id=conversation)
    again = refund(desk, number, conversation_id=conversation)
    assert again.status == ToolCallStatus.AWAITING_APPROVAL
    assert waiting(desk).status == ApprovalStatus.WAITING


def test_decision_is_in_the_audit_log(desk: ShopDesk) -> None:
    refund(desk, expensive_order(desk, 150_00))
    decide(desk, waiting(desk).id, "admin:ann")
    with desk.database.read() as session:
        entries = session.execute(select(AuditEntry.actor, AuditEntry.action)).all()
    assert ("admin:ann", "approval.approved") in [tuple(entry) for entry in entries]


def test_amounts_of_a_customers_day_add_up(desk: ShopDesk) -> None:
    with desk.database.write() as session:
        for item in session.scalars(select(OrderItem).where(OrderItem.order_number == 1003)):
            item.paid_minor = 80_00
    first = refund(desk, 1002)
    lamp = {"order_number": 1003, "reason": "broken", "item": "desk lamp"}
    cable = {"order_number": 1003, "reason": "broken", "item": "cable"}
    second = desk.call("refund_order", lamp)
    third = desk.call("refund_order", cable)
    assert [first.status, second.status] == [ToolCallStatus.SUCCEEDED] * 2
    assert third.status == ToolCallStatus.AWAITING_APPROVAL
    assert refunded(desk) == 79_99 + 80_00


def test_next_day_begins_with_nothing_spent(desk: ShopDesk) -> None:
    with desk.database.write() as session:
        for item in session.scalars(select(OrderItem).where(OrderItem.order_number == 1003)):
            item.paid_minor = 80_00
    refund(desk, 1002)
    desk.call("refund_order", {"order_number": 1003, "reason": "b", "item": "desk lamp"})
    desk.clock.advance(24 * 3600)
    third = desk.call("refund_order", {"order_number": 1003, "reason": "b", "item": "cable"})
    assert third.status == ToolCallStatus.SUCCEEDED


def test_refused_call_uses_up_no_limit(desk: ShopDesk) -> None:
    conversation = desk.conversation()
    for number in (1001, 1004, 1005, 1006):
        desk.call(
            "refund_order",
            {"order_number": number, "reason": "x"},
            conversation_id=conversation,
        )
    assert refund(desk, 1002, conversation_id=conversation).status == ToolCallStatus.SUCCEEDED


def test_switch_works_in_the_next_call(desk: ShopDesk) -> None:
    _switch(desk, "cancel_order", is_off=True)
    assert desk.call("cancel_order", {"order_number": 1007}).status == ToolCallStatus.NOT_ALLOWED
    _switch(desk, "cancel_order", is_off=False)
    assert desk.call("cancel_order", {"order_number": 1007}).status == ToolCallStatus.SUCCEEDED


def _switch(desk: ShopDesk, name: str, *, is_off: bool) -> None:
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
