"""Events that a provider sends twice: the second one is none."""

import re

_REMEMBERED = 128
_LOOKED_THROUGH = 400
"""Where identifiers stand, beside the type; long members come after them."""
_EVENT_ID = re.compile(rb'"event_id"\s*:\s*"([^"\\]{1,128})"')
_TAIL = 64


class Doubles:
    """Remembers the latest events of one connection."""

    def __init__(self) -> None:
        self._recent: dict[bytes, tuple[int, bytes]] = {}

    def has(self, raw: bytes) -> bool:
        """Take a message; tell whether it is the same as one before, by identifier and content.

        The content counts too: a server that gives all its events one identifier is still heard.
        """
        found = _EVENT_ID.search(raw, 0, _LOOKED_THROUGH)
        if found is None:
            return False
        recent, event_id = self._recent, found[1]
        content = (len(raw), raw[-_TAIL:])
        if recent.get(event_id) == content:
            return True
        recent[event_id] = content
        if len(recent) > _REMEMBERED:
            del recent[next(iter(recent))]
        return False
