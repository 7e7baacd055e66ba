"""What a returning caller may have missed: the numbered frames of one conversation.

Bounded in memory. It outlives the sockets, and knows nothing of what the frames say.
"""

from collections import deque
from dataclasses import dataclass, replace
from typing import Final

from agent_service.errors import CallerError

MAX_REPLAY_BYTES: Final = 8 * 1024 * 1024
"""Nearly three minutes of sound: an answer comes faster than it is played, and all of what is not
played yet may have to be sent anew."""


@dataclass(frozen=True, slots=True)
class _Kept:
    seq: int
    frame: str | bytes
    item_id: str | None
    end_ms: int
    """Audio only: where the frame's audio ends within its item."""


class ReplayLog:
    """Numbers a conversation's frames and keeps the newest; the oldest go when it is full."""

    def __init__(self, max_bytes: int = MAX_REPLAY_BYTES, *, last_seq: int = 0) -> None:
        self._max_bytes = max_bytes
        self._kept: deque[_Kept] = deque()
        self._size = 0
        self.last_seq = last_seq

    @property
    def next_seq(self) -> int:
        return self.last_seq + 1

    def keep(self, frame: str | bytes, item_id: str | None = None, end_ms: int = 0) -> None:
        """Take the frame that bears ``next_seq``; audio with the item it belongs to."""
        self.last_seq += 1
        self._kept.append(_Kept(self.last_seq, frame, item_id, end_ms))
        self._size += len(frame)
        while self._size > self._max_bytes:
            self._drop_oldest()

    def skip(self) -> int:
        """Return the number for a frame that need not be repeated."""
        self.last_seq += 1
        # A gap in the numbers would look like lost history.
        self._kept.append(_Kept(self.last_seq, "", None, 0))
        return self.last_seq

    def played(self, item_id: str, played_ms: int) -> None:
        """Forget what came no later than audio that the caller has played: it has arrived."""
        arrived = 0
        for kept in self._kept:
            if kept.item_id == item_id:
                if kept.end_ms > played_ms:
                    break
                arrived = kept.seq
        while self._kept and self._kept[0].seq <= arrived:
            self._drop_oldest()

    def cleared(self, item_id: str) -> None:
        """Forget the item's audio, which nobody is to hear any more; its numbers stay."""
        silent = (replace(one, frame="") if one.item_id == item_id else one for one in self._kept)
        self._kept = deque(silent)
        self._size = sum(len(one.frame) for one in self._kept)

    def since(self, last_seq: int) -> list[str | bytes]:
        """Return the frames after ``last_seq``; raise CallerError if some are no longer there."""
        oldest = self._kept[0].seq if self._kept else self.next_seq
        if not oldest - 1 <= last_seq <= self.last_seq:
            raise CallerError(
                f"The messages after {last_seq} are no longer kept: start a new conversation.",
                code="resume_failed",
            )
        return [kept.frame for kept in self._kept if kept.seq > last_seq and kept.frame]

    def restart(self) -> list[str | bytes]:
        """Return all that is kept, in order, and forget it: it gets new numbers."""
        frames = [kept.frame for kept in self._kept if kept.frame]
        self._kept.clear()
        self._size = 0
        return frames

    def _drop_oldest(self) -> None:
        self._size -= len(self._kept.popleft().frame)
