"""The playout clock of channels whose client has none: what leaves, and when, at the pace of sound.

Pure: time is an argument. What left counts as played, so only so much leaves early as a client
needs to play without gaps.
"""

from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from agent_service.audio import BYTES_PER_MS, bytes_to_ms, ms_to_bytes
from agent_service.conversation.commands import PlayAudio

FRAME_MS: Final = 40
LEAD_S: Final = 0.08
"""How far what leaves is ahead of what sounds: a client plays on through a late frame or two."""


@dataclass(frozen=True, slots=True)
class DueSound:
    item_id: str
    end_ms: int
    """Where it ends within its item."""
    audio: bytes


class Playout:
    """The agent's sound that has not left yet."""

    def __init__(self, frame_ms: int = FRAME_MS, lead_s: float = LEAD_S) -> None:
        self._frame_ms = frame_ms
        self._lead_s = lead_s
        self._waiting: deque[DueSound] = deque()
        self._due = 0.0
        """When the first of it leaves."""

    def add(self, command: PlayAudio) -> None:
        size = ms_to_bytes(self._frame_ms)
        for at in range(0, len(command.audio), size):
            audio = command.audio[at : at + size]
            end_ms = command.offset_ms + bytes_to_ms(at + len(audio))
            self._waiting.append(DueSound(command.item_id, end_ms, audio))

    def clear(self, item_id: str) -> None:
        """Let nothing more of the item leave."""
        self._waiting = deque(each for each in self._waiting if each.item_id != item_id)

    def put_back(self, sounds: Sequence[DueSound]) -> None:
        """Let these leave once more, before all else: nothing that left earlier sounds now."""
        self._waiting.extendleft(reversed(sounds))
        self._due = 0.0

    def take(self, now: float) -> list[DueSound]:
        """Return what leaves now.

        After a pause, of ours or because nothing was there, it begins anew: nothing is hurried.
        """
        taken = []
        self._due = max(self._due, now - self._lead_s)
        while self._waiting and self._due <= now:
            taken.append(self._waiting.popleft())
            self._due += len(taken[-1].audio) / BYTES_PER_MS / 1000
        return taken

    @property
    def due(self) -> float | None:
        """When something leaves next."""
        return self._due if self._waiting else None
