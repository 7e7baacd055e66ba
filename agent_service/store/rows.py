"""Whose a row is: what a caller's session lets tools see and change."""

from collections.abc import Container, Iterator
from typing import Any, ClassVar

from sqlalchemy import inspect
from sqlalchemy.orm import Mapped, Mapper, mapped_column


class OwnedRow:
    """A row of one customer; a caller's session sees and changes only that customer's."""

    customer_id: Mapped[str | None] = mapped_column()


class UnreadRow(OwnedRow):
    """A row of one customer that tools add and never read: a code that was sent."""


class PartRow:
    """A row of one customer by way of another row: an item of an order, a visit of a patient."""

    owner: ClassVar[str]
    """The relationship to the row whose customer it is: an OwnedRow, or again a PartRow."""


class PublicRow:
    """A row that every caller may read and no tool may change."""


class SharedRow:
    """A row that every caller may read, and a tool may change while it holds it locked: stock,
    seats, free times. It is locked by ``session.one(..., is_locked=True)``."""


def may_be_read(kind: type) -> bool:
    """Tell whether tools read rows of the class: all of them, or the caller's."""
    readable = issubclass(kind, OwnedRow | PartRow | PublicRow | SharedRow)
    return readable and not issubclass(kind, UnreadRow)


def owned_tables() -> Iterator[Mapper[Any]]:
    """Yield the mapped classes of customers' rows that are loaded, whichever base they have."""
    yield from _mapped_below(OwnedRow)
    yield from _mapped_below(PartRow)


def wrong_owners(tables: Container[str]) -> Iterator[str]:
    """Say which parts of these tables lead to no customer, and why."""
    for mapper in _mapped_below(PartRow):
        if mapper.local_table.description in tables and (why := _leads_nowhere(mapper)):
            yield f"{mapper.class_.__name__}: owner {why}"


def _leads_nowhere(mapper: Mapper[Any]) -> str | None:
    passed: list[Mapper[Any]] = []
    while issubclass(mapper.class_, PartRow):
        name: Any = getattr(mapper.class_, "owner", None)
        kind = mapper.class_.__name__
        if mapper in passed:
            return f"leads from {kind} back to {kind}"
        if name not in mapper.relationships:
            return f"= {name!r} is no relationship of {kind}"
        passed.append(mapper)
        mapper = mapper.relationships[name].mapper
    if not issubclass(mapper.class_, OwnedRow):
        return f"leads to {mapper.class_.__name__}, which is no OwnedRow"
    return None


def _mapped_below(kind: type) -> Iterator[Mapper[Any]]:
    inner: type[Any]
    for inner in kind.__subclasses__():
        mapper: Mapper[Any] | None = inspect(inner, raiseerr=False)
        if mapper is not None:
            yield mapper
        yield from _mapped_below(inner)
