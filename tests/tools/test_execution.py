"""A tool call takes effect once, for its caller, after a yes to exactly what was read back."""

import asyncio
import json
from collections.abc import Callable, Iterable
from datetime import timedelta
from typing import Annotated, Any

import pytest
import structlog
from pydantic import BaseModel, Field
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
from agent_service.demo_shop.seed import DEMO_CALLER
from agent_service.demo_shop.tables import (
    Customer,
    Order,
    OrderItem,
    OrderStatus,
    Return,
    ReturnKind,
    ReturnStatus,
)
from agent_service.store.requests import Ticket
from agent_service.store.rows import OwnedRow
from agent_service.store.schema import Table
from agent_service.store.tables import AuditEntry, ToolCall
from agent_service.tools.request import Request
from agent_service.tools.tool import Answer, OwnedArgument, Tool, ToolContext, tool

Make = Callable[[Iterable[Tool]], ShopDesk]

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


def _writes(row: Callable[[ToolContext], OwnedRow]) -> Tool:
    def write_row(context: ToolContext) -> str:
        """Write a row."""
        context.session.add(row(context))
        return "written"

    return tool(title="Write", effect="write", audience=CallerLevel.VERIFIED, confirmation="never")(
        write_row
    )


def _return_of_nothing(context: ToolContext) -> Return:
    return Return(
        order_number=1002,
        order_item_id=999_999,
        kind=ReturnKind.RETURN,
        quantity=1,
        reason="none",
        status=ReturnStatus.REQUESTED,
        requested_at=context.now,
        conversation_id=context.conversation_id,
    )


def _same_customer_again(context: ToolContext) -> Customer:
    customer = context.session.one(select(Customer))
    assert customer is not None
    fields = ("name", "email", "phone", "street", "city", "postcode", "country")
    return Customer(
        customer_id=DEMO_CALLER.customer_id,
        created_at=context.now,
        **{name: getattr(customer, name) for name in fields},
    )


def _customer_without_a_name(context: ToolContext) -> Customer:
    customer = _same_customer_again(context)
    customer.name = None  # type: ignore[assignment]  # what is tested
    return customer


@pytest.mark.parametrize("row", [_return_of_nothing, _customer_without_a_name])
def test_row_that_could_never_be_is_a_fault_of_ours(
    make_desk: Make, row: Callable[[ToolContext], OwnedRow]
) -> None:
    finished = make_desk([_writes(row)]).call("write_row", {})
    assert finished.status == ToolCallStatus.FAILED
    assert told(finished)["say"] == "Something went wrong on our side. Nothing was changed."


def test_row_that_is_there_already_is_said_to_be(make_desk: Make) -> None:
    finished = make_desk([_writes(_same_customer_again)]).call("write_row", {})
    assert finished.status == ToolCallStatus.NOT_ALLOWED
    assert "was done already" in told(finished)["say"]


@tool(title="Ask", effect="read", audience=CallerLevel.VERIFIED)
def ask_wrongly(context: ToolContext) -> object:
    """Ask the database what it cannot answer."""
    return context.session.scalars(select(func.abs(Order.payment + 10**30))).one()


@tool(title="Do", effect="write", audience=CallerLevel.VERIFIED, confirmation="never")
def write_wrongly(context: ToolContext) -> str:
    """Write what the database cannot hold."""
    order = context.session.scalars(select(Order)).first()
    assert order is not None
    order.number = 10**30
    return "written"


@pytest.mark.parametrize("name", ["ask_wrongly", "write_wrongly"])
def test_statement_that_is_wrong_fails_its_own_call(make_desk: Make, name: str) -> None:
    desk = make_desk([ask_wrongly, write_wrongly])
    assert desk.call(name, {}).status == ToolCallStatus.FAILED
    with desk.database.read() as session:
        assert session.scalars(select(ToolCall.status)).all() == [ToolCallStatus.FAILED]


OrderNumbers = Annotated[
    list[Annotated[int, Field(ge=1, le=999_999)]], Field(max_length=5, description="The orders.")
]


@tool(
    title="Bundle",
    effect="read",
    audience=CallerLevel.IDENTIFIED,
    owned=(OwnedArgument("orders", Order.number, "order"),),
)
def bundle(orders: OrderNumbers) -> int:
    """Bundle orders."""
    return len(orders)


def test_each_member_of_a_list_must_be_the_callers_own(make_desk: Make) -> None:
    desk = make_desk([bundle])
    assert told(desk.call("bundle", {"orders": [1002, 1007]}))["result"] == 2
    assert told(desk.call("bundle", {"orders": []}))["result"] == 0
    refused = told(desk.call("bundle", {"orders": [1002, 1011]}))
    assert refused["say"] == "I cannot find order 1011 in your account."


class Parcel(BaseModel):
    orders: Annotated[list[Annotated[int, Field(ge=1, le=9999)]], Field(max_length=9)]


@tool(
    title="Send",
    effect="read",
    audience=CallerLevel.IDENTIFIED,
    owned=(OwnedArgument("parcels.orders", Order.number, "order"),),
)
def send_together(
    parcels: Annotated[list[Parcel], Field(max_length=9, description="What goes together.")],
) -> Answer:
    """Send orders together."""
    return Answer("I will send them.")


def test_owned_members_of_nested_objects_must_all_be_the_callers(make_desk: Make) -> None:
    desk = make_desk([send_together])
    own: dict[str, Any] = {"parcels": [{"orders": [1002]}, {"orders": [1007, 1003]}]}
    other: dict[str, Any] = {"parcels": [{"orders": [1002]}, {"orders": [1003, 1011]}]}
    assert desk.call("send_together", own).status == ToolCallStatus.SUCCEEDED
    refused = json.loads(desk.call("send_together", other).output)
    assert refused["say"] == "I cannot find order 1011 in your account."


@tool(
    title="Look",
    effect="read",
    audience=CallerLevel.IDENTIFIED,
    owned=(OwnedArgument("sku", OrderItem.sku, "product"),),
)
def bought(sku: Annotated[str, Field(max_length=9, description="A product.")]) -> str:
    """Look."""
    return sku


def test_owned_argument_may_name_several_rows(make_desk: Make) -> None:
    desk = make_desk([bought])
    assert told(desk.call("bought", {"sku": "CMP-230"}))["result"] == "CMP-230"
    assert desk.call("bought", {"sku": "NO-SUCH"}).status == ToolCallStatus.NOT_ALLOWED


def test_rehearsal_says_why_it_failed(make_desk: Make) -> None:
    desk = make_desk([ask_wrongly])
    request = Request(uuid7(), "call_1", "ask_wrongly", "{}", DEMO_CALLER, uuid7())
    with structlog.testing.capture_logs() as lines:
        desk.execution().rehearse(request)
    (line,) = lines
    assert (line["event"], line["tool"]) == ("tool_failed", "ask_wrongly")
    assert isinstance(line["exc_info"], BaseException)


def test_read_back_that_breaks_is_a_failure_on_record(make_desk: Make) -> None:
    def preview() -> str:
        raise KeyError("price")

    def act() -> str:
        """Act."""
        return "done"

    broken = tool(title="Act", effect="write", audience=CallerLevel.VERIFIED, preview=preview)(act)
    desk = make_desk([broken])
    assert desk.call("act", {}).status == ToolCallStatus.FAILED
    with desk.database.read() as session:
        assert session.scalars(select(ToolCall.status)).all() == [ToolCallStatus.FAILED]
