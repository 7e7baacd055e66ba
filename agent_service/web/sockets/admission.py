"""How many conversation sockets are open, so that one too many is refused before it costs
anything.

A conversation by text costs far less than one by voice: it has places of its own, for when the
others are taken.
"""

from collections.abc import Iterator
from contextlib import contextmanager


class Place:
    """What one socket takes up."""

    def __init__(self, admission: "Admission", *, is_for_text: bool) -> None:
        self._admission = admission
        self.is_for_text = is_for_text
        """Nothing is spoken here."""

    def may_speak(self) -> bool:
        """Tell whether the conversation may be by voice, from now on where there is room again."""
        if self.is_for_text and not self._admission.is_full:
            self._admission.open_texts -= 1
            self._admission.open_sockets += 1
            self.is_for_text = False
        return not self.is_for_text


class Admission:
    """A limit on open conversation sockets, with the counts that operators watch."""

    def __init__(self, max_sockets: int, max_texts: int = 0) -> None:
        self.max_sockets = max_sockets
        self.max_texts = max_texts
        self.open_sockets = 0
        self.open_texts = 0
        """Of those that are only for text."""
        self.refused = 0

    @property
    def is_full(self) -> bool:
        return self.open_sockets >= self.max_sockets

    def has_room(self, *, for_text: bool) -> bool:
        return not self.is_full or (for_text and self.open_texts < self.max_texts)

    @contextmanager
    def admit(self, *, for_text: bool = False) -> Iterator[Place | None]:
        """Count one socket while it is open; yields None, and counts nothing, at the limit."""
        if not self.has_room(for_text=for_text):
            self.refused += 1
            yield None
            return
        place = Place(self, is_for_text=self.is_full)
        if place.is_for_text:
            self.open_texts += 1
        else:
            self.open_sockets += 1
        try:
            yield place
        finally:
            if place.is_for_text:
                self.open_texts -= 1
            else:
                self.open_sockets -= 1
