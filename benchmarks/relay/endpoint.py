"""The least WebSocket that a load generator needs, so that it does not measure itself."""

import asyncio
import base64
import hashlib
from collections.abc import Callable
from typing import cast

from websockets.frames import apply_mask  # type: ignore[attr-defined]  # C where it was built

TEXT, BINARY, CLOSE, PING, PONG = 1, 2, 8, 9, 10
_GUID = b"258EAFA5-E914-47DA-95CA-C5AB0DC85B11"
_NO_MASK = bytes(4)


class Endpoint(asyncio.Protocol):
    """One side of a connection: a client where there is a request to send, else a server."""

    def __init__(
        self,
        on_open: Callable[["Endpoint"], None],
        on_frame: Callable[["Endpoint", int, bytes], None],
        request: bytes | None = None,
    ) -> None:
        self._on_open = on_open
        self._on_frame = on_frame
        self._request = request
        self._transport: asyncio.Transport | None = None
        self._data = b""
        self._is_open = False
        self.is_lost = False

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.Transport", transport)
        if self._request is not None:
            self._transport.write(self._request)

    def connection_lost(self, exc: Exception | None) -> None:
        self.is_lost = True

    def data_received(self, data: bytes) -> None:
        self._data += data
        if not self._is_open:
            head, end, rest = self._data.partition(b"\r\n\r\n")
            if not end:
                return
            self._data = rest
            self._shake_hands(head)
        self._cut()

    def send(self, opcode: int, payload: bytes) -> None:
        """Send one frame; a client's mask is all zeros, which costs nothing to apply."""
        assert self._transport is not None
        size = len(payload)
        bit = 0x80 if self._request is not None else 0
        head = bytes((0x80 | opcode, bit | min(size, 126)))
        if size > 125:
            head = (
                head + size.to_bytes(2)
                if size < 1 << 16
                else head[:1] + bytes((bit | 127,)) + size.to_bytes(8)
            )
        self._transport.write(head + (_NO_MASK if bit else b"") + payload)

    def close(self) -> None:
        if self._transport is not None:
            self._transport.abort()

    def _shake_hands(self, head: bytes) -> None:
        self._is_open = True
        if self._request is not None:
            if b" 101 " not in head.partition(b"\r\n")[0]:
                raise ConnectionError(head.decode(errors="replace"))
        else:
            lines = dict(line.split(b": ", 1) for line in head.lower().split(b"\r\n")[1:])
            original = {line.split(b": ", 1)[0].lower(): line for line in head.split(b"\r\n")[1:]}
            assert b"sec-websocket-key" in lines
            key = original[b"sec-websocket-key"].split(b": ", 1)[1]
            accept = base64.b64encode(hashlib.sha1(key + _GUID).digest())
            assert self._transport is not None
            self._transport.write(
                b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\n"
                b"Connection: Upgrade\r\nSec-WebSocket-Accept: " + accept + b"\r\n\r\n"
            )
        self._on_open(self)

    def _cut(self) -> None:
        data, at = self._data, 0
        while len(data) - at >= 2:
            is_masked, size, start = data[at + 1] & 0x80, data[at + 1] & 0x7F, at + 2
            if size > 125:
                width = 2 if size == 126 else 8
                size = int.from_bytes(data[start : start + width])
                start += width
            mask = data[start : start + 4]
            start += 4 if is_masked else 0
            if start + size > len(data):
                break
            payload = data[start : start + size]
            self._take(data[at] & 15, apply_mask(payload, mask) if is_masked else payload)
            at = start + size
        self._data = data[at:]

    def _take(self, opcode: int, payload: bytes) -> None:
        if opcode == PING:
            self.send(PONG, payload)
        elif opcode in (TEXT, BINARY):
            self._on_frame(self, opcode, payload)
