"""The recogniser's prompt: words that the caller is likely to say next."""

from collections.abc import Sequence

from agent_service.offline.english.numbers import UNITS
from agent_service.offline.ports import ContextItem
from agent_service.offline.responder.recall import Recall
from agent_service.offline.responder.slot_kinds import SlotKind
from agent_service.offline.responder.toolset import Tool

_DIGITS = list(UNITS)
_MOST_NAMES = 6
_MOST_IDENTIFIERS = 2


def expected_words(items: Sequence[ContextItem], tools: Sequence[Tool]) -> str | None:
    """Return names from recent outputs and how identifiers sound, as a sentence or two without
    digits."""
    recall = Recall(items)
    parts: list[str] = []
    for tool in tools:
        for slot in tool.slots:
            if slot.kind is not SlotKind.IDENTIFIER:
                continue
            known, _ = recall.known(slot)
            shapes = known[-_MOST_IDENTIFIERS:] or list(slot.examples[:1])
            for value in shapes:
                form = f"{slot.label} {spelled(value)}"
                if form not in parts and len(parts) < 3:
                    parts.append(form)
    names = [name for name in recall.names() if not any(c.isdigit() for c in name)][:_MOST_NAMES]
    said = [f"My {', '.join(parts)}."] if parts else []
    said += [f"{', '.join(names)}."] if names else []
    return " ".join(said) or None


def spelled(identifier: str) -> str:
    """Return an identifier as it is said: "AB12" is "A B one two"."""
    words = [
        _DIGITS[int(c)] if c.isdigit() and c.isascii() else c.upper()
        for c in identifier
        if c.isalnum()
    ]
    return " ".join(words)
