"""Reads days and times: ``December 3rd``, ``half past two in the afternoon``, ``halb elf``."""

import re
from dataclasses import dataclass, replace

from agent_service.conversation.read_back.text import Number, Text
from agent_service.conversation.read_back.tokens import Kind

_NOON, _DAY = 12, 24
_LIKELY = range(7, 13)
"""Hours that nobody takes for those of the night when no half of the day is named."""
_FAR = 3
_RANKS = frozenset(("st", "nd", "rd", "th", "er", "re", "º", "ª"))
_ISO = re.compile(r"(\d{4})-(\d{2})-(\d{2})")
_DIGITS = re.compile(r"(\d{1,2})([./])(\d{1,2})(?:\2(\d{4}))?")


@dataclass(frozen=True, slots=True)
class _Reading:
    hour: int
    minute: int
    end: int
    is_sure: bool = False
    """It can be nothing but a time."""
    is_exact: bool = False
    """It says which half of the day."""


def time_of_day(text: Text, at: int) -> tuple[str, int] | None:
    """Return the time that begins there, in minutes, and where it ends.

    One that leaves open which half of the day is meant begins with a question mark.
    """
    part, start = _part_before(text, at)
    reading = _minutes_first(text, start) or _hour_first(text, start)
    if reading is None:
        return None
    if part is None:
        part, end = _part_after(text, reading.end)
        reading = replace(reading, end=end)
    if part is not None:
        return _within(reading, part)
    if not reading.is_sure:
        return None
    minutes = reading.hour * 60 + reading.minute
    is_plain = reading.is_exact or reading.hour == 0 or reading.hour > _NOON
    if not is_plain and not text.language.clock.has_halves:
        is_plain = reading.hour in _LIKELY
    return f"{'' if is_plain else '?'}{minutes}", reading.end


def part_of_day(text: Text, at: int) -> tuple[str, int] | None:
    """Return the part of the day that is named there without a time."""
    for part in text.language.clock.parts:
        if (end := text.after(part.phrase, at)) is not None:
            return f"{part.first}-{part.last}", end
    return None


def _part_before(text: Text, at: int) -> tuple[range | None, int]:
    """Return the part of the day named ahead of a time, and where the time begins."""
    hours, end = _part_after(text, at, is_first=True)
    if hours is None:
        return None, at
    for _ in range(_FAR):
        if text.number(end) is not None or text.word(end) not in text.language.common:
            break
        end += 1
    return hours, end


def _part_after(text: Text, at: int, *, is_first: bool = False) -> tuple[range | None, int]:
    if text.word(at) in ("am", "pm"):
        if is_first:
            return None, at
        return (range(_NOON) if text.word(at) == "am" else range(_NOON, _DAY)), at + 1
    for part in text.language.clock.parts:
        if (end := text.after(part.phrase, at)) is not None:
            return range(part.first, part.last), end
    return None, at


def _within(reading: _Reading, hours: range) -> tuple[str, int]:
    """Return the time in that part of the day; one that is not in it is no time."""
    hour = reading.hour
    candidates = {hour} if hour > _NOON or hour == 0 else {hour % _NOON, hour % _NOON + _NOON}
    fitting = [each for each in candidates if each in hours or each + _DAY in hours]
    if len(fitting) != 1:
        return f"!{hour}:{reading.minute} {hours}", reading.end
    return f"{fitting[0] * 60 + reading.minute}", reading.end


def _hour_first(text: Text, at: int) -> _Reading | None:
    if (written := _written(text, at)) is not None:
        return written
    if (named := _named_hour(text, at)) is None:
        return None
    hour, clock = named, text.language.clock
    if (end := text.after(clock.hours, hour.end)) is not None and text.follows(hour.end):
        hour = replace(hour, end=end, is_sure=True, is_exact=not clock.has_halves)
    has_cue = _has_cue(text, at)
    if has_cue and not text.is_thing(hour.end):
        hour = replace(hour, is_sure=not clock.has_halves or hour.is_sure)
    return _with_minutes(text, hour, has_cue=has_cue)


def _has_cue(text: Text, at: int) -> bool:
    """Tell whether the words before make a number the hour: ``at``, ``a las``."""
    cues = text.language.clock.cues
    return text.word(at - 1) in cues or f"{text.word(at - 2)} {text.word(at - 1)}" in cues


def _named_hour(text: Text, at: int) -> _Reading | None:
    clock = text.language.clock
    if (end := text.after(clock.noon, at)) is not None:
        return _Reading(_NOON, 0, end, is_sure=True, is_exact=True)
    if (end := text.after(clock.midnight, at)) is not None:
        return _Reading(0, 0, end, is_sure=True, is_exact=True)
    number = text.number(at)
    if number is None or number.value > _DAY - 1:
        return None
    return _Reading(number.value, 0, number.end)


def _written(text: Text, at: int) -> _Reading | None:
    """Return ``9:15``, and ``9.15`` where words around it tell that it is a time."""
    token = text.tokens[at] if at < len(text) else None
    if token is None or token.kind is not Kind.NUMBER:
        return None
    clock = text.language.clock
    hours_end = text.after(clock.hours, at + 1) if text.follows(at + 1) else None
    hour, mark, minute = token.text.partition(":")
    if not mark and (hours_end or _has_cue(text, at) or text.word(at + 1) in ("am", "pm")):
        hour, mark, minute = token.text.partition(".")
    if not hour.isdigit() or not minute.isdigit() or len(minute) != 2:
        return None
    if int(hour) >= _DAY or int(minute) >= 60:
        return None
    return _Reading(
        int(hour), int(minute), hours_end or at + 1, is_sure=True, is_exact=not clock.has_halves
    )


def _with_minutes(text: Text, hour: _Reading, *, has_cue: bool) -> _Reading:
    """Add what is said after the hour: ``y cuarto``, ``moins dix``, ``fifteen``."""
    clock = text.language.clock
    if not text.follows(hour.end):
        return hour
    if (start := text.after(clock.minus, hour.end)) is not None:
        return _less(text, hour, start) or hour
    start = hour.end
    has_plus = text.word(start) in clock.plus
    if has_plus:
        start += 1
    if (end := text.after(clock.quarter, start)) is not None:
        return replace(hour, minute=15, end=end, is_sure=True)
    if (end := text.after(clock.half, start)) is not None:
        return replace(hour, minute=30, end=end, is_sure=True)
    minute = _minute(text, start)
    if minute is None or text.is_thing(minute.end):
        return hour
    is_sure = hour.is_sure or has_cue
    return replace(hour, minute=minute.value, end=minute.end, is_sure=is_sure)


def _less(text: Text, hour: _Reading, start: int) -> _Reading | None:
    end = text.after(text.language.clock.quarter, start)
    number = text.number(start)
    if end is not None:
        return _back(replace(hour, end=end, is_sure=True), 15)
    if number is None or not 0 < number.value < 60:
        return None
    return _back(replace(hour, end=number.end, is_sure=True), number.value)


def _back(hour: _Reading, minutes: int) -> _Reading:
    return replace(hour, hour=(hour.hour - 1) % _DAY, minute=60 - minutes)


def _minute(text: Text, at: int) -> Number | None:
    """Return minutes of two digits, or with their zero: ``oh five``."""
    number = text.number(at)
    if number is None:
        return None
    if number.value == 0 and not number.is_written and text.follows(number.end):
        after = text.number(number.end)
        return after if after is not None and after.value < 10 else None
    is_two = number.value > 9 if not number.is_written else len(number.digits) == 2
    return number if is_two and number.value < 60 else None


def _minutes_first(text: Text, at: int) -> _Reading | None:
    """Return ``quarter past nine``, ``ten to five``, ``halb elf``, ``zehn nach drei``."""
    clock = text.language.clock
    if clock.half_before and text.word(at) == clock.half_before:
        hour = _named_hour(text, at + 1)
        return _back(replace(hour, is_sure=True), 30) if hour else None
    if (end := text.after(clock.quarter, at)) is not None:
        minutes, is_sure = 15, True
    elif clock.past is not None and (end := text.after(clock.half, at)) is not None:
        minutes, is_sure = 30, True
    elif (number := text.number(at)) is not None and number.value < 60:
        minutes, end, is_sure = number.value, number.end, _has_cue(text, at)
    else:
        return None
    return _around(text, minutes, end, is_sure=is_sure)


def _around(text: Text, minutes: int, end: int, *, is_sure: bool) -> _Reading | None:
    """Return the time so many minutes after or before the hour that is named next."""
    clock = text.language.clock
    if not text.follows(end):
        return None
    after, before = text.after(clock.past, end), text.after(clock.before, end)
    start = after if after is not None else before
    hour = _named_hour(text, start) if start is not None else None
    if hour is None:
        return None
    if (hours_end := text.after(clock.hours, hour.end)) is not None:
        hour = replace(hour, end=hours_end)
    hour = replace(hour, is_sure=is_sure or hours_end is not None)
    return replace(hour, minute=minutes) if after is not None else _back(hour, minutes)


def date(text: Text, at: int) -> tuple[str, int] | None:
    """Return the day of a month that begins there, and where it ends."""
    found = _day_first(text, at) or _month_first(text, at) or _in_digits(text, at)
    if found is None:
        return None
    day, month, year, end = found
    if not 1 <= day <= 31 or not 1 <= month <= 12:
        return None
    if year is None and (later := _year(text, end)) is not None:
        year, end = later
    return f"{month}-{day}-{year or ''}", end


def _day(text: Text, at: int) -> tuple[int, int] | None:
    """Return a day, as a number or by its rank, and where it ends."""
    language = text.language
    for size in (2, 1):
        rank = language.ordinals.get(" ".join(text.word(at + step) for step in range(size)))
        if rank is not None:
            return rank, at + size
    number = text.number(at)
    if number is None or number.value > 31 or len(number.digits) > 2:
        return None
    has_rank = text.follows(number.end) and text.word(number.end) in _RANKS and number.is_written
    return number.value, number.end + has_rank


def _day_first(text: Text, at: int) -> tuple[int, int, None, int] | None:
    if (day := _day(text, at)) is None:
        return None
    end = day[1] + (text.word(day[1]) in ("of", "de", "di", "d"))
    month = text.language.months.get(text.word(end)) if text.follows(end) else None
    return (day[0], month, None, end + 1) if month else None


def _month_first(text: Text, at: int) -> tuple[int, int, None, int] | None:
    month = text.language.months.get(text.word(at))
    if month is None or text.language.tag != "en" or not text.follows(at + 1):
        return None
    start = at + 1 + (text.word(at + 1) == "the")
    day = _day(text, start)
    return (day[0], month, None, day[1]) if day else None


def _in_digits(text: Text, at: int) -> tuple[int, int, int | None, int] | None:
    """Return ``2026-12-03``, ``3.12.2026`` and ``3/12``; in English the month is left open."""
    token, code = text.tokens[at], text.language.tag
    if token.kind is not Kind.NUMBER:
        return None
    if (iso := _ISO.fullmatch(token.text)) is not None:
        return int(iso[3]), int(iso[2]), int(iso[1]), at + 1
    found = _DIGITS.fullmatch(token.text)
    if found is None or code == "en" or (found[2] == ".") is not (code == "de"):
        return None
    if found[2] == "." and not found[4] and text.word(at - 1) not in ("am", "den", "dem", "zum"):
        return None  # "1.5 Liter"
    return int(found[1]), int(found[3]), int(found[4]) if found[4] else None, at + 1


def _year(text: Text, at: int) -> tuple[int, int] | None:
    if at >= len(text) or text.tokens[at].gap not in ("", ","):
        return None
    start = at + (text.word(at) in ("de", "del", "do"))
    number = text.number(start)
    if number is None:
        return None
    if 2000 <= number.value < 2100:
        return number.value, number.end
    after = text.number(number.end) if number.value == 20 and text.follows(number.end) else None
    is_century = after is not None and 20 <= after.value < 100 and not after.is_written
    return (2000 + after.value, after.end) if after is not None and is_century else None
