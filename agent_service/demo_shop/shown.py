"""What the shop's page shows: its goods, and the orders and tickets of the customer who looks."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any, Final, TypeAlias

from sqlalchemy import select
from sqlalchemy.orm import Session

from agent_service.company import Caller, HelpArticle, Ticket
from agent_service.demo_shop.tables import (
    Customer,
    Order,
    OrderItem,
    OrderStatus,
    Product,
    Refund,
    Return,
    Shipment,
    ShopTable,
)

MOST_ORDERS: Final = 20
MOST_TICKETS: Final = 5

ByOrder: TypeAlias = Mapping[int, list[Any]]


def shown_facts(session: Session, caller: Caller, now: datetime) -> dict[str, Any]:
    """Return what the page shows to the caller."""
    facts: dict[str, Any] = {"customer": None, "orders": [], "tickets": []}
    customer = session.get(Customer, caller.customer_id) if caller.customer_id else None
    if customer is not None:
        facts["customer"] = {"name": customer.name}
        facts["orders"] = list(_orders(session, customer.customer_id))
        facts["tickets"] = _tickets(session, customer.customer_id)
    products = session.scalars(select(Product).order_by(Product.sku))
    facts["products"] = [
        {
            "sku": product.sku,
            "name": product.name,
            "price_minor": product.price_minor,
            "currency": product.currency,
            "warranty_months": product.warranty_months,
        }
        for product in products
    ]
    articles = session.scalars(select(HelpArticle).order_by(HelpArticle.title))
    facts["articles"] = [
        {"page": article.slug, "title": article.title, "text": article.body} for article in articles
    ]
    return facts


def _orders(session: Session, customer_id: str) -> Iterable[dict[str, Any]]:
    """Yield the latest orders; goods on their way that are late are not hidden."""
    latest = select(Order).where(Order.customer_id == customer_id)
    orders = session.scalars(latest.order_by(Order.placed_at.desc()).limit(MOST_ORDERS)).all()
    numbers = [order.number for order in orders]
    items = _of(session, OrderItem, numbers)
    shipments = _of(session, Shipment, numbers)
    returns = _of(session, Return, numbers)
    refunds = _of(session, Refund, numbers)
    for order in orders:
        names = {item.id: item.name for item in items[order.number]}
        yield {
            "number": order.number,
            "status": order.status.value,
            "placed_at": order.placed_at.isoformat(),
            "delivered_at": order.delivered_at.isoformat() if order.delivered_at else None,
            "currency": order.currency,
            "total_minor": sum(item.paid_minor for item in items[order.number]),
            "items": [
                {"sku": item.sku, "name": item.name, "quantity": item.quantity}
                for item in items[order.number]
            ],
            "address": _address(order),
            "shipments": [
                {
                    "carrier": shipment.carrier,
                    "status": shipment.status.value,
                    "expected_on": shipment.expected_on.isoformat(),
                }
                for shipment in shipments[order.number]
            ],
            "returns": [
                {
                    "kind": each.kind.value,
                    "name": names[each.order_item_id],
                    "quantity": each.quantity,
                    "status": each.status.value,
                }
                for each in returns[order.number]
            ],
            "refunds": [
                {
                    "amount_minor": refund.amount_minor,
                    "currency": refund.currency,
                    "status": refund.status.value,
                }
                for refund in refunds[order.number]
            ],
        }


def _address(order: Order) -> str | None:
    """Return where the order goes, as long as that can still be changed."""
    if order.status != OrderStatus.PLACED:
        return None
    return f"{order.street}, {order.postcode} {order.city}"


def _of(session: Session, table: type[ShopTable], numbers: list[int]) -> ByOrder:
    rows: defaultdict[int, list[Any]] = defaultdict(list)
    wanted = select(table).where(table.order_number.in_(numbers)).order_by(table.id)  # type: ignore[attr-defined]  # all that have an order
    for row in session.scalars(wanted):
        rows[row.order_number].append(row)  # type: ignore[attr-defined]  # as above
    return rows


def _tickets(session: Session, customer_id: str) -> list[dict[str, Any]]:
    own = select(Ticket).where(Ticket.customer_id == customer_id)
    latest = session.scalars(own.order_by(Ticket.created_at.desc()).limit(MOST_TICKETS))
    return [
        {
            "number": ticket.id,
            "subject": ticket.subject,
            "about": ticket.about,
            "status": ticket.status.value,
            "created_at": ticket.created_at.isoformat(),
        }
        for ticket in latest
    ]
