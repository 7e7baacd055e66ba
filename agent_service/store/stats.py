"""Numbers over conversations: how many, how they ended, how fast answers came, what they cost.

Each is added up from one narrow row a conversation, which the database keeps, in one pass over
those that a question is about; see ``facts.py``.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Any, Final
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Select,
    and_,
    cast,
    distinct,
    extract,
    func,
    literal,
    literal_column,
    select,
    text,
)
from sqlalchemy.orm import Session

from agent_service.conversation.records import ToolCallStatus
from agent_service.errors import QueryError, QueryProblem
from agent_service.store.facts import FactsOfConversation, number_at
from agent_service.store.filters import Question
from agent_service.store.latencies import percentiles
from agent_service.store.queries import CONVERSATIONS, conditions_of
from agent_service.store.tables import ToolCall

MOST_GROUPS: Final = 10_000
FAILED: Final = (ToolCallStatus.FAILED, ToolCallStatus.TIMED_OUT, ToolCallStatus.RETRY_LATER)
"""Of tool calls: what the tool could not do."""

_Facts: Final = FactsOfConversation
_MOST_ROWS: Final = 8 * MOST_GROUPS
_AT_ONCE: Final = 50_000
"""Letters that are counted before another thread has its turn."""
_HOUR_S: Final = 3_600
_QUARTER_S: Final = 900
_DAY_S: Final = 86_400
_TIMES: Final = ("day", "hour")
_GROUPS: Final[Mapping[str, Any]] = {
    "agent": _Facts.agent,
    "channel": _Facts.channel,
    "modality": _Facts.modality,
    "language": _Facts.language,
    "provider": _Facts.provider,
    "level": _Facts.caller_level,
    "end_reason": _Facts.end_reason,
    "rating": _Facts.rating,
}
TOOL: Final = "tool"
BY: Final = (*_TIMES, *_GROUPS, TOOL)
_OF_PAGES: Final = ("sort", "limit", "cursor", "count")
TOKENS: Final = tuple(
    f"{kind}_tokens"
    for kind in (
        *("input_text", "input_audio", "cached_text", "cached_audio"),
        *("output_text", "output_audio"),
    )
)


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
class FirstAudio:
    """How long answers took to begin: off by 1.6 % at most."""

    count: int
    p50: int | None
    p95: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Numbers:
    """Of the conversations of one group."""

    key: str | int | None
    conversations: int
    open: int
    """Those that are not over."""
    contained: int
    """Those that are over, and for which nobody of the team was needed."""
    containment: float | None
    """Their share of those that are over."""
    end_reasons: Mapping[str, int]
    ratings: int
    rating: float | None
    """The mean."""
    turns: int
    interruptions: int
    interrupted: int
    """Conversations with an interruption."""
    mean_duration_ms: int | None
    first_audio_ms: FirstAudio
    tool_calls: int
    tool_failures: int
    confirmations: int
    confirmations_declined: int
    tokens: Mapping[str, int]
    cost_usd: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ToolNumbers:
    """Of the calls of one tool."""

    key: str
    conversations: int
    tool_calls: int
    tool_failures: int
    confirmations_declined: int
    statuses: Mapping[str, int]


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
    dialect = session.get_bind().dialect.name
    conditions = conditions_of(asked.question, dialect)
    by = None if asked.by == TOOL else asked.by
    span_s = _span_s(asked)
    groups: dict[Any, _Sums] = {}
    total = _Sums()
    for key, reason, *sums in _rows(session, _summed(by, span_s, conditions, dialect)):
        group = key if span_s is None else _local_time(key, span_s, asked, dialect)
        found = groups.setdefault(group, _Sums())
        found.add(reason, sums)
    for one in groups.values():
        total.merge(one)
    if len(groups) > MOST_GROUPS:
        raise _too_many()
    items: list[Numbers | ToolNumbers] = []
    if asked.by == TOOL:
        items += _of_tools(session, conditions)
    elif by is not None:
        order = sorted(groups) if span_s is not None else _largest_first(groups)
        items += [groups[key].numbers(key) for key in order]
    return Stats(asked.by, asked.zone.key, items, total.numbers(None))


def _largest_first(groups: Mapping[Any, "_Sums"]) -> list[Any]:
    return sorted(groups, key=lambda key: (-groups[key].conversations, str(key)))


def _rows(session: Session, statement: Select[Any]) -> Sequence[Any]:
    rows = session.execute(statement.limit(_MOST_ROWS + 1)).all()
    if len(rows) > _MOST_ROWS:
        raise _too_many()
    return rows


def _too_many() -> QueryError:
    problem = f"gives more than {MOST_GROUPS} groups: ask for a shorter time"
    return QueryError([QueryProblem("by", problem)])


# --- one row for each group ---


def _summed(
    by: str | None, span_s: int | None, conditions: Sequence[ColumnElement[bool]], dialect: str
) -> Select[Any]:
    # How each ended comes with the sums, or the conversations would have to be read twice.
    if span_s is not None:
        key: Any = _time_key(span_s, dialect)
    else:
        key = literal(None) if by is None else _GROUPS[by]
    together = func.group_concat if dialect == "sqlite" else func.string_agg
    is_over = _Facts.duration_ms.is_not(None)
    statement = select(
        key.label("key"),
        _Facts.end_reason,
        func.count(),
        func.count(_Facts.duration_ms),
        func.count().filter(and_(is_over, ~_Facts.needed_person)),
        func.count(_Facts.rating),
        func.coalesce(func.sum(_Facts.rating), 0),
        func.sum(_Facts.turn_count),
        func.sum(_Facts.interruption_count),
        func.count().filter(_Facts.interruption_count > 0),
        func.coalesce(func.sum(_Facts.duration_ms), 0),
        func.sum(_Facts.call_count),
        func.sum(_Facts.call_failure_count),
        func.sum(_Facts.confirmation_count),
        func.sum(_Facts.confirmation_declined_count),
        *(func.sum(getattr(_Facts, name)) for name in TOKENS),
        func.sum(_Facts.cost_usd),
        together(_Facts.first_audio, literal("")),
    )
    return statement.where(*conditions).group_by(text("1"), text("2"))


def _span_s(asked: StatsQuestion) -> int | None:
    """Return the seconds of which a group of time is put together; None where it is of no time."""
    if asked.by not in _TIMES:
        return None
    if asked.zone.key == "UTC":
        return _DAY_S if asked.by == "day" else _HOUR_S
    # No zone is off by another part of an hour than a quarter since there are records.
    offsets = {_offset_s(asked.zone, month) % _HOUR_S for month in range(1, 13)}
    return _HOUR_S if offsets == {0} else _QUARTER_S


def _offset_s(zone: ZoneInfo, month: int) -> float:
    offset = datetime(2026, month, 1, tzinfo=zone).utcoffset()
    assert offset is not None
    return offset.total_seconds()


def _time_key(span_s: int, dialect: str) -> ColumnElement[Any]:
    """Return what conversations of one stretch of time have in common."""
    if dialect == "postgresql":
        return cast(func.floor(extract("epoch", _Facts.started_at) / span_s), BigInteger)
    # As SQLite keeps times: to cut them is much faster than to reckon with them.
    started_at: Any = literal_column("conversation_facts.started_at")
    if span_s == _QUARTER_S:
        return cast(func.strftime("%s", started_at), BigInteger) / span_s
    return func.substr(started_at, 1, 10 if span_s == _DAY_S else 13)


def _local_time(key: Any, span_s: int, asked: StatsQuestion, dialect: str) -> str:
    """Return the day or the hour in the question's time zone."""
    if isinstance(key, str):
        utc = datetime.fromisoformat(key if span_s == _DAY_S else f"{key}:00").replace(tzinfo=UTC)
    else:
        utc = datetime.fromtimestamp(int(key) * span_s, UTC)
    local = utc.astimezone(asked.zone)
    if asked.by == "day":
        return local.date().isoformat()
    return local.replace(minute=0).isoformat(timespec="minutes")


@dataclass(slots=True)
class _Sums:
    """What is added up of one group."""

    sums: list[int] = field(default_factory=lambda: [0] * (13 + len(TOKENS)))
    cost_usd: float | None = None
    waits: Counter[str] = field(default_factory=Counter)
    reasons: Counter[str] = field(default_factory=Counter)

    @property
    def conversations(self) -> int:
        return self.sums[0]

    def add(self, reason: str | None, row: Sequence[Any]) -> None:
        """Add a row of the statement."""
        *sums, cost_usd, letters = row
        self._add(sums, cost_usd)
        if reason is not None:
            self.reasons[reason] += sums[0]
        for start in range(0, len(letters), _AT_ONCE):
            self.waits.update(letters[start : start + _AT_ONCE])

    def merge(self, other: "_Sums") -> None:
        self._add(other.sums, other.cost_usd)
        self.reasons.update(other.reasons)
        self.waits.update(other.waits)

    def _add(self, sums: Sequence[Any], cost_usd: float | None) -> None:
        self.sums = [mine + int(its) for mine, its in zip(self.sums, sums, strict=True)]
        if cost_usd is not None:
            self.cost_usd = (self.cost_usd or 0.0) + cost_usd

    def numbers(self, key: str | int | None) -> Numbers:
        conversations, over, contained, ratings, rating, turns, interruptions = self.sums[:7]
        interrupted, duration_ms, calls, failures, confirmations, declined = self.sums[7:13]
        tokens = self.sums[13:]
        p50, p95 = percentiles(self.waits, (0.5, 0.95))
        return Numbers(
            key=key,
            conversations=conversations,
            open=conversations - over,
            contained=contained,
            containment=contained / over if over else None,
            end_reasons=dict(self.reasons.most_common()),
            ratings=ratings,
            rating=rating / ratings if ratings else None,
            turns=turns,
            interruptions=interruptions,
            interrupted=interrupted,
            mean_duration_ms=round(duration_ms / over) if over else None,
            first_audio_ms=FirstAudio(self.waits.total(), p50, p95),
            tool_calls=calls,
            tool_failures=failures,
            confirmations=confirmations,
            confirmations_declined=declined,
            tokens=dict(zip(TOKENS, tokens, strict=True)),
            cost_usd=self.cost_usd,
        )


# --- tools ---


def _of_tools(session: Session, conditions: Sequence[ColumnElement[bool]]) -> list[ToolNumbers]:
    number = number_at(ToolCall.place)

    def asked(*columns: Any) -> Select[Any]:
        statement = select(ToolCall.name, *columns)
        if conditions:
            statement = statement.join(_Facts, _Facts.number == number).where(*conditions)
        return statement

    statuses: dict[str, Counter[str]] = {}
    counted = asked(ToolCall.status, func.count()).group_by(ToolCall.name, ToolCall.status)
    for name, status, count in _rows(session, counted):
        statuses.setdefault(name, Counter())[status.value] += count
    conversations = asked(func.count(distinct(number))).group_by(ToolCall.name)
    found = [
        ToolNumbers(
            key=name,
            conversations=count,
            tool_calls=statuses[name].total(),
            tool_failures=sum(statuses[name][status.value] for status in FAILED),
            confirmations_declined=statuses[name][ToolCallStatus.DECLINED.value],
            statuses=dict(statuses[name].most_common()),
        )
        for name, count in _rows(session, conversations)
    ]
    return sorted(found, key=lambda tool: (-tool.tool_calls, tool.key))
