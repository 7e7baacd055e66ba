"""What a tool returns, as plain JSON values that every reader can take, and cut to a size."""

import math
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from pydantic_core import to_jsonable_python

from agent_service.store.schema import clean_text

_STEPS: Final = ((200, 1_800), (50, 1_000), (20, 500), (10, 200), (5, 80))
"""How many members of a list or an object, and how many characters of a text, are left."""


def plain(value: Any) -> Any:
    """Return the value as JSON; dates, decimals, models and their kind as they are written.

    What no JSON, database or socket takes becomes null (NaN) or U+FFFD (lone surrogates, NUL);
    bytes that are no text become base64. Raises ValueError for what cannot be JSON.
    """
    value = _clean(value)
    try:
        jsonable = to_jsonable_python(value, inf_nan_mode="constants", fallback=_unpacked)
    except UnicodeDecodeError:
        jsonable = to_jsonable_python(
            value, bytes_mode="base64", inf_nan_mode="constants", fallback=_unpacked
        )
    return _clean(jsonable)


def shortened(text: str, most: int) -> str:
    """Return the text, cut at the end of a sentence or a word when it is too long."""
    if len(text) <= most:
        return text
    head = text[:most]
    end = max(head.rfind(mark) for mark in (". ", "! ", "? ", "\n"))
    if end > most // 2:
        return head[: end + 1].rstrip()
    return head[: max(head.rfind(" "), most - 50)].rstrip() + "\u2026"


def cut_to_size(told: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """Yield the object with its lists, objects and texts cut, shorter each time."""
    for members, characters in _STEPS:
        yield {name: _cut(value, members, characters) for name, value in told.items()}


def _clean(value: Any) -> Any:
    match value:
        case str():
            return clean_text(value)
        case float() if not math.isfinite(value):
            return None
        case list():
            return [_clean(one) for one in value]
        case dict():
            return {
                clean_text(key) if isinstance(key, str) else key: _clean(one)
                for key, one in value.items()
            }
        case _:
            return value


def _unpacked(value: Any) -> Any:
    match value:
        case memoryview():
            return bytes(value)
        case Mapping():
            return dict(value)
        case Sequence():
            return list(value)
        case _:
            kind = type(value).__name__
            raise ValueError(f"a {kind} cannot be told to the model: return plain values")


def _cut(value: Any, members: int, characters: int) -> Any:
    match value:
        case str():
            return shortened(value, characters)
        case list():
            return [_cut(one, members, characters) for one in value[:members]]
        case dict():
            kept = list(value.items())[:members]
            return {name: _cut(one, members, characters) for name, one in kept}
        case _:
            return value
