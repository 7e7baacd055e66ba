"""What an admin may ask of the record: ``name=value`` and ``name__operator=value``, page by page.

One table of operators and one of kinds of values; every mistake in a question is reported at once.
"""

import base64
import binascii
import json
import operator
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
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
    "not": operator.ne,
    "in": lambda column, values: column.in_(values),
    "gt": operator.gt,
    "gte": operator.ge,
    "lt": operator.lt,
    "lte": operator.le,
}
_EQUALITY = ("is", "not", "in")
_ORDER = ("is", "not", "gt", "gte", "lt", "lte")


@dataclass(frozen=True, slots=True)
class Kind:
    """How a value is written, and what it can be asked for."""

    parse: Callable[[str], Any]
    """Raises ValueError with what was expected."""
    operators: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Field:
    """Something that can be asked for."""

    kind: Kind
    column: Any
    """A column, or for a flag any condition."""
    operator: str = "is"
    """What the bare name means; a name with another one, such as ``since``, takes no operators."""


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


def _integer(value: str) -> int:
    try:
        number = int(value)
    except ValueError:
        raise ValueError("should be a whole number") from None
    if abs(number) >= 2**63:
        raise ValueError("is too large")
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
    # A plus sign that was not escaped in an address arrives as a space.
    try:
        moment = datetime.fromisoformat(value.replace(" ", "+") if "T" in value else value)
        return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
    except (ValueError, OverflowError):
        raise ValueError("should be a time such as 2026-03-01 or 2026-03-01T12:00:00Z") from None


TEXT = Kind(_text, _EQUALITY)
INTEGER = Kind(_integer, _ORDER)
NUMBER = Kind(_number, _ORDER)
FLAG = Kind(_flag, ("is",))
MOMENT = Kind(_moment, _ORDER)


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
    order: tuple[Kind, ...],
    *,
    has_text: bool = False,
) -> Question:
    """Check a question. ``order`` are the kinds of the values that place a row in its list."""
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
                found[name] = _parse_cursor(value, order)
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
    allowed = field.kind.operators if field.operator == "is" else ()
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
    number = _integer(value)
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


def make_cursor(place: Iterable[Any]) -> str:
    """Return a row's place in its list as text that only ``cursor`` understands."""
    values = [value.isoformat() if isinstance(value, datetime) else str(value) for value in place]
    return base64.urlsafe_b64encode(json.dumps(values).encode()).decode().rstrip("=")


def _parse_cursor(value: str, order: tuple[Kind, ...]) -> tuple[Any, ...]:
    try:
        values = json.loads(base64.urlsafe_b64decode(value + "=" * (-len(value) % 4)))
        return tuple(kind.parse(part) for kind, part in zip(order, values, strict=True))
    except (ValueError, TypeError, AttributeError, RecursionError, binascii.Error):
        raise ValueError("should be the next_cursor of an earlier answer") from None
