"""Things in tool outputs: objects with fields, and choosing among several by words, position, time
or measure."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from agent_service.offline.english.calendar_words import MONTHS, WEEKDAYS
from agent_service.offline.responder.dates import HeardDate, heard_dates
from agent_service.offline.responder.slot_kinds import ID_WORDS
from agent_service.offline.responder.slots import Slot
from agent_service.offline.responder.times_of_day import expected_times
from agent_service.offline.responder.wording import is_money
from agent_service.offline.responder.words import content_stems, split_name, stem

_DIRECTIONS_WORDS = "from to into source target new old destination origin current my"
_DIRECTIONS = frozenset(_DIRECTIONS_WORDS.split())
_ORDINALS = {"first": 0, "second": 1, "third": 2, "fourth": 3, "fifth": 4, "last": -1}
_NEWEST = re.compile(r"\b(?:latest|newest|most recent|recent)\b", re.I)
_LEAST = re.compile(
    r"\b(?:cheap(?:est|er)|low(?:est|er)|small(?:est|er)?|short(?:est|er)|least \w+)\b", re.I
)
_MOST = re.compile(
    r"\b(?:most expensive|dear(?:est|er)|priciest|high(?:est|er)|big(?:gest|ger)?|large(?:st|r)?|"
    r"long(?:est|er)|"
    r"best|better|top)\b",
    re.I,
)
_EARLIEST = re.compile(r"\b(?:earli(?:est|er)|soonest|next|first available)\b", re.I)
_LATEST = re.compile(r"\b(?:latest|later)\b", re.I)
_SIZE = re.compile(r"\b(?:small|big|large|short|long)", re.I)
_BEST = re.compile(r"\b(?:best|better|top)\b", re.I)
_ALL = re.compile(r"\b(?:both|all(?: of (?:them|these|those))?|each|every(?:thing)?)\b", re.I)
_ISO = re.compile(r"^(\d{4})-(\d\d)-(\d\d)")
_CLOCK = re.compile(r"(?:^|[T ])(\d{1,2}):(\d\d)")
_SHORTEST = 5
"""Stems that begin alike over so many letters are one word: "dermatology", "dermatologist"."""


@dataclass(frozen=True, slots=True)
class Thing:
    """An object of a tool output."""

    identifiers: dict[frozenset[str], str]
    """By the words of the key, the container's name included: {order, number}."""
    fields: dict[str, Any]
    """Its plain values, also those of objects in it."""
    stems: frozenset[str]
    """Of every word in it."""
    is_listed: bool
    """It is one of several in a list."""
    turn: int
    """Index of the item that held it."""

    def value_for(self, slot: Slot) -> str | None:
        own = self.fields.get(slot.leaf)
        if isinstance(own, str | int) and not isinstance(own, bool):
            return str(own)
        wanted = identifier_words(slot.leaf)
        for words, value in self.identifiers.items():
            if words == wanted or (not wanted and len(words) <= 1):
                return value
        return next((v for w, v in self.identifiers.items() if wanted and wanted <= w), None)

    def says(self, word: str) -> bool:
        """Return whether the stem stands in it."""
        return word in self.stems or any(
            min(len(word), len(own)) >= _SHORTEST and (word.startswith(own) or own.startswith(word))
            for own in self.stems
        )


def identifier_words(name: str, container: str = "") -> frozenset[str]:
    """Return what an identifier is of: ``order_number``, ``orderId`` and ``number`` in
    ``orders`` all give {order}."""
    words = {stem(word) for word in split_name(name) if word not in ID_WORDS | _DIRECTIONS}
    if not words and container:
        words = {stem(word) for word in split_name(container) if word not in ID_WORDS}
    return frozenset(words)


def is_id(name: str, value: Any) -> bool:
    """Return whether a field of an object identifies it."""
    return bool(ID_WORDS & set(split_name(name))) and isinstance(value, str | int)


def things_in(
    value: Any, turn: int, container: str = "", *, is_listed: bool = False
) -> Iterator[Thing]:
    """Return the objects of an output, those in lists and with identifiers of their own."""
    match value:
        case list():
            for element in value:
                yield from things_in(element, turn, container, is_listed=len(value) > 1)
        case dict():
            identifiers = {
                identifier_words(key, container): str(field)
                for key, field in value.items()
                if is_id(key, field)
            }
            fields = _plain(value)
            if identifiers or is_listed:
                words = " ".join(_texts(value))
                yield Thing(identifiers, fields, frozenset(content_stems(words)), is_listed, turn)
            for key, field in value.items():
                yield from things_in(field, turn, key)


def thing_of(value: dict[str, Any]) -> Thing:
    """Return an object by itself."""
    stems = frozenset(content_stems(" ".join(_texts(value))))
    return Thing({}, _plain(value), stems, is_listed=True, turn=0)


def _plain(value: dict[str, Any]) -> dict[str, Any]:
    fields: dict[str, Any] = {}
    for key, field in value.items():
        inner = _plain(field) if isinstance(field, dict) else {key: field}
        for own, plain in inner.items():
            is_row = isinstance(plain, list) and plain and all(isinstance(e, str) for e in plain)
            if own not in fields and (is_row or not isinstance(plain, list)):
                fields[own] = ", ".join(plain) if is_row else plain
    return fields


def _texts(value: Any) -> Iterator[str]:
    match value:
        case str():
            yield value
            if (m := _ISO.match(value)) and 1 <= int(m[2]) <= 12 and 1 <= int(m[3]) <= 28:
                day = date(int(m[1]), int(m[2]), int(m[3]))
                yield f"{MONTHS[day.month - 1]} {day.day} {WEEKDAYS[day.weekday()]}"
        case list():
            for element in value:
                yield from _texts(element)
        case dict():
            for field in value.values():
                yield from _texts(field)


def chosen_things(
    things: Sequence[Thing], text: str, ignored: frozenset[str], today: date | None = None
) -> list[Thing]:
    """Return the things that the words choose: by what only they hold, by time, measure or
    position; all of them for "both"; none when the words choose none."""
    days = heard_dates(text, today) if today else []
    dated = _dated(things, days)
    for day in reversed(days):  # a day of something else names no thing
        is_position = not dated and position_in(text[day.start : day.end]) is not None
        text = text if is_position else text[: day.start] + text[day.end :]
    named = _named(things, content_stems(text) - ignored, text)
    timed = _timed(dated or things, text) or (dated if len(dated) < len(things) else [])
    if timed and (not named or len(timed) < len(named)):
        return timed
    if named:
        return _extreme(named, text) or named
    if len(things) < 2:
        return []
    latest = [thing for thing in things if thing.turn == things[-1].turn]
    if picked := _extreme(latest, text):
        return picked
    position = 0 if _NEWEST.search(text) else position_in(text, ignored)
    if position is not None and len(latest) > 1 and position < len(latest):
        return [latest[position]]
    return latest if wants_all(text) else []


def wants_all(text: str) -> bool:
    return bool(_ALL.search(text))


def _named(things: Sequence[Thing], said: set[str], text: str) -> list[Thing]:
    """Return the things that the most of the said words name, and not all things share."""
    hits = [{word for word in said if thing.says(word)} for thing in things]
    shared = set.intersection(*hits) if len(things) > 1 else set()
    counts = [len(hit - shared) for hit in hits]
    counts = [n + _words_quoted(t, text) for n, t in zip(counts, things, strict=True)]
    best = max(counts, default=0)
    return [thing for thing, n in zip(things, counts, strict=True) if n == best and best]


def _words_quoted(thing: Thing, text: str) -> int:
    """Return how many words of a value of several were said as they stand: "Tom's phone"."""
    values = [
        one
        for key, value in thing.fields.items()
        if isinstance(value, str) and len(value) < 60
        for one in (value, f"{key} {value}")  # "to York"
        if " " in one
    ]
    return max((len(v.split()) for v in values if v.lower() in text.lower()), default=0)


def _timed(things: Sequence[Thing], text: str) -> list[Thing]:
    asked = {(h.value.hour % 12, h.value.minute) for h in expected_times(text, was_asked=False)}
    return [t for t in things if asked & set(_clocks(t))] if asked else []


def _dated(things: Sequence[Thing], days: Sequence[HeardDate]) -> list[Thing]:
    """Return the things of a day that was said: "the one this Wednesday"."""
    said = {day.value.isoformat() for day in days}
    own = [{str(value)[:10] for value in thing.fields.values()} for thing in things]
    return [thing for thing, values in zip(things, own, strict=True) if said & values]


def _clocks(thing: Thing) -> Iterator[tuple[int, int]]:
    for value in thing.fields.values():
        if isinstance(value, str) and (m := _CLOCK.search(value)):
            yield int(m[1]) % 12, int(m[2])


def _extreme(things: Sequence[Thing], text: str) -> list[Thing]:
    """Return the cheapest, the best, the earliest: an end of what the things are measured by."""
    if len(things) < 2:
        return []
    is_time = bool(_EARLIEST.search(text) or (_LATEST.search(text)))
    if not is_time and not _LEAST.search(text) and not _MOST.search(text):
        return []
    key = _measure(things, text, is_time=is_time)
    if key is None:
        return []
    is_low = bool(_LEAST.search(text) or _EARLIEST.search(text))
    return [(min if is_low else max)(things, key=lambda thing: thing.fields[key])]


def _measure(things: Sequence[Thing], text: str, *, is_time: bool) -> str | None:
    keys = [k for k in things[0].fields if all(k in thing.fields for thing in things)]
    if is_time:
        return next((k for k in keys if all(_is_moment(t.fields[k]) for t in things)), None)
    numbers = [
        k
        for k in keys
        if all(isinstance(t.fields[k], int | float) and not is_id(k, 0) for t in things)
    ]
    if _BEST.search(text):
        return next((k for k in numbers if {"rating", "score", "stars"} & set(split_name(k))), None)
    money = [k for k in numbers if is_money(k) or "rate" in split_name(k)]
    sizes = [k for k in numbers if k not in money] if _SIZE.search(text) else []
    return next(iter([*sizes, *money, *numbers]), None)


def _is_moment(value: Any) -> bool:
    return isinstance(value, str) and bool(_CLOCK.search(value) or _ISO.match(value))


def position_in(text: str, nouns: frozenset[str] = frozenset()) -> int | None:
    """Return which of several is meant by its position: "the second one"."""
    kinds = "|".join(["one", *nouns])
    words = "|".join(_ORDINALS)
    m = re.search(rf"\b(?:the ({words})\b|({words})(?:\s+(?:{kinds})|\W*$))", text, re.I)
    return _ORDINALS[(m[1] or m[2]).lower()] if m else None
