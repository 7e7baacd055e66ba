"""The database as one caller may see it: only the caller's rows, and the rows for everyone.

A tool that forgets to ask whose order it is finds nothing; one that tries raw SQL, another
customer's row or a table of the service gets an error.
"""

from functools import cached_property
from typing import Any, Final, TypeVar

from sqlalchemy import ColumnElement, Select, TextClause, and_, event, false, inspect
from sqlalchemy.engine import ScalarResult
from sqlalchemy.orm import LoaderCriteriaOption, Session, UOWTransaction, with_loader_criteria
from sqlalchemy.sql.elements import ClauseElement, ColumnClause
from sqlalchemy.sql.functions import FunctionElement
from sqlalchemy.sql.selectable import Alias, FromClause, TableClause
from sqlalchemy.sql.visitors import HasTraverseInternals

from agent_service.errors import AgentServiceError
from agent_service.store.rows import OwnedRow, PublicRow, owned_tables

_Row = TypeVar("_Row")

_FUNCTIONS: Final = {"count", "sum", "min", "max", "coalesce", "lower", "upper", "length", "abs"}
"""What a tool may call in SQL: some databases have functions that run a query given as text."""


class OwnershipError(AgentServiceError):
    """A tool reached beyond its caller's rows."""

    code = "ownership_refused"


class CallerSession:
    """A database session scoped to one customer; for a stranger, to this conversation's rows."""

    def __init__(self, session: Session, customer_id: str | None, conversation_id: str) -> None:
        self.__session = session
        self.__customer_id = customer_id
        self.__conversation_id = conversation_id
        event.listen(session, "before_flush", self._guard)

    def scalars(self, statement: Select[_Row]) -> ScalarResult[_Row]:
        """Return the rows of a SELECT of one entity or column, the caller's only."""
        return self.__session.scalars(self._scoped(statement))

    def one(self, statement: Select[_Row], *, is_locked: bool = False) -> _Row | None:
        """Return the only row, or None when there is none that is the caller's.

        ``is_locked`` keeps others from changing it until this transaction ends. A read-only one, as
        that of a preview, can lock nothing and has nothing to protect.
        """
        scoped = self._scoped(statement)
        if is_locked and self.__session.connection().get_execution_options().get("writes"):
            scoped = scoped.with_for_update()
        return self.__session.scalars(scoped).one_or_none()

    def rows(self, statement: Select[*tuple[Any, ...]]) -> list[tuple[Any, ...]]:
        """Return the rows of a SELECT of several columns or entities."""
        return [tuple(row) for row in self.__session.execute(self._scoped(statement))]

    def add(self, row: OwnedRow) -> None:
        """Insert a row for the caller; its ``customer_id`` is filled in."""
        if row.customer_id is None:
            row.customer_id = self.__customer_id
        self.__session.add(row)

    def flush(self) -> None:
        """Write what was added and changed so far, for example to learn a new row's number."""
        self.__session.flush()

    def close(self) -> None:
        """End the guard; the transaction is its owner's to end."""
        event.remove(self.__session, "before_flush", self._guard)

    @cached_property
    def __criteria(self) -> list[LoaderCriteriaOption]:
        return [
            with_loader_criteria(
                mapper.class_,
                mapper.class_.customer_id == self.__customer_id
                if self.__customer_id is not None
                else _left_by_stranger(mapper.class_, self.__conversation_id),
                include_aliases=True,
            )
            for mapper in owned_tables()
        ]

    def _scoped(self, statement: Select[Any]) -> Select[Any]:
        _refuse_unscoped(statement)
        return statement.options(*self.__criteria)

    def _guard(self, session: Session, context: UOWTransaction, instances: object) -> None:
        """Refuse to write a row that is not the caller's; only tools use the unit of work."""
        for row in (*session.new, *session.dirty, *session.deleted):
            if not isinstance(row, OwnedRow):
                raise OwnershipError(f"A tool may not change rows of {type(row).__name__}.")
            was = inspect(row).attrs.customer_id.history.deleted
            if row.customer_id != self.__customer_id or (was and was[0] != self.__customer_id):
                raise OwnershipError(f"This row of {type(row).__name__} is not the caller's.")


def _left_by_stranger(entity: Any, conversation_id: str) -> ColumnElement[bool]:
    if not hasattr(entity, "conversation_id"):
        return false()
    return and_(entity.customer_id.is_(None), entity.conversation_id == conversation_id)


def _refuse_unscoped(element: ClauseElement) -> None:
    """Refuse a statement that reads anything but mapped owned or public rows."""
    entity = getattr(element, "_annotations", {}).get("parententity")
    if entity is not None and not issubclass(entity.mapper.class_, OwnedRow | PublicRow):
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
