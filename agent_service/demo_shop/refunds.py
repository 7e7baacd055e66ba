"""Giving money back. The agent requests it; it is refunded when the payment provider confirms."""

from dataclasses import dataclass
from typing import Annotated, Final

from pydantic import Field
from sqlalchemy import select

from agent_service.company import (
    Answer,
    Approval,
    CallerLevel,
    Cap,
    Limits,
    Money,
    Preview,
    ToolContext,
    ToolError,
    day,
    tool,
)
from agent_service.demo_shop.arguments import (
    OWN_ORDER,
    OrderNumber,
    Reason,
    both,
    choose_line,
    counted,
    lines_of,
    the_order,
)
from agent_service.demo_shop.returns import RETURN_WINDOW, Item, Quantity
from agent_service.demo_shop.tables import (
    Order,
    OrderItem,
    OrderStatus,
    Refund,
    RefundStatus,
    Return,
    ReturnKind,
    ReturnStatus,
    Shipment,
    ShipmentStatus,
)

Cents = Annotated[
    int,
    Field(
        ge=1,
        le=100_000_00,
        description="Only a part of the price, in cents. Leave it out to refund all of it.",
    ),
]


@dataclass(frozen=True, slots=True)
class _Share:
    """What is refunded of one line."""

    line: OrderItem
    minor: int
    said: str


def _refunding(
    context: ToolContext,
    order_number: int,
    reason: str,
    item: str | None = None,
    quantity: int | None = None,
    amount_cents: int | None = None,
) -> Preview:
    order, shares = _shares(context, order_number, item, quantity, amount_cents)
    amount = Money(sum(share.minor for share in shares), order.currency)
    what = both(share.said for share in shares)
    return Preview(f"Refund {amount.said()} for {what} from order {order_number}", amount)


@tool(
    title="Refund an order",
    activity="Refunding order {order_number}",
    effect="write",
    audience=CallerLevel.VERIFIED,
    owned=(OWN_ORDER,),
    preview=_refunding,
    limits=Limits(
        conversation=Cap(3, Money(200_00)),
        customer_day=Cap(3, Money(200_00)),
        tenant_day=Cap(500, Money(10_000_00)),
    ),
    approval=Approval(above=Money(100_00), second_above=Money(500_00)),
    examples=(
        "I want my money back",
        "Refund order 1002",
        "Please refund the headphones",
        "Can I get a refund for this?",
        "Give me my money back for order 1003",
        "My parcel never arrived, I want a refund",
        "It arrived broken, I want to be reimbursed",
        "Refund one of the cables",
        "I'd like a partial refund",
        "Please pay me back",
        "Reimburse me for the desk lamp",
        "I was charged for something I sent back, refund it",
    ),
)
def refund_order(
    context: ToolContext,
    order_number: OrderNumber,
    reason: Reason,
    item: Item | None = None,
    quantity: Quantity | None = None,
    amount_cents: Cents | None = None,
) -> Answer:
    """Request the refund of an order of the caller: all of it, one item of it, or a part of one
    item's price. For delivered orders of the last 30 days, and for parcels that were lost."""
    order, shares = _shares(context, order_number, item, quantity, amount_cents)
    for share in shares:
        context.session.add(
            Refund(
                order_number=order_number,
                order_item_id=share.line.id,
                amount_minor=share.minor,
                currency=order.currency,
                reason=reason,
                status=RefundStatus.REQUESTED,
                requested_at=context.now,
                conversation_id=context.conversation_id,
                idempotency_key=context.idempotency_key,
            )
        )
    amount = Money(sum(share.minor for share in shares), order.currency)
    context.queue(
        "refund",
        {
            "order_number": order_number,
            "amount_minor": amount.minor,
            "currency": amount.currency,
            "refund_key": context.idempotency_key,
        },
    )
    return Answer(
        f"I have requested a refund of {amount.said()} to the way you paid. It shows there within"
        " five working days.",
        {
            "order_number": order_number,
            "amount": amount.written(),
            "refund_status": RefundStatus.REQUESTED.value,
        },
    )


def _shares(
    context: ToolContext,
    order_number: int,
    item: str | None,
    quantity: int | None,
    amount_cents: int | None,
) -> tuple[Order, list[_Share]]:
    """Say what of which line would go back, or refuse."""
    order = the_order(context.session, order_number, is_locked=True)
    _refuse_unless_refundable(context, order)
    lines = lines_of(context.session, order_number)
    if item is not None or quantity is not None or amount_cents is not None:
        lines = [choose_line(lines, item)]
    _refuse_exchanged(context, lines)
    shares = [
        _share(line, order.currency, quantity, amount_cents)
        for line in lines
        if line.refunded_minor < line.paid_minor or len(lines) == 1
    ]
    if not shares:
        raise ToolError("not_allowed", f"Order {order_number} was already refunded.")
    return order, shares


def _refuse_exchanged(context: ToolContext, lines: list[OrderItem]) -> None:
    """Refuse goods in whose place others are on their way."""
    exchanged = context.session.scalars(
        select(Return).where(
            Return.order_item_id.in_([line.id for line in lines]),
            Return.kind == ReturnKind.EXCHANGE,
            Return.status != ReturnStatus.REJECTED,
        )
    ).first()
    if exchanged is not None:
        raise ToolError("not_allowed", "That is being exchanged, so I cannot refund it as well.")


def _share(
    line: OrderItem, currency: str, quantity: int | None, amount_cents: int | None
) -> _Share:
    left = line.paid_minor - line.refunded_minor
    if quantity is not None and quantity > line.quantity:
        raise ToolError("fix_arguments", f"The order has only {counted(line.name, line.quantity)}.")
    minor = left if quantity is None else line.paid_minor * quantity // line.quantity
    if amount_cents is not None:
        minor = amount_cents
    if left == 0:
        raise ToolError("not_allowed", f"The {line.name} was already refunded.")
    if minor > left:
        still = Money(left, currency).said()
        raise ToolError("not_allowed", f"Of the {line.name} only {still} can still be refunded.")
    return _Share(line, minor, counted(line.name, quantity or line.quantity))


def _refuse_unless_refundable(context: ToolContext, order: Order) -> None:
    if order.status == OrderStatus.DELIVERED and order.delivered_at is not None:
        until = order.delivered_at + RETURN_WINDOW
        if context.now <= until:
            return
        raise ToolError(
            "not_allowed", f"Order {order.number} could be refunded until {day(until)}."
        )
    lost = context.session.scalars(
        select(Shipment).where(
            Shipment.order_number == order.number, Shipment.status == ShipmentStatus.LOST
        )
    ).first()
    if order.status != OrderStatus.SHIPPED or lost is None:
        raise ToolError(
            "not_allowed", f"Order {order.number} has not been delivered, so I cannot refund it."
        )


TOOLS: Final = (refund_order,)
