"""Whose a row is: what a caller's session lets tools see and change."""

from sqlalchemy.orm import Mapped, mapped_column


class OwnedRow:
    """A row of one customer; a caller's session sees and changes only that customer's."""

    customer_id: Mapped[str | None] = mapped_column()


class PublicRow:
    """A row that every caller may read and no tool may change."""
