"""A row's place in an answer as text: given with a page, and understood by that question alone.

What does not have the shape of what is written here is refused before a database sees it.
"""

import base64
import hashlib
import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

UNKNOWN_CURSOR: Final = "should be the next_cursor or previous_cursor of an earlier answer"
OTHER_QUESTION: Final = "belongs to another question: ask it as it was asked, or leave the cursor"
_LONGEST: Final = 2_000
_NOT_ASKED: Final = ("cursor", "limit", "count")
"""What may differ from page to page."""
_KEY_BYTES: Final = 9


class UnknownCursor(ValueError):
    """Not written here, or for another question."""


@dataclass(frozen=True, slots=True)
class Cursor:
    """A place in the order of an answer, and to which side of it the page lies."""

    place: tuple[Any, ...]
    is_backward: bool = False


@dataclass(frozen=True, slots=True)
class Cursors:
    """The cursors of one list."""

    list_name: str

    def key(self, parameters: Iterable[tuple[str, str]]) -> str:
        """Return what tells this question from others."""
        asked = sorted([name, value] for name, value in parameters if name not in _NOT_ASKED)
        written = json.dumps([self.list_name, asked]).encode()
        return base64.urlsafe_b64encode(
            hashlib.blake2b(written, digest_size=_KEY_BYTES).digest()
        ).decode()

    def write(self, key: str, cursor: Cursor) -> str:
        """Return the place as text that can stand in an address."""
        return _written(self.list_name, key, cursor)

    def read(self, text: str, key: str) -> Cursor:
        """Return the place; raise UnknownCursor unless ``write`` wrote it for this question."""
        try:
            if len(text) > _LONGEST:
                raise ValueError
            decoded = json.loads(base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)))
            list_name, of, is_backward, *values = decoded
            cursor = Cursor(tuple(map(_value, values)), is_backward is True)
            is_ours = _written(list_name, of, cursor) == text
        except (ValueError, TypeError, AttributeError, RecursionError, KeyError):
            is_ours = False
        if not is_ours:
            raise UnknownCursor(UNKNOWN_CURSOR)
        if (list_name, of) != (self.list_name, key):
            raise UnknownCursor(OTHER_QUESTION)
        return cursor


def _written(list_name: str, key: str, cursor: Cursor) -> str:
    values = [
        {"at": value.isoformat()} if isinstance(value, datetime) else value
        for value in cursor.place
    ]
    written = json.dumps([list_name, key, cursor.is_backward, *values]).encode()
    return base64.urlsafe_b64encode(written).decode().rstrip("=")


def _value(value: Any) -> Any:
    if isinstance(value, dict):
        return datetime.fromisoformat(value["at"])
    if not isinstance(value, int | float | str):
        raise TypeError
    return value
