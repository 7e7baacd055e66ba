"""The kinds of values that tools take, told apart by type, format, pattern, name and
description."""

import re
from collections.abc import Mapping
from enum import Enum
from typing import Any


class SlotKind(Enum):
    IDENTIFIER = "identifier"
    EMAIL = "email"
    PHONE = "phone"
    DATE = "date"
    TIME = "time"
    HOUR = "hour"
    """An hour of the day, as a whole number."""
    DATE_TIME = "date_time"
    AMOUNT = "amount"
    COUNT = "count"
    FLAG = "flag"
    CHOICE = "choice"
    NAME = "name"
    LIST = "list"
    REASON = "reason"
    QUESTION = "question"
    SUBJECT = "subject"
    TEXT = "text"
    """Free words of the caller: a description, a message."""
    PHRASE = "phrase"
    """A short thing with a name: an item, a city, a title."""


FREE_TEXT = frozenset({SlotKind.REASON, SlotKind.QUESTION, SlotKind.SUBJECT, SlotKind.TEXT})
TAKES_ANY_WORDS = FREE_TEXT | {SlotKind.PHRASE, SlotKind.NAME}
"""Kinds that nearly every sentence would fill."""
QUANTITIES = frozenset({SlotKind.AMOUNT, SlotKind.COUNT})

_ID_WORD_LIST = (
    "number id code reference ref no key isbn sku serial token pin zip postcode postal barcode "
    "identifier vin iban plate tag"
)
ID_WORDS = frozenset(_ID_WORD_LIST.split())
_STORY_WORDS = (
    "description message summary details detail comment comments note notes problem issue text "
    "body content feedback instructions complaint request statement what happened fault damage"
)
_NAME_KINDS: tuple[tuple[SlotKind, set[str]], ...] = (
    (SlotKind.EMAIL, {"email", "mail"}),
    (SlotKind.PHONE, {"phone", "telephone", "mobile", "callback"}),
    (SlotKind.TIME, {"time", "hour"}),
    (SlotKind.DATE, {"date", "day", "birthday", "dob", "deadline", "when"}),
    (SlotKind.QUESTION, {"question", "query", "search", "keywords"}),
    (SlotKind.REASON, {"reason", "why", "cause", "symptoms", "symptom"}),
    (SlotKind.SUBJECT, {"subject", "title", "headline", "heading", "topic"}),
    (
        SlotKind.TEXT,
        set(_STORY_WORDS.split()),
    ),
)
_PERSON_WORD_LIST = (
    "name person patient member customer caller doctor surname author recipient guest"
)
_PERSON = frozenset(_PERSON_WORD_LIST.split())
_MOMENTS = {
    SlotKind.TIME: "14:30",
    SlotKind.DATE: "2026-03-05",
    SlotKind.DATE_TIME: "2026-03-05T14:30:00",
}
_FORMS = (("YYYY-MM-DD", SlotKind.DATE), ("HH:MM", SlotKind.TIME))
_NO_MOMENTS = ("1004", "5551234567")
_SEARCHED = frozenset(("search", "query", "question"))
_AMOUNT_WORDS = {"amount", "price", "sum", "total", "cost", "fee", "budget", "payment"}


def kind_of(
    json_type: str,
    words: set[str],
    description: str,
    schema: Mapping[str, Any],
    *,
    has_choices: bool,
) -> SlotKind:
    """Return the kind of a property; ``words`` are those of its name."""
    if json_type == "array":
        return SlotKind.LIST
    if has_choices:
        return SlotKind.CHOICE
    said = words | set(re.findall(r"[a-z]+", description.lower()))
    match json_type:
        case "boolean":
            return SlotKind.FLAG
        case "integer" | "number":
            return _kind_of_number(json_type, words, said, schema)
    match schema.get("format"):
        case "email":
            return SlotKind.EMAIL
        case "date":
            return SlotKind.DATE
        case "time":
            return SlotKind.TIME
        case "date-time":
            return SlotKind.DATE_TIME
        case "phone" | "tel":
            return SlotKind.PHONE
        case "uuid":
            return SlotKind.IDENTIFIER
    return _kind_by_pattern(schema.get("pattern"), words) or _kind_by_name(words, said, description)


def _kind_of_number(
    json_type: str, words: set[str], said: set[str], schema: Mapping[str, Any]
) -> SlotKind:
    if words & ID_WORDS and not words & {"of"}:
        return SlotKind.IDENTIFIER
    is_within_a_day = schema.get("maximum") in {23, 24} or schema.get("exclusiveMaximum") == 24
    if "hour" in words or ("hour" in said and is_within_a_day):
        return SlotKind.HOUR
    is_amount = json_type == "number" or bool(words & _AMOUNT_WORDS)
    return SlotKind.AMOUNT if is_amount else SlotKind.COUNT


def _kind_by_pattern(pattern: object, words: set[str]) -> SlotKind | None:
    """Return what a pattern admits: a time, a date, or else an identifier when it has digits."""
    if not isinstance(pattern, str) or not re.search(r"\\d|0-9", pattern):
        return None
    try:
        compiled = re.compile(pattern)
    except re.error:
        compiled = re.compile("")  # of another dialect: only its digits are understood
    if not any(compiled.search(other) for other in _NO_MOMENTS):
        for kind, moment in _MOMENTS.items():
            if compiled.search(moment):
                return kind
    return None if words & {"date", "time", "phone", "email"} else SlotKind.IDENTIFIER


def _kind_by_name(words: set[str], said: set[str], description: str) -> SlotKind:
    for form, kind in _FORMS:
        if form in description.upper():
            return kind
    if "contact" in words and "mail" in said:
        return SlotKind.EMAIL
    for kind, names in _NAME_KINDS[:2]:
        if words & names and not words & {"id", "type"}:
            return kind
    if words & ID_WORDS:
        return SlotKind.IDENTIFIER
    if words & {"q", "s", "text", "input", "term"} and said & _SEARCHED:
        return SlotKind.QUESTION
    for kind, names in _NAME_KINDS[2:]:
        if words & names:
            return kind
    if words & _AMOUNT_WORDS:
        return SlotKind.AMOUNT
    if words & _PERSON or (words & {"first", "last", "full"} and "name" in said):
        return SlotKind.NAME
    first_sentence = description.split(".", maxsplit=1)[0]
    # "Street and house number" is more than its number.
    if " and " not in first_sentence and re.search(
        r"\b(?:number|identifier|code|id)\b", first_sentence, re.I
    ):
        return SlotKind.IDENTIFIER
    return SlotKind.PHRASE
