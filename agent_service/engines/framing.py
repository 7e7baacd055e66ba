"""The bytes of WebSocket text frames (RFC 6455 section 5.2): how long one is, how to write one."""

import os
import struct

try:
    from websockets.speedups import apply_mask
except ImportError:  # a machine without a binary wheel
    from websockets.utils import apply_mask

WHOLE_TEXT = 0x81
"""First byte of a text message in one frame."""
_MASKED = 0x80


def is_masked(data: bytes, position: int) -> bool:
    """Tell whether the frame there is masked, as only a client's may be."""
    return len(data) > position + 1 and data[position + 1] >= _MASKED


def extent(data: bytes, position: int) -> tuple[int, int]:
    """Return the sizes of an unmasked frame's head and of the whole frame.

    Where the head itself is not complete, the second number says how many bytes will tell more.
    """
    available = len(data) - position
    if available < 2:
        return 2, 2
    size = data[position + 1]
    if size < 126:
        return 2, 2 + size
    if size == 126:
        if available < 4:
            return 4, 4
        return 4, 4 + int.from_bytes(data[position + 2 : position + 4])
    if available < 10:
        return 10, 10
    return 10, 10 + int.from_bytes(data[position + 2 : position + 10])


class TextFrames:
    """Writes masked text frames. Masks come from a pool: asking the system for each is a call."""

    def __init__(self) -> None:
        self._pool = b""
        self._used = 0

    def frame(self, payload: bytes) -> bytes:
        if self._used == len(self._pool):
            self._pool = os.urandom(1024)
            self._used = 0
        mask = self._pool[self._used : self._used + 4]
        self._used += 4
        size = len(payload)
        if size < 126:
            head = struct.pack("!BB4s", WHOLE_TEXT, _MASKED | size, mask)
        elif size < 1 << 16:
            head = struct.pack("!BBH4s", WHOLE_TEXT, _MASKED | 126, size, mask)
        else:
            head = struct.pack("!BBQ4s", WHOLE_TEXT, _MASKED | 127, size, mask)
        return head + apply_mask(payload, mask)
