"""Sending goods back."""

from datetime import timedelta
from typing import Annotated, Final

from pydantic import Field

from agent_service.company import Answer, CallerLevel, Preview, ToolContext, ToolError, day, tool
from agent_service.demo_shop.arguments import (
    OWN_ORDER,
    OrderNumber,
    Reason,
    choose_line,
    clause,
    counted,
    lines_of,
    the_order,
)
from agent_service.demo_shop.tables import (
    Order,
    OrderItem,
    OrderStatus,
    Return,
    ReturnKind,
    ReturnStatus,
)

RETURN_WINDOW: Final = timedelta(days=30)

Item = Annotated[
    str,
    Field(
        min_length=1,
        max_length=100,
        description="Which product of the order, for example headphones.",
    ),
]
Quantity = Annotated[int, Field(ge=1, le=100, description="How many of it.")]


def returnable(
    context: ToolContext, order_number: int, item: str | None, quantity: int | None
) -> tuple[Order, OrderItem, int]:
    """Return the order, the line and how many of it may go back, or refuse."""
    order = the_order(context.session, order_number, is_locked=True)
    if order.status != OrderStatus.DELIVERED or order.delivered_at is None:
        raise ToolError(
            "not_allowed", f"Order {order_number} has not been delivered, so it cannot go back yet."
        )
    until = order.delivered_at + RETURN_WINDOW
    if context.now > until:
        raise ToolError(
            "not_allowed",
            f"Order {order_number} could be returned until {day(until)}. That time is over.",
        )
    line = choose_line(lines_of(context.session, order_number), item)
    left = line.quantity - line.returned_quantity
    if left == 0:
        raise ToolError("not_allowed", f"The return of the {line.name} was already started.")
    wanted = left if quantity is None else quantity
    if wanted > left:
        raise ToolError("not_allowed", f"Only {left} of the {line.name} can still go back.")
    return order, line, wanted


def _returning(
    context: ToolContext,
    order_number: int,
    reason: str,
    item: str | None = None,
    quantity: int | None = None,
) -> Preview:
    _, line, wanted = returnable(context, order_number, item, quantity)
    return Preview(
        f"Return {counted(line.name, wanted)} from order {order_number}, because {clause(reason)}"
    )


@tool(
    title="Start a return",
    activity="Starting the return of order {order_number}",
    effect="write",
    audience=CallerLevel.IDENTIFIED,
    owned=(OWN_ORDER,),
    preview=_returning,
    examples=(
        "I want to return my headphones",
        "Send back order 1002",
        "I'd like to return something",
        "Start a return for order 1003",
        "The headphones don't fit, I want to give them back",
        "Can I send this item back?",
        "I don't like it, how do I return it? Please start it",
        "I want to bring back the desk lamp",
        "I need a return label",
        "It's the wrong colour, I want to send it back",
        "Please arrange a return",
        "I'm not happy with it and want to return it",
    ),
)
def start_return(
    context: ToolContext,
    order_number: OrderNumber,
    reason: Reason,
    item: Item | None = None,
    quantity: Quantity | None = None,
) -> Answer:
    """Start the return of a delivered item of one of the caller's orders, within 30 days of its
    delivery. The caller gets a prepaid label by email."""
    _, line, wanted = returnable(context, order_number, item, quantity)
    started = Return(
        order_number=order_number,
        order_item_id=line.id,
        kind=ReturnKind.RETURN,
        quantity=wanted,
        reason=reason,
        status=ReturnStatus.REQUESTED,
        requested_at=context.now,
        conversation_id=context.conversation_id,
    )
    context.session.add(started)
    context.session.flush()
    return Answer(
        f"The return of {counted(line.name, wanted)} from order {order_number} is started. The"
        " label comes by email. Please send the parcel within 14 days.",
        {"return_number": started.id, "order_number": order_number, "quantity": wanted},
    )


TOOLS: Final = (start_return,)
