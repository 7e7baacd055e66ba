"""Reads amounts and counts for the slots that take them."""

import re
from collections.abc import Collection, Sequence
from decimal import Decimal

from agent_service.offline.english.calendar_words import MONTHS
from agent_service.offline.english.numbers import TEENS, UNITS
from agent_service.offline.responder.amounts import HeardAmount, heard_amounts, price
from agent_service.offline.responder.identifiers import POINTS_TO_ONE, heard_codes
from agent_service.offline.responder.slot_kinds import SlotKind
from agent_service.offline.responder.slots import Slot
from agent_service.offline.responder.spans import Span, minutes_in
from agent_service.offline.responder.times_of_day import heard_times
from agent_service.offline.responder.wishes import ASKED
from agent_service.offline.responder.words import content_stems, split_name, stem, words_of


def quantity(
    slot: Slot,
    text: str,
    *,
    was_asked: bool,
    identifiers: Collection[str] = (),
    spans: Sequence[Span] = (),
) -> int | float | None:
    """Return the amount or count that the text gives, within the slot's limits; what is an
    identifier already, one of the ``spans`` of hours to choose from, an age or a number of
    something else is none."""
    taken = [(h.start, h.end) for h in heard_times(text)]
    taken += [m.span() for m in _DATED.finditer(text)]
    taken += [m.span() for span in spans if (m := span.said_in(text))]
    amounts = [
        a
        for a in heard_amounts(text)
        if not any(a.start < end and start < a.end for start, end in taken)
        and f"{a.value:f}" not in identifiers
    ]
    amounts = [a for a in amounts if not POINTS_TO_ONE.search(text[: a.end])]
    amounts = [a for a in amounts if not _measures_other(slot, a, text)]
    labelled = [a for a in amounts if _names(slot, text[a.end :])]
    plain = [a.value for a in labelled or amounts if not a.is_money]
    if slot.kind is SlotKind.AMOUNT:
        money = [a.value for a in amounts if a.is_money]
        value = money[-1] if money else (price(text) if was_asked else None)
        if value is None and slot.is_required and len(plain) == 1 and not heard_codes(text):
            value = plain[0]
    else:
        counts = [value for value in plain if value == value.to_integral_value()]
        is_meant = was_asked or bool(content_stems(slot.label) & content_stems(text))
        words = set(split_name(slot.leaf))
        is_meant = is_meant or bool(words & _HOW_MANY and _counts_things(text))
        if words & _PEOPLE and _ALONE.search(text):
            counts = counts or [Decimal(1)]
        value = counts[0] if counts and (is_meant or slot.is_required) else None
        if "minutes" in words and (minutes := minutes_in(text)):
            value = Decimal(minutes)
        if len(counts) > 1 and words & {"max", "maximum", "upper", "to", "end", "high"}:
            value = counts[1]
    if value is None:
        return None
    value = value * 100 if slot.is_in_cents else value
    if slot.minimum is not None and value < slot.minimum:
        return None
    if slot.maximum is not None and value > slot.maximum:
        return None
    return plain_number(slot, value)


_AGED = re.compile(
    r"\b(?:(?i:he|she|i|who|son|daughter|child|kid|boy|girl|baby|brother|sister|dog|cat)"
    r"|(?!(?:It|That|This|There|What)\b)[A-Z][a-z]+)(?:'s|'m| is| am)\s+"
    r"(?:(?:just|only|nearly)\s+)?$"
)
_OLD = re.compile(r"[\s-]years?[\s-]old", re.I)
_UNIT = re.compile(r"\s*-?\s*(?P<unit>minute|hour|day|night|week|month|year)(?P<many>s?)\b", re.I)
_AGE = content_stems("age aged old years")
_LASTING = content_stems("duration length long period stay term time")
_DATED = re.compile(
    rf"\b(?:{'|'.join(MONTHS)})\s+\d{{1,2}}(?:st|nd|rd|th)?\b|\b\d{{1,2}}(?:st|nd|rd|th)\b"
    rf"|\b\d{{1,2}}\s+(?:of\s+)?(?:{'|'.join(MONTHS)})\b",
    re.I,
)
_COUNTED = re.compile(
    rf"\b(?P<count>\d{{1,3}}|an?|{'|'.join([*UNITS, *TEENS])})\s+(?P<what>(?!of\b)[a-z][\w'-]*"
    r"(?:\s+(?!and\b|or\b|to\b|for\b|in\b|on\b|at\b|with\b|from\b|please\b|plus\b)[\w'-]+){0,3})",
    re.I,
)
_UNCOUNTED = frozenset(
    ("am", "pm", "o'clock", "people", "persons", "minutes", "hours", "days", "table")
)
_PEOPLE = frozenset(("adults", "attendees", "guests", "passengers", "people", "persons", "seats"))
_ALONE = re.compile(r"\b(?:(?:just|only) (?:me|myself)|on my own|by myself|alone)\b", re.I)
_HOW_MANY = frozenset(("quantity", "qty", "count"))
_ENDED = re.compile(
    r"\b(?:to|for|on|onto|from|in|into|at|with|together|please|tomorrow|today|by|until)\b|[.?!;]",
    re.I,
)
_ARTICLE = re.compile(r"^(?:the|some|a|an|my|our)\s+", re.I)
_LONGEST = 3


def counted_things(text: str) -> list[tuple[int, str]]:
    """Return the things that stand behind a number or an article, with their count."""
    found: list[tuple[int, str]] = []
    for m in _COUNTED.finditer(text):
        word, what = m["count"].lower(), m["what"].strip()
        if what.split()[0].lower() in _UNCOUNTED:
            continue
        number = {**UNITS, **TEENS}.get(word, 1)
        found.append((int(word) if word.isdigit() else number, what))
    return found


def enumerated(text: str) -> list[str]:
    """Return what a request acts on, one by one: "add milk, butter and two lemons to the list"."""
    m = ASKED.match(text)
    objects = _ENDED.split(text[m.end() :])[0] if m else ""
    parts = [_ARTICLE.sub("", part.strip()) for part in re.split(r",|\band\b", objects)]
    found = [part for part in parts if part]
    return found if all(len(part.split()) <= _LONGEST for part in found) else []


def _counts_things(text: str) -> bool:
    """Return whether a number above one stands before the only thing that is counted."""
    counted = [(number, what) for number, what in counted_things(text) if number > 1]
    return len(counted) == 1 and any(w.endswith("s") for w in counted[0][1].split()[:2])


def _measures_other(slot: Slot, amount: HeardAmount, text: str) -> bool:
    """Return whether a number is somebody's age or a length of time, and the slot takes none."""
    own, after = content_stems(f"{slot.label} {slot.description}"), text[amount.end :]
    if _AGED.search(text[: amount.start]) or _OLD.match(after):
        return not own & _AGE
    m = _UNIT.match(after)
    is_length = m is not None and (m["many"] or amount.value == 1)  # "two week passes" are two
    return bool(m and is_length and not own & {*_LASTING, stem(m["unit"])})


def _names(slot: Slot, after: str) -> bool:
    """Return whether what the number counts is the slot's own word: "two hours"."""
    first = next((word.text for word in words_of(after) if word.text[0].isalpha()), "")
    return stem(first) in content_stems(slot.label)


def plain_number(slot: Slot, value: Decimal) -> int | float:
    """Return the number in the type that the slot takes."""
    whole = value == value.to_integral_value()
    return int(value) if slot.json_type == "integer" or whole else float(value)
