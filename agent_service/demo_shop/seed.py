"""The demo shop's first contents: the same everywhere, with dates counted back from that day."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from agent_service.company import Caller, CallerLevel, HelpArticle, OpeningHours
from agent_service.demo_shop.catalogue import ARTICLES, WARES, Ware
from agent_service.demo_shop.tables import (
    Customer,
    Order,
    OrderItem,
    OrderStatus,
    Product,
    Return,
    ReturnKind,
    ReturnStatus,
    Shipment,
    ShipmentStatus,
)

DEMO_CALLER: Final = Caller(customer_id="C0001", name="Jane Doe", level=CallerLevel.VERIFIED)
"""The customer that the demo page and test calls speak as."""

CUSTOMERS: Final = 100
_FIRST = ("Ada", "Ben", "Chloe", "Daniel", "Emma", "Felix", "Grace", "Hugo", "Iris", "Jonas")
_LAST = (
    "Abbott",
    "Baker",
    "Carter",
    "Dawson",
    "Ellis",
    "Foster",
    "Grant",
    "Hayes",
    "Irwin",
    "Jarvis",
)
_CITIES = (
    ("Springfield", "01101"),
    ("Riverton", "02906"),
    ("Lakeview", "04101"),
    ("Hilltop", "05401"),
)
_STREETS = ("Oak Street", "Maple Avenue", "Station Road", "Mill Lane", "Park Row")
_CARRIERS = ("Northpost", "Swift Parcel", "Blue Courier")
_WARES: Final = {ware.sku: ware for ware in WARES}


@dataclass(frozen=True, slots=True)
class _Plan:
    """An order to write: what was bought how long ago, and how far it has come."""

    number: int
    customer_id: str
    status: OrderStatus
    days_ago: int
    wares: tuple[tuple[Ware, int], ...]
    returned: bool = False


def _jane(number: int, status: OrderStatus, days_ago: int, *wares: tuple[str, int]) -> _Plan:
    bought = tuple((_WARES[sku], quantity) for sku, quantity in wares)
    return _Plan(number, "C0001", status, days_ago, bought, returned=number == 1008)


_JANES: Final = (
    _jane(1001, OrderStatus.DELIVERED, 95, ("PHO-600", 1)),
    _jane(1002, OrderStatus.DELIVERED, 9, ("AUD-100", 1)),
    _jane(1003, OrderStatus.DELIVERED, 20, ("HOM-300", 1), ("CMP-230", 3)),
    _jane(1004, OrderStatus.SHIPPED, 3, ("CMP-210", 1)),
    _jane(1005, OrderStatus.PACKED, 2, ("CMP-220", 1)),
    _jane(1006, OrderStatus.CANCELLED, 30, ("OUT-400", 1)),
    _jane(1007, OrderStatus.PLACED, 1, ("CMP-200", 1)),
    _jane(1008, OrderStatus.DELIVERED, 15, ("HOM-310", 1)),
    _jane(1009, OrderStatus.SHIPPED, 4, ("OUT-410", 2)),
    _jane(1010, OrderStatus.PLACED, 0, ("STA-500", 2), ("STA-510", 1)),
)


def seed_shop(session: Session, now: datetime) -> bool:
    """Fill an empty shop; return False and change nothing when there are customers already."""
    if session.scalar(select(Customer.customer_id).limit(1)) is not None:
        return False
    session.add_all(
        Product(
            sku=ware.sku,
            name=ware.name,
            price_minor=ware.price_minor,
            currency="USD",
            warranty_months=ware.warranty_months,
        )
        for ware in WARES
    )
    session.add_all(
        HelpArticle(
            slug=article.slug,
            title=article.title,
            body=article.body,
            keywords=article.keywords,
            updated_on=now.date() - timedelta(days=40),
            url=f"/#about-{article.slug}",
        )
        for article in ARTICLES
    )
    session.add_all(
        OpeningHours(
            weekday=weekday,
            opens_minute=(9 if weekday < 5 else 10) * 60,
            closes_minute=(18 if weekday < 5 else 14) * 60,
            time_zone="America/New_York",
        )
        for weekday in range(6)
    )
    customers = {customer.customer_id: customer for customer in _customers(now)}
    session.add_all(customers.values())
    session.flush()
    for plan in (*_JANES, *_others()):
        _write(session, plan, customers[plan.customer_id], now)
    return True


def _customers(now: datetime) -> Iterator[Customer]:
    for index in range(CUSTOMERS):
        first, last = _FIRST[index % 10], _LAST[index // 10]
        name = "Jane Doe" if index == 0 else f"{first} {last}"
        city, postcode = _CITIES[index % len(_CITIES)]
        yield Customer(
            customer_id=f"C{index + 1:04d}",
            name=name,
            email=f"{name.lower().replace(' ', '.')}@example.com",
            phone=f"+1555010{index:04d}",
            street=f"{index + 1} {_STREETS[index % len(_STREETS)]}",
            city=city,
            postcode=postcode,
            country="US",
            created_at=now - timedelta(days=400 + index),
        )


def _others() -> Iterator[_Plan]:
    """Yield two to four orders for every other customer, of every age and status."""
    statuses = list(OrderStatus)
    number = 1011
    for index in range(1, CUSTOMERS):
        for nth in range(2 + index % 3):
            status = statuses[(index + nth) % len(statuses)]
            is_open = status in (OrderStatus.PLACED, OrderStatus.PACKED, OrderStatus.SHIPPED)
            days_ago = (index + nth) % 3 if is_open else 6 + (index * 7 + nth * 11) % 50
            wares = tuple(
                (WARES[(index * 5 + nth * 3 + line) % len(WARES)], 1 + (index + line) % 2)
                for line in range(1 + (index + nth) % 2)
            )
            yield _Plan(number, f"C{index + 1:04d}", status, days_ago, wares)
            number += 1


def _write(session: Session, plan: _Plan, customer: Customer, now: datetime) -> None:
    placed = now - timedelta(days=plan.days_ago, hours=2)
    reached = list(OrderStatus).index(plan.status) if plan.status != OrderStatus.CANCELLED else 0
    packed = placed + timedelta(minutes=40) if reached >= 1 else None
    shipped = placed + timedelta(hours=1) if reached >= 2 else None
    delivered = placed + timedelta(days=3) if reached >= 3 else None
    session.add(
        Order(
            number=plan.number,
            customer_id=plan.customer_id,
            status=plan.status,
            currency="USD",
            placed_at=placed,
            packed_at=packed,
            shipped_at=shipped,
            delivered_at=delivered,
            cancelled_at=placed + timedelta(hours=1)
            if plan.status == OrderStatus.CANCELLED
            else None,
            cancel_reason="ordered by mistake" if plan.status == OrderStatus.CANCELLED else None,
            payment=("visa", "mastercard", "paypal")[plan.number % 3],
            street=customer.street,
            city=customer.city,
            postcode=customer.postcode,
            country=customer.country,
        )
    )
    session.flush()
    for line, (ware, quantity) in enumerate(plan.wares, start=1):
        session.add(
            OrderItem(
                order_number=plan.number,
                customer_id=plan.customer_id,
                line=line,
                sku=ware.sku,
                name=ware.name,
                quantity=quantity,
                paid_minor=ware.price_minor * quantity,
            )
        )
    if shipped:
        _ship(session, plan, shipped, delivered)
    session.flush()
    if plan.returned:
        _return(session, plan, now - timedelta(days=2))


def _ship(session: Session, plan: _Plan, shipped: datetime, delivered: datetime | None) -> None:
    is_near = plan.days_ago > 3
    session.add(
        Shipment(
            order_number=plan.number,
            customer_id=plan.customer_id,
            carrier=_CARRIERS[plan.number % len(_CARRIERS)],
            tracking_number=f"TR{plan.number * 7919 % 10**9:09d}",
            status=ShipmentStatus.DELIVERED
            if delivered
            else ShipmentStatus.OUT_FOR_DELIVERY
            if is_near
            else ShipmentStatus.IN_TRANSIT,
            shipped_at=shipped,
            expected_on=(shipped + timedelta(days=4 if is_near else 5)).date(),
            delivered_at=delivered,
        )
    )


def _return(session: Session, plan: _Plan, requested: datetime) -> None:
    item = session.scalars(select(OrderItem).where(OrderItem.order_number == plan.number)).first()
    assert item is not None
    session.add(
        Return(
            order_number=plan.number,
            order_item_id=item.id,
            customer_id=plan.customer_id,
            kind=ReturnKind.RETURN,
            quantity=1,
            reason="too loud",
            status=ReturnStatus.REQUESTED,
            requested_at=requested,
        )
    )
    session.flush()
