"""A question to the record as a page has it: its filters are the address, and each is a chip."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from functools import partial
from types import MappingProxyType
from typing import Any, Final, TypeAlias, TypeVar
from urllib.parse import urlencode

from sqlalchemy.orm import Session

from agent_service.errors import QueryError, QueryProblem, StoreError
from agent_service.store.answers import Page
from agent_service.store.database import Database
from agent_service.store.failures import TOO_SLOW
from agent_service.store.filters import Question
from agent_service.store.known_values import known_values
from agent_service.store.pages import List
from agent_service.store.work.tables import folded_label
from agent_service.web.desk.filter_words import ToolTitle, filter_words, title
from agent_service.web.desk.writing import code

_OF_PAGES: Final[Mapping[str, str]] = {
    "sort": "There is no such order: the usual one is shown.",
    "cursor": "That part of the list cannot be found again: its beginning is shown.",
    "limit": "A page has 1 to 200 rows.",
    "count": "",
}
"""What the address says of the page alone; each with what is said where it cannot be followed."""

_BESIDE: Final = ("q", "by", "tz")
"""What is asked for beside the fields of a list."""
_TIMES: Final = ("since", "until")
_COMPLETE: Final[Mapping[str, str]] = {"label": "there is no label", "assignee": "there is no user"}
"""Fields of which all values are known, and what is said of one that is not."""

Found = TypeVar("Found")

Parameters: TypeAlias = Sequence[tuple[str, str]]
Gone: TypeAlias = Mapping[tuple[str, str], str]
"""By filter, that there is nothing that it asks for."""
Around: TypeAlias = Mapping[str, str]
"""Addresses by ``next`` and ``previous``, as far as there are such pages."""


@dataclass(frozen=True, slots=True)
class Chip:
    """One filter, and the address without it."""

    words: str
    without: str
    problem: str
    at: datetime | date | None = None
    """A day, or a moment in the reader's zone, that stands behind the words."""
    note: str = ""
    """That there is nothing that it asks for."""


@dataclass(frozen=True, slots=True)
class Asked:
    """What an address asks for: a question, or what is wrong with it."""

    question: Question | None
    problems: Mapping[str, str]
    """By name, as a sentence."""
    parameters: Parameters
    """Without those of the page itself."""
    left_out: Sequence[str] = ()
    """What is said of the page that could not be followed."""


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


def read_question(
    rows: List[Any],
    parameters: Iterable[tuple[str, str]],
    tool_title: ToolTitle = code,
) -> Asked:
    """Read what an address asks for; an empty field of a form asks for nothing.

    What it says of the page alone does not keep the list from being shown.
    """
    given: Parameters = tuple(one for one in parameters if one[1].strip())
    left_out: list[str] = []
    while True:
        try:
            return Asked(rows.parse(given), {}, given, left_out)
        except QueryError as error:
            of_page = [one.field for one in error.problems if one.field in _OF_PAGES]
            if not of_page:
                problems = in_sentences(rows, given, error.problems, tool_title)
                return Asked(None, problems, given, left_out)
            left_out += filter(None, (_OF_PAGES[name] for name in of_page))
            given = without(given, *of_page)


def in_sentences(
    rows: List[Any],
    given: Parameters,
    problems: Iterable[QueryProblem],
    tool_title: ToolTitle,
) -> dict[str, str]:
    """Return what is wrong with filters in people's words, by name."""
    values = dict(given)

    def named(name: str) -> str:
        words, value = filter_words(name, values.get(name, ""), tool_title), values.get(name, "")
        return f"“{words} {value}”" if name in _TIMES else f"“{words.strip('“”')}”"

    found = {}
    for one in problems:
        base, _, operator = one.field.partition("__")
        if base not in (*rows.fields, *_BESIDE):
            found[one.field] = f"There is no filter named “{one.field}”: take it away."
        elif one.contradicts:
            both = f"{named(one.contradicts)} and {named(one.field)}"
            found[one.field] = f"{both} exclude each other: take one away."
        elif operator and operator not in rows.fields[base].kind.operators:
            found[one.field] = f"{title(base)} cannot be asked for by “{operator}”: take it away."
        else:
            found[one.field] = f"{named(one.field)}: {one.message}."
    return found


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


def chips(
    path: str,
    asked: Asked,
    own: Parameters,
    tool_title: ToolTitle,
    gone: Gone = MappingProxyType({}),
) -> list[Chip]:
    """Return a chip for each filter.

    ``own`` is how the page shows them, which stays; ``gone`` says of which filters that there is
    nothing that they ask for.
    """
    found = []
    for name, value in filters_alone(asked.parameters):
        kept = tuple(one for one in asked.parameters if one != (name, value))
        others = (*without(kept, "cursor"), *own)
        at = _moment(value) if name in _TIMES else None
        words = filter_words(name, value, tool_title)
        problem = asked.problems.get(name, "")
        if name in _TIMES and at is None:
            words = f"{words} {value}"
        note = gone.get((name, value), "")
        found.append(Chip(words, address(path, others), problem or note, at, note))
    return found


async def gone_in_time(
    database: Database,
    rows: List[Any],
    filters: Parameters,
    *,
    is_empty: bool,
    time_limit_s: float,
) -> Gone:
    """Return the filters that ask for what there is not, or not any more, with that in words.

    Where the list ``is_empty``, also those that nothing fits even alone; none where it takes long.
    """
    if not filters:
        return {}
    work = partial(_gone, rows=rows, filters=filters, is_empty=is_empty)
    return await found_in_time(database, work, time_limit_s) or {}


def _gone(session: Session, rows: List[Any], filters: Parameters, *, is_empty: bool) -> Gone:
    found = {}
    for name, value in filters:
        base, _, operator = name.partition("__")
        if base in _COMPLETE:
            there = {*known_values(session, base)}
            asked = value.split(",") if operator == "in" else [value]
            kept = folded_label if base == "label" else str
            missing = [one for one in asked if kept(one) not in there]
            if missing:
                found[name, value] = f"{_COMPLETE[base]} {missing[0]}"
        if is_empty and (name, value) not in found:
            alone = replace(rows.parse([(name, value)]), limit=1)
            if not rows.page(session, alone).items:
                found[name, value] = "none on record"
    return found


def _moment(value: str) -> datetime | date | None:
    """Return the moment or the day that a filter has."""
    try:
        if "T" not in value:
            return date.fromisoformat(value)
        at = datetime.fromisoformat(value)
    except ValueError:
        return None
    return at if at.tzinfo else at.replace(tzinfo=UTC)


def outcome(asked: Asked, found: object) -> tuple[int, list[str]]:
    """Return the status of the page, and in words what is wrong with the question."""
    if asked.question is None:
        return 400, [*asked.problems.values()]
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
