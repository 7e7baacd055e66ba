"""What of a tool call can be found: the values in its arguments and its output, not their names.

Every call of a tool has the same names, so that nobody looks for one call by them.
"""

import json
from collections.abc import Iterator
from typing import Any

from agent_service.redaction import redact_for_record, redact_json


def call_text(arguments: str, output: str) -> str:
    """Return what was asked and what came of it, as text, without secrets."""
    return "\n".join(one for text in (arguments, output) if (one := _said_in(text)))


def _said_in(text: str) -> str:
    if not text:
        return ""
    clean = redact_json(text, redact_for_record)
    try:
        return ", ".join(_values(json.loads(clean)))
    except (ValueError, RecursionError):
        return clean


def _values(value: Any) -> Iterator[str]:
    match value:
        case dict():
            for inner in value.values():
                yield from _values(inner)
        case list():
            for inner in value:
                yield from _values(inner)
        case bool() | None:
            return
        case _:
            yield str(value)
