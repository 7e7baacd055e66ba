"""How customers are reached: what came with their tickets, else what the directory knows."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import insert, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Mapped, Session, mapped_column

from agent_service.conversation.records import Caller, CallerLevel
from agent_service.store.directory import Customers, DirectoryAway, KnownCustomer, LookUpBy
from agent_service.store.rows import OwnedRow
from agent_service.store.schema import Table, ToldText


class Contact(OwnedRow, Table):
    """Where messages for a customer go, whoever keeps the customers themselves."""

    __tablename__ = "contacts"

    customer_id: Mapped[str] = mapped_column(primary_key=True)
    email: Mapped[ToldText | None]
    phone: Mapped[ToldText | None]
    updated_at: Mapped[datetime]


@dataclass(frozen=True, slots=True)
class Address:
    """What is known of the ways to a customer."""

    email: str | None
    phone: str | None

    @property
    def is_known(self) -> bool:
        """Return whether there is any way."""
        return bool(self.email or self.phone)


def caller_at(address: Address, customers: Customers) -> Caller:
    """Return the customer whose address that is, identified by it; a stranger where none is, where
    its parts are those of different customers, and while the directory is away.
    """
    ways: tuple[tuple[LookUpBy, str | None], ...] = (
        ("phone", address.phone),
        ("email", address.email),
    )
    try:
        found = {customers.find(by, value) for by, value in ways if value}
    except DirectoryAway:
        return Caller()
    customer = found.pop() if len(found) == 1 else None
    if customer is None:
        return Caller()
    return Caller(customer.customer_id, customer.name, CallerLevel.IDENTIFIED)


def address_of(session: Session, customer_id: str | None, customers: Customers) -> str | None:
    """Return where a letter to the customer goes: their email address, else their phone.

    None where nobody can tell, also while the directory is away.
    """
    if customer_id is None:
        return None
    contact = session.get(Contact, customer_id)
    if contact is not None and contact.email:
        return contact.email
    try:
        customer = customers.find("customer_id", customer_id)
    except DirectoryAway:
        customer = None
    ways = ways_of(contact, customer)
    return ways.email or ways.phone


def keep_address(session: Session, customer_id: str, address: Address, now: datetime) -> None:
    """Note how the customer is reached; what is not said now stays as it was."""
    said = {"email": address.email, "phone": address.phone}
    values = {name: value for name, value in said.items() if value is not None}
    change = (
        update(Contact)
        .where(Contact.customer_id == customer_id)
        .values(**values, updated_at=now)
        .returning(Contact.customer_id)
    )
    if session.execute(change).all():
        return
    try:
        with session.begin_nested():
            session.execute(
                insert(Contact).values(customer_id=customer_id, **values, updated_at=now)
            )
    except IntegrityError:  # somebody else was first
        session.execute(change)


def ways_of(contact: Contact | None, customer: KnownCustomer | None) -> Address:
    """Return the ways to a customer, from their tickets and from the directory."""
    return Address(
        email=(contact and contact.email) or (customer and customer.email) or None,
        phone=(contact and contact.phone) or (customer and customer.phone) or None,
    )
