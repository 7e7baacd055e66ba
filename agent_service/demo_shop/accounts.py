"""The caller's account: where an order goes, and what has happened so far."""

from collections.abc import Iterator
from datetime import datetime
from typing import Annotated, Final

from pydantic import Field
from sqlalchemy import select

from agent_service.company import (
    Answer,
    CallerLevel,
    Preview,
    Ticket,
    ToolContext,
    ToolError,
    day,
    tool,
)
from agent_service.demo_shop.arguments import OWN_ORDER, OrderNumber, the_order
from agent_service.demo_shop.tables import (
    Order,
    OrderStatus,
    Refund,
    Return,
)

Street = Annotated[str, Field(min_length=3, max_length=200, description="Street and house number.")]
City = Annotated[str, Field(min_length=1, max_length=100, description="The town or city.")]
Postcode = Annotated[
    str,
    Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9 -]{2,9}$", max_length=10, description="The postcode."),
]

_MOST: Final = 12


def _moving(
    context: ToolContext, order_number: int, street: str, city: str, postcode: str
) -> Preview:
    _refuse_unless_movable(the_order(context.session, order_number))
    return Preview(f"Send order {order_number} to {street}, {postcode} {city}")


@tool(
    title="Change a delivery address",
    activity="Changing the address of order {order_number}",
    effect="write",
    audience=CallerLevel.STEPPED_UP,
    owned=(OWN_ORDER,),
    is_repeatable=True,
    preview=_moving,
    redacted=("street",),
    examples=(
        "Change the delivery address of order 1007",
        "I moved, send it to my new address",
        "Please deliver my order somewhere else",
        "The address on my order is wrong",
        "Can you ship it to my office instead?",
        "Update the shipping address",
        "I gave you the wrong street",
        "Redirect my order to another address",
        "Send order 1010 to my parents' house",
        "Correct the postcode of my order",
    ),
)
def change_address(
    context: ToolContext, order_number: OrderNumber, street: Street, city: City, postcode: Postcode
) -> Answer:
    """Change where an order of the caller is delivered, as long as it has not been packed. The
    caller has to prove again who they are, with a code sent to their contact on file."""
    order = the_order(context.session, order_number, is_locked=True)
    _refuse_unless_movable(order)
    order.street, order.city, order.postcode = street, city, postcode
    return Answer(
        f"Order {order_number} now goes to {street}, {postcode} {city}.",
        {"order_number": order_number},
    )


def _refuse_unless_movable(order: Order) -> None:
    if order.status != OrderStatus.PLACED:
        raise ToolError(
            "not_allowed",
            f"Order {order.number} is already {order.status.value}, so its address is fixed.",
        )


@tool(
    title="Look through the account's history",
    activity="Looking through your account",
    effect="read",
    audience=CallerLevel.IDENTIFIED,
    examples=(
        "What happened with my account lately?",
        "Did I already contact you about this?",
        "What is going on with my returns?",
        "Where is my refund?",
        "Has my refund been paid?",
        "Do I have any open tickets?",
        "What's the state of my complaint?",
        "Give me an overview of everything so far",
        "What did we agree on last time?",
        "Did my return arrive?",
    ),
)
def get_account_history(context: ToolContext) -> Answer:
    """Look through what has happened on the caller's account: orders, returns, refunds and tickets,
    the latest first, with their states."""
    events = sorted(_events(context), key=lambda event: event[0], reverse=True)[:_MOST]
    if not events:
        return Answer("There is nothing on your account yet.", {"events": []})
    told = "; ".join(f"{said} on {day(at)}" for at, said in events[:3])
    tickets = list(
        context.session.scalars(select(Ticket).order_by(Ticket.created_at.desc()).limit(5))
    )
    return Answer(
        f"The latest on your account: {told}.",
        {"events": [{"on": at.date().isoformat(), "what": said} for at, said in events]},
        {"tickets": [{"number": ticket.id, "subject": ticket.subject} for ticket in tickets]}
        if tickets
        else {},
    )


def _events(context: ToolContext) -> Iterator[tuple[datetime, str]]:
    session = context.session
    for order in session.scalars(select(Order)):
        yield order.placed_at, f"order {order.number} was placed"
        if order.delivered_at is not None:
            yield order.delivered_at, f"order {order.number} was delivered"
        if order.cancelled_at is not None:
            yield order.cancelled_at, f"order {order.number} was cancelled"
    for sent_back in session.scalars(select(Return)):
        said = f"{sent_back.kind.value} {sent_back.id} of order {sent_back.order_number}"
        yield sent_back.requested_at, f"{said} was started and is now {sent_back.status.value}"
    for refund in session.scalars(select(Refund)):
        said = f"a refund for order {refund.order_number} was asked for"
        yield refund.requested_at, f"{said} and is now {refund.status.value}"
    for ticket in session.scalars(select(Ticket)):
        yield ticket.created_at, f"ticket {ticket.id} was opened and is {ticket.status.value}"


TOOLS: Final = (change_address, get_account_history)
