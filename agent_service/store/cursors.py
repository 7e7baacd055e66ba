"""A row's place in its list as text: given with a page, and understood by that list alone.

What does not have the shape of what is written here is refused before a database sees it.
"""

import base64
import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from agent_service.store.filters import Kind

UNKNOWN_CURSOR: Final = "should be the next_cursor of an earlier answer"


@dataclass(frozen=True, slots=True)
class Cursors:
    """The cursors of one list."""

    list_name: str
    kinds: tuple[Kind, ...]
    """Of the values that place a row."""

    def write(self, place: Iterable[Any]) -> str:
        """Return the place as text that can stand in an address."""
        values = [
            value.isoformat() if isinstance(value, datetime) else str(value) for value in place
        ]
        written = json.dumps([self.list_name, *values]).encode()
        return base64.urlsafe_b64encode(written).decode().rstrip("=")

    def read(self, cursor: str) -> tuple[Any, ...]:
        """Return the place; raise ValueError when ``write`` has not written the cursor."""
        try:
            _, *values = json.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
            place = tuple(kind.parse(v) for kind, v in zip(self.kinds, values, strict=True))
        except (ValueError, TypeError, AttributeError, RecursionError):
            place = ()
        if not place or self.write(place) != cursor:
            raise ValueError(UNKNOWN_CURSOR)
        return place
