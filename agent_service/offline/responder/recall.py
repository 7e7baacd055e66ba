"""What the conversation so far contains: things with identifiers in tool outputs, and which one
is being talked about."""

import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from agent_service.offline.ports import (
    ContextItem,
    ContextMessage,
    ContextToolCall,
    ContextToolOutput,
)
from agent_service.offline.responder.contacts import heard_emails
from agent_service.offline.responder.identifiers import normal
from agent_service.offline.responder.slot_kinds import ID_WORDS
from agent_service.offline.responder.slots import Slot
from agent_service.offline.responder.words import content_stems, split_name, stem

_REFERENCE = re.compile(
    r"\b(?:it|its|it's|that|this|them|these|those|they|the (?:same|other)|that one|this one)\b",
    re.I,
)
_ANOTHER = re.compile(r"\b(?:another|a different|the other|a new)\b", re.I)
_ORDINALS = {"first": 0, "second": 1, "third": 2, "fourth": 3, "fifth": 4, "last": -1}
_NEWEST = re.compile(r"\b(?:latest|newest|most recent|recent)\b", re.I)


@dataclass(frozen=True, slots=True)
class Thing:
    """An object of a tool output that has identifiers of its own."""

    identifiers: dict[frozenset[str], str]
    """By the words of the key, the container's name included: {order, number}."""
    stems: frozenset[str]
    """Of every word in it."""
    is_listed: bool
    """It is one of several in a list."""
    turn: int
    """Index of the item that held it."""

    def value_for(self, slot: Slot) -> str | None:
        wanted = identifier_words(slot.name)
        for words, value in self.identifiers.items():
            if words == wanted or (not wanted and len(words) <= 1):
                return value
        return next((v for w, v in self.identifiers.items() if wanted and wanted <= w), None)


def identifier_words(name: str, container: str = "") -> frozenset[str]:
    """Return what an identifier is of: ``order_number``, ``orderId`` and ``number`` in
    ``orders`` all give {order}."""
    words = {stem(word) for word in split_name(name) if word not in ID_WORDS}
    if not words and container:
        words = {stem(word) for word in split_name(container) if word not in ID_WORDS}
    return frozenset(words)


class Recall:
    """A view of the items up to one point of the conversation."""

    def __init__(self, items: Sequence[ContextItem]) -> None:
        self._items = items
        self.things: list[Thing] = []
        for index, item in enumerate(items):
            if isinstance(item, ContextToolOutput):
                self.things += _things(parsed(item.output), index)

    def known(self, slot: Slot) -> tuple[list[str], bool]:
        """Return the known identifiers of a slot's kind, and whether they came as a list to
        choose from."""
        values: list[str] = []
        is_listed = False
        for thing in self.things:
            value = thing.value_for(slot)
            if value is not None and value not in values:
                values.append(value)
                is_listed |= thing.is_listed
        return values, is_listed

    def referred(self, slot: Slot, text: str) -> list[str]:
        """Return the identifiers that the words point to ("it", "the second one", "the
        headphones").

        Several when they point to several; none when they point to nothing known.
        """
        things = self._distinct(slot)
        said = content_stems(text)
        named = _named(things, said, slot)
        if named:
            return named
        listed = [thing for thing in things if thing.turn == things[-1].turn] if things else []
        ordinal = _ordinal(text, slot)
        if ordinal is not None and len(listed) > 1 and ordinal < len(listed):
            return [str(listed[ordinal].value_for(slot))]
        if _ANOTHER.search(text):
            return []
        if _REFERENCE.search(text) or said & identifier_words(slot.name):
            focus = self.focus(slot)
            return [focus] if focus is not None else []
        return []

    def focus(self, slot: Slot) -> str | None:
        """Return the identifier that was spoken of last, if it is one."""
        known, _ = self.known(slot)
        for index in range(len(self._items) - 1, -1, -1):
            match self._items[index]:
                case ContextToolCall(arguments=arguments):
                    given = parsed(arguments)
                    if isinstance(given, dict):
                        for name, value in given.items():
                            if identifier_words(name) == identifier_words(slot.name) and _is_id(
                                name, value
                            ):
                                return str(value)
                case ContextToolOutput():
                    here = [t.value_for(slot) for t in self.things if t.turn == index]
                    values = list(dict.fromkeys(value for value in here if value is not None))
                    if values:
                        return values[0] if len(values) == 1 else None
                case ContextMessage(text=text):
                    glued = normal(text)
                    said = [value for value in known if normal(value) in glued]
                    if len(said) == 1:
                        return said[0]
        return None

    def names(self) -> list[str]:
        """Return what things are called in recent outputs: products, people, places."""
        names: list[str] = []
        for item in reversed(self._items[-12:]):
            if isinstance(item, ContextToolOutput):
                names += [n for n in _names(parsed(item.output)) if n not in names]
        return names

    def emails(self) -> list[str]:
        """Return the e-mail addresses that tool outputs and system messages contain."""
        texts = [
            item.output if isinstance(item, ContextToolOutput) else item.text
            for item in self._items
            if isinstance(item, ContextToolOutput)
            or (isinstance(item, ContextMessage) and item.role == "system")
        ]
        return list(dict.fromkeys(email for text in texts for email in heard_emails(text)))

    def _distinct(self, slot: Slot) -> list[Thing]:
        latest: dict[str, Thing] = {}
        for thing in self.things:
            value = thing.value_for(slot)
            if value is not None:
                latest.pop(value, None)
                latest[value] = thing
        return list(latest.values())


def refers(text: str) -> bool:
    """Return whether the words point back to something ("it", "that one")."""
    return bool(_REFERENCE.search(text)) and not _ANOTHER.search(text)


def parsed(text: str) -> Any:
    """Return the JSON value of a text, or the text itself."""
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return text


def _named(things: list[Thing], said: set[str], slot: Slot) -> list[str]:
    """Return the identifiers of the things that the most of the said words name, and not all
    things share."""
    shared = frozenset.intersection(*(t.stems for t in things)) if len(things) > 1 else frozenset()
    own_words = identifier_words(slot.name)
    hits = [(len((said & thing.stems) - shared - own_words), thing) for thing in things]
    best = max((count for count, _ in hits), default=0)
    return [str(t.value_for(slot)) for count, t in hits if count == best] if best else []


def _ordinal(text: str, slot: Slot) -> int | None:
    if _NEWEST.search(text):
        return 0
    nouns = "|".join(["one", *identifier_words(slot.name)])
    m = re.search(rf"\b({'|'.join(_ORDINALS)})(?:\s+(?:{nouns})|\W*$)", text, re.I)
    return _ORDINALS[m[1].lower()] if m else None


def _is_id(name: str, value: Any) -> bool:
    return bool(ID_WORDS & set(split_name(name))) and isinstance(value, (str, int))


def _things(
    value: Any, turn: int, container: str = "", *, is_listed: bool = False
) -> Iterator[Thing]:
    match value:
        case list():
            for element in value:
                yield from _things(element, turn, container, is_listed=len(value) > 1)
        case dict():
            identifiers = {
                identifier_words(key, container): str(field)
                for key, field in value.items()
                if _is_id(key, field)
            }
            if identifiers:
                stems = frozenset(content_stems(" ".join(_texts(value))))
                yield Thing(identifiers, stems, is_listed, turn)
            for key, field in value.items():
                yield from _things(field, turn, key)


def _texts(value: Any) -> Iterator[str]:
    match value:
        case str():
            yield value
        case list():
            for element in value:
                yield from _texts(element)
        case dict():
            for field in value.values():
                yield from _texts(field)


def _names(value: Any) -> Iterator[str]:
    match value:
        case list():
            for element in value:
                yield from _names(element)
        case dict():
            for key, field in value.items():
                words = set(split_name(key))
                is_name = words & {
                    "name",
                    "title",
                    "item",
                    "product",
                    "doctor",
                    "author",
                    "carrier",
                    "city",
                }
                if isinstance(field, str) and is_name and len(field) <= 60 and not words & ID_WORDS:
                    yield field
                elif key in {"items", "products"} and isinstance(field, list):
                    yield from (e for e in field if isinstance(e, str))
                    yield from _names(field)
                else:
                    yield from _names(field)
