"""What a tool returns, as plain JSON values that every reader can take, and cut to a size."""

import json
import math
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final

from pydantic_core import to_jsonable_python

from agent_service.store.schema import clean_text

_LEAST: Final = 200
"""Characters to which a member of an object is cut at most; where not all have that, the first
stay."""
_ROOM: Final = 4
"""Characters into which whatever is cut can be made to fit: null."""


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


def size_of(value: Any) -> int:
    """Return how many characters the JSON of the value has."""
    return len(json.dumps(value, ensure_ascii=False))


def cut_to_size(value: Any, most: int) -> Any:
    """Return the JSON value with so much of it that it has at most that many characters.

    What is short stays whole, in its order; what is long is cut: a text where a sentence or a word
    ends, a list after a member, an object in each of its long members alike.
    """
    if size_of(value) <= most:
        return value
    match value:
        case str():
            return _beginning(value, most)
        case list():
            return _first_members(value, most)
        case dict():
            return _fair_shares(value, most)
        case _:
            return None


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


def _beginning(text: str, most: int) -> str:
    characters = most
    while size_of(begun := shortened(text, characters)) > most:  # quotes and escapes count too
        characters -= max(size_of(begun) - most, characters // 10, 1)
        if characters <= 0:
            return ""
    return begun


def _first_members(members: list[Any], most: int) -> list[Any]:
    kept: list[Any] = []
    left = most - len("[]")
    for member in members:
        left -= size_of(member) + len(", ")
        if left < 0:
            break
        kept.append(member)
    if not kept and (room := most - len("[]")) >= _ROOM:
        return [cut_to_size(members[0], room)]
    return kept


def _fair_shares(members: dict[str, Any], most: int) -> dict[str, Any]:
    kept: dict[str, Any] = {}
    left = most - len("{}")
    names = least = 0
    for name, value in members.items():
        names += size_of(name) + len(": , ")
        least += min(size_of(value), _LEAST)
        if names + (least if kept else _ROOM) > left:
            break
        kept[name] = value
    left -= sum(size_of(name) + len(": , ") for name in kept)
    share = _share(map(size_of, kept.values()), left)
    return {name: cut_to_size(value, share) for name, value in kept.items()}


def _share(sizes: Iterable[int], left: int) -> int:
    """Return what each may take so that all fit: the short ones leave more to the long ones."""
    waiting = sorted(sizes)
    for nth, size in enumerate(waiting):
        share = left // (len(waiting) - nth)
        if size > share:
            return share
        left -= size
    return waiting[-1] if waiting else 0
