"""Tells whether an item is under warranty, and sends it to repair after the caller's yes."""

from datetime import timedelta
from typing import Annotated, Final

from pydantic import Field
from sqlalchemy import select

from agent_service.company import (
    Answer,
    CallerLevel,
    Cap,
    Limits,
    OwnedArgument,
    Preview,
    ToolContext,
    ToolError,
    tool,
    write_ticket,
)
from agent_service.demo_shop.tables import Order, OrderItem, Product

OrderNumber = Annotated[
    int, Field(ge=1, le=999_999_999, description="The order's number, for example 1002.")
]
Fault = Annotated[
    str, Field(min_length=3, max_length=300, description="What is wrong with the item.")
]

OWN_ORDER: Final = OwnedArgument("order_number", Order.number, "order")
MONTH: Final = timedelta(days=30)


@tool(
    title="Check the warranty",
    effect="read",
    audience=CallerLevel.IDENTIFIED,
    owned=(OWN_ORDER,),
    examples=(
        "Is my order still under warranty?",
        "How long is the guarantee on order 1002?",
        "Do I still have warranty?",
        "When does the warranty end?",
        "Is the repair free of charge?",
    ),
)
def check_warranty(context: ToolContext, order_number: OrderNumber) -> Answer:
    """Tell until when the items of an order are under warranty."""
    item, product, order = _bought(context, order_number)
    if order.delivered_at is None:
        raise ToolError("not_allowed", "The warranty begins when the order is delivered.")
    until = order.delivered_at + product.warranty_months * MONTH
    is_covered = context.now <= until
    return Answer(
        f"The {item.name} {'is' if is_covered else 'was'} under warranty until {until:%B %Y}.",
        {"is_covered": is_covered, "until": until.date().isoformat()},
    )


def _repair(context: ToolContext, order_number: int, fault: str) -> Preview:
    item, _, _ = _bought(context, order_number)
    return Preview(f"Send in the {item.name} of order {order_number} for repair: {fault}")


@tool(
    title="Request a repair",
    effect="write",
    audience=CallerLevel.VERIFIED,
    owned=(OWN_ORDER,),
    preview=_repair,
    limits=Limits(conversation=Cap(2), customer_day=Cap(2), tenant_day=Cap(200)),
    examples=(
        "My headphones are broken, I want them repaired",
        "Please repair order 1002",
        "Send it in for repair",
        "It stopped working, can you fix it?",
        "I need a repair",
    ),
)
def request_repair(context: ToolContext, order_number: OrderNumber, fault: Fault) -> Answer:
    """Take an item in for repair; the caller gets a box and a label by post."""
    item, _, _ = _bought(context, order_number)
    written = write_ticket(
        context, f"Repair of {item.name}", fault, contact=None, about=f"order {order_number}"
    )
    number = written.facts["ticket_number"]
    if not written.facts["is_new"]:
        return Answer(f"That repair is under way, with the number {number}.", written.facts)
    context.queue("message", {"to": "warehouse@example.com", "text": f"Box for {number}"})
    return Answer(
        f"The repair has the number {number}. A box with a label is on its way to you.",
        written.facts,
    )


def _bought(context: ToolContext, order_number: int) -> tuple[OrderItem, Product, Order]:
    # No word about customers: the session finds the caller's rows only.
    found = context.session.rows(
        select(OrderItem, Product, Order)
        .join(Product, Product.sku == OrderItem.sku)
        .join(Order, Order.number == OrderItem.order_number)
        .where(OrderItem.order_number == order_number)
        .order_by(OrderItem.line)
    )
    if not found:
        raise ToolError("not_allowed", f"I cannot find order {order_number} in your account.")
    item, product, order = found[0]
    return item, product, order


TOOLS: Final = (check_warranty, request_repair)
