"""Money, percentages, decimals, dates and times of day among recognised words."""

from collections.abc import Sequence
from typing import Final

from agent_service.offline.english.calendar_words import MONTHS
from agent_service.offline.english.money_words import HUNDREDTHS, SIGNS
from agent_service.offline.english.numbers import (
    Group,
    ordinal_figures,
    read_decimals,
    read_group,
    read_ordinal,
)
from agent_service.offline.english.words import Word, clause

_BEFORE_TIME: Final = frozenset(("at", "by", "around", "before", "after", "until", "till"))


def date(words: Sequence[Word], before: str) -> tuple[str, int] | None:
    """Write days and ordinals: "November twenty third", "the twenty third of November"."""
    lower = clause(words)
    if lower[0] in MONTHS and len(lower) > 1:
        the = lower[1] == "the"
        day = read_ordinal(lower[1 + the :])
        if day is None and (group := read_group(lower[1:])) and 0 < group.value <= 31:
            day = group.value, group.length
        if day:
            return f"{words[0].text} {day[0]}", 1 + the + day[1]
    ordinal = read_ordinal(lower)
    if ordinal is None:
        return None
    value, used = ordinal
    is_of_month = lower[used : used + 1] == ["of"] and used + 1 < len(lower)
    if value >= 10 or (is_of_month and lower[used + 1] in MONTHS):
        return ordinal_figures(value), used
    return None


def amount(words: Sequence[Word], before: str) -> tuple[str, int] | None:
    """Write money, percentages, decimals and times of day."""
    lower = clause(words)
    group = read_group(lower)
    if group is None:
        return None
    figures, used = group.figures, group.length
    decimals = read_decimals(lower, used)
    if decimals:
        figures, used = f"{figures}.{decimals}", used + 1 + len(decimals)
    following = lower[used] if used < len(lower) else ""
    if following in SIGNS:
        return _money(lower, figures, used)
    if following == "percent":
        return f"{figures}%", used + 1
    return (figures, used) if decimals else _time(words, lower, group, before)


def _money(lower: Sequence[str], figures: str, used: int) -> tuple[str, int]:
    sign = SIGNS[lower[used]]
    used += 1
    joined = used + (list(lower[used : used + 1]) == ["and"])
    cents = read_group(lower[joined:])
    if cents and cents.value < 100:
        end = joined + cents.length
        if end < len(lower) and lower[end] in HUNDREDTHS:
            return f"{sign}{figures}.{cents.value:02}", end + 1
        if joined == used and end == len(lower) and cents.value >= 10:
            return f"{sign}{figures}.{cents.value:02}", end
    return f"{sign}{figures}", used


def _time(
    words: Sequence[Word], lower: Sequence[str], hour: Group, before: str
) -> tuple[str, int] | None:
    if not 1 <= hour.value <= 12:
        return None
    used, text = hour.length, hour.figures
    minutes = read_group(lower[used:])
    has_minutes = minutes is not None and 10 <= minutes.value <= 59
    if minutes and has_minutes:
        used, text = used + minutes.length, f"{text}:{minutes.figures}"
    half = _half_of_day(words[used:])
    if half:
        return f"{text} {half[0]}", used + half[1]
    following = lower[used] if used < len(lower) else ""
    if following in ("o'clock", "oclock"):
        return f"{text} o'clock", used + 1
    if has_minutes and before in _BEFORE_TIME and not (following and read_group([following])):
        return text, used
    return None


def _half_of_day(words: Sequence[Word]) -> tuple[str, int] | None:
    lower = [word.lower for word in words[:2]]
    if lower[:1] in (["am"], ["pm"]):
        return f"{lower[0][0]}.m.", 1
    if lower in (["a", "m"], ["p", "m"]) and words[0].gap.strip() in ("", "."):
        # The full stop of "p.m." stands in the gap after it.
        return f"{lower[0]}.m" + ("" if words[1].gap.startswith(".") else "."), 2
    return None
