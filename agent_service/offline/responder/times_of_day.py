"""Times of day in speech: "half past two", "nine in the morning", "15:30", "between ten and
twelve"."""

import re
from dataclasses import dataclass
from datetime import time

from agent_service.offline.english.numbers import TEENS, TENS, UNITS
from agent_service.offline.responder.spoken_numbers import number_runs

_CLOCK = re.compile(
    r"\b(?:(?P<named>noon|midday|midnight)"
    r"|(?P<edge>half past|quarter past|quarter to)\s+(?P<edgehour>\d{1,2}|[a-z]+)"
    r"|(?P<hour>\d{1,2})(?::(?P<minute>[0-5]\d))\s*(?P<half>a\.?m\.?|p\.?m\.?)?"
    r"|(?P<spoken>\d{1,2}|(?:[a-z]+)(?:\s+(?:oh\s+)?[a-z]+(?:[- ][a-z]+)?)?)\s*"
    r"(?P<part>a\.?\s?m\b\.?|p\.?\s?m\b\.?|o'?\s?clock(?:\s+in the (?:morning|afternoon|evening))?"
    r"|in the (?:morning|afternoon|evening)))"
)
_NUMBER = "|".join([*UNITS, *TEENS, *TENS, "oh"])
_BARE = rf"(?:\d{{1,2}}(?::[0-5]\d)?|(?:{_NUMBER})(?:\s+(?:{_NUMBER})){{0,2}})"
_NOT_COUNTED = (
    rf"(?![\w:.@%$€£-]*[\w@%$€£])(?!\s+(?:{_NUMBER})\b)"
    r"(?!\s+(?:\d|of\b|(?:(?!for\b)\w+\s+){0,2}(?:dollars?|cents?|euros?|pounds?"
    r"|percent|minutes?|hours?|days?|weeks?|months?|years?|people|persons?|times?|street|st|road"
    r"|rd|avenue|ave|lane|drive|boulevard|square|place|court|way)\b))"
)
"""What follows a number that is no time: another digit, a unit, a street."""
_SPAN = re.compile(
    rf"\b(?:between|from)\s+(?P<first>{_BARE})(?:\s*(?P<firstpart>[ap]\.?m\b\.?))?\s+"
    rf"(?:and|to|till|until)\s+(?P<last>{_BARE})(?:\s*(?P<lastpart>[ap]\.?m\b\.?))?{_NOT_COUNTED}"
)
_AFTER_PREPOSITION = re.compile(
    rf"\b(?:at|around|about|by|after|before|until|till|from)\s+(?P<time>{_BARE}){_NOT_COUNTED}"
)
_ALONE = re.compile(rf"^\W*(?:[a-z']+\s+){{0,3}}?(?P<time>{_BARE})(?:\s+(?:please|then))?\W*$")


@dataclass(frozen=True, slots=True)
class HeardTime:
    value: time
    start: int
    end: int


def heard_times(text: str) -> list[HeardTime]:
    """Return what can be nothing but a time of day."""
    found = []
    for m in _CLOCK.finditer(text.lower()):
        value = _time(m)
        if value is not None:
            found.append(HeardTime(value, m.start(), m.end()))
    return found


def expected_times(text: str, *, was_asked: bool) -> list[HeardTime]:
    """Return the times in words that speak of a time anyway: also "at ten" and "between ten and
    twelve", and a number alone where one was asked for."""
    lower = text.lower()
    spans = [heard for m in _SPAN.finditer(lower) for heard in _span(m)]
    if spans:
        return spans
    found = heard_times(text)
    found += [
        HeardTime(value, m.start("time"), m.end("time"))
        for m in _AFTER_PREPOSITION.finditer(lower)
        if not any(m.start("time") < other.end and other.start < m.end() for other in found)
        and (value := _bare(m["time"])) is not None
    ]
    if not found and was_asked and (m := _ALONE.match(lower)):
        value = _bare(m["time"])
        found += [HeardTime(value, m.start("time"), m.end("time"))] if value is not None else []
    return sorted(found, key=lambda heard: heard.start)


def _span(m: re.Match[str]) -> list[HeardTime]:
    part = m["lastpart"] or ""
    last = _bare(m["last"], part)
    first = _bare(m["first"], m["firstpart"] or part)
    if first is not None and last is not None and first > last and not m["firstpart"]:
        first = _bare(m["first"], "am")  # "from ten to two pm"
    if first is None or last is None:
        return []
    return [
        HeardTime(first, m.start("first"), m.end("first")),
        HeardTime(last, m.start("last"), m.end("last")),
    ]


def _bare(words: str, part: str = "") -> time | None:
    """Read an hour, or an hour and minutes, without anything that says so."""
    hour, _, minute = words.partition(":")
    if not minute:
        runs = number_runs(words)
        digits = runs[0].digits if len(runs) == 1 else ""
        hour, minute = (digits[:-2], digits[-2:]) if len(digits) > 2 else (digits, "0")
    if not hour or len(hour) > 2:
        return None
    if part:
        return _halved(int(hour), int(minute), part)
    value = _by_daylight(int(hour))
    return time(value, int(minute)) if value < 24 and int(minute) < 60 else None


def _time(m: re.Match[str]) -> time | None:
    if m["named"]:
        return time(0 if m["named"] == "midnight" else 12)
    if m["edge"]:
        hour = _hour_word(m["edgehour"])
        if hour is None:
            return None
        minutes = {"half past": 30, "quarter past": 15, "quarter to": -15}[m["edge"]]
        total = (_by_daylight(hour) * 60 + minutes) % 1440
        return time(total // 60, total % 60)
    if m["hour"]:
        return _halved(int(m["hour"]), int(m["minute"]), m["half"] or "")
    words = m["spoken"].split()
    for skip in range(len(words)):
        runs = number_runs(" ".join(words[skip:]))
        if len(runs) == 1 and runs[0].start == 0:
            digits = runs[0].digits
            past_hour = int(digits[-2:]) if len(digits) > 2 else 0
            return _halved(int(digits[:-2] if len(digits) > 2 else digits), past_hour, m["part"])
    return None


def _hour_word(text: str) -> int | None:
    if text.isdigit():
        return int(text)
    return UNITS.get(text) or TEENS.get(text)


def _by_daylight(hour: int) -> int:
    """Office hours are meant when no half of the day is said."""
    return hour + 12 if 1 <= hour <= 6 else hour


def _halved(hour: int, minute: int, part: str) -> time | None:
    part = part.replace(".", "").replace(" ", "")
    if part.startswith("p") or "afternoon" in part or "evening" in part:
        hour = hour % 12 + 12
    elif part.startswith("a") or "morning" in part:
        hour %= 12
    elif "clock" in part:
        hour = _by_daylight(hour)
    return time(hour, minute) if hour < 24 and minute < 60 else None
