"""The tables of the demo shop.

A row that belongs to a customer carries the customer's id, tied to its order by the foreign key,
so that one criterion scopes every query. What must never happen (more refunded than paid, more
returned than bought, a cancelled order that ships) is refused by the database: see the checks here
and the allowed moves in the migration.
"""

from datetime import date, datetime
from enum import StrEnum
from typing import ClassVar

from sqlalchemy import CheckConstraint, ForeignKey, ForeignKeyConstraint, UniqueConstraint
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from agent_service.company import (
    COLUMN_TYPES,
    OwnedRow,
    PublicRow,
    SaidText,
    ToldText,
    new_metadata,
)


class ShopTable(DeclarativeBase):
    """Every table of the shop."""

    metadata = new_metadata()
    type_annotation_map: ClassVar = COLUMN_TYPES


class OrderStatus(StrEnum):
    PLACED = "placed"
    PACKED = "packed"
    SHIPPED = "shipped"
    DELIVERED = "delivered"
    CANCELLED = "cancelled"


class ShipmentStatus(StrEnum):
    IN_TRANSIT = "in_transit"
    OUT_FOR_DELIVERY = "out_for_delivery"
    DELIVERED = "delivered"
    LOST = "lost"


class ReturnKind(StrEnum):
    RETURN = "return"
    EXCHANGE = "exchange"


class ReturnStatus(StrEnum):
    REQUESTED = "requested"
    RECEIVED = "received"
    CLOSED = "closed"
    REJECTED = "rejected"


class RefundStatus(StrEnum):
    REQUESTED = "requested"
    CONFIRMED = "confirmed"
    REJECTED = "rejected"


class Customer(OwnedRow, ShopTable):
    __tablename__ = "customers"

    customer_id: Mapped[str] = mapped_column(primary_key=True)
    name: Mapped[ToldText]
    email: Mapped[ToldText] = mapped_column(unique=True)
    phone: Mapped[ToldText]
    street: Mapped[ToldText]
    city: Mapped[ToldText]
    postcode: Mapped[ToldText]
    country: Mapped[ToldText]
    created_at: Mapped[datetime]


class Product(PublicRow, ShopTable):
    __tablename__ = "products"

    sku: Mapped[str] = mapped_column(primary_key=True)
    name: Mapped[str]
    price_minor: Mapped[int]
    currency: Mapped[str]
    warranty_months: Mapped[int]

    __table_args__ = (CheckConstraint("price_minor > 0", name="price"),)


class Order(OwnedRow, ShopTable):
    __tablename__ = "orders"

    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    customer_id: Mapped[str] = mapped_column(ForeignKey("customers.customer_id"), index=True)
    status: Mapped[OrderStatus]
    currency: Mapped[str]
    placed_at: Mapped[datetime]
    packed_at: Mapped[datetime | None]
    shipped_at: Mapped[datetime | None]
    delivered_at: Mapped[datetime | None]
    cancelled_at: Mapped[datetime | None]
    cancel_reason: Mapped[SaidText | None]
    payment: Mapped[str]
    street: Mapped[ToldText]
    city: Mapped[ToldText]
    postcode: Mapped[ToldText]
    country: Mapped[ToldText]

    __table_args__ = (
        UniqueConstraint("number", "customer_id"),
        CheckConstraint("(status = 'cancelled') = (cancelled_at IS NOT NULL)", name="cancelled"),
        CheckConstraint("status <> 'delivered' OR delivered_at IS NOT NULL", name="delivered"),
    )


def _of_order() -> ForeignKeyConstraint:
    """Tie a row to its order *and* that order's customer: the two can never differ."""
    return ForeignKeyConstraint(
        ["order_number", "customer_id"], ["orders.number", "orders.customer_id"]
    )


class OrderItem(OwnedRow, ShopTable):
    """One line of an order, with what has already been returned and refunded of it."""

    __tablename__ = "order_items"

    id: Mapped[int] = mapped_column(primary_key=True)
    order_number: Mapped[int] = mapped_column(index=True)
    customer_id: Mapped[str]
    line: Mapped[int]
    sku: Mapped[str] = mapped_column(ForeignKey("products.sku"))
    name: Mapped[str]
    quantity: Mapped[int]
    paid_minor: Mapped[int]
    """For the whole line."""
    returned_quantity: Mapped[int] = mapped_column(default=0)
    refunded_minor: Mapped[int] = mapped_column(default=0)

    __table_args__ = (
        _of_order(),
        UniqueConstraint("order_number", "line"),
        UniqueConstraint("id", "order_number", "customer_id"),
        CheckConstraint("quantity > 0 AND paid_minor >= 0", name="amounts"),
        CheckConstraint("returned_quantity BETWEEN 0 AND quantity", name="returned"),
        CheckConstraint("refunded_minor BETWEEN 0 AND paid_minor", name="refunded"),
    )


def _of_item() -> ForeignKeyConstraint:
    """Tie a row to its order line, that line's order and that order's customer."""
    return ForeignKeyConstraint(
        ["order_item_id", "order_number", "customer_id"],
        ["order_items.id", "order_items.order_number", "order_items.customer_id"],
    )


class Shipment(OwnedRow, ShopTable):
    __tablename__ = "shipments"

    id: Mapped[int] = mapped_column(primary_key=True)
    order_number: Mapped[int] = mapped_column(index=True)
    customer_id: Mapped[str]
    carrier: Mapped[str]
    tracking_number: Mapped[str]
    status: Mapped[ShipmentStatus]
    shipped_at: Mapped[datetime]
    expected_on: Mapped[date]
    delivered_at: Mapped[datetime | None]

    __table_args__ = (_of_order(),)


class Return(OwnedRow, ShopTable):
    """Goods that come back: for their money, or for others in exchange."""

    __tablename__ = "returns"

    id: Mapped[int] = mapped_column(primary_key=True)
    order_number: Mapped[int] = mapped_column(index=True)
    order_item_id: Mapped[int]
    customer_id: Mapped[str]
    kind: Mapped[ReturnKind]
    quantity: Mapped[int]
    reason: Mapped[SaidText]
    exchange_sku: Mapped[str | None] = mapped_column(ForeignKey("products.sku"))
    status: Mapped[ReturnStatus]
    requested_at: Mapped[datetime]
    conversation_id: Mapped[str | None]

    __table_args__ = (
        _of_item(),
        CheckConstraint("quantity > 0", name="quantity"),
        CheckConstraint("(kind = 'exchange') = (exchange_sku IS NOT NULL)", name="exchange"),
    )


class Refund(OwnedRow, ShopTable):
    """Money that goes back; ``requested`` until the payment provider confirms it."""

    __tablename__ = "refunds"

    id: Mapped[int] = mapped_column(primary_key=True)
    order_number: Mapped[int] = mapped_column(index=True)
    order_item_id: Mapped[int]
    customer_id: Mapped[str]
    amount_minor: Mapped[int]
    currency: Mapped[str]
    reason: Mapped[SaidText]
    status: Mapped[RefundStatus]
    requested_at: Mapped[datetime]
    confirmed_at: Mapped[datetime | None]
    conversation_id: Mapped[str | None]
    idempotency_key: Mapped[str | None]

    __table_args__ = (
        _of_item(),
        UniqueConstraint("idempotency_key", "order_item_id"),
        CheckConstraint("amount_minor > 0", name="amount"),
    )
