"""Reads times of the day: ``9:15 AM``, ``half past two in the afternoon``, ``halb elf``."""

from dataclasses import dataclass, replace

from agent_service.conversation.read_back.text import Number, Text
from agent_service.conversation.read_back.tokens import Kind

_NOON, _DAY = 12, 24
_LIKELY = range(7, 13)
"""Hours that nobody takes for those of the night when no half of the day is named."""
_FAR = 3


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
    far = end + _FAR
    while end < far and text.number(end) is None and text.word(end) in text.language.common:
        end += 1
    return hours, end


def _part_after(text: Text, at: int, *, is_first: bool = False) -> tuple[range | None, int]:
    if text.word(at) in text.language.clock.halves:
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
        int(hour),
        int(minute),
        hours_end or at + 1,
        is_sure=True,
        is_exact=not clock.has_halves or hour.startswith("0"),
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
    may_be_quarter = has_plus or has_cue or not clock.plus  # "um quarto" is a room
    if may_be_quarter and (end := text.after(clock.quarter, start)) is not None:
        return replace(hour, minute=15, end=end, is_sure=True)
    is_half = has_plus or text.word(start) not in text.language.digits
    if is_half and (end := text.after(clock.half, start)) is not None:
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
