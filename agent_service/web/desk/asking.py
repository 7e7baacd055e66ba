"""A question to the record as a page has it: its filters are the address, and each is a chip."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final, TypeAlias, TypeVar
from urllib.parse import urlencode

from sqlalchemy.orm import Session

from agent_service.errors import QueryError, StoreError
from agent_service.store.answers import Page
from agent_service.store.database import Database
from agent_service.store.failures import TOO_SLOW
from agent_service.store.filters import Field, Question
from agent_service.store.pages import List

_ADDING: Final = ("add", "value")
"""The filter that a page's form adds to those of the address."""
_OF_PAGES: Final = ("cursor", "limit", "count", "sort")
_WORDS: Final = {
    "is": "is",
    "not": "is not",
    "in": "is one of",
    "gt": "over",
    "gte": "at least",
    "lt": "under",
    "lte": "at most",
    "since": "since",
    "until": "until",
}

Found = TypeVar("Found")

Parameters: TypeAlias = Sequence[tuple[str, str]]
Around: TypeAlias = Mapping[str, str]
"""Addresses by ``next`` and ``previous``, as far as there are such pages."""


@dataclass(frozen=True, slots=True)
class Chip:
    """One filter, and the address without it."""

    words: str
    without: str
    problem: str
    at: datetime | None = None
    """Of a moment: it is shown beside the words, in the reader's zone."""


@dataclass(frozen=True, slots=True)
class Choice:
    """A filter that can be added."""

    value: str
    words: str


@dataclass(frozen=True, slots=True)
class Asked:
    """What an address asks for: a question, or what is wrong with it."""

    question: Question | None
    problems: dict[str, str]
    parameters: Parameters
    """Without those of the page itself."""


async def found_in_time(
    database: Database, work: Callable[[Session], Found], time_limit_s: float
) -> Found | None:
    """Return what is found; None where it takes longer, so that the page still has the question."""
    try:
        return await database.run(work, time_limit_s=time_limit_s)
    except StoreError as error:
        if error.code != "query_too_slow":
            raise
        return None


def read_question(rows: List[Any], parameters: Iterable[tuple[str, str]]) -> Asked:
    """Read what an address asks for; an empty field of a form asks for nothing."""
    given = tuple(one for one in parameters if one[1].strip())
    try:
        return Asked(rows.parse(given), {}, given)
    except QueryError as error:
        problems = {one.field: _for_people(one.message) for one in error.problems}
        return Asked(None, problems, given)


def _for_people(message: str) -> str:
    """Say what can be done: all that are known stand in the page's own choice."""
    words, known, _ = message.partition("; known are")
    return f"{words}, so nothing can be found by it: take it away" if known else words


def with_added(given: Sequence[tuple[str, str]]) -> Parameters | None:
    """Return what is asked for with the filter that a form adds, or None when it adds none."""
    added = dict(given)
    if not added.keys() & set(_ADDING):
        return None
    name, value = added.get("add", ""), added.get("value", "").strip()
    others = without(given, *_ADDING, "cursor", name)
    return (*others, (name, value)) if name and value else others


def address(path: str, parameters: Iterable[tuple[str, str]]) -> str:
    """Return the address of a page that asks for that."""
    query = urlencode(tuple(parameters))
    return f"{path}?{query}" if query else path


def without(parameters: Parameters, *names: str) -> Parameters:
    """Return the others."""
    return tuple(one for one in parameters if one[0] not in names)


def filters_alone(parameters: Parameters) -> Parameters:
    """Return what narrows the list: neither a place in it nor its order."""
    return without(parameters, *_OF_PAGES)


def chips(path: str, asked: Asked, own: Parameters) -> list[Chip]:
    """Return a chip for each filter; ``own`` is how the page shows them, which stays."""
    found = []
    for name, value in filters_alone(asked.parameters):
        kept = tuple(one for one in asked.parameters if one != (name, value))
        others = (*without(kept, "cursor"), *own)
        problem, at = asked.problems.get(name, ""), _moment(name, value)
        words = title(name) if at else _words(name, value)
        found.append(Chip(words, address(path, others), problem, at))
    return found


def _moment(name: str, value: str) -> datetime | None:
    """Return the moment that a filter has, where it is not a day."""
    if name not in ("since", "until") or "T" not in value:
        return None
    try:
        at = datetime.fromisoformat(value)
    except ValueError:
        return None
    return at if at.tzinfo else at.replace(tzinfo=UTC)


def outcome(asked: Asked, found: object) -> tuple[int, list[str]]:
    """Return the status of the page, and in words what is wrong with the question."""
    if asked.question is None:
        return 400, [f"{name}: {words}" for name, words in asked.problems.items()]
    return (422, [TOO_SLOW]) if found is None else (200, [])


def around(path: str, parameters: Iterable[tuple[str, str]], page: Page[Any] | None) -> Around:
    """Return the addresses of the pages before and after one."""
    unplaced = without(tuple(parameters), "cursor", "count")
    cursors = {
        "next": page.next_cursor if page else None,
        "previous": page.previous_cursor if page else None,
    }
    return {
        direction: address(path, (*unplaced, ("cursor", cursor)))
        for direction, cursor in cursors.items()
        if cursor is not None
    }


def choices(fields: Mapping[str, Field]) -> list[Choice]:
    """Return every filter of a list, for people to choose from."""
    found = []
    for name, field in fields.items():
        operators = field.kind.operators
        for operator in operators or ("",):
            is_bare = operator in ("", field.operator)
            words = f"{title(name)} {_WORDS.get(operator, '')}".strip()
            found.append(Choice(name if is_bare else f"{name}__{operator}", words))
    return found


def title(name: str) -> str:
    """Return the name of a field as people read it."""
    words = name.removesuffix("_ms").removesuffix("_usd").replace("_", " ")
    unit = " (ms)" if name.endswith("_ms") else " ($)" if name.endswith("_usd") else ""
    return words[:1].upper() + words[1:] + unit


def _words(name: str, value: str) -> str:
    if name == "q":
        return f"“{value}”"
    base, _, operator = name.partition("__")
    shown = title(base)
    match operator, value:
        case "", "true" | "1":
            return f"{shown}: yes"
        case "", "false" | "0":
            return f"{shown}: no"
        case "", _:
            return f"{shown}: {value}"
    return f"{shown} {_WORDS.get(operator, operator)} {value}"
