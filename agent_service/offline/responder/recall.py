"""What the conversation so far contains: things with identifiers in tool outputs, and which one
is being talked about."""

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import Any

from agent_service.offline.ports import (
    ContextItem,
    ContextMessage,
    ContextToolCall,
    ContextToolOutput,
)
from agent_service.offline.responder.belongings import (
    Thing,
    chosen_things,
    identifier_words,
    is_id,
    position_in,
    things_in,
    wants_all,
)
from agent_service.offline.responder.contacts import heard_emails
from agent_service.offline.responder.identifiers import heard_identifiers, normal
from agent_service.offline.responder.replies import continues, says_yes
from agent_service.offline.responder.slot_kinds import ID_WORDS, SlotKind
from agent_service.offline.responder.slots import Slot, flat
from agent_service.offline.responder.toolset import Tool
from agent_service.offline.responder.wording import is_hidden, label, spoken
from agent_service.offline.responder.words import content_stems, human, split_name, words_of

_REFERENCE = re.compile(
    r"\b(?:it|its|it's|that|this|them|these|those|they|the (?:same|other)|that one|this one)\b",
    re.I,
)
_POINTS = re.compile(
    r"\b(?:(?:the|that|this)\s+(?:[\w']+\s+){0,3}?ones?\b"
    r"|the (?:first|second|third|fourth|fifth|last|\w{3,}est|better|other)\b"
    r"|i(?:'ll| will) (?:take|have)|i(?:'d| would) like the)",
    re.I,
)
_QUESTION_WORDS_ONLY = re.compile(
    r"^(?:(?:and|but|so|okay|oh)\W+)*(?:(?:for|since|until|by|at) )?"
    r"(?:how (?:much|many|long|soon|often|far|late)|when|why|where|who|which(?: ones?)?|what time)"
    r"\W*$",
    re.I,
)
_SUBJECT = re.compile(r"\((?P<about>[^()]+)\)$")
_ANOTHER = re.compile(r"\b(?:another|a different|the other|a new)\b", re.I)
_NAMING_WORDS = "name title item product doctor author carrier city"
_NAMING = frozenset(_NAMING_WORDS.split())
_LONGEST_NAME = 60
_DAY = re.compile(r"\d{4}-\d\d-\d\d")


class Recall:
    """A view of the items up to one point of the conversation."""

    def __init__(self, items: Sequence[ContextItem], today: date | None = None) -> None:
        self._items = items
        self._today = today
        self.things: list[Thing] = []
        called = {item.call_id: item.name for item in items if isinstance(item, ContextToolCall)}
        for index, item in enumerate(items):
            if isinstance(item, ContextToolOutput):
                # What a bare list holds is named by its tool: "walks" gives walks.
                container = called.get(item.call_id, "")
                self.things += things_in(parsed(item.output), index, container)

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

    def referred(self, slot: Slot, text: str, deeds: frozenset[str] = frozenset()) -> list[str]:
        """Return the identifiers that the words point to ("it", "the second one", "the
        headphones"); the verbs of what is to be done, ``deeds``, point to nothing.

        Several when they point to several; none when they point to nothing known.
        """
        things = self._distinct(slot)
        words = identifier_words(slot.leaf)
        focus = self.focus(slot)
        if re.search(r"\bthe other\b", text, re.I) and focus is not None:
            others = [value for t in things if (value := t.value_for(slot)) and value != focus]
            return others if len(others) == 1 else []
        if chosen := chosen_things(things, text, words | deeds, self._today):
            return [str(thing.value_for(slot)) for thing in chosen]
        if _ANOTHER.search(text):
            return []
        if _REFERENCE.search(text) or content_stems(text) & words:
            return [focus] if focus is not None else []
        return []

    def pointed(self, slot: Slot, text: str) -> str | None:
        """Return the value that the words choose among the things of the latest output."""
        outputs = [i for i, item in enumerate(self._items) if isinstance(item, ContextToolOutput)]
        things = [t for t in self.things if t.is_listed and outputs and t.turn == outputs[-1]]
        own = [thing for thing in things if thing.value_for(slot) is not None]
        chosen = chosen_things(own, text, identifier_words(slot.leaf), self._today)
        return chosen[0].value_for(slot) if len(chosen) == 1 else None

    def listed(self) -> list[str]:
        """Return the texts of which the latest output is a list: the free windows of a day."""
        outputs = (i for i in reversed(self._items) if isinstance(i, ContextToolOutput))
        value = next((parsed(item.output) for item in outputs), None)
        fields = list(value.values()) if isinstance(value, dict) else [value]
        lists = [f for f in fields if isinstance(f, list) and all(isinstance(e, str) for e in f)]
        return lists[0] if len(lists) == 1 else []

    def sought(self, slots: Sequence[Slot]) -> dict[str, Any]:
        """Return with what the latest call looked for things, by the slots that take the same: by
        name, a day also by being the only one."""
        calls = (i for i in reversed(self._items) if isinstance(i, ContextToolCall))
        given = next((parsed(call.arguments) for call in calls), None)
        values = flat(given) if isinstance(given, dict) else {}
        days = [v for v in values.values() if isinstance(v, str) and _DAY.fullmatch(v)]
        days_taken = [slot for slot in slots if slot.kind is SlotKind.DATE]
        found = {s.name: values[s.name] for s in slots if s.name in values}
        if len(days) == len(days_taken) == 1:
            found.setdefault(days_taken[0].name, days[0])
        return found

    def others(self, values: list[str], text: str) -> list[str]:
        """Return of several identifiers those that no tool was called with, where the words want
        another one."""
        if not _ANOTHER.search(text):
            return values
        calls = [parsed(i.arguments) for i in self._items if isinstance(i, ContextToolCall)]
        used = {str(v) for given in calls if isinstance(given, dict) for v in flat(given).values()}
        return [value for value in values if value not in used]

    def among(self, slot: Slot, rivals: Sequence[str], text: str) -> list[str]:
        """Return which of several candidates an answer means; both, for all of them."""
        heard = [one.text for one in heard_identifiers(text)]
        named = [
            r for r in rivals if any(len(h) > 1 and h in normal(r) for h in map(normal, heard))
        ]
        if len(named) == 1:
            return named
        if len(rivals) == 1:
            return list(rivals) if says_yes(text) else []
        own = {t.value_for(slot): t for t in self.things}
        things = [own[rival] for rival in rivals if rival in own]
        chosen = chosen_things(things, text, identifier_words(slot.leaf), self._today)
        found = [str(thing.value_for(slot)) for thing in chosen]
        if found and (len(found) == 1 or wants_all(text)):
            return found
        position = position_in(text)
        return [rivals[position]] if position is not None and position < len(rivals) else []

    def described(self, slot: Slot, values: Sequence[str]) -> tuple[str, ...]:
        """Return what tells things apart in words, in place of identifiers that say nothing."""
        things = {t.value_for(slot): t for t in self.things}
        own = [things.get(value) for value in values]
        told = [_telling_words(thing, [o for o in own if o]) if thing else "" for thing in own]
        is_known = "ID" not in label(slot.leaf)  # to callers
        names = [f"{value} ({words})" for value, words in zip(values, told, strict=True)]
        own_names = names if is_known else told
        return tuple(n if t else v for n, t, v in zip(own_names, told, values, strict=True))

    def focus(self, slot: Slot) -> str | None:
        """Return the identifier that was spoken of last, if it is one."""
        known, _ = self.known(slot)
        for index in range(len(self._items) - 1, -1, -1):
            match self._items[index]:
                case ContextToolCall(arguments=arguments):
                    given = parsed(arguments)
                    if isinstance(given, dict):
                        for name, value in given.items():
                            if identifier_words(name) == identifier_words(slot.leaf) and is_id(
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

    def called(self) -> frozenset[str]:
        """Return the names of the tools that were called since the caller spoke last."""
        names: set[str] = set()
        for item in reversed(self._items):
            match item:
                case ContextMessage(role="user"):
                    break
                case ContextToolCall(name=name):
                    names.add(name)
        return frozenset(names)

    def subject(self, tool: Tool, text: str) -> str | None:
        """Return what the latest call of a tool that takes a question was about, where a turn goes
        on from there: "and how long does that take?"."""
        if not (refers(text) or continues(text) is not None or only_asks(text)):
            return None
        for item in reversed(self._items):
            if isinstance(item, ContextToolCall):
                asked = question_of(tool, item)
                if item.name != tool.name or asked is None:
                    return None
                m = _SUBJECT.search(asked)
                words = [w for w in words_of(asked) if content_stems(w.text)]
                return m["about"] if m else " ".join(word.raw for word in words)
        return None

    def latest(self) -> str | None:
        """Return the name of the tool that was called last."""
        calls = (i.name for i in reversed(self._items) if isinstance(i, ContextToolCall))
        return next(calls, None)

    def names(self) -> list[str]:
        """Return what things are called in recent outputs: products, people, places."""
        names: list[str] = []
        for item in reversed(self._items[-12:]):
            if isinstance(item, ContextToolOutput):
                names += [n for n in _names(parsed(item.output)) if n not in names]
        return names

    def named(self, slot: Slot, text: str) -> str | None:
        """Return what the words name of that which outputs hold under the slot's own name."""
        said, own = content_stems(text), content_stems(slot.label)
        outputs = [parsed(i.output) for i in self._items if isinstance(i, ContextToolOutput)]
        names = {name for value in outputs for name in _called(value, own)}
        counts = {name: len(content_stems(name) & said) for name in names}
        most = max(counts.values(), default=0)
        best = [name for name, count in counts.items() if count == most]
        return best[0] if most and len(best) == 1 else None

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


def points(text: str) -> bool:
    """Return whether the words take one of several: "the second one", "book the cheapest"."""
    return bool(_POINTS.search(text))


def only_asks(text: str) -> bool:
    """Return whether a question leaves out what it is about: "how much?", "and until when?"."""
    return bool(_QUESTION_WORDS_ONLY.match(text))


def refers(text: str) -> bool:
    """Return whether the words point back to something ("it", "that one")."""
    return bool(_REFERENCE.search(text)) and not _ANOTHER.search(text)


def goes_on(values: Mapping[str, Any]) -> bool:
    """Return whether a call's question takes its subject from the one before."""
    return any(isinstance(value, str) and _SUBJECT.search(value) for value in values.values())


def question_of(tool: Tool, call: ContextToolCall) -> str | None:
    """Return the question that a call of a tool took, with its subject; None where it took none."""
    given = parsed(call.arguments)
    names = [slot.name for slot in tool.slots if slot.kind is SlotKind.QUESTION]
    asked = given.get(names[0]) if names and isinstance(given, dict) else None
    return asked if isinstance(asked, str) else None


def parsed(text: str) -> Any:
    """Return the JSON value of a text, or the text itself."""
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return text


def _telling_words(thing: Thing, others: Sequence[Thing]) -> str:
    """Return up to two short values of a thing that the others do not share."""
    told = [
        spoken(key, value)
        for key, value in thing.fields.items()
        if isinstance(value, str)
        and not is_id(key, value)
        and not is_hidden(key, value)
        and len(value) <= 40
        and any(other.fields.get(key) != value for other in others if other is not thing)
    ]
    return ", ".join(told[:2])


def _called(value: Any, own: set[str], container: str = "") -> Iterator[str]:
    """Yield the texts below a key of one of the words, or named in what lies below such a key."""
    match value:
        case list():
            for element in value:
                yield from _called(element, own, container)
        case dict():
            for key, field in value.items():
                is_name = bool(set(split_name(key)) & _NAMING)
                yield from _called(field, own, f"{container} {key}" if is_name else key)
        case str() if len(value) <= _LONGEST_NAME and content_stems(human(container)) & own:
            yield value


def _names(value: Any) -> Iterator[str]:
    match value:
        case list():
            for element in value:
                yield from _names(element)
        case dict():
            for key, field in value.items():
                words = set(split_name(key))
                is_name = words & _NAMING
                is_short = isinstance(field, str) and len(field) <= _LONGEST_NAME
                if is_short and is_name and not words & ID_WORDS:
                    yield field
                elif key in {"items", "products"} and isinstance(field, list):
                    yield from (e for e in field if isinstance(e, str))
                    yield from _names(field)
                else:
                    yield from _names(field)
