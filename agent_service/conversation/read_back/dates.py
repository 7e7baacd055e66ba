"""Reads days of the year: ``December 3rd``, ``the third of December``, ``3.12.2026``."""

import re

from agent_service.conversation.read_back.text import Text
from agent_service.conversation.read_back.tokens import Kind

_RANKS = frozenset(("st", "nd", "rd", "th", "er", "re", "º", "ª", "°"))
_AHEAD = frozenset(("am", "den", "dem", "zum", "vom", "bis", "ab", "der"))
_ISO = re.compile(r"(\d{4})-(\d{2})-(\d{2})")
_DIGITS = re.compile(r"(\d{1,2})([./])(\d{1,2})(?:\2(\d{4}))?")


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
    if month is None and text.language.tag == "de" and text.follows(end):
        month = text.language.ordinals.get(text.word(end))  # am ersten Zwölften
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
    if (
        found[2] == "."
        and not found[4]
        and text.word(at - 1) not in _AHEAD | text.language.weekdays.keys()
    ):
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
