"""What the shop does when one of its customers is erased.

Orders, refunds and returns stay, as tax law wants them to, but they lead to nobody any more.
"""

from datetime import datetime

from sqlalchemy import String, cast, literal, update
from sqlalchemy.orm import Session

from agent_service.company import CompanyErasure
from agent_service.demo_shop.tables import Customer, Order, Refund, Return

ERASED = "erased"


def erase_customer(session: Session, customer_id: str, now: datetime) -> CompanyErasure:
    """Empty the customer's rows of name, ways to reach them and addresses."""
    address = {"street": ERASED, "city": ERASED, "postcode": ERASED}
    customers = update(Customer).where(Customer.customer_id == customer_id)
    # Addresses are unique, and the number of the customer's row tells nothing but that it was one.
    gone = literal("erased-") + cast(Customer.customer_id, String)
    changed = session.execute(
        customers.values(name=ERASED, phone=ERASED, email=gone, **address).returning(
            Customer.customer_id
        )
    ).all()
    orders = update(Order).where(Order.customer_id == customer_id)
    emptied = session.execute(
        orders.values(cancel_reason=None, **address).returning(Order.number)
    ).all()
    for kind in (Refund, Return):
        session.execute(
            update(kind)
            .where(kind.customer_id == customer_id)
            .values(reason=ERASED, conversation_id=None)
        )
    kept = {"orders": "ten years, for the tax office, without name and address"}
    return CompanyErasure(
        {"customers emptied": len(changed), "orders emptied": len(emptied)},
        kept if emptied else {},
    )
