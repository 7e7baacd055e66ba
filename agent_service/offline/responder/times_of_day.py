"""Times of day in speech: "half past two", "nine in the morning", "15:30"."""

import re
from dataclasses import dataclass
from datetime import time

from agent_service.offline.responder.spoken_numbers import TEENS, UNITS, number_runs

_CLOCK = re.compile(
    r"\b(?:(?P<named>noon|midday|midnight)"
    r"|(?P<edge>half past|quarter past|quarter to)\s+(?P<edgehour>\d{1,2}|[a-z]+)"
    r"|(?P<hour>\d{1,2})(?::(?P<minute>[0-5]\d))\s*(?P<half>a\.?m\.?|p\.?m\.?)?"
    r"|(?P<spoken>\d{1,2}|(?:[a-z]+)(?:\s+(?:oh\s+)?[a-z]+(?:[- ][a-z]+)?)?)\s*"
    r"(?P<part>a\.?\s?m\b\.?|p\.?\s?m\b\.?|o'?\s?clock(?:\s+in the (?:morning|afternoon|evening))?"
    r"|in the (?:morning|afternoon|evening)))"
)


@dataclass(frozen=True, slots=True)
class HeardTime:
    value: time
    start: int
    end: int


def heard_times(text: str) -> list[HeardTime]:
    """Return the times of day in the text."""
    found = []
    for m in _CLOCK.finditer(text.lower()):
        value = _time(m)
        if value is not None:
            found.append(HeardTime(value, m.start(), m.end()))
    return found


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
