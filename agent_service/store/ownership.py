"""The database as one caller may see it: only the caller's rows, and the rows for everyone.

What a tool may do with a row is said by its class: see ``store/rows.py``.

A tool that forgets to ask whose order it is finds nothing; one that tries raw SQL, another
customer's row or a table of the service gets an error.
"""

from collections.abc import Iterable
from functools import cached_property
from typing import Any, Final, TypeVar

from sqlalchemy import (
    ColumnElement,
    Select,
    TextClause,
    and_,
    event,
    false,
    inspect,
    literal,
    select,
)
from sqlalchemy.engine import ScalarResult
from sqlalchemy.orm import LoaderCriteriaOption, Session, UOWTransaction, with_loader_criteria
from sqlalchemy.sql.elements import ClauseElement, ColumnClause
from sqlalchemy.sql.functions import FunctionElement
from sqlalchemy.sql.selectable import Alias, FromClause, TableClause
from sqlalchemy.sql.visitors import HasTraverseInternals

from agent_service.errors import AgentServiceError
from agent_service.store.rows import OwnedRow, PartRow, PublicRow, SharedRow, owned_tables

_Row = TypeVar("_Row")

_FUNCTIONS: Final = {"count", "sum", "min", "max", "coalesce", "lower", "upper", "length", "abs"}
"""What a tool may call in SQL: some databases have functions that run a query given as text."""


_READ: Final = (OwnedRow, PartRow, PublicRow, SharedRow)


class OwnershipError(AgentServiceError):
    """A tool reached beyond its caller's rows."""

    code = "ownership_refused"


class CallerSession:
    """A database session scoped to one customer; for a stranger, to this conversation's rows."""

    def __init__(self, session: Session, customer_id: str | None, conversation_id: str) -> None:
        self.__session = session
        self.__customer_id = customer_id
        self.__conversation_id = conversation_id
        self.__locked: list[SharedRow] = []
        event.listen(session, "before_flush", self._guard)
        event.listen(session, "after_flush", self._guard_parts)

    def scalars(self, statement: Select[_Row]) -> ScalarResult[_Row]:
        """Return the rows of a SELECT of one entity or column, the caller's only."""
        return self.__session.scalars(self._scoped(statement))

    def one(self, statement: Select[_Row], *, is_locked: bool = False) -> _Row | None:
        """Return the only row, or None when there is none that is the caller's.

        ``is_locked`` reads it anew, and keeps others from changing it until this transaction ends:
        a SharedRow may be changed only then. A read-only transaction, as that of a preview, can
        lock nothing and has nothing to protect.
        """
        scoped = self._scoped(statement)
        if not is_locked or not self.__session.connection().get_execution_options().get("writes"):
            return self.__session.scalars(scoped).one_or_none()
        scoped = scoped.with_for_update().execution_options(populate_existing=True)
        found = self.__session.scalars(scoped).one_or_none()
        if isinstance(found, SharedRow):
            self.__locked.append(found)
        return found

    def rows(self, statement: Select[*tuple[Any, ...]]) -> list[tuple[Any, ...]]:
        """Return the rows of a SELECT of several columns or entities."""
        return [tuple(row) for row in self.__session.execute(self._scoped(statement))]

    def add(self, row: OwnedRow | PartRow) -> None:
        """Insert a row for the caller; the ``customer_id`` of an OwnedRow is filled in."""
        if isinstance(row, OwnedRow) and row.customer_id is None:
            row.customer_id = self.__customer_id
        self.__session.add(row)

    def flush(self) -> None:
        """Write what was added and changed so far, for example to learn a new row's number."""
        self.__session.flush()

    def close(self) -> None:
        """End the guard; the transaction is its owner's to end."""
        event.remove(self.__session, "before_flush", self._guard)
        event.remove(self.__session, "after_flush", self._guard_parts)

    @cached_property
    def __criteria(self) -> list[LoaderCriteriaOption]:
        return [
            with_loader_criteria(
                mapper.class_, self._is_callers(mapper.class_), include_aliases=True
            )
            for mapper in owned_tables()
        ]

    def _is_callers(self, entity: Any) -> ColumnElement[bool]:
        if issubclass(entity, PartRow):
            leading = getattr(entity, entity.owner)
            return leading.has(self._is_callers(leading.property.mapper.class_))  # type: ignore[no-any-return]  # a relationship
        if self.__customer_id is None:
            return _left_by_stranger(entity, self.__conversation_id)
        return entity.customer_id == self.__customer_id  # type: ignore[no-any-return]  # a column

    def _scoped(self, statement: Select[Any]) -> Select[Any]:
        _refuse_unscoped(statement)
        return statement.options(*self.__criteria)

    def _guard(self, session: Session, context: UOWTransaction, instances: object) -> None:
        """Refuse to write a row that is not the caller's; only tools use the unit of work."""
        self._refuse_parts_of_others(session, (*session.dirty, *session.deleted))
        for row in (*session.new, *session.dirty, *session.deleted):
            match row:
                case PartRow():
                    continue
                case SharedRow() if row in session.dirty:
                    if not any(row is locked for locked in self.__locked):
                        raise OwnershipError(
                            f"A tool may change a {type(row).__name__} only while it holds it:"
                            " session.one(..., is_locked=True)."
                        )
                    continue
                case OwnedRow():
                    was = inspect(row).attrs.customer_id.history.deleted
                    others = was and was[0] != self.__customer_id
                    if others or row.customer_id != self.__customer_id:
                        raise _not_callers(row)
                case _:
                    raise OwnershipError(f"A tool may not change rows of {type(row).__name__}.")

    def _guard_parts(self, session: Session, context: UOWTransaction) -> None:
        """Refuse parts that now belong to somebody else's row: only the database can tell."""
        self._refuse_parts_of_others(session, (*session.new, *session.dirty))

    def _refuse_parts_of_others(self, session: Session, rows: Iterable[object]) -> None:
        for row in rows:
            if not isinstance(row, PartRow):
                continue
            kind = type(row)
            mapper = inspect(kind)
            values = mapper.primary_key_from_instance(row)
            this = [
                column == value for column, value in zip(mapper.primary_key, values, strict=True)
            ]
            found = select(literal(1)).select_from(kind).where(*this, self._is_callers(kind))
            if session.connection().execute(found).first() is None:
                raise _not_callers(row)


def _not_callers(row: object) -> OwnershipError:
    return OwnershipError(f"This row of {type(row).__name__} is not the caller's.")


def _left_by_stranger(entity: Any, conversation_id: str) -> ColumnElement[bool]:
    if not hasattr(entity, "conversation_id"):
        return false()
    return and_(entity.customer_id.is_(None), entity.conversation_id == conversation_id)


def _refuse_unscoped(element: ClauseElement) -> None:
    """Refuse a statement that reads anything but mapped rows that tools may read."""
    entity = getattr(element, "_annotations", {}).get("parententity")
    if entity is not None and not issubclass(entity.mapper.class_, _READ):
        raise OwnershipError(f"A tool may not read {entity.mapper.class_.__name__}.")
    match element:
        case TextClause():
            raise OwnershipError("A tool never runs SQL given as text.")
        case FromClause() if entity is not None:
            return
        case TableClause():
            raise OwnershipError("A tool reads mapped classes, never bare tables.")
        case ColumnClause(table=None):
            if element.name != "*":  # of count(*)
                raise OwnershipError("A tool reads mapped columns, never columns given as text.")
            return
        case ColumnClause(table=TableClause() | Alias(element=TableClause())) if entity is not None:
            return
        case ColumnClause(table=FromClause() as derived):
            _refuse_unscoped(derived)
            return
        case FunctionElement() if getattr(element, "name", "") not in _FUNCTIONS:
            raise OwnershipError(f"A tool may call only {', '.join(sorted(_FUNCTIONS))} in SQL.")
    # Not Select's own way, which adds the bare tables that its columns imply: those are checked.
    for child in HasTraverseInternals.get_children(element):
        if isinstance(child, ClauseElement):
            _refuse_unscoped(child)
