"""How many sockets may be open at once. The rest are refused before they cost anything."""

from collections.abc import Iterator
from contextlib import contextmanager


class Admission:
    """A limit on open conversation sockets, with the counts that operators watch."""

    def __init__(self, max_sockets: int) -> None:
        self.max_sockets = max_sockets
        self.open_sockets = 0
        self.refused = 0

    @property
    def is_full(self) -> bool:
        return self.open_sockets >= self.max_sockets

    @contextmanager
    def admit(self) -> Iterator[bool]:
        """Count one socket while it is open; yields False, and counts nothing, at the limit."""
        if self.is_full:
            self.refused += 1
            yield False
            return
        self.open_sockets += 1
        try:
            yield True
        finally:
            self.open_sockets -= 1
