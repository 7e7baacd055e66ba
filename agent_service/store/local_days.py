"""Days of a time zone, in terms that every database reckons with: whole seconds."""

from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime, timedelta
from math import ceil
from typing import Any, Final
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, Integer, case, literal_column

DAY_S: Final = 86_400
_FIRST_DAY: Final = date(1970, 1, 1)


def day_of(seconds: Any, zone: ZoneInfo, since: datetime, until: datetime) -> ColumnElement[int]:
    """Return the number of the day on which lies a time in seconds since 1970, a whole number.

    It is right between the two times; beyond them, the zone's offset is as at the nearer one.
    """
    pieces = list(_pieces(zone, since, until))
    offset: Any = literal_column(str(pieces[0][1]))
    if pieces[1:]:
        # The latest first: most of what is on record is of late, and has to pass few of them.
        later: list[tuple[Any, Any]] = [
            (seconds >= literal_column(str(start)), literal_column(str(ahead)))
            for start, ahead in reversed(pieces[1:])
        ]
        offset = case(*later, else_=offset)
    # Whole numbers stay whole in both databases; times before 1970 there are none.
    number: ColumnElement[int] = (seconds + offset) // literal_column(str(DAY_S), Integer())
    return number


def days_within(
    zone: ZoneInfo, since: datetime, until: datetime
) -> Iterator[tuple[int, datetime, datetime]]:
    """Yield the number of each day that has a part of this stretch of time, and from when to when.

    A day that the zone enters twice comes twice.
    """
    pieces = list(_pieces(zone, since, until))
    ends = [*(start for start, _ in pieces[1:]), ceil(until.timestamp())]
    for (at, ahead), end in zip(pieces, ends, strict=True):
        while at < end:
            number = (at + ahead) // DAY_S
            after = min(end, (number + 1) * DAY_S - ahead)
            yield number, datetime.fromtimestamp(at, UTC), datetime.fromtimestamp(after, UTC)
            at = after


def date_of(number: int) -> date:
    """Return the day of a number."""
    return _FIRST_DAY + timedelta(days=number)


def _pieces(zone: ZoneInfo, since: datetime, until: datetime) -> Iterator[tuple[int, int]]:
    """Yield from when on, in seconds, the zone is how many seconds ahead."""
    at, last = int(since.timestamp()), int(until.timestamp())
    before = _offset_s(zone, at)
    yield at, before
    while at < last:
        step = min(at + DAY_S, last)
        after = _offset_s(zone, step)
        if after != before:
            yield _change(zone, at, step), after
        at, before = step, after


def _change(zone: ZoneInfo, low: int, high: int) -> int:
    """Return the second within a day at which the zone's offset changes."""
    before = _offset_s(zone, low)
    while high - low > 1:
        middle = (low + high) // 2
        if _offset_s(zone, middle) == before:
            low = middle
        else:
            high = middle
    return high


def _offset_s(zone: ZoneInfo, seconds: int) -> int:
    offset = datetime.fromtimestamp(seconds, UTC).astimezone(zone).utcoffset()
    assert offset is not None
    return int(offset.total_seconds())


def is_off_by_hours(zone: ZoneInfo, since: datetime, until: datetime) -> bool:
    """Tell whether the zone's hours begin when those of UTC do."""
    return all(offset % 3_600 == 0 for _, offset in _pieces(zone, since, until))


def runs_of(numbers: Sequence[int]) -> Iterator[tuple[int, int]]:
    """Yield the first number of each row of successive ones, and the one behind its last."""
    start = None
    for at, number in enumerate(numbers):
        start = number if start is None else start
        if at + 1 == len(numbers) or numbers[at + 1] != number + 1:
            yield start, number + 1
            start = None
