"""Numbers over conversations: how many, how they ended, how fast answers came, what they cost.

Each is added up from one narrow row a conversation, which the database keeps, in one pass over
those that a question is about; see ``facts.py``.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from typing import Any, Final
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import msgspec
from sqlalchemy import (
    Column,
    ColumnElement,
    Integer,
    Select,
    and_,
    cast,
    literal,
    literal_column,
    not_,
    true,
)
from sqlalchemy.orm import Session
from sqlalchemy.sql.visitors import iterate

from agent_service.errors import QueryError, QueryProblem
from agent_service.store.facts import FactsOfConversation
from agent_service.store.filters import FIRST_YEAR, LAST_YEAR, Question
from agent_service.store.local_days import (
    date_of,
    day_of,
    days_within,
    is_off_by_hours,
    runs_of,
)
from agent_service.store.queries import CONVERSATIONS, conditions_of
from agent_service.store.rollups import (
    EVERYTHING,
    HOUR_S,
    HOURLY,
    QUARTER_S,
    QUARTERLY,
    QUARTERS,
    Rollup,
    began_within,
    first_and_last,
    moment_of,
    of_group,
    ready_days,
    rolled_up,
    seconds_of,
    tools_within,
)
from agent_service.store.sums import (
    GROUPS,
    TOOL,
    Numbers,
    Stretch,
    Sums,
    ToolNumbers,
    summed,
    summed_in_stretches,
)

MOST_GROUPS: Final = 2_000

_Facts: Final = FactsOfConversation
_MOST_ROWS: Final = 8 * MOST_GROUPS
_MOST_RUNS: Final = 16
"""Rows of days in succession that are read each by itself: every one between costs a statement."""
_TIME: Final = {"conversation_facts.started_at"}
_TIMES: Final = ("day", "hour")
BY: Final = (*_TIMES, *GROUPS, TOOL)
_OF_PAGES: Final = ("sort", "limit", "cursor", "count")


@dataclass(frozen=True, slots=True)
class StatsQuestion:
    """What numbers are asked for."""

    question: Question
    """Which conversations."""
    by: str | None
    """What they are put together by; without it, all are one."""
    zone: ZoneInfo
    """Whose days and hours."""


@dataclass(frozen=True, slots=True)
class Stats:
    """The groups, and all of them together."""

    by: str | None
    tz: str
    items: Sequence[Numbers | ToolNumbers]
    total: Numbers


def parse_stats(parameters: Iterable[tuple[str, str]]) -> StatsQuestion:
    """Check a question; raise QueryError with everything that is wrong with it."""
    problems: list[QueryProblem] = []
    own: dict[str, str] = {}
    others: list[tuple[str, str]] = []
    for name, value in parameters:
        if name in own:
            problems.append(QueryProblem(name, "is given twice"))
        elif name in ("by", "tz"):
            own[name] = value
        elif name in _OF_PAGES:
            problems.append(QueryProblem(name, "is for lists: numbers have no pages"))
        else:
            others.append((name, value))
    by = own.get("by")
    if by is not None and by not in BY:
        problems.append(QueryProblem("by", f"should be one of {', '.join(BY)}"))
    try:
        zone = ZoneInfo(own.get("tz", "UTC"))
    except (ZoneInfoNotFoundError, ValueError, OSError):
        problems.append(QueryProblem("tz", "should be a time zone such as Europe/Berlin"))
        zone = ZoneInfo("UTC")
    try:
        question = CONVERSATIONS.parse(
            [(name, _local(name, value, zone)) for name, value in others]
        )
    except QueryError as error:
        raise QueryError([*problems, *error.problems]) from error
    if problems:
        raise QueryError(problems)
    return StatsQuestion(question, by, zone)


def _local(name: str, value: str, zone: ZoneInfo) -> str:
    """Return a day as the moment at which it begins, or is over, in the time zone."""
    if name not in ("since", "until"):
        return value
    try:
        day = date.fromisoformat(value.strip()) + timedelta(days=name == "until")
        return datetime(day.year, day.month, day.day, tzinfo=zone).astimezone(UTC).isoformat()
    except (ValueError, OverflowError):
        return value


def find_stats(session: Session, asked: StatsQuestion) -> Stats:
    """Answer a question; raise QueryError where the answer would be too long."""
    groups = _groups(session, asked)
    whole = groups
    if asked.by == TOOL:  # a conversation may be in several
        whole = _Reading(session, asked, None).groups()
    total = Sums()
    for one in whole.values():
        total.merge(one)
    return Stats(asked.by, asked.zone.key, _items(asked, groups), total.numbers(None))


def find_groups(session: Session, asked: StatsQuestion) -> Sequence[Numbers | ToolNumbers]:
    """Return the groups alone."""
    return _items(asked, _groups(session, asked))


def _groups(session: Session, asked: StatsQuestion) -> Mapping[Any, Sums]:
    groups = _Reading(session, asked, asked.by).groups()
    if len(groups) > MOST_GROUPS:
        raise _too_many()
    return groups


def _items(asked: StatsQuestion, groups: Mapping[Any, Sums]) -> list[Numbers | ToolNumbers]:
    """Return the numbers of each group, in the order in which they are shown."""
    if asked.by == TOOL:
        order = sorted(groups, key=lambda name: (-groups[name].reasons.total(), name))
        return [groups[name].of_tool(name) for name in order]
    if asked.by is None:
        return []
    order = sorted(groups) if asked.by in _TIMES else _largest_first(groups)
    return [groups[key].numbers(key) for key in order]


def _largest_first(groups: Mapping[Any, Sums]) -> list[Any]:
    return sorted(groups, key=lambda key: (-groups[key].conversations, str(key)))


def _rows(session: Session, statement: Select[Any]) -> Sequence[Any]:
    rows = session.execute(statement.limit(_MOST_ROWS + 1)).all()
    if len(rows) > _MOST_ROWS:
        raise _too_many()
    return rows


def _too_many() -> QueryError:
    problem = f"gives more than {MOST_GROUPS} groups: ask for a shorter time"
    return QueryError([QueryProblem("by", problem)])


def _columns(condition: ColumnElement[Any]) -> set[str]:
    """Return the names of the columns that a condition is about."""
    return {str(one) for one in iterate(condition.expression) if isinstance(one, Column)}


class _Reading:
    """Reads the groups of a question: of whole days from their sums, of the rest row by row."""

    def __init__(self, session: Session, asked: StatsQuestion, by: str | None) -> None:
        self._session = session
        self._asked = asked
        self._by = by
        self._dialect = session.get_bind().dialect.name
        self._groups: dict[Any, Sums] = {}

    def groups(self) -> dict[Any, Sums]:
        """Return what is added up, by key."""
        question = self._asked.question
        bounds = first_and_last(self._session)
        if bounds is None:
            return {}
        self._since = max(question.since or FIRST_YEAR, bounds[0])
        self._until = min(question.until or LAST_YEAR, bounds[1])
        if self._since >= self._until:
            return {}
        self._is_odd = not is_off_by_hours(self._asked.zone, self._since, self._until)
        self._filters = [one for one in question.conditions if _columns(one) != _TIME]
        self._chosen = self._group_that_filters_choose()
        if question.of_parts or question.terms or (self._filters and self._chosen is None):
            # Of two bounds on their number SQLite takes the wider one, for each stretch.
            timed = replace(question, since=None, until=None) if self._has_stretches else question
            self._read(conditions_of(timed, self._dialect), question.since, question.until)
            return self._groups
        start = question.since
        for first, after in self._runs():
            self._read_between(start, moment_of(first))
            self._read_sums(first, after)
            start = moment_of(after)
        self._read_between(start, question.until)
        return self._groups

    def _group_that_filters_choose(self) -> str | None:
        """Return by what the filters choose, where sums of days tell that apart."""
        for name, column in GROUPS.items():
            its = {str(column.expression)}
            if self._filters and all(_columns(one) == its for one in self._filters):
                is_summed = self._by in (None, name) or (self._by == "day" and self._is_utc)
                return name if is_summed else None
        return None

    @property
    def _has_stretches(self) -> bool:
        """What is read one by one is read in stretches of time.

        Not where words or tool calls are asked for: SQLite would look for them in each stretch.
        """
        question = self._asked.question
        looks_elsewhere = bool(question.of_parts or question.terms)
        return self._dialect == "sqlite" and self._by in (None, "day") and not looks_elsewhere

    def _runs(self) -> list[tuple[int, int]]:
        """Return the longest rows of days that are added up, in their order."""
        question = self._asked.question
        runs = runs_of(ready_days(self._session, question.since, question.until))
        longest = sorted(runs, key=lambda run: run[0] - run[1])[:_MOST_RUNS]
        return sorted(longest)

    def _read_between(self, start: datetime | None, end: datetime | None) -> None:
        began = [] if self._has_stretches else began_within(start, end)
        self._read([*began, *self._filters], start, end)

    def _read(
        self,
        conditions: Sequence[ColumnElement[bool]],
        start: datetime | None,
        end: datetime | None,
    ) -> None:
        """Add conversations up one by one."""
        if self._by == TOOL:
            for name, sums in tools_within(self._session, conditions, start, end):
                self._groups.setdefault(name, Sums()).merge(sums)
            return
        if self._has_stretches:
            stretches = self._stretches(start or self._since, end or self._until)
            statement = summed_in_stretches(list(stretches), conditions)
            for key, found in self._session.execute(statement):
                sums = msgspec.json.decode(found)
                if sums[0]:
                    self._group(key).add(sums)
            return
        statement = summed(self._key(), conditions, self._dialect)
        for key, *sums in _rows(self._session, statement):
            self._group(key * self._span_s if self._by == "hour" else key).add(sums)

    def _stretches(self, start: datetime, end: datetime) -> Iterable[Stretch]:
        """Return the days within a time, or all of it as one, with their keys."""
        since, until = max(start, self._since), min(end, self._until)
        if self._by is None:
            return [(None, since, until)]
        return days_within(self._asked.zone, since, until)

    def _key(self) -> Any:
        """Return what conversations of a group have in common."""
        seconds = seconds_of(_Facts.started_at, self._dialect)
        match self._by:
            case None:
                return literal(None)
            case "day":
                return self._day(seconds)
            case "hour":
                return seconds // literal_column(str(self._span_s), Integer())
            case by:
                return GROUPS[by]

    def _read_sums(self, first: int, after: int) -> None:
        """Add the sums of days up."""
        for dimension, is_meant, key in self._sums():
            statement = rolled_up(
                key, dimension, is_meant, first=first, after=after, dialect=self._dialect
            )
            for found, *sums in _rows(self._session, statement):
                value = found if self._by in _TIMES else msgspec.json.decode(found)
                self._group(value).add_rolled_up(sums)

    def _sums(self) -> Iterator[tuple[str, ColumnElement[bool], Any]]:
        """Yield which sums of days answer the question, and by what they are put together."""
        hour: Any = Rollup.start * literal_column(str(HOUR_S))
        quarter = hour + cast(Rollup.value, Integer) * literal_column(str(QUARTER_S))
        match self._by:
            case by if self._chosen is not None:
                keys = {None: literal_column("'null'"), "day": self._day(hour)}
                chosen = (of_group(one, self._chosen, self._dialect) for one in self._filters)
                yield self._chosen, and_(*chosen), keys.get(by, Rollup.value)
            case "day" if self._is_utc:
                yield EVERYTHING, true(), self._day(hour)
            case "day" if self._is_odd:
                # In some hours a day begins: of these, the quarters are put together.
                later = (hour + literal_column(str(n * QUARTER_S)) for n in range(1, QUARTERS))
                is_of_one = and_(*(self._day(one) == self._day(hour) for one in later))
                yield HOURLY, is_of_one, self._day(hour)
                yield QUARTERLY, not_(is_of_one), self._day(quarter)
            case "day":
                yield HOURLY, true(), self._day(hour)
            case "hour" if self._is_odd:
                yield QUARTERLY, true(), quarter
            case "hour":
                yield HOURLY, true(), hour
            case by:
                yield by or EVERYTHING, true(), Rollup.value

    def _day(self, seconds: Any) -> ColumnElement[int]:
        return day_of(seconds, self._asked.zone, self._since, self._until)

    @property
    def _span_s(self) -> int:
        """Of which hours are put together."""
        return QUARTER_S if self._is_odd else HOUR_S

    @property
    def _is_utc(self) -> bool:
        return self._asked.zone.key == "UTC"

    def _group(self, key: Any) -> Sums:
        return self._groups.setdefault(self._shown(key), Sums())

    def _shown(self, key: Any) -> Any:
        """Return the key as it is answered: of times, the day or the beginning of the hour."""
        if self._by == "day":
            return date_of(int(key)).isoformat()
        if self._by == "hour":
            local = datetime.fromtimestamp(int(key), UTC).astimezone(self._asked.zone)
            return local.replace(minute=0).isoformat(timespec="minutes")
        return key
