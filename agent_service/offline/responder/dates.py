"""Dates in speech: "tomorrow", "next Friday", "the third of May"."""

import calendar
import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta

from agent_service.offline.english.calendar_words import MONTHS, WEEKDAYS
from agent_service.offline.english.numbers import ORDINALS, TEENS, TENS, UNITS
from agent_service.offline.responder.spoken_numbers import number_runs

_MONTHS = {name: index for index, name in enumerate(MONTHS, start=1)}
_MONTHS |= {name[:3]: index for name, index in _MONTHS.items()}
_WEEKDAYS = {name: index for index, name in enumerate(WEEKDAYS)}
_WEEKDAYS |= {name[:3]: index for name, index in _WEEKDAYS.items()}
_WEEKDAYS |= {"tues": 1, "thur": 3, "thurs": 3}
CALENDAR = frozenset({*_MONTHS, *_WEEKDAYS})
"""Names of months and weekdays, in lower case."""
_UNIT_DAYS = {"day": 1, "week": 7, "fortnight": 14}
_MONTH = "|".join(sorted(_MONTHS, key=len, reverse=True))
_WEEKDAY = "|".join(sorted(_WEEKDAYS, key=len, reverse=True))
_DAY = (
    r"(?:(?P<day>\d{1,2})(?:st|nd|rd|th)?|(?P<dayword>(?:twenty|thirty)[- ](?:"
    + "|".join(list(ORDINALS)[:9])
    + "|"
    + "|".join(list(UNITS)[1:])
    + r")|"
    + "|".join([*ORDINALS, *TEENS, *TENS, *list(UNITS)[1:]])
    + r"))\b"
)
_YEAR = (
    r"(?:,?\s+(?:of\s+)?(?P<year>(?:19|20)\d\d|(?:nineteen|twenty)\s+(?:oh\s+)?[a-z]+(?:[ "
    r"-](?:one|two|three|four|five|six|seven|eight|nine))?\b))?"
)


@dataclass(frozen=True, slots=True)
class HeardDate:
    value: date
    start: int
    end: int


def heard_dates(text: str, today: date, *, is_past: bool = False) -> list[HeardDate]:
    """Return the dates in the text; one without a year is the next to come, or the last past
    one."""
    lower = text.lower()
    found: list[HeardDate] = []
    taken: list[tuple[int, int]] = []
    for pattern, read in _READERS:
        for m in pattern.finditer(lower):
            if any(m.start() < end and start < m.end() for start, end in taken):
                continue
            # A day that no calendar has is no other date either.
            taken.append(m.span())
            value = read(m, today, is_past)
            if value is not None:
                found.append(HeardDate(value, m.start(), m.end()))
    return sorted(found, key=lambda heard: heard.start)


def _iso(m: re.Match[str], today: date, is_past: bool) -> date | None:
    return _date(int(m["y"]), int(m["m"]), int(m["d"]))


def _slashed(m: re.Match[str], today: date, is_past: bool) -> date | None:
    first, second = int(m["a"]), int(m["b"])
    month, day = (second, first) if first > 12 or m["sep"] == "." else (first, second)
    if not m["y"]:
        return _without_year(month, day, today, is_past)
    year = int(m["y"])
    return _date(year + 2000 if year < 100 else year, month, day)


def _named(m: re.Match[str], today: date, is_past: bool) -> date | None:
    day = int(m["day"]) if m["day"] else _day_number(m["dayword"])
    month = _MONTHS[m["month"]]
    year = _year_number(m["year"]) if m["year"] else None
    if year is not None:
        return _date(year, month, day)
    return _without_year(month, day, today, is_past)


def _weekday(m: re.Match[str], today: date, is_past: bool) -> date | None:
    which = (m["which"] or "").strip()
    ahead = (_WEEKDAYS[m["weekday"]] - today.weekday()) % 7
    if which in {"last", "past"} or (is_past and which != "next"):
        return today - timedelta(days=(7 - ahead) if ahead else 7)
    ahead = ahead or 7
    if which == "next" and today.weekday() + ahead < 7:
        ahead += 7  # "next Friday" on a Monday is the Friday of the week after
    if m["week"]:
        ahead += 7
    return today + timedelta(days=ahead)


def _relative(m: re.Match[str], today: date, is_past: bool) -> date | None:
    days = {
        "today": 0, "tonight": 0, "this morning": 0, "this afternoon": 0, "this evening": 0,
        "tomorrow": 1, "yesterday": -1, "the day after tomorrow": 2, "day after tomorrow": 2,
        "the day before yesterday": -2, "day before yesterday": -2,
    }  # fmt: skip
    return today + timedelta(days=days[m.group()])


def _distance(m: re.Match[str], today: date, is_past: bool) -> date | None:
    count = {"a": 1, "an": 1, "one": 1, "a couple of": 2}.get(m["count"])
    if count is None:
        runs = number_runs(m["count"])
        count = int(runs[0].value) if runs else 0
    sign = -1 if m["ago"] else 1
    if m["unit"] in _UNIT_DAYS:
        return today + timedelta(days=sign * count * _UNIT_DAYS[m["unit"]])
    return _add_months(today, sign * count * (12 if m["unit"] == "year" else 1))


def _period(m: re.Match[str], today: date, is_past: bool) -> date | None:
    sign = 1 if m["which"] == "next" else -1
    match m["unit"]:
        case "week":
            return today - timedelta(days=today.weekday()) + timedelta(days=7 * sign)
        case "month":
            return _add_months(today.replace(day=1), sign)
        case _:
            return _date(today.year + sign, 1, 1)


def _edge(m: re.Match[str], today: date, is_past: bool) -> date | None:
    if m["unit"] == "week":
        return today + timedelta(days=(4 - today.weekday()) % 7)  # Friday
    return today.replace(day=calendar.monthrange(today.year, today.month)[1])


def _day_alone(m: re.Match[str], today: date, is_past: bool) -> date | None:
    day = int(m["day"]) if m["day"] else _day_number(m["dayword"])
    for months in range(0, -3, -1) if is_past else range(3):
        month = _add_months(today.replace(day=1), months)
        value = _date(month.year, month.month, day)
        if value and (value <= today if is_past else value >= today):
            return value
    return None


_Reader = Callable[[re.Match[str], date, bool], date | None]
_READERS: tuple[tuple[re.Pattern[str], _Reader], ...] = (
    (re.compile(r"\b(?P<y>\d{4})-(?P<m>\d{1,2})-(?P<d>\d{1,2})\b"), _iso),
    (
        re.compile(
            r"\b(?P<a>\d{1,2})(?P<sep>[/.])(?P<b>\d{1,2})(?:(?P=sep)(?P<y>\d{4}|\d{2}))?(?![\d.])"
        ),
        _slashed,
    ),
    (
        re.compile(rf"\b(?:the\s+)?{_DAY}(?:\s+day)?\s+(?:of\s+)?(?P<month>{_MONTH})\b\.?{_YEAR}"),
        _named,
    ),
    (re.compile(rf"\b(?P<month>{_MONTH})\b\.?\s+(?:the\s+)?{_DAY}{_YEAR}"), _named),
    (
        re.compile(
            r"\b(?:in|within)?\s*\b(?P<count>an?|a couple of|\d+|[a-z]+(?:[- ][a-z]+)?)\s+"
            r"(?P<unit>day|week|fortnight|month|year)s?(?:(?P<ago>\s+ago)|\s+from (?:now|today))"
        ),
        _distance,
    ),
    (
        re.compile(
            r"\bin\s+(?P<count>an?|a couple of|\d+|[a-z]+(?:[- ][a-z]+)?)\s+"
            r"(?P<unit>day|week|fortnight|month|year)s?(?P<ago>(?!))?\b"
        ),
        _distance,
    ),
    (
        re.compile(
            r"\b(?:the )?day after tomorrow\b|\b(?:the )?day before yesterday\b"
            r"|\b(?:today|tonight|tomorrow|yesterday|this (?:morning|afternoon|evening))\b"
        ),
        _relative,
    ),
    (
        re.compile(
            rf"\b(?:(?P<which>next|this|coming|last|past)\s+)?(?P<weekday>{_WEEKDAY})\b"
            r"(?P<week>\s+(?:next week|week))?"
        ),
        _weekday,
    ),
    (re.compile(r"\b(?P<which>next|last)\s+(?P<unit>week|month|year)\b"), _period),
    (re.compile(r"\bend of (?:the|this) (?P<unit>week|month)\b"), _edge),
    (
        re.compile(
            rf"\b(?:on |by |for )?the\s+{_DAY}"
            # "the second order" is no day.
            r"(?=\s*(?:$|[,.;!?])|\s+(?:at|in|or|and|please|would|is|for|if|then|to|works)\b)"
        ),
        _day_alone,
    ),
)


def _day_number(word: str) -> int:
    parts = re.split(r"[- ]", word)
    return sum(ORDINALS.get(p) or UNITS.get(p) or TEENS.get(p) or TENS.get(p) or 0 for p in parts)


def _year_number(text: str) -> int | None:
    if text.isdigit():
        return int(text)
    runs = number_runs(text)
    year = int(runs[0].digits) if len(runs) == 1 and runs[0].digits.isdigit() else 0
    return year if 1900 <= year <= 2100 else None


def _without_year(month: int, day: int, today: date, is_past: bool) -> date | None:
    for year in (today.year, today.year - 1) if is_past else (today.year, today.year + 1):
        value = _date(year, month, day)
        if value and (value <= today if is_past else value >= today):
            return value
    return _date(today.year, month, day)


def _add_months(day: date, months: int) -> date:
    index = day.year * 12 + day.month - 1 + months
    year, month = divmod(index, 12)
    last = calendar.monthrange(year, month + 1)[1]
    return date(year, month + 1, min(day.day, last))


def _date(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None
