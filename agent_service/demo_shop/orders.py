"""Looking up orders, and cancelling one."""

from typing import Annotated, Any, Final

from pydantic import Field
from sqlalchemy import select

from agent_service.company import Answer, CallerLevel, Preview, ToolContext, ToolError, day, tool
from agent_service.demo_shop.arguments import (
    OWN_ORDER,
    OrderNumber,
    Reason,
    goods,
    lines_of,
    the_order,
    total,
)
from agent_service.demo_shop.tables import (
    Order,
    OrderItem,
    OrderStatus,
    Shipment,
    ShipmentStatus,
)

_MOST: Final = 10

_STATES: Final = {
    OrderStatus.PLACED: "placed and not yet packed",
    OrderStatus.PACKED: "packed and about to be shipped",
    OrderStatus.SHIPPED: "on its way",
    OrderStatus.DELIVERED: "delivered",
    OrderStatus.CANCELLED: "cancelled",
}


@tool(
    title="Find orders",
    activity="Looking for your orders",
    effect="read",
    audience=CallerLevel.IDENTIFIED,
    examples=(
        "What did I order?",
        "Show me my orders",
        "Which orders do I have?",
        "List my recent purchases",
        "What have I bought from you lately?",
        "I don't remember my order number",
        "What's the number of my last order?",
        "Can you find the order with the headphones?",
        "Do I have any open orders?",
        "Look up my order history",
        "Which of my orders have not arrived yet?",
        "When did I buy the desk lamp?",
    ),
)
def find_orders(
    context: ToolContext,
    item: Annotated[
        str | None,
        Field(max_length=100, description="A product to look for, for example headphones."),
    ] = None,
    status: Annotated[OrderStatus | None, Field(description="Only orders in this state.")] = None,
) -> Answer:
    """List the caller's own orders, newest first, with their numbers, items and states. Use it when
    the caller does not know an order's number."""
    statement = select(Order).order_by(Order.placed_at.desc())
    if status is not None:
        statement = statement.where(Order.status == status)
    orders = list(context.session.scalars(statement.limit(100)))
    lines: dict[int, list[OrderItem]] = {order.number: [] for order in orders}
    wanted = select(OrderItem).where(OrderItem.order_number.in_(lines)).order_by(OrderItem.line)
    for line in context.session.scalars(wanted):
        lines[line.order_number].append(line)
    if item is not None:
        words = set(item.casefold().split())
        orders = [
            order
            for order in orders
            if any(words & set(line.name.casefold().split()) for line in lines[order.number])
        ]
    found = orders[:_MOST]
    if not found:
        return Answer("I find no such order in your account.", {"orders": []})
    told = [
        f"order {order.number}, {goods(lines[order.number])}, {_STATES[order.status]}"
        for order in found[:3]
    ]
    count = "one order" if len(orders) == 1 else f"{len(orders)} orders"
    more = "" if len(orders) <= 3 else " The latest are:"
    return Answer(
        f"I find {count}.{more} {_as_sentence('; '.join(told))}",
        {"count": len(orders), "orders": [_facts(order, lines[order.number]) for order in found]},
    )


@tool(
    title="Look up an order",
    activity="Looking up order {order_number}",
    effect="read",
    audience=CallerLevel.IDENTIFIED,
    owned=(OWN_ORDER,),
    examples=(
        "Where is my order 1004?",
        "What's the status of order 1002?",
        "Has my order shipped yet?",
        "When will order 1004 arrive?",
        "Track my package",
        "Where is my parcel?",
        "Is my delivery still coming today?",
        "Which carrier has my order?",
        "What is the tracking number for order 1009?",
        "My order still hasn't arrived",
        "Did order 1001 get delivered?",
        "How far along is my order?",
        "Can you check on order number 1005?",
        "What's in order 1003?",
        "Is my order packed already?",
        "Why is my order taking so long?",
    ),
)
def get_order_status(context: ToolContext, order_number: OrderNumber) -> Answer:
    """Look up one order of the caller: its state, what is in it, the carrier, the tracking number
    and when it will arrive or arrived."""
    order = the_order(context.session, order_number)
    lines = lines_of(context.session, order_number)
    shipment = context.session.scalars(
        select(Shipment)
        .where(Shipment.order_number == order_number)
        .order_by(Shipment.shipped_at.desc())
    ).first()
    say = f"Order {order.number}, {goods(lines)}, {_progress(order, shipment)}."
    return Answer(say, _facts(order, lines) | (_shipment_facts(shipment) if shipment else {}))


def _cancelling(context: ToolContext, order_number: int, reason: str | None = None) -> Preview:
    order = the_order(context.session, order_number)
    _refuse_unless_placed(order)
    lines = lines_of(context.session, order_number)
    amount = total(order, lines)
    return Preview(f"Cancel order {order_number}, {goods(lines)}, {amount.said()}", amount)


@tool(
    title="Cancel an order",
    activity="Cancelling order {order_number}",
    effect="write",
    audience=CallerLevel.VERIFIED,
    owned=(OWN_ORDER,),
    preview=_cancelling,
    examples=(
        "Cancel order 1007",
        "I want to cancel my order",
        "Please cancel it",
        "I don't want this order anymore",
        "Can you stop my order before it ships?",
        "I ordered that by mistake, call it off",
        "I changed my mind about order 1007, please cancel it",
        "Don't send order 1010",
        "Take back my order, I no longer need it",
        "Could you withdraw the order I placed yesterday?",
        "I'd like my order cancelled",
        "Is it too late to cancel order 1005?",
    ),
)
def cancel_order(
    context: ToolContext, order_number: OrderNumber, reason: Reason | None = None
) -> Answer:
    """Cancel a whole order of the caller that has not been packed yet. An order that was packed,
    shipped or delivered cannot be cancelled: it can be returned."""
    order = the_order(context.session, order_number, is_locked=True)
    _refuse_unless_placed(order)
    order.status = OrderStatus.CANCELLED
    order.cancelled_at = context.now
    order.cancel_reason = reason
    return Answer(
        f"Order {order_number} is cancelled. You will not be charged for it.",
        {"order_number": order_number, "order_status": order.status.value},
    )


def _as_sentence(words: str) -> str:
    # Not capitalize(), which lowers all the rest: "3 USB-C cables".
    return f"{words[:1].upper()}{words[1:]}."


def _refuse_unless_placed(order: Order) -> None:
    match order.status:
        case OrderStatus.PLACED:
            return
        case OrderStatus.CANCELLED:
            raise ToolError("not_allowed", f"Order {order.number} is already cancelled.")
        case OrderStatus.PACKED | OrderStatus.SHIPPED | OrderStatus.DELIVERED:
            arrives = "" if order.status is OrderStatus.DELIVERED else " once it has arrived"
            raise ToolError(
                "not_allowed",
                f"Order {order.number} is already {_STATES[order.status]}, so it cannot be"
                f" cancelled any more. You can return it{arrives}.",
            )


def _progress(order: Order, shipment: Shipment | None) -> str:
    match order.status:
        case OrderStatus.PLACED:
            return f"was placed on {day(order.placed_at)} and is not packed yet"
        case OrderStatus.PACKED:
            return "is packed and waits for the carrier"
        case OrderStatus.CANCELLED:
            return "was cancelled"
        case OrderStatus.DELIVERED:
            assert order.delivered_at is not None  # the database holds that it is
            return f"was delivered on {day(order.delivered_at)}"
        case OrderStatus.SHIPPED if shipment is None:
            return "has been shipped"
        case OrderStatus.SHIPPED:
            return _under_way(shipment)


def _under_way(shipment: Shipment) -> str:
    match shipment.status:
        case ShipmentStatus.OUT_FOR_DELIVERY:
            return f"is out for delivery with {shipment.carrier} today"
        case ShipmentStatus.LOST:
            return f"was lost by {shipment.carrier}"
        case ShipmentStatus.IN_TRANSIT | ShipmentStatus.DELIVERED:
            return (
                f"is on its way with {shipment.carrier} and should arrive on"
                f" {day(shipment.expected_on)}"
            )


def _facts(order: Order, lines: list[OrderItem]) -> dict[str, Any]:
    return {
        "order_number": order.number,
        "order_status": order.status.value,
        "placed_on": order.placed_at.date().isoformat(),
        "items": [{"name": line.name, "quantity": line.quantity} for line in lines],
        "total": total(order, lines).written(),
    }


def _shipment_facts(shipment: Shipment) -> dict[str, Any]:
    return {
        "carrier": shipment.carrier,
        "tracking_number": shipment.tracking_number,
        "shipment_status": shipment.status.value,
        "expected_on": shipment.expected_on.isoformat(),
    }


TOOLS: Final = (find_orders, get_order_status, cancel_order)
