"""How the caller of a tool is reached, by what is on file."""

from sqlalchemy import select

from agent_service.demo_shop.tables import Customer
from agent_service.store.contacts import Address, Contact, ways_of
from agent_service.store.ownership import CallerSession


def on_file(session: CallerSession) -> Address:
    """Return the caller's email address and phone number, as far as they are known."""
    return ways_of(session.one(select(Contact)), session.one(select(Customer)))
