"""Plays the agent's audio at the speed of time, as a loudspeaker would, and knows what was heard.

Pure: it is told how much time has passed.
"""

from collections import deque
from dataclasses import dataclass

from agent_service.audio import BYTES_PER_MS


@dataclass(frozen=True, slots=True)
class Played:
    """How far an item has been played."""

    item_id: str
    played_ms: int


@dataclass(slots=True)
class _Piece:
    item_id: str
    offset_ms: int
    audio: bytes
    done: int = 0
    """Bytes played."""

    @property
    def position(self) -> Played:
        return Played(self.item_id, self.offset_ms + self.done // BYTES_PER_MS)


class Player:
    """A queue of audio before a loudspeaker."""

    def __init__(self) -> None:
        self._queue: deque[_Piece] = deque()
        self.heard = bytearray()
        """All audio that was played, PCM16 at 24 kHz."""
        self._last: Played | None = None

    @property
    def is_idle(self) -> bool:
        return not self._queue

    def add(self, item_id: str, offset_ms: int, audio: bytes) -> None:
        """Queue audio that begins ``offset_ms`` into its item."""
        self._queue.append(_Piece(item_id, offset_ms, audio))

    def advance(self, ms: int) -> list[Played]:
        """Play for ``ms`` milliseconds; return how far each item came that was played in them."""
        left = ms * BYTES_PER_MS
        reached: dict[str, Played] = {}
        while left and self._queue:
            piece = self._queue[0]
            part = piece.audio[piece.done : piece.done + left]
            self.heard += part
            piece.done += len(part)
            left -= len(part)
            reached[piece.item_id] = piece.position
            if piece.done == len(piece.audio):
                self._queue.popleft()
            self._last = piece.position
        return list(reached.values())

    def clear(self, item_id: str) -> Played | None:
        """Drop what is left of an item; return how far it came, if it is the latest or waits."""
        first = next((piece for piece in self._queue if piece.item_id == item_id), None)
        self._queue = deque(piece for piece in self._queue if piece.item_id != item_id)
        if first is not None:
            return first.position
        return self._last if self._last and self._last.item_id == item_id else None
