"""A caller's session sees and changes only the caller's rows, whatever a tool asks it."""

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
from sqlalchemy import column, exists, func, literal_column, select, table, text, true
from sqlalchemy.orm import Session, aliased

from agent_service.demo_shop.tables import (
    Customer,
    Order,
    OrderItem,
    Product,
)
from agent_service.store.database import Database
from agent_service.store.ownership import CallerSession, OwnershipError
from agent_service.store.requests import Handoff, RequestStatus
from agent_service.store.tables import Conversation

ORDERS: Any = Order.__table__
OTHER = aliased(Order)


@pytest.fixture
def session(shop_database: Database) -> Iterator[Session]:
    with shop_database.write() as opened:
        yield opened
        opened.rollback()


@pytest.fixture
def mine(session: Session) -> CallerSession:
    return CallerSession(session, "C0001", "conversation")


@pytest.mark.parametrize(
    "statement",
    [
        select(Order.customer_id),
        select(OTHER.customer_id),
        select(Order.customer_id).join(OTHER, true()),
        select(select(Order.customer_id).subquery().c.customer_id),
        select(select(Order.customer_id).cte().c.customer_id),
        select(Customer.customer_id).where(exists().where(Order.number == 1001)),
        select(Order.customer_id).union_all(select(OrderItem.customer_id)),
    ],
)
def test_every_shape_of_query_finds_own_rows_only(mine: CallerSession, statement: Any) -> None:
    assert {row[0] for row in mine.rows(statement)} == {"C0001"}


def test_counting_counts_own_rows(mine: CallerSession) -> None:
    assert mine.rows(select(func.count()).select_from(Order)) == [(10,)]


def test_somebody_elses_row_cannot_be_felt_through_a_condition(mine: CallerSession) -> None:
    felt = select(Product.sku).where(exists().where(Order.number == 1011))
    assert mine.rows(felt) == []


@pytest.mark.parametrize(
    "statement",
    [
        text("SELECT email FROM customers"),
        select(literal_column("(SELECT max(email) FROM customers)")),
        select(Order.number).where(text("1 = 1")),
        select(ORDERS.c.number),
        select(Order.number, ORDERS.c.number),
        select(Order.number).join(ORDERS, ORDERS.c.number == 1011),
        select(ORDERS.alias().c.number),
        select(Product.sku).where(exists().where(ORDERS.c.number == 1011)),
        select(column("email")).select_from(table("customers")),
        select(func.query_to_xml("SELECT 1")).select_from(Order),
        select(Conversation.id),
    ],
)
def test_what_cannot_be_scoped_is_refused(mine: CallerSession, statement: Any) -> None:
    with pytest.raises(OwnershipError):
        mine.rows(statement)


def test_foreign_row_cannot_be_inserted(mine: CallerSession, session: Session) -> None:
    mine.add(_handoff(customer_id="C0002"))
    with pytest.raises(OwnershipError):
        mine.flush()


def test_own_row_cannot_be_given_away(mine: CallerSession) -> None:
    order = mine.one(select(Order).where(Order.number == 1001))
    assert order is not None
    order.customer_id = "C0002"
    with pytest.raises(OwnershipError):
        mine.flush()


def test_rows_for_everyone_cannot_be_changed(mine: CallerSession) -> None:
    product = mine.scalars(select(Product)).first()
    assert product is not None
    product.price_minor = 1
    with pytest.raises(OwnershipError):
        mine.flush()


def test_new_row_becomes_the_callers(mine: CallerSession) -> None:
    row = _handoff()
    mine.add(row)
    mine.flush()
    assert row.customer_id == "C0001"


def test_stranger_sees_what_this_conversation_left(session: Session) -> None:
    here = CallerSession(session, None, "here")
    here.add(_handoff(conversation_id="here"))
    here.flush()
    assert len(here.scalars(select(Handoff)).all()) == 1
    assert here.scalars(select(Order)).all() == []
    here.close()
    there = CallerSession(session, None, "there")
    assert there.scalars(select(Handoff)).all() == []


def _handoff(customer_id: str | None = None, conversation_id: str = "conversation") -> Handoff:
    return Handoff(
        customer_id=customer_id,
        conversation_id=conversation_id,
        reason="",
        status=RequestStatus.REQUESTED,
        requested_at=datetime(2026, 3, 4, tzinfo=UTC),
    )
