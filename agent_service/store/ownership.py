"""The database as one caller may see it: only the caller's rows, and the rows for everyone.

What a tool may do with a row is said by its class: see ``store/rows.py``; what it may ask, in
``store/allowed_sql.py``.

A tool that forgets to ask whose order it is finds nothing; one that tries raw SQL, another
customer's row or a table of the service gets an error.
"""

from collections.abc import Callable
from functools import cached_property
from typing import Any, Final, NoReturn, Self, TypeVar

from sqlalchemy import (
    ColumnElement,
    Connection,
    Select,
    and_,
    event,
    false,
    inspect,
    literal,
    select,
)
from sqlalchemy.engine import ScalarResult
from sqlalchemy.orm import (
    LoaderCriteriaOption,
    ORMExecuteState,
    Session,
    UOWTransaction,
    with_loader_criteria,
)
from sqlalchemy.sql.elements import ClauseElement

from agent_service.store.allowed_sql import (
    OwnershipError,
    refuse_other_than_select,
    refuse_unreadable,
)
from agent_service.store.rows import OwnedRow, PartRow, SharedRow, owned_tables

_Row = TypeVar("_Row")


class _RowsSession(Session):
    """The session that a caller's rows live in: whoever takes it from a row is guarded alike.

    It works on the connection of the service's own session, in a savepoint, and lends it to
    nothing but statements that were let through and to flushes.
    """

    def __init__(self, connect: Callable[[], Connection]) -> None:
        super().__init__(expire_on_commit=False, join_transaction_mode="create_savepoint")
        self.__connect = connect
        self.__is_let_through = False
        self.__is_flushing = False

    def let_through(self) -> None:
        """Lend the connection to one statement."""
        self.__is_let_through = True

    def flush(self, objects: Any = None) -> None:
        """Write what was added and changed; the guard says what may be."""
        is_let_through, self.__is_let_through = self.__is_let_through, False
        self.__is_flushing = True
        try:
            super().flush(objects)
        finally:
            self.__is_flushing = False
        self.__is_let_through = is_let_through  # a statement that had this written first

    def get_bind(self, *_: Any, **__: Any) -> Connection:
        """Return the connection to SQLAlchemy itself, nobody else."""
        if not self.__is_flushing:
            if not self.__is_let_through:
                _refuse_to_lend()
            self.__is_let_through = False
        return self.__connect()

    def end(self, *, is_kept: bool) -> None:
        """Give the transaction what was written, or take it back, and let go of the rows."""
        try:
            if is_kept:
                self.__release()
        finally:
            super().close()

    def __release(self) -> None:
        connection = self.__connect()
        savepoint = connection.get_nested_transaction()
        try:
            super().commit()
        except BaseException:
            # SQLAlchemy leaves a savepoint whose release failed on the connection, in the way of
            # the one around it.
            if savepoint is not None and connection.get_nested_transaction() is savepoint:
                savepoint.rollback()
            raise


def _refuse_to_lend(*_: Any, **__: Any) -> NoReturn:
    raise OwnershipError("A tool has its caller's session alone: context.session.")


_OPEN: Final = {
    *("add", "add_all", "delete", "execute", "expire", "expire_all", "expunge", "expunge_all"),
    *("flush", "get_bind", "identity_key", "is_modified", "let_through", "end", "object_session"),
    *("query", "refresh", "scalar", "scalars"),
}
"""What a session has that is guarded, or harmless: nothing else of it works."""
for _name in dir(_RowsSession):
    if not _name.startswith("_") and _name not in _OPEN and callable(getattr(_RowsSession, _name)):
        setattr(_RowsSession, _name, _refuse_to_lend)


class CallerSession:
    """A database session scoped to one customer; for a stranger, to this conversation's rows.

    It is a session of its own, in a savepoint of the service's transaction, which ends with it.
    """

    def __init__(self, session: Session, customer_id: str | None, conversation_id: str) -> None:
        self.__connect = session.connection
        self.__session = _RowsSession(session.connection)
        self.__customer_id = customer_id
        self.__conversation_id = conversation_id
        self.__locked: list[SharedRow] = []
        event.listen(self.__session, "do_orm_execute", self._scope)
        event.listen(self.__session, "before_flush", self._guard)
        event.listen(self.__session, "after_flush", self._guard_written)

    def scalars(self, statement: Select[_Row]) -> ScalarResult[_Row]:
        """Return the rows of a SELECT of one entity or column, the caller's only."""
        return self.__session.scalars(statement)

    def one(self, statement: Select[_Row], *, is_locked: bool = False) -> _Row | None:
        """Return the only row, or None when there is none that is the caller's.

        ``is_locked`` reads it anew, and keeps others from changing it until this transaction ends:
        a SharedRow may be changed only then. A read-only transaction, as that of a preview, can
        lock nothing and has nothing to protect.
        """
        if not is_locked or not self.__connect().get_execution_options().get("writes"):
            return self.__session.scalars(statement).one_or_none()
        refuse_other_than_select(statement)
        locking = statement.with_for_update().execution_options(populate_existing=True)
        found = self.__session.scalars(locking).one_or_none()
        if isinstance(found, SharedRow):
            self.__locked.append(found)
        return found

    def rows(self, statement: Select[*tuple[Any, ...]]) -> list[tuple[Any, ...]]:
        """Return the rows of a SELECT of several columns or entities."""
        return [tuple(row) for row in self.__session.execute(statement)]

    def add(self, row: OwnedRow | PartRow) -> None:
        """Insert a row for the caller; the ``customer_id`` of an OwnedRow is filled in."""
        if isinstance(row, OwnedRow) and row.customer_id is None:
            row.customer_id = self.__customer_id
        self.__session.add(row)

    def flush(self) -> None:
        """Write what was added and changed so far, for example to learn a new row's number."""
        self.__session.flush()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        """Give the service's transaction what was written; nothing of it after an error."""
        self.__session.end(is_kept=kind is None)

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

    def _scope(self, state: ORMExecuteState) -> None:
        """Let a statement through as far as it finds rows that are the caller's or everyone's.

        What SQLAlchemy itself asks for, to load a relationship or a row anew, is made of what was
        checked when the row was asked for.
        """
        if not (state.is_relationship_load or state.is_column_load):
            refuse_other_than_select(state.statement)
        for mapper in state.all_mappers:
            refuse_unreadable(mapper)
        state.statement = state.statement.options(*self.__criteria)
        self.__session.let_through()

    def _guard(self, session: Session, context: UOWTransaction, instances: object) -> None:
        """Refuse to write a row that is not the caller's."""
        if not self.__connect().get_execution_options().get("writes"):
            raise OwnershipError("A tool that reads, and a preview, change no rows.")
        for row in (*session.new, *session.dirty, *session.deleted):
            _refuse_sql_in(row)
            match row:
                case SharedRow() if row in session.dirty:
                    if not any(row is locked for locked in self.__locked):
                        raise OwnershipError(
                            f"A tool may change a {type(row).__name__} only while it holds it:"
                            " session.one(..., is_locked=True)."
                        )
                case OwnedRow() if row.customer_id != self.__customer_id:
                    raise _not_callers(row)
                case OwnedRow() | PartRow():
                    if row not in session.new:
                        self._refuse_others(row)
                case _:
                    raise OwnershipError(f"A tool may not change rows of {type(row).__name__}.")

    def _guard_written(self, session: Session, context: UOWTransaction) -> None:
        """Refuse parts that now belong to somebody else's row: only the database can tell."""
        for row in (*session.new, *session.dirty):
            if isinstance(row, PartRow):
                self._refuse_others(row)

    def _refuse_others(self, row: OwnedRow | PartRow) -> None:
        """Refuse a row that is not the caller's in the database, whatever it says of itself."""
        kind, mapper = type(row), inspect(type(row))
        values = inspect(row).identity or mapper.primary_key_from_instance(row)
        this = [column == value for column, value in zip(mapper.primary_key, values, strict=True)]
        found = select(literal(1)).select_from(kind).where(*this, self._is_callers(kind))
        if self.__connect().execute(found).first() is None:
            raise _not_callers(row)


def _refuse_sql_in(row: object) -> None:
    """Refuse an attribute that would be computed in SQL, from rows that nothing scopes."""
    if any(
        hasattr(value, "__clause_element__") or isinstance(value, ClauseElement)
        for value in inspect(row).dict.values()
    ):
        raise OwnershipError("A tool sets attributes to values, never to SQL.")


def _not_callers(row: object) -> OwnershipError:
    return OwnershipError(f"This row of {type(row).__name__} is not the caller's.")


def _left_by_stranger(entity: Any, conversation_id: str) -> ColumnElement[bool]:
    if not hasattr(entity, "conversation_id"):
        return false()
    return and_(entity.customer_id.is_(None), entity.conversation_id == conversation_id)
