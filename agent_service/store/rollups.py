"""Sums of whole days, so that a year need not be read conversation by conversation.

A day's sums are good while its row is in ``stats_days``: whatever changes of a conversation takes
that away in the same transaction (a trigger does, migration 0022), and the day is read row by row
until it was added up again.
"""

import secrets
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, Final

import msgspec
from sqlalchemy import (
    BigInteger,
    Column,
    ColumnElement,
    Integer,
    Select,
    String,
    cast,
    delete,
    distinct,
    false,
    func,
    insert,
    literal,
    literal_column,
    select,
    text,
    update,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, Session, mapped_column
from sqlalchemy.sql.visitors import replacement_traverse

from agent_service.conversation.records import ToolCallStatus
from agent_service.errors import StoreError
from agent_service.store.database import Database
from agent_service.store.facts import (
    MOST_IN_ONE_MOMENT,
    PLACES,
    FactsOfConversation,
    earliest_number,
    latest_number,
    number_at,
)
from agent_service.store.local_days import DAY_S
from agent_service.store.schema import CleanText, Table
from agent_service.store.sums import GROUPS, SUMS, TOOL, Sums, summed
from agent_service.store.tables import ToolCall

SETTLED: Final = timedelta(minutes=10)
"""After its end, a day is added up: its last conversations are over by then, or make it anew."""
HOURLY: Final = "hour"
"""The dimension of all conversations, hour by hour."""
QUARTERLY: Final = "quarter"
"""That of the quarters of each hour, with which one as its value, for zones that are off by part of
an hour. Of all other dimensions there is a row for each day."""
EVERYTHING: Final = "all"
HOURS: Final = 24

HOUR_S: Final = 3_600
QUARTER_S: Final = 900
"""No zone is off by another part of an hour since there are records."""
QUARTERS: Final = HOUR_S // QUARTER_S

_DIMENSIONS: Final = (EVERYTHING, HOURLY, QUARTERLY, *GROUPS, TOOL)
_STARTED_AT: Final[Any] = FactsOfConversation.started_at
_LOCK: Final = "LOCK TABLE conversation_facts IN SHARE MODE"
"""Waits for who writes and has not committed: what they change the sums would lack."""
_LOCK_WAIT: Final = "SET LOCAL lock_timeout = '100ms'"


class StatsDay(Table):
    """A day of which all conversations are added up, or that somebody is about to add up."""

    __tablename__ = "stats_days"

    day: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    """Since 1970, of UTC."""
    token: Mapped[str] = mapped_column(CleanText(32))
    is_ready: Mapped[bool] = mapped_column(server_default=false())


class Rollup(Table):
    """Sums of the conversations of one group that began within a day, or within an hour."""

    __tablename__ = "stats_rollups"

    dimension: Mapped[str] = mapped_column(String(16), primary_key=True)
    start: Mapped[int] = mapped_column(
        BigInteger().with_variant(Integer, "sqlite"), primary_key=True, autoincrement=False
    )
    """Hours since 1970."""
    value: Mapped[str] = mapped_column(primary_key=True)
    """Which group, in JSON."""
    conversations: Mapped[int]
    over: Mapped[int]
    contained: Mapped[int]
    ratings: Mapped[int]
    rating: Mapped[int]
    turns: Mapped[int]
    interruptions: Mapped[int]
    interrupted: Mapped[int]
    duration_ms: Mapped[int] = mapped_column(BigInteger)
    tool_calls: Mapped[int]
    tool_failures: Mapped[int]
    confirmations: Mapped[int]
    confirmations_declined: Mapped[int]
    input_text_tokens: Mapped[int] = mapped_column(BigInteger)
    input_audio_tokens: Mapped[int] = mapped_column(BigInteger)
    cached_text_tokens: Mapped[int] = mapped_column(BigInteger)
    cached_audio_tokens: Mapped[int] = mapped_column(BigInteger)
    output_text_tokens: Mapped[int] = mapped_column(BigInteger)
    output_audio_tokens: Mapped[int] = mapped_column(BigInteger)
    cost_usd: Mapped[float | None]
    waits: Mapped[str]
    """Letters of ``latencies.py``, each with how often it occurs."""
    end_reasons: Mapped[str]


def seconds_of(column: Any, dialect: str) -> ColumnElement[int]:
    """Return a time of the database in seconds since 1970."""
    if dialect == "postgresql":
        return cast(func.floor(func.date_part("epoch", column)), BigInteger)
    return cast(func.strftime("%s", column), Integer)


def began_within(start: datetime | None, end: datetime | None) -> list[ColumnElement[bool]]:
    """Return that a conversation began within a stretch of time, and where that is found."""
    conditions: list[ColumnElement[bool]] = []
    if start is not None:
        conditions += [start <= _STARTED_AT, FactsOfConversation.number >= earliest_number(start)]
    if end is not None:
        conditions += [end > _STARTED_AT, FactsOfConversation.number <= latest_number(end)]
    return conditions


def first_and_last(session: Session) -> tuple[datetime, datetime] | None:
    """Return between which times all conversations began, about; None without any."""
    number = FactsOfConversation.number
    first, last = (
        session.scalar(select(_STARTED_AT).order_by(order).limit(1))
        for order in (number, number.desc())
    )
    if first is None or last is None:
        return None
    return first - MOST_IN_ONE_MOMENT, last + MOST_IN_ONE_MOMENT


def tools_within(
    session: Session,
    conditions: Sequence[ColumnElement[bool]],
    start: datetime | None,
    end: datetime | None,
) -> Iterator[tuple[str, Sums]]:
    """Yield the tools of conversations that began within the time, and what is added up of each."""
    number = number_at(ToolCall.place)
    wanted = select(FactsOfConversation.number).where(*conditions)

    def asked(*columns: Any) -> Any:
        statement = select(ToolCall.name, *columns)
        if start is not None:
            statement = statement.where(ToolCall.place >= earliest_number(start) << PLACES)
        if end is not None:
            statement = statement.where(ToolCall.place < latest_number(end) + 1 << PLACES)
        return statement.where(number.in_(wanted)) if conditions else statement

    # How its calls stand as well, so that they are read once.
    counts = (func.count().filter(ToolCall.status == status) for status in ToolCallStatus)
    found = asked(func.count(distinct(number)), *counts).group_by(ToolCall.name)
    for name, conversations, *by_status in session.execute(found):
        sums = Sums()
        sums.sums[0] = conversations
        sums.reasons.update(
            {one.value: n for one, n in zip(ToolCallStatus, by_status, strict=True) if n}
        )
        yield name, sums


def moment_of(day: int) -> datetime:
    """Return when a day begins."""
    return datetime.fromtimestamp(day * DAY_S, UTC)


def ready_days(session: Session, since: datetime | None, until: datetime | None) -> list[int]:
    """Return the whole days within a stretch of time that are added up."""
    statement = select(StatsDay.day).where(StatsDay.is_ready).order_by(StatsDay.day)
    if since is not None:
        statement = statement.where(StatsDay.day >= -(-since.timestamp() // DAY_S))
    if until is not None:
        statement = statement.where(StatsDay.day < until.timestamp() // DAY_S)
    return list(session.scalars(statement))


def rolled_up(
    key: Any, dimension: str, is_meant: ColumnElement[bool], *, first: int, after: int, dialect: str
) -> Select[Any]:
    """Return what adds sums up that are meant, from the first day to the one before ``after``."""
    together = func.group_concat if dialect == "sqlite" else func.string_agg
    return (
        select(
            key.label("key"),
            *(cast(func.sum(getattr(Rollup, name)), BigInteger) for name in SUMS),
            func.sum(Rollup.cost_usd),
            together(Rollup.waits, literal("")),
            together(Rollup.end_reasons, literal("")),
        )
        .where(Rollup.dimension == dimension, is_meant)
        .where(Rollup.start >= first * HOURS, Rollup.start < after * HOURS)
        .group_by(text("1"))
    )


def of_group(condition: ColumnElement[bool], dimension: str, dialect: str) -> ColumnElement[bool]:
    """Return a condition about what conversations are put together by as one about their sums."""
    value: Any = func.json_extract(Rollup.value, "$")
    if dialect == "postgresql":
        value = cast(Rollup.value, JSONB).op("#>>")(literal_column("'{}'"))
    value = cast(value, GROUPS[dimension].type)

    def replaced(element: Any, **_: Any) -> Any:
        return value if isinstance(element, Column) else None

    return replacement_traverse(condition, {}, replaced)


# --- adding days up ---


def days_to_add_up(session: Session, now: datetime) -> list[int]:
    """Return the days that are over and not added up, the latest first."""
    first = session.scalar(select(_STARTED_AT).order_by(FactsOfConversation.number).limit(1))
    if first is None:
        return []
    last = int((now - SETTLED).timestamp()) // DAY_S
    known = set(session.scalars(select(StatsDay.day).where(StatsDay.is_ready)))
    days = range(int(first.timestamp()) // DAY_S, last)
    return [day for day in reversed(days) if day not in known]


def forget_days(session: Session) -> None:
    """Have every day added up anew."""
    session.execute(delete(StatsDay))


def add_up_days(database: Database, now: datetime) -> Iterator[int]:
    """Add up the days that are over and are not; yields how many are left, first all of them."""
    with database.read() as session:
        days = days_to_add_up(session, now)
    yield len(days)
    for left, day in enumerate(days, 1):
        add_up_day(database, day)
        yield len(days) - left


def add_up_day(database: Database, day: int) -> bool:
    """Add a day up; False when something of it was changed meanwhile: then it is not.

    Nobody waits for it but for the two short transactions at its beginning and end.
    """
    token = secrets.token_hex(16)
    try:
        with database.write() as session:
            if database.dialect == "postgresql":
                session.execute(text(_LOCK_WAIT))
                session.execute(text(_LOCK))
            session.execute(delete(StatsDay).where(StatsDay.day == day))
            session.execute(insert(StatsDay).values(day=day, token=token))
    except StoreError:
        return False  # somebody writes for long, or another process adds it up
    with database.read() as session:
        rows = list(_sums_of(session, day, database.dialect))
    with database.write() as session:
        mine = (StatsDay.day == day, StatsDay.token == token)
        ready = session.execute(update(StatsDay).where(*mine).values(is_ready=True))
        if ready.rowcount != 1:  # type: ignore[attr-defined]  # an UPDATE has one
            return False
        start = day * HOURS
        of_day = (Rollup.start >= start, Rollup.start < start + HOURS)
        session.execute(delete(Rollup).where(Rollup.dimension.in_(_DIMENSIONS), *of_day))
        if rows:
            session.execute(insert(Rollup), rows)
    return True


def _sums_of(session: Session, day: int, dialect: str) -> Iterator[dict[str, Any]]:
    conditions = began_within(moment_of(day), moment_of(day + 1))
    quarter = seconds_of(_STARTED_AT, dialect) // literal_column(str(QUARTER_S), Integer())
    hours: dict[int, Sums] = {}
    for start, sums in _grouped(session, quarter, conditions, dialect):
        yield _row(start // QUARTERS, QUARTERLY, start % QUARTERS, sums)
        hours.setdefault(start // QUARTERS, Sums()).merge(sums)
    for start, sums in hours.items():
        yield _row(start, HOURLY, None, sums)
    for dimension, column in {EVERYTHING: literal(None), **GROUPS}.items():
        for value, sums in _grouped(session, column, conditions, dialect):
            yield _row(day * HOURS, dimension, value, sums)
    for name, sums in tools_within(session, conditions, moment_of(day), moment_of(day + 1)):
        yield _row(day * HOURS, TOOL, name, sums)


def _grouped(
    session: Session, key: Any, conditions: list[ColumnElement[bool]], dialect: str
) -> Iterator[tuple[Any, Sums]]:
    groups: dict[Any, Sums] = {}
    for value, *sums in session.execute(summed(key, conditions, dialect)):
        groups.setdefault(value, Sums()).add(sums)
    yield from groups.items()


def _row(start: int, dimension: str, value: Any, sums: Sums) -> dict[str, Any]:
    waits, reasons = sums.written(is_short=dimension in (HOURLY, QUARTERLY))
    return {
        "start": start,
        "dimension": dimension,
        "value": msgspec.json.encode(value).decode(),
        **dict(zip(SUMS, sums.sums, strict=True)),
        "cost_usd": sums.cost_usd,
        "waits": waits,
        "end_reasons": reasons,
    }
