"""Keys and values of JSON in spoken English: dates, money, flags, lists."""

import re
from datetime import date
from typing import Any

from agent_service.offline.english.calendar_words import MONTHS
from agent_service.offline.responder.slot_kinds import ID_WORDS
from agent_service.offline.responder.words import split_name

_DATE = re.compile(
    r"^(\d{4})-(\d\d)-(\d\d)(?:[T ](\d\d):(\d\d)(?::\d\d(?:\.\d+)?)?(?:Z|[+-]\d\d:?\d\d)?)?$"
)
_UUID = re.compile(r"^[0-9a-f]{8}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{12}$", re.I)
_SIGNS = {"USD": "$", "EUR": "€", "GBP": "£"}
_MONEY = {
    "amount",
    "price",
    "total",
    "cost",
    "fee",
    "refund",
    "balance",
    "paid",
    "subtotal",
    "sum",
    "fine",
}
_MINOR = {"cents", "minor", "pence"}
_DROPPED = {"at", "iso", "utc", "str", "text", "value"}


def label(key: str) -> str:
    """Return a key as words: ``expected_delivery_at`` is "expected delivery"."""
    words = [w for w in split_name(key) if w not in _DROPPED and w not in _MINOR]
    words = words or split_name(key)
    if len(words) > 1 and words[-1] == "no":
        words[-1] = "number"
    return " ".join("ID" if word == "id" else word for word in words)


def is_hidden(key: str, value: Any) -> bool:
    """Return whether a field says nothing to a caller."""
    if value is None or value == "" or key.startswith("_"):
        return True
    return isinstance(value, str) and bool(
        _UUID.match(value) or value.startswith(("http://", "https://"))
    )


def is_identifier(key: str) -> bool:
    return bool(set(split_name(key)) & ID_WORDS)


def is_money(key: str) -> bool:
    return bool(set(split_name(key)) & (_MONEY | _MINOR))


def is_moment(value: Any) -> bool:
    return isinstance(value, str) and bool(_DATE.match(value))


def spoken(key: str, value: Any, currency: str = "", today: date | None = None) -> str:
    """Return a scalar value as a caller should hear it."""
    match value:
        case bool():
            return "yes" if value else "no"
        case int() | float() if is_money(key):
            return money(value, key, currency)
        case float():
            return f"{value:g}"
        case str() if m := _DATE.match(value):
            return _moment(m, today)
        case str():
            words = value.replace("_", " ") if re.fullmatch(r"[a-z]+(?:_[a-z]+)+", value) else value
            return words.strip()
        case _:
            return str(value)


def money(value: float, key: str = "", currency: str = "") -> str:
    amount = value / 100 if set(split_name(key)) & _MINOR else value
    sign = _SIGNS.get(currency.upper(), "")
    figures = f"{amount:,.2f}" if amount != int(amount) or sign else f"{amount:,.0f}"
    if sign:
        return f"{sign}{figures}".removesuffix(".00")
    return f"{figures} {currency.upper()}".strip()


def _moment(m: re.Match[str], today: date | None) -> str:
    year, month, day = int(m[1]), int(m[2]), int(m[3])
    if not 1 <= month <= 12:
        return m.group()
    words = f"{MONTHS[month - 1].capitalize()} {day}"
    if today is not None and year != today.year:
        words += f", {year}"
    if m[4] and (m[4], m[5]) != ("00", "00"):
        words += f" at {_time_of_day(int(m[4]), int(m[5]))}"
    return words


def _time_of_day(hour: int, minute: int) -> str:
    half = "PM" if hour >= 12 else "AM"
    return f"{hour % 12 or 12}:{minute:02d} {half}"


def listed(parts: list[str], *, most: int = 3, noun: str = "more", separator: str = ", ") -> str:
    """Join the first few: "a, b, c and 2 more"."""
    if len(parts) > most:
        return f"{separator.join(parts[:most])} and {len(parts) - most} {noun}"
    if len(parts) <= 1:
        return "".join(parts)
    return f"{separator.join(parts[:-1])} and {parts[-1]}"


def sentence(text: str) -> str:
    """Return the text as a sentence: capital first, one mark last."""
    text = text.strip()
    if not text:
        return ""
    return text[0].upper() + text[1:] + ("" if text[-1] in ".!?" else ".")
