"""What waits to be written to one socket, in order."""

import asyncio
from collections import deque
from dataclasses import dataclass
from typing import TypeAlias

_GENERATION_LIMIT = 256 * 1024
_READING_LIMIT = 8 * 1024 * 1024

BROKEN = 1006
"""As a close code: the connection just breaks, without a close frame."""


@dataclass(frozen=True, slots=True)
class DelayedFrame:
    """A frame that is not sent before its time, in seconds of the event loop."""

    text: str
    due: float


@dataclass(frozen=True, slots=True)
class CloseFrame:
    """The end of the socket."""

    code: int
    reason: str


@dataclass(frozen=True, slots=True)
class GoSilent:
    """The socket stays open and nothing moves on it for so many seconds."""

    seconds: float


Frame: TypeAlias = str | DelayedFrame | CloseFrame | GoSilent


class Outbox:
    """Frames in the order in which they were emitted.

    Emitting never waits, so that what belongs together leaves together. Those who produce without
    end wait for room: a response at a quarter MiB, and reading from the client at 8 MiB.
    """

    def __init__(self) -> None:
        self._frames: deque[Frame] = deque()
        self._size = 0
        self._is_ended = False
        self._filled = asyncio.Event()
        self._drained = asyncio.Event()

    def put(self, frame: Frame) -> None:
        """Add a frame; nothing follows the end."""
        if self._is_ended:
            return
        self._is_ended = isinstance(frame, CloseFrame | GoSilent)
        self._frames.append(frame)
        self._size += _size(frame)
        self._filled.set()

    async def take(self) -> Frame:
        """Return the next frame, when there is one."""
        while not self._frames:
            self._filled.clear()
            await self._filled.wait()
        frame = self._frames.popleft()
        self._size -= _size(frame)
        self._drained.set()
        return frame

    async def room(self) -> None:
        """Let others run, and wait while the client reads too slowly for more of a response."""
        await asyncio.sleep(0)
        await self._below(_GENERATION_LIMIT)

    async def room_for_answers(self) -> None:
        """Wait while the client does not read the answers to what it sends."""
        await self._below(_READING_LIMIT)

    async def _below(self, limit: int) -> None:
        while self._size > limit:
            self._drained.clear()
            await self._drained.wait()


def _size(frame: Frame) -> int:
    match frame:
        case str():
            return len(frame)
        case DelayedFrame(text):
            return len(text)
        case _:
            return 0
