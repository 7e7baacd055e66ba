"""What an admin may ask of the record: ``name=value`` and ``name__operator=value``, page by page.

One table of operators and one of kinds of values; every mistake in a question is reported at once.
"""

import operator
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, not_

from agent_service.errors import QueryError, QueryProblem
from agent_service.store.search import Term, parse_terms

DEFAULT_LIMIT = 50
MAX_LIMIT = 200
MAX_QUERY_CHARACTERS = 500

_OPERATORS: Mapping[str, Callable[[Any, Any], ColumnElement[bool]]] = {
    "is": operator.eq,
    "not": lambda column, value: column.is_distinct_from(value),  # what is empty is not it either
    "in": lambda column, values: column.in_(values),
    "gt": operator.gt,
    "gte": operator.ge,
    "lt": operator.lt,
    "lte": operator.le,
}
_LOST_PLUS = re.compile(r"(.+[T ][\d:.,]+) (\d\d(?::?\d\d)?)$")
"""A plus sign that was not escaped in an address arrives as a space."""
_LAST_DAY = datetime.max.replace(tzinfo=UTC) - timedelta(days=1)
_ID = re.compile(r"[\w-]{1,36}", re.ASCII)
_EQUALITY = ("is", "not", "in")
_ORDER = ("is", "not", "gt", "gte", "lt", "lte")


@dataclass(frozen=True, slots=True)
class Kind:
    """How a value is written, and what it can be asked for."""

    parse: Callable[[str], Any]
    """Raises ValueError with what was expected."""
    operators: tuple[str, ...]
    """None for what has its own, such as ``since``."""


@dataclass(frozen=True, slots=True)
class Field:
    """Something that can be asked for."""

    kind: Kind
    column: Any
    """A column, or for a flag any condition."""
    operator: str = "is"
    """What the bare name means."""


@dataclass(frozen=True, slots=True)
class Question:
    """A checked question."""

    conditions: tuple[ColumnElement[bool], ...] = ()
    terms: tuple[Term, ...] = ()
    limit: int = DEFAULT_LIMIT
    after: tuple[Any, ...] | None = None
    """The place in the order after which the page begins."""


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


def _row_number(value: str) -> int:
    number = _integer(64)(value)
    if number < 1:
        raise ValueError("should be the number of a row")
    return number


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
        return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
    except (ValueError, OverflowError):
        raise ValueError("should be a time such as 2026-03-01 or 2026-03-01T12:00:00Z") from None


def _end(value: str) -> datetime:
    """Return when the time begins that is no longer meant: of a day, the next one."""
    moment = _moment(value)
    try:
        date.fromisoformat(value.strip())
    except ValueError:
        return moment
    return min(moment, _LAST_DAY) + timedelta(days=1)


def _id(value: str) -> str:
    if not _ID.fullmatch(value):
        raise ValueError("should be an identifier")
    return value


TEXT = Kind(_text, _EQUALITY)
INTEGER = Kind(_integer(32), _ORDER)
ROW_NUMBER = Kind(_row_number, ())
NUMBER = Kind(_number, _ORDER)
FLAG = Kind(_flag, ("is",))
MOMENT = Kind(_moment, ())
END = Kind(_end, ())
ID = Kind(_id, ())


def choice(values: type[StrEnum]) -> Kind:
    """Return the kind of a value that is one of an enum's."""

    def parse(value: str) -> StrEnum:
        try:
            return values(value)
        except ValueError:
            raise ValueError(f"should be one of {', '.join(values)}") from None

    return Kind(parse, _EQUALITY)


def parse_question(
    fields: Mapping[str, Field],
    parameters: Iterable[tuple[str, str]],
    read_cursor: Callable[[str], tuple[Any, ...]],
    *,
    has_text: bool = False,
) -> Question:
    """Check a question. ``read_cursor`` returns a place in the list, or raises ValueError."""
    problems: list[QueryProblem] = []
    conditions: list[ColumnElement[bool]] = []
    found: dict[str, Any] = {}
    for name, value in parameters:
        try:
            if name in found:
                raise ValueError("is given twice")
            found[name] = None
            if name == "limit":
                found[name] = _limit(value)
            elif name == "cursor":
                found[name] = read_cursor(value)
            elif name == "q" and has_text:
                found[name] = _terms(value)
            else:
                conditions.append(_condition(fields, name, value, has_text))
        except ValueError as error:
            problems.append(QueryProblem(name, str(error)))
    if problems:
        raise QueryError(problems)
    return Question(
        tuple(conditions),
        found.get("q") or (),
        found.get("limit") or DEFAULT_LIMIT,
        found.get("cursor"),
    )


def _condition(
    fields: Mapping[str, Field], name: str, value: str, has_text: bool
) -> ColumnElement[bool]:
    base, _, asked = name.partition("__")
    field = fields.get(base)
    if field is None:
        known = (*fields, *(("q",) if has_text else ()), "limit", "cursor")
        raise ValueError(f"is not known; known are {', '.join(known)}")
    allowed = field.kind.operators
    if asked and asked not in allowed:
        raise ValueError(
            f"cannot be asked for with {asked!r}"
            + (f"; use one of {', '.join(allowed)}" if allowed else "")
        )
    if field.kind is FLAG:
        condition: ColumnElement[bool] = field.column
        return condition if _flag(value) else not_(condition)
    chosen = asked or field.operator
    parsed = (
        [field.kind.parse(part) for part in value.split(",")]
        if chosen == "in"
        else field.kind.parse(value)
    )
    return _OPERATORS[chosen](field.column, parsed)


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
