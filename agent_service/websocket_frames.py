"""The bytes of whole WebSocket frames (RFC 6455 section 5.2): where one ends, what its head says.

For both sides of both sockets. What may come when, and what breaks the protocol, is the business of
the ``websockets`` state machine.
"""

import os
from typing import Final

from websockets.frames import apply_mask  # type: ignore[attr-defined]  # C where it was built

WHOLE_TEXT: Final = 0x81
WHOLE_BINARY: Final = 0x82
"""First bytes of a message that is one frame, unfragmented and uncompressed."""

MASKED: Final = 0x80
"""The second byte of a frame has at least this where it is masked."""
_MASK_BYTES: Final = 4


def is_masked(data: bytes, position: int) -> bool:
    """Tell whether the frame there is masked, as a client's must be and a server's must not."""
    return len(data) > position + 1 and data[position + 1] >= MASKED


def extent(data: bytes, position: int) -> tuple[int, int]:
    """Return the sizes of a frame's head, mask included, and of the whole frame.

    Where the head's length is not known yet, the second number says how many bytes will tell it.
    """
    available = len(data) - position
    if available < 2:
        return 2, 2
    size, head = data[position + 1], 2
    if size >= MASKED:
        size, head = size - MASKED, 2 + _MASK_BYTES
    if size < 126:
        return head, head + size
    if size == 126:
        if available < 4:
            return head + 2, 4
        return head + 2, head + 2 + (data[position + 2] << 8 | data[position + 3])
    if available < 10:
        return head + 8, 10
    return head + 8, head + 8 + int.from_bytes(data[position + 2 : position + 10])


def unmasked(data: bytes, head: int, end: int) -> bytes:
    """Return what a masked frame holds: its head ends at ``head``, the mask with it."""
    payload: bytes = apply_mask(data[head:end], data[head - _MASK_BYTES : head])
    return payload


def head(first: int, size: int, mask: bytes = b"") -> bytes:
    """Return the head of a frame with so many bytes; with the mask that a client has to use."""
    bit = MASKED if mask else 0
    if size < 126:
        return bytes((first, bit | size)) + mask
    if size < 1 << 16:
        return bytes((first, bit | 126)) + size.to_bytes(2) + mask
    return bytes((first, bit | 127)) + size.to_bytes(8) + mask


class MaskedTexts:
    """Writes a client's text frames. Masks come from a pool: asking the system is a call."""

    def __init__(self) -> None:
        self._pool = b""
        self._used = 0

    def frame(self, payload: bytes) -> bytes:
        if self._used == len(self._pool):
            self._pool = os.urandom(1024)
            self._used = 0
        mask = self._pool[self._used : self._used + _MASK_BYTES]
        self._used += _MASK_BYTES
        masked: bytes = apply_mask(payload, mask)
        return head(WHOLE_TEXT, len(payload), mask) + masked
