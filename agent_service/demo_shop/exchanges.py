"""Exchanging goods for others."""

from typing import Annotated, Final

from pydantic import Field
from sqlalchemy import select

from agent_service.company import Answer, CallerLevel, Preview, ToolContext, ToolError, tool
from agent_service.demo_shop.arguments import (
    OWN_ORDER,
    OrderNumber,
    Reason,
    counted,
    either,
    matching,
)
from agent_service.demo_shop.returns import Item, returnable
from agent_service.demo_shop.tables import (
    OrderItem,
    Product,
    Return,
    ReturnKind,
    ReturnStatus,
)

_MOST_NAMED: Final = 5

NewItem = Annotated[
    str,
    Field(
        min_length=1,
        max_length=100,
        description="The product that the caller would like to have in its place.",
    ),
]


def _exchanging(
    context: ToolContext,
    order_number: int,
    new_item: str,
    reason: str,
    item: str | None = None,
) -> Preview:
    line, product = _exchangeable(context, order_number, item, new_item)
    said = counted(line.name, 1)
    return Preview(f"Exchange {said} from order {order_number} for {counted(product.name, 1)}")


@tool(
    title="Exchange an item",
    activity="Exchanging an item of order {order_number}",
    effect="write",
    audience=CallerLevel.VERIFIED,
    owned=(OWN_ORDER,),
    preview=_exchanging,
    examples=(
        "I want to exchange the headphones",
        "Can I swap this for another one?",
        "Exchange the desk lamp for a kettle",
        "I'd like a different product instead",
        "Can I trade it for the bluetooth speaker?",
        "Replace my mouse with a keyboard",
        "I picked the wrong item, swap it please",
        "Change the item from order 1002 for another",
        "I would rather have the webcam instead",
        "Could I get something else in its place?",
    ),
)
def exchange_item(
    context: ToolContext,
    order_number: OrderNumber,
    new_item: NewItem,
    reason: Reason,
    item: Item | None = None,
) -> Answer:
    """Exchange one delivered item of the caller's order for another product of the same or a lower
    price, within 30 days of delivery."""
    line, product = _exchangeable(context, order_number, item, new_item)
    exchange = Return(
        order_number=order_number,
        order_item_id=line.id,
        kind=ReturnKind.EXCHANGE,
        quantity=1,
        reason=reason,
        exchange_sku=product.sku,
        status=ReturnStatus.REQUESTED,
        requested_at=context.now,
        conversation_id=context.conversation_id,
    )
    context.session.add(exchange)
    context.session.flush()
    return Answer(
        f"The exchange of {counted(line.name, 1)} for {counted(product.name, 1)} is started. The"
        " label comes by email; the new item leaves when your parcel has been scanned.",
        {"return_number": exchange.id, "order_number": order_number, "new_item": product.name},
    )


def _exchangeable(
    context: ToolContext, order_number: int, item: str | None, new_item: str
) -> tuple[OrderItem, Product]:
    order, line, _ = returnable(context, order_number, item, 1)
    if line.refunded_minor:
        raise ToolError("not_allowed", f"The {line.name} was refunded, so it cannot be exchanged.")
    product = _product(context, new_item)
    if product.currency != order.currency or product.price_minor > line.paid_minor // line.quantity:
        raise ToolError(
            "not_allowed",
            f"The {product.name} costs more than the {line.name}. An exchange is for the same or a"
            " lower price; I can start a return instead.",
        )
    return line, product


def _product(context: ToolContext, new_item: str) -> Product:
    products = context.session.scalars(select(Product).order_by(Product.sku))
    found = matching(new_item, products, lambda product: product.name)
    if not found:
        raise ToolError("fix_arguments", "We have no such product. Which one would you like?")
    if len(found) > 1:
        names = either(product.name for product in found[:_MOST_NAMED])
        raise ToolError("fix_arguments", f"Which one would you like: {names}?")
    return found[0]


TOOLS: Final = (exchange_item,)
