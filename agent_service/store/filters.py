"""What an admin may ask of the record: ``name=value`` and ``name__operator=value``, page by page.

One table of operators and one of kinds of values; every mistake in a question is reported at once.
"""

import operator
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from enum import StrEnum
from typing import Any, Final, Literal, TypeAlias

from sqlalchemy import ColumnElement, not_, or_

from agent_service.errors import QueryError, QueryProblem
from agent_service.store.contradictions import Bound, contradictions
from agent_service.store.cursors import UNKNOWN_CURSOR, Cursor, Cursors, UnknownCursor
from agent_service.store.search import Term, parse_terms
from agent_service.store.sorts import Sort, parse_sort

Part: TypeAlias = Literal["tool_call", "approval", "work", "review"]
"""Rows of a conversation that are asked for one by one."""

DEFAULT_LIMIT = 50
MAX_LIMIT = 200
MAX_QUERY_CHARACTERS = 500
FIRST_YEAR: Final = datetime(1970, 1, 1, tzinfo=UTC)
LAST_YEAR: Final = datetime(2200, 1, 1, tzinfo=UTC)
"""Times outside are mistyped, and not every database has room for them."""

Conditions: TypeAlias = Mapping[str, Callable[[Any, Any], ColumnElement[bool]]]
"""By operator, what is asked of a column and a value."""

_OPERATORS: Conditions = {
    "is": operator.eq,
    "not": lambda column, value: column.is_distinct_from(value),  # what is empty is not it either
    "in": lambda column, values: column.in_(values),
    "gt": operator.gt,
    "gte": operator.ge,
    "lt": operator.lt,
    "lte": operator.le,
}
_SET_OPERATORS: Conditions = {
    "is": lambda column, value: column.contains(f" {value} ", autoescape=True),
    "not": lambda column, value: not_(column.contains(f" {value} ", autoescape=True)),
    "in": lambda column, values: or_(
        *(column.contains(f" {value} ", autoescape=True) for value in values)
    ),
}
_LOST_PLUS = re.compile(r"(.+[T ][\d:.,]+) (\d\d(?::?\d\d)?)$")
"""A plus sign that was not escaped in an address arrives as a space."""
_EQUALITY = ("is", "not", "in")
_ORDER = ("is", "not", "gt", "gte", "lt", "lte")


@dataclass(frozen=True, slots=True)
class Kind:
    """How a value is written, and what it can be asked for."""

    parse: Callable[[str], Any]
    """Raises ValueError with what was expected."""
    operators: tuple[str, ...]
    """None for what has its own, such as ``since``."""
    schema: Mapping[str, Any]
    """How a value is described, as JSON Schema."""
    is_set: bool = False
    """The column holds several texts, and it is one of them."""
    made_by: Conditions | None = None
    """Where neither a column's own operators nor those of several texts are meant."""


@dataclass(frozen=True, slots=True)
class Field:
    """Something that can be asked for."""

    kind: Kind
    column: Any
    """A column, or for a flag any condition."""
    operator: str = "is"
    """What the bare name means."""
    of: Part | None = None
    """The column is one of such rows: all conditions of one kind have to hold of the same row."""
    bounds: tuple[Bound, ...] = ()
    """What a yes to a flag, or any value that is asked for, says about something else."""
    bounds_of_no: tuple[Bound, ...] = ()
    subject: str | None = None
    """What it is about, where several names are about the same."""


@dataclass(frozen=True, slots=True)
class Question:
    """A checked question."""

    conditions: tuple[ColumnElement[bool], ...] = ()
    of_parts: Mapping[Part, tuple[ColumnElement[bool], ...]] = field(default_factory=dict)
    """What has to hold of one and the same row of each kind."""
    since: datetime | None = None
    until: datetime | None = None
    """Stand among the conditions as well."""
    terms: tuple[Term, ...] = ()
    sort: Sort = field(kw_only=True)
    limit: int = DEFAULT_LIMIT
    cursor: Cursor | None = None
    """The place in the order where the page begins or ends."""
    wants_count: bool = False
    key: str = ""
    """Of what is asked for in which order: a cursor belongs to it."""


@dataclass(frozen=True, slots=True)
class _Asked:
    """One condition as it was asked for."""

    name: str
    field: Field
    operator: str
    value: Any

    @property
    def condition(self) -> ColumnElement[bool]:
        if self.field.kind is FLAG:
            condition: ColumnElement[bool] = self.field.column
            return condition if self.value else not_(condition)
        operators = self.field.kind.made_by
        if operators is None:
            operators = _SET_OPERATORS if self.field.kind.is_set else _OPERATORS
        return operators[self.operator](self.field.column, self.value)

    @property
    def bounds(self) -> tuple[Bound, ...]:
        field, base = self.field, self.name.partition("__")[0]
        if field.kind is FLAG:
            return field.bounds if self.value else field.bounds_of_no
        if field.kind.is_set:
            return field.bounds if self.operator != "not" else ()
        own = Bound(field.subject or base, self.operator, self.value)
        return (own, *field.bounds) if self.operator != "not" else (own,)


def _text(value: str) -> str:
    return value


def _integer(bits: int) -> Callable[[str], int]:
    """Return what reads a whole number that a column of so many bits has room for."""

    def parse(value: str) -> int:
        try:
            number = int(value)
        except ValueError:
            raise ValueError("should be a whole number") from None
        if abs(number) >= 2 ** (bits - 1):
            raise ValueError("is too large")
        return number

    return parse


def _number(value: str) -> float:
    try:
        number = float(value)
    except ValueError:
        raise ValueError("should be a number") from None
    if not abs(number) < float("inf"):
        raise ValueError("should be a number")
    return number


def _flag(value: str) -> bool:
    try:
        return {"true": True, "1": True, "false": False, "0": False}[value.lower()]
    except KeyError:
        raise ValueError("should be true or false") from None


def _moment(value: str) -> datetime:
    try:
        moment = datetime.fromisoformat(_LOST_PLUS.sub(r"\1+\2", value.strip()))
        moment = moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
    except (ValueError, OverflowError):
        raise ValueError("should be a time such as 2026-03-01 or 2026-03-01T12:00:00Z") from None
    if not FIRST_YEAR <= moment < LAST_YEAR:
        raise ValueError(f"should lie in the years {FIRST_YEAR.year} to {LAST_YEAR.year - 1}")
    return moment


def _end(value: str) -> datetime:
    """Return when the time begins that is no longer meant: of a day, the next one."""
    moment = _moment(value)
    try:
        date.fromisoformat(value.strip())
    except ValueError:
        return moment
    return moment + timedelta(days=1)


def _between(parse: Callable[[str], Any], low: int, high: int) -> Callable[[str], Any]:
    def parse_between(value: str) -> Any:
        number = parse(value)
        if not low <= number <= high:
            raise ValueError(f"should be between {low} and {high}")
        return number

    return parse_between


def _whole(low: int, high: int) -> Mapping[str, Any]:
    return {"type": "integer", "minimum": low, "maximum": high}


_STRING: Final = {"type": "string"}
_TIME: Final = {"type": "string", "format": "date-time"}

TEXT = Kind(_text, _EQUALITY, _STRING)
INTEGER = Kind(_integer(32), _ORDER, _whole(1 - 2**31, 2**31 - 1))
NUMBER = Kind(_number, _ORDER, {"type": "number"})
FLAG = Kind(_flag, ("is",), {"type": "boolean"})
MOMENT = Kind(_moment, (), _TIME)
END = Kind(_end, (), _TIME)
LONG = Kind(_integer(64), _ORDER, _whole(1 - 2**63, 2**63 - 1))
SET = Kind(_text, _EQUALITY, _STRING, is_set=True)
SHARE = Kind(_between(_number, 0, 1), _ORDER, {"type": "number", "minimum": 0, "maximum": 1})
SCORE = Kind(_between(_integer(32), 1, 5), _ORDER, _whole(1, 5))


def choice(values: type[StrEnum], *, is_set: bool = False) -> Kind:
    """Return the kind of a value that is one of an enum's."""

    def parse(value: str) -> StrEnum:
        try:
            return values(value)
        except ValueError:
            raise ValueError(f"should be one of {', '.join(values)}") from None

    schema = {"type": "string", "enum": list(values)}
    return Kind(parse, _EQUALITY, schema, is_set=is_set)


def parse_question(
    fields: Mapping[str, Field],
    parameters: Iterable[tuple[str, str]],
    cursors: Cursors,
    sorts: Callable[[bool], Mapping[str, Sort]],
    *,
    has_text: bool = False,
) -> Question:
    """Check a question; raise QueryError with everything that is wrong with it.

    ``sorts`` returns the orders by name, the usual one first; it is told whether words are looked
    for.
    """
    problems: list[QueryProblem] = []
    asked: list[_Asked] = []
    found: dict[str, Any] = {}
    given = list(parameters)
    for name, value in given:
        try:
            if name in found:
                raise ValueError("is given twice")
            found[name] = None
            if name == "limit":
                found[name] = _limit(value)
            elif name == "cursor" or name == "sort":
                found[name] = value
            elif name == "count":
                found[name] = _flag(value)
            elif name == "q" and has_text:
                found[name] = _terms(value)
            else:
                asked.append(_ask(fields, name, value, has_text))
        except ValueError as error:
            problems.append(QueryProblem(name, str(error)))
    problems += contradictions((one.name, one.bounds) for one in asked)
    orders, key = sorts(bool(found.get("q"))), cursors.key(given)
    sort, cursor = next(iter(orders.values())), None
    try:
        sort = sort if found.get("sort") is None else parse_sort(found["sort"], orders)
    except ValueError as error:
        problems.append(QueryProblem("sort", str(error)))
    try:
        cursor = None if found.get("cursor") is None else cursors.read(found["cursor"], key)
        if cursor is not None and not sort.has_place(cursor.place):
            raise UnknownCursor(UNKNOWN_CURSOR)
    except UnknownCursor as error:
        problems.append(QueryProblem("cursor", str(error)))
    if problems:
        raise QueryError(problems)
    return Question(
        conditions=tuple(one.condition for one in asked if one.field.of is None),
        of_parts={
            part: tuple(one.condition for one in asked if one.field.of == part)
            for part in {one.field.of for one in asked}
            if part is not None
        },
        since=next((one.value for one in asked if one.name == "since"), None),
        until=next((one.value for one in asked if one.name == "until"), None),
        terms=found.get("q") or (),
        sort=sort,
        limit=found.get("limit") or DEFAULT_LIMIT,
        cursor=cursor,
        wants_count=bool(found.get("count")),
        key=key,
    )


def _ask(fields: Mapping[str, Field], name: str, value: str, has_text: bool) -> _Asked:
    base, _, asked = name.partition("__")
    field = fields.get(base)
    if field is None:
        known = (*fields, *(("q",) if has_text else ()), "sort", "limit", "cursor", "count")
        raise ValueError(f"is not known; known are {', '.join(known)}")
    allowed = field.kind.operators
    if asked and asked not in allowed:
        raise ValueError(
            f"cannot be asked for with {asked!r}"
            + (f"; use one of {', '.join(allowed)}" if allowed else "")
        )
    chosen = asked or field.operator
    parsed = (
        [field.kind.parse(part) for part in value.split(",")]
        if chosen == "in"
        else field.kind.parse(value)
    )
    return _Asked(name, field, chosen, parsed)


def _limit(value: str) -> int:
    number = _integer(32)(value)
    if not 1 <= number <= MAX_LIMIT:
        raise ValueError(f"should be between 1 and {MAX_LIMIT}")
    return number


def _terms(value: str) -> tuple[Term, ...]:
    if len(value) > MAX_QUERY_CHARACTERS:
        raise ValueError(f"is longer than {MAX_QUERY_CHARACTERS} characters")
    terms = parse_terms(value)
    if not terms:
        raise ValueError("has no word to look for")
    return terms
