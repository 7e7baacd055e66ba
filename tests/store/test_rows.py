"""A part that leads to no customer is named, in a process of its own: mapped classes stay."""

import subprocess
import sys

import pytest

DECLARED = """
from sqlalchemy import ForeignKey
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column, relationship
from agent_service.store.rows import OwnedRow, PartRow, SharedRow, wrong_owners
class Base(DeclarativeBase): pass
class Loan(OwnedRow, Base):
    __tablename__ = "loans"
    id: Mapped[int] = mapped_column(primary_key=True)
class Seat(SharedRow, Base):
    __tablename__ = "seats"
    id: Mapped[int] = mapped_column(primary_key=True)
class Item(PartRow, Base):
    __tablename__ = "items"
    {owner}
    id: Mapped[int] = mapped_column(primary_key=True)
    loan_id: Mapped[int] = mapped_column(ForeignKey("loans.id"))
    seat_id: Mapped[int] = mapped_column(ForeignKey("seats.id"))
    item_id: Mapped[int] = mapped_column(ForeignKey("items.id"))
    loan: Mapped[Loan] = relationship()
    seat: Mapped[Seat] = relationship()
    item: Mapped["Item"] = relationship(remote_side=[id])
print(*wrong_owners({{"items"}}))
"""


@pytest.mark.parametrize(
    ("owner", "why"),
    [
        ("owner = 'loan'", ""),
        ("owner = 'lown'", "Item: owner = 'lown' is no relationship of Item"),
        ("owner = 'loan_id'", "Item: owner = 'loan_id' is no relationship of Item"),
        ("", "Item: owner = None is no relationship of Item"),
        ("owner = 'seat'", "Item: owner leads to Seat, which is no OwnedRow"),
        ("owner = 'item'", "Item: owner leads from Item back to Item"),
    ],
)
def test_part_that_leads_to_no_customer_is_named(owner: str, why: str) -> None:
    ran = subprocess.run(
        [sys.executable, "-c", DECLARED.format(owner=owner)],
        capture_output=True,
        text=True,
        check=True,
    )
    assert ran.stdout.strip() == why
