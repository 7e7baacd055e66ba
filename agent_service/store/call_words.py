"""A tool call in people's words: what it was asked with, and what came of it."""

import json
from collections.abc import Iterator
from typing import Any, Final

from agent_service.conversation.phrases import spoken_part
from agent_service.conversation.records import ToolCallStatus

_DEEPEST: Final = 4
"""Of arguments within arguments; what lies deeper is told as JSON."""

_STANDS: Final = {
    ToolCallStatus.AWAITING_CONFIRMATION: "the caller is asked",
    ToolCallStatus.RUNNING: "under way",
    ToolCallStatus.AWAITING_APPROVAL: "waits for approval",
    ToolCallStatus.DECLINED: "the caller said no",
    ToolCallStatus.EXPIRED: "the caller did not answer in time",
    ToolCallStatus.VOIDED: "not done",
    ToolCallStatus.ENDED: "not done",
}
"""What the sentence for the caller does not say, or not as the team would."""


def pairs(text: str) -> list[tuple[str, str]]:
    """Return the names and values of a JSON object in words; none of what is no object."""
    try:
        values = json.loads(text)
    except (ValueError, RecursionError):
        return []
    if not isinstance(values, dict):
        return []
    return [
        (name.replace("_", " "), words)
        for name, value in values.items()
        if (words := _words(value, _DEEPEST))
    ]


def in_words(text: str) -> str:
    """Return a JSON object in one line of words; anything else as it is."""
    found = pairs(text)
    return ", ".join(f"{name} {words}" for name, words in found) if found else text


def what_came(status: ToolCallStatus, output: str) -> str:
    """Return how a call stands or ended: what the caller is told, where that says it."""
    stands = _STANDS.get(status)
    return stands or spoken_part(output) or status.value.replace("_", " ")


def _words(value: Any, deep: int) -> str:
    match value:
        case None:
            return ""
        case bool():
            return "yes" if value else "no"
        case dict() | list() if deep == 0:
            return json.dumps(value, ensure_ascii=False)
        case dict():
            return ", ".join(_named(value, deep - 1))
        case list():
            return "; ".join(one for inner in value if (one := _words(inner, deep - 1)))
        case _:
            return str(value)


def _named(values: dict[str, Any], deep: int) -> Iterator[str]:
    for name, value in values.items():
        words = _words(value, deep)
        if words:
            yield f"{name.replace('_', ' ')} {words}"
