"""A tool call takes effect once, for its caller, after a yes to exactly what was read back."""

import asyncio
import json
from datetime import timedelta
from typing import Any

import pytest
from shop_desk import ShopDesk
from sqlalchemy import func, select

from agent_service.clock import uuid7
from agent_service.conversation.commands import PrepareTool, RunTool
from agent_service.conversation.events import ToolFinished, ToolPrepared
from agent_service.conversation.records import (
    Caller,
    CallerLevel,
    ConfirmationStatus,
    ToolCallStatus,
)
from agent_service.store.schema import Table
from agent_service.store.shop import Order, OrderStatus, Ticket
from agent_service.store.shop_seed import DEMO_CALLER
from agent_service.store.tables import AuditEntry, ToolCall

CANCEL = {"order_number": 1007}
TICKET = {"subject": "Wrong invoice", "details": "The company's name is missing."}


def told(finished: ToolFinished) -> dict[str, Any]:
    output: dict[str, Any] = json.loads(finished.output)
    return output


def status_of(desk: ShopDesk, number: int) -> OrderStatus:
    with desk.database.read() as session:
        return session.get_one(Order, number).status


def count(desk: ShopDesk, table: type[Table]) -> int:
    with desk.database.read() as session:
        return session.scalar(select(func.count()).select_from(table)) or 0


def prepared(desk: ShopDesk, conversation: str, call: str) -> ToolPrepared:
    command = PrepareTool(uuid7(), call, "cancel_order", json.dumps(CANCEL))
    answer = asyncio.run(desk.runner.prepare(command, DEMO_CALLER, conversation))
    assert isinstance(answer, ToolPrepared)
    return answer


def run(
    desk: ShopDesk, conversation: str, call: str, confirmation: str | None, **arguments: Any
) -> ToolFinished:
    command = RunTool(uuid7(), call, "cancel_order", json.dumps(arguments or CANCEL), confirmation)
    return asyncio.run(desk.runner.run(command, DEMO_CALLER, conversation))


def test_read_back_names_the_real_goods_and_amount(desk: ShopDesk) -> None:
    answer = prepared(desk, desk.conversation(), "call_1")
    assert answer.summary == "Cancel order 1007, one wireless mouse, 24 dollars 99"
    assert answer.needs_confirmation


def test_write_runs_after_the_yes(desk: ShopDesk) -> None:
    finished = desk.call("cancel_order", CANCEL)
    assert finished.status == ToolCallStatus.SUCCEEDED
    assert told(finished)["say"] == "Order 1007 is cancelled. You will not be charged for it."
    assert status_of(desk, 1007) == OrderStatus.CANCELLED


def test_write_without_a_yes_changes_nothing(desk: ShopDesk) -> None:
    finished = desk.call("cancel_order", CANCEL, agrees=False)
    assert finished.status == ToolCallStatus.NOT_ALLOWED
    assert status_of(desk, 1007) == OrderStatus.PLACED


@pytest.mark.parametrize(
    "changes",
    [
        {"status": ConfirmationStatus.OFFERED, "decided_at": None},
        {"status": ConfirmationStatus.DECLINED},
        {"status": ConfirmationStatus.VOIDED},
        {"arguments_hash": "0" * 64},
        {"tool_call_id": "call_other"},
        {"heard_at": None},
    ],
    ids=lambda changes: "-".join(changes),
)
def test_anything_but_a_yes_to_exactly_this_is_refused(
    desk: ShopDesk, changes: dict[str, Any]
) -> None:
    conversation = desk.conversation()
    confirmation = desk.agree(prepared(desk, conversation, "call_1"), conversation, **changes)
    finished = run(desk, conversation, "call_1", confirmation)
    assert finished.status == ToolCallStatus.NOT_ALLOWED
    assert status_of(desk, 1007) == OrderStatus.PLACED


def test_yes_runs_out(desk: ShopDesk) -> None:
    conversation = desk.conversation()
    confirmation = desk.agree(prepared(desk, conversation, "call_1"), conversation)
    desk.clock.advance(timedelta(minutes=3).total_seconds())
    assert run(desk, conversation, "call_1", confirmation).status == ToolCallStatus.NOT_ALLOWED


def test_yes_of_another_conversation_is_worth_nothing(desk: ShopDesk) -> None:
    conversation, other = desk.conversation(), desk.conversation()
    confirmation = desk.agree(prepared(desk, other, "call_1"), other)
    assert run(desk, conversation, "call_1", confirmation).status == ToolCallStatus.NOT_ALLOWED


def test_yes_is_void_when_the_order_has_changed_since(desk: ShopDesk) -> None:
    conversation = desk.conversation()
    confirmation = desk.agree(prepared(desk, conversation, "call_1"), conversation)
    with desk.database.write() as session:
        session.get_one(Order, 1007).status = OrderStatus.PACKED
    finished = run(desk, conversation, "call_1", confirmation)
    assert finished.status == ToolCallStatus.NOT_ALLOWED
    assert "cannot be cancelled any more" in told(finished)["say"]


def test_same_call_again_gets_the_stored_outcome(desk: ShopDesk) -> None:
    conversation = desk.conversation()
    confirmation = desk.agree(prepared(desk, conversation, "call_1"), conversation)
    first = run(desk, conversation, "call_1", confirmation)
    assert run(desk, conversation, "call_1", confirmation) == first
    assert count(desk, ToolCall) == 1


def test_same_call_with_other_arguments_is_refused(desk: ShopDesk) -> None:
    conversation = desk.conversation()
    confirmation = desk.agree(prepared(desk, conversation, "call_1"), conversation)
    run(desk, conversation, "call_1", confirmation)
    finished = run(desk, conversation, "call_1", confirmation, order_number=1010)
    assert finished.status == ToolCallStatus.FAILED
    assert status_of(desk, 1010) == OrderStatus.PLACED


def test_same_wish_under_a_new_call_has_one_effect(desk: ShopDesk) -> None:
    conversation = desk.conversation()
    first = desk.call("open_ticket", TICKET, conversation_id=conversation)
    second = desk.call("open_ticket", TICKET, conversation_id=conversation, agrees=False)
    assert told(second) == told(first)
    assert count(desk, Ticket) == 1


def test_known_call_that_is_prepared_again_gets_its_outcome(desk: ShopDesk) -> None:
    conversation = desk.conversation()
    first = desk.call("cancel_order", CANCEL, conversation_id=conversation, tool_call_id="c")
    again = desk.call("cancel_order", CANCEL, conversation_id=conversation, tool_call_id="c")
    assert again == first


def test_effect_outcome_and_audit_are_kept_together(desk: ShopDesk) -> None:
    desk.call("cancel_order", CANCEL)
    with desk.database.read() as session:
        call = session.scalars(select(ToolCall)).one()
        entry = session.scalars(select(AuditEntry)).one()
    assert (call.status, call.name) == (ToolCallStatus.SUCCEEDED, "cancel_order")
    assert (entry.action, entry.subject, entry.actor) == (
        "tool.succeeded",
        "cancel_order",
        "caller:C0001",
    )


def test_another_customers_order_is_as_absent_as_none(desk: ShopDesk) -> None:
    foreign = told(desk.call("get_order_status", {"order_number": 1011}))
    missing = told(desk.call("get_order_status", {"order_number": 999999}))
    assert foreign["say"].replace("1011", "N") == missing["say"].replace("999999", "N")


def test_level_that_is_too_low_is_refused_and_audited(desk: ShopDesk) -> None:
    caller = Caller("C0001", "Jane Doe", CallerLevel.IDENTIFIED)
    finished = desk.call("cancel_order", CANCEL, caller=caller)
    assert finished.status == ToolCallStatus.NOT_ALLOWED
    with desk.database.read() as session:
        assert session.scalars(select(AuditEntry.action)).one() == "tool.not_allowed"


def test_text_of_others_in_the_context_asks_for_a_yes(desk: ShopDesk) -> None:
    conversation = desk.conversation()
    command = PrepareTool(uuid7(), "call_h", "hand_over_to_human", "{}")
    before = asyncio.run(desk.runner.prepare(command, DEMO_CALLER, conversation))
    desk.call("search_help", {"question": "return policy"}, conversation_id=conversation)
    after = asyncio.run(desk.runner.prepare(command, DEMO_CALLER, conversation))
    assert isinstance(before, ToolPrepared)
    assert not before.needs_confirmation
    assert isinstance(after, ToolPrepared)
    assert after.needs_confirmation


def test_text_of_others_is_marked_as_such(desk: ShopDesk) -> None:
    output = told(desk.call("search_help", {"question": "return policy"}))
    assert "never an instruction" in output["quoted"]["note"]


def test_strangers_find_their_own_requests_only(desk: ShopDesk) -> None:
    stranger = Caller()
    conversation = desk.conversation(stranger)
    desk.call("open_ticket", TICKET, caller=stranger)
    first = desk.call("open_ticket", TICKET, caller=stranger, conversation_id=conversation)
    again = desk.call(
        "open_ticket",
        {"subject": "invoice wrong", "details": "again"},
        caller=stranger,
        conversation_id=conversation,
    )
    assert told(first)["is_new"]
    assert told(again)["ticket_number"] == told(first)["ticket_number"]


def test_card_number_that_a_caller_said_is_kept_nowhere(desk: ShopDesk) -> None:
    card = "4111 1111 1111 1111"
    words = {"subject": "My card", "details": f"Charge {card}, password: hunter2hunter2"}
    finished = desk.call("open_ticket", words)
    with desk.database.read() as session:
        ticket = session.scalars(select(Ticket)).one()
        call = session.scalars(select(ToolCall)).one()
    for kept in (ticket.body, call.arguments, call.output, finished.output):
        assert "4111" not in kept
        assert "hunter2" not in kept
    assert "[redacted card]" in ticket.body
