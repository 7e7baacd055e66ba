"""How customers are reached: what the company said of its own, else what the demo shop knows."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Mapped, Session, mapped_column

from agent_service.store.schema import Table
from agent_service.store.shop import Customer, OwnedRow


class Contact(OwnedRow, Table):
    """Where messages for a customer go, whoever keeps the customers themselves."""

    __tablename__ = "contacts"

    customer_id: Mapped[str] = mapped_column(primary_key=True)
    email: Mapped[str | None]
    phone: Mapped[str | None]
    updated_at: Mapped[datetime]


@dataclass(frozen=True, slots=True)
class Address:
    """What is known of the ways to a customer."""

    email: str | None
    phone: str | None


def address_of(session: Session, customer_id: str | None) -> str | None:
    """Return where a letter to the customer goes: their email address, else their phone."""
    if customer_id is None:
        return None
    known = session.get(Contact, customer_id) or session.get(Customer, customer_id)
    return None if known is None else known.email or known.phone


def keep_address(session: Session, customer_id: str, address: Address, now: datetime) -> None:
    """Note how the customer is reached; what is not said now stays as it was."""
    row = session.get(Contact, customer_id)
    if row is None:
        row = Contact(customer_id=customer_id)
        session.add(row)
    row.email = address.email or row.email
    row.phone = address.phone or row.phone
    row.updated_at = now
