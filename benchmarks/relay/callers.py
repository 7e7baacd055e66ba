"""Callers in real time: a frame of audio every 20 ms, each stamped with the time it was sent.

What they are sent plays for as long as it is, and at the end of each frame they say so.
"""

import asyncio
import base64
import json
import random
import time
from dataclasses import dataclass, field

from benchmarks.relay.endpoint import BINARY, TEXT, Endpoint

FRAME_S = 0.02
_REST = random.Random(1).randbytes(960 - 9)
"""Noise, which costs a recording most."""
_REST_BASE64 = base64.b64encode(_REST)
_BYTES_PER_S = 48_000


@dataclass
class Callers:
    """Some callers of one target; ``tickets`` where it is the service, none where it is bare."""

    tickets: list[str] | None
    frames: int = 0
    deltas: int = 0
    delays_ns: list[int] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)
    _is_ready: asyncio.Event = field(default_factory=asyncio.Event)
    _endpoints: list[Endpoint] = field(default_factory=list)
    _talking: bool = False
    _plays_until: dict[Endpoint, float] = field(default_factory=dict)

    async def dial(self, port: int, count: int) -> None:
        """Open so many calls, one after the other, and wait until all can speak."""
        path = b"/" if self.tickets is None else b"/ws/conversation"
        offer = b"" if self.tickets is None else b"Sec-WebSocket-Protocol: support.v1\r\n"
        request = (
            b"GET " + path + b" HTTP/1.1\r\nHost: 127.0.0.1\r\nUpgrade: websocket\r\n"
            b"Connection: Upgrade\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
            b"Sec-WebSocket-Version: 13\r\n" + offer + b"\r\n"
        )
        loop = asyncio.get_running_loop()
        for _ in range(count):
            _, endpoint = await loop.create_connection(
                lambda: Endpoint(self._opened, self._received, request), "127.0.0.1", port
            )
            self._endpoints.append(endpoint)
            async with asyncio.timeout(10):
                await self._is_ready.wait()
            self._is_ready.clear()

    def talk(self) -> None:
        """Let all speak, evenly spread over the 20 ms."""
        self._talking = True
        loop = asyncio.get_running_loop()
        for place, endpoint in enumerate(self._endpoints):
            due = loop.time() + FRAME_S * place / len(self._endpoints)
            loop.call_at(due, self._speak, endpoint, due)

    def hush(self) -> None:
        self._talking = False

    def hang_up(self) -> None:
        for endpoint in self._endpoints:
            endpoint.close()

    def _speak(self, endpoint: Endpoint, due: float) -> None:
        if not self._talking or endpoint.is_lost:
            return
        now = time.perf_counter_ns().to_bytes(8) + b"\0"
        if self.tickets is None:
            audio = base64.b64encode(now) + _REST_BASE64
            endpoint.send(TEXT, b'{"type":"input_audio_buffer.append","audio":"' + audio + b'"}')
        else:
            endpoint.send(BINARY, now + _REST)
        self.frames += 1
        due += FRAME_S
        asyncio.get_running_loop().call_at(due, self._speak, endpoint, due)

    def _opened(self, endpoint: Endpoint) -> None:
        if self.tickets is None:
            return
        start = {"type": "start", "ticket": self.tickets.pop(), "mode": "audio"}
        endpoint.send(TEXT, json.dumps(start).encode())

    def _received(self, endpoint: Endpoint, opcode: int, data: bytes) -> None:
        now = time.perf_counter_ns()
        if opcode == BINARY:
            start = 10 + data[1]
            self._heard(now, data[start : start + 8])
            offset_ms = int.from_bytes(data[6:10], "little")
            self._play(endpoint, data[10:start].decode(), offset_ms, len(data) - start)
        elif data.startswith(b'{"type":"response.output_audio.delta"'):
            start = data.index(b'"delta":"') + 9
            self._heard(now, base64.b64decode(data[start : start + 12])[:8])
        elif data.startswith((b'{"type":"session.created"', b'{"type":"ready"')):
            self._is_ready.set()
        elif data.startswith(b'{"type":"error"'):
            self.errors.append(data.decode())

    def _play(self, endpoint: Endpoint, item: str, offset_ms: int, size: int) -> None:
        """Play the frame after those before it, and report its end."""
        loop = asyncio.get_running_loop()
        lasts_s = size / _BYTES_PER_S
        ends = max(self._plays_until.get(endpoint, 0.0), loop.time()) + lasts_s
        self._plays_until[endpoint] = ends
        end_ms = offset_ms + round(lasts_s * 1000)
        played = {"type": "played", "item_id": item, "played_ms": end_ms}
        loop.call_at(ends, self._report, endpoint, json.dumps(played).encode())

    def _report(self, endpoint: Endpoint, played: bytes) -> None:
        if not endpoint.is_lost:
            endpoint.send(TEXT, played)

    def _heard(self, now: int, stamp: bytes) -> None:
        self.delays_ns.append(now - int.from_bytes(stamp))
        self.deltas += 1
