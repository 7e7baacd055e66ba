"""Answers page by page: one statement for a page, and one for how much there is."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, fields, replace
from typing import Any, Final, Generic

from sqlalchemy import (
    ColumnElement,
    RowMapping,
    Select,
    Subquery,
    func,
    literal,
    literal_column,
    select,
)
from sqlalchemy.orm import Session

from agent_service.store.answers import Count, Page, Row
from agent_service.store.cursors import Cursor, Cursors
from agent_service.store.database import Database
from agent_service.store.filters import Field, Question, parse_question
from agent_service.store.sorts import Sort

COUNTED: Final = 10_000
"""What is counted at most: where there are more, nobody reads on to the last."""
CHUNK: Final = 500
"""Rows that are read at once where all are asked for."""
_PLACE: Final = "place_{}"


@dataclass(frozen=True, slots=True)
class List(Generic[Row]):
    """A list that can be asked for in pages."""

    row: type[Row]
    rows: Select[Any]
    fields: Mapping[str, Field]
    sorts: Callable[[bool], Mapping[str, Sort]]
    """Its orders by name, the usual one first; told whether words are looked for."""
    cursors: Cursors
    narrow: Callable[[Select[Any], Question, str], tuple[Select[Any], Sort]]
    """Returns the rows that a question is about in a database of that kind, and their order."""
    narrow_all: Callable[[Select[Any], Question, str], tuple[Select[Any], Sort]] | None = None
    """The same where not only the first are wanted but how many there are."""
    has_text: bool = False
    dress: Callable[[Subquery, Question, str], Select[Any]] | None = None
    """Returns the rows of a page with what is only looked up for those that are shown."""
    make: Callable[[RowMapping, Question], Row] | None = None
    """Makes a row of what the database gives, where that is not field by field."""

    def parse(self, parameters: Iterable[tuple[str, str]]) -> Question:
        """Check a question; raise QueryError with everything that is wrong with it."""
        return parse_question(
            self.fields, parameters, self.cursors, self.sorts, has_text=self.has_text
        )

    def page(self, session: Session, question: Question) -> Page[Row]:
        """Answer a question."""
        cursor = question.cursor
        is_backward = cursor is not None and cursor.is_backward
        found = session.execute(self._statement(session, question)).mappings().all()
        has_more = len(found) > question.limit
        shown = found[: question.limit][:: -1 if is_backward else 1]
        has_next = bool(shown) and (has_more or is_backward)
        has_previous = bool(shown) and (has_more if is_backward else cursor is not None)
        return Page(
            [self._make(row, question) for row in shown],
            self._cursor(question, shown[-1]) if has_next else None,
            self._cursor(question, shown[0], is_backward=True) if has_previous else None,
            self.count(session, question) if question.wants_count else None,
        )

    def around(
        self, session: Session, question: Question, one: ColumnElement[bool]
    ) -> tuple[Row | None, Row | None]:
        """Return which rows of an answer lie just before and after the place of one row."""
        _, sort = (self.narrow_all or self.narrow)(self.rows, question, _dialect(session))
        placed = (column.label(_PLACE.format(n)) for n, column in enumerate(sort.columns))
        found = session.execute(self.rows.where(one).add_columns(*placed)).mappings().one_or_none()
        if found is None:
            return None, None
        place = _place(found, question)

        def beside(*, is_backward: bool) -> Row | None:
            asked = replace(question, cursor=Cursor(place, is_backward), limit=1, wants_count=False)
            return next(iter(self.page(session, asked).items), None)

        return beside(is_backward=True), beside(is_backward=False)

    def count(self, session: Session, question: Question) -> Count:
        """Count what a question is about."""
        narrow = self.narrow_all or self.narrow
        narrowed, _ = narrow(self.rows, question, _dialect(session))
        ones = narrowed.with_only_columns(literal(1), maintain_column_froms=True)
        some = ones.limit(COUNTED + 1).subquery()
        number = session.scalar(select(func.count()).select_from(some)) or 0
        return Count(min(number, COUNTED), number > COUNTED)

    def every_row(self, database: Database, question: Question) -> Iterator[Row]:
        """Yield all rows that a question is about, in its order, whatever its limit.

        They are read a chunk at a time, each in a transaction of its own: a reader who stops, or
        takes hours, holds nothing up.
        """
        question = replace(question, limit=CHUNK)
        while True:
            with database.read() as session:
                found = session.execute(self._statement(session, question)).mappings().all()
            for row in found[:CHUNK]:
                yield self._make(row, question)
            if len(found) <= CHUNK:
                return
            question = replace(question, cursor=Cursor(_place(found[CHUNK - 1], question)))

    def _statement(self, session: Session, question: Question) -> Select[Any]:
        dialect = _dialect(session)
        statement, sort = self.narrow(self.rows, question, dialect)
        is_backward = False
        if question.cursor is not None:
            is_backward = question.cursor.is_backward
            beyond = sort.beyond(question.cursor.place, is_backward=is_backward)
            statement = statement.where(beyond)
        placed = (column.label(_PLACE.format(n)) for n, column in enumerate(sort.columns))
        statement = statement.add_columns(*placed).order_by(*sort.order(is_backward=is_backward))
        statement = statement.limit(question.limit + 1)
        if self.dress is None:
            return statement
        page = statement.subquery("page")
        names: list[Any] = [literal_column(_PLACE.format(n)) for n in _counted(sort)]
        again = replace(sort, columns=tuple(names))
        shown = self.dress(page, question, dialect)
        return shown.order_by(*again.order(is_backward=is_backward))

    def _make(self, row: RowMapping, question: Question) -> Row:
        if self.make is not None:
            return self.make(row, question)
        return from_columns(self.row, row)

    def _cursor(self, question: Question, row: RowMapping, *, is_backward: bool = False) -> str:
        return self.cursors.write(question.key, Cursor(_place(row, question), is_backward))


def columns(row: type[Any], table: Any, **others: Any) -> Select[Any]:
    """Return a SELECT of the columns that the row has fields for."""
    return select(
        *(
            (others[field.name] if field.name in others else getattr(table, field.name)).label(
                field.name
            )
            for field in fields(row)
            if field.name != "snippet"
        )
    )


def from_columns(kind: type[Row], row: RowMapping, **others: Any) -> Row:
    """Return the row that has a field for each column but those that only place it."""
    named = {field.name for field in fields(kind)}  # type: ignore[arg-type]  # rows are dataclasses
    return kind(**({name: value for name, value in row.items() if name in named} | others))


def _dialect(session: Session) -> str:
    return session.get_bind().dialect.name


def _counted(sort: Sort) -> range:
    return range(len(sort.columns))


def _place(row: RowMapping, question: Question) -> tuple[Any, ...]:
    return tuple(row[_PLACE.format(n)] for n in _counted(question.sort))
