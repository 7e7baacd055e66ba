"""Who the shop's customers are, and how callers prove that they are one of them."""

from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from agent_service.company import Expected, KnownCustomer, LookUpBy, Proof, ProofField
from agent_service.demo_shop.tables import Customer, Order

_COLUMNS: Final = {
    "customer_id": Customer.customer_id,
    "email": Customer.email,
    "phone": Customer.phone,
}


class ShopDirectory:
    """The table of customers."""

    def find(self, by: LookUpBy, value: str, session: Session) -> KnownCustomer | None:
        found = session.scalars(select(Customer).where(_COLUMNS[by] == value).limit(2)).all()
        return _known(found[0]) if len(found) == 1 else None


def _order_and_postcode(session: Session, order_number: str) -> Expected | None:
    found = session.execute(
        select(Customer, Order.postcode)
        .join(Order, Order.customer_id == Customer.customer_id)
        .where(Order.number == int(order_number))
    ).one_or_none()
    return Expected(_known(found[0]), {"postcode": found[1]}) if found else None


def _known(customer: Customer) -> KnownCustomer:
    return KnownCustomer(
        customer.customer_id,
        name=customer.name,
        email=customer.email,
        phone=customer.phone,
        language="en",
    )


PROOFS: Final = (
    Proof(
        name="order",
        title="Show who you are: an order's number and where it went",
        fields=(
            ProofField("order_number", "Order number", r"[0-9]{1,9}"),
            ProofField("postcode", "Postcode", r"[\w -]{2,16}"),
        ),
        look_up=_order_and_postcode,
    ),
)
