"""Reads short things with a name: a person, an item, a city, a title."""

import re

from agent_service.offline.responder.dates import CALENDAR
from agent_service.offline.responder.recall import Recall
from agent_service.offline.responder.slots import Slot
from agent_service.offline.responder.toolset import Tool
from agent_service.offline.responder.words import content_stems, split_name

_GOALS = {"destination", "country", "city", "town", "place", "location", "to", "recipient", "payee"}
_GOAL = re.compile(
    r"\b(?:to|in|for|into)\s+(?P<name>[A-Z][\w'\u2019-]+(?:\s+[A-Z][\w'\u2019-]+){0,3})"
)
_PHRASE_LEAD = re.compile(
    r"^(?:(?:it's|it is|that's|that would be|i mean|i meant|i think|maybe|just|well|um+|uh+|"
    r"yes|the|a|an|my|for|in|to|at|from|called)\b[\s,]*)+",
    re.I,
)


def person(slot: Slot, name: str | None, tool: Tool) -> str | None:
    """Return the part of a name that the slot takes."""
    if name is None:
        return None
    words = name.split()
    has_parts = sum("name" in s.name.lower() for s in tool.slots) > 1
    if has_parts and slot.name.lower().startswith(("first", "given")):
        return words[0]
    if has_parts and slot.name.lower().startswith(("last", "family", "sur")):
        return (
            words[-1] if len(words) > 1 or "first" not in {s.name[:5] for s in tool.slots} else None
        )
    return name


def goal(slot: Slot, text: str) -> str | None:
    """Return the person or place that something goes to: "to Anna Miller", "in Switzerland"."""
    if not set(split_name(slot.name)) & _GOALS:
        return None
    names = [m["name"] for m in _GOAL.finditer(text)]
    return next((name for name in names if name.split()[0].lower() not in CALENDAR), None)


def phrase(slot: Slot, text: str, *, was_asked: bool, recall: Recall) -> str | None:
    """Return a thing by its known name, else what was said when it was asked for."""
    stems = content_stems(text)
    named = [n for n in recall.names() if content_stems(n) and content_stems(n) & stems]
    if named:
        return max(named, key=lambda n: len(content_stems(n) & stems))
    if was_asked:
        answer = _PHRASE_LEAD.sub("", text.strip()).strip(" .,!?")
        return answer or None
    quoted = re.search(r"[\"\u201c]([^\"\u201d]+)[\"\u201d]", text)
    if quoted:
        return quoted[1]
    return _after_label(slot, text) or goal(slot, text)


def _after_label(slot: Slot, text: str) -> str | None:
    """ "The city is Berlin", "city: Berlin"."""
    m = re.search(
        rf"\b{re.escape(slot.label)}\b(?:\s+(?:is|called|named|of|to)|:)\s+([^.,;!?]+)", text, re.I
    )
    return m[1].strip() if m else None
