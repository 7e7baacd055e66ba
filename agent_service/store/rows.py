"""Whose a row is: what a caller's session lets tools see and change."""

from collections.abc import Iterator

from sqlalchemy import inspect
from sqlalchemy.orm import Mapped, Mapper, mapped_column


class OwnedRow:
    """A row of one customer; a caller's session sees and changes only that customer's."""

    customer_id: Mapped[str | None] = mapped_column()


class PublicRow:
    """A row that every caller may read and no tool may change."""


def owned_tables() -> Iterator[Mapper[OwnedRow]]:
    """Yield the mapped classes of owned rows that are loaded, whichever tables they belong to."""
    return _mapped_below(OwnedRow)


def _mapped_below(kind: type[OwnedRow]) -> Iterator[Mapper[OwnedRow]]:
    for inner in kind.__subclasses__():
        mapper = inspect(inner, raiseerr=False)
        if mapper is not None:
            yield mapper
        yield from _mapped_below(inner)
