"""The caller's socket as the conversation sees it: whole frames in and out, nothing waits.

``AsgiLane`` runs over standard ASGI, on any server.
"""

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable, MutableMapping
from dataclasses import dataclass
from typing import Any, Final, Protocol, TypeAlias

from agent_service.clock import Clock
from agent_service.web.sockets.close_codes import SLOW_CONSUMER

Frame: TypeAlias = str | bytes
AsgiReceive: TypeAlias = Callable[[], Awaitable[MutableMapping[str, Any]]]
AsgiSend: TypeAlias = Callable[[MutableMapping[str, Any]], Awaitable[None]]

CLOSE_TIMEOUT_S: Final = 5.0


@dataclass(frozen=True, slots=True)
class OutboundLimits:
    """How much may wait for a caller who reads too slowly."""

    congested_bytes: int = 64 * 1024
    """From here on the other side is asked to pause."""
    max_bytes: int = 1024 * 1024
    max_wait_s: float = 2.0


class Lane(Protocol):
    """One accepted socket."""

    on_congestion: Callable[[bool], None]
    """Called with True when frames begin to pile up, with False when they have gone."""

    def send(self, frame: Frame) -> None:
        """Write the frame, now or as soon as the caller reads; never raises, never waits."""
        ...

    def close(self, code: int, reason: str) -> None:
        """Close after what was sent before."""
        ...

    async def run(self, deliver: Callable[[Frame], None]) -> None:
        """Hand over each frame of the caller until the socket is gone."""
        ...


def ignore_congestion(is_congested: bool) -> None:
    """Stand in for a congestion callback until there is one."""


class AsgiLane:
    """A socket over ASGI: one task reads, one writes, with a bounded queue before the writer."""

    def __init__(
        self,
        receive: AsgiReceive,
        send: AsgiSend,
        clock: Clock,
        limits: OutboundLimits | None = None,
    ) -> None:
        self.on_congestion: Callable[[bool], None] = ignore_congestion
        self._receive = receive
        self._send = send
        self._clock = clock
        self._limits = limits or OutboundLimits()
        self._queue: deque[tuple[float, Frame]] = deque()
        """Frames with their time of arrival. When full or standing still, the socket is closed."""
        self._queued_bytes = 0
        self._is_congested = False
        self._closing: tuple[int, str] | None = None
        self._wake = asyncio.Event()
        self._ending = asyncio.Event()
        self._is_gone = False

    def send(self, frame: Frame) -> None:
        if self._closing is not None:
            return
        now = self._clock.now()
        self._queue.append((now, frame))
        self._queued_bytes += len(frame)
        self._wake.set()
        if (
            self._queued_bytes > self._limits.max_bytes
            or now - self._queue[0][0] > self._limits.max_wait_s
        ):
            self._queue.clear()
            self.close(SLOW_CONSUMER, "slow_consumer")
        elif self._queued_bytes > self._limits.congested_bytes and not self._is_congested:
            self._is_congested = True
            self.on_congestion(True)

    def close(self, code: int, reason: str) -> None:
        if self._closing is None:
            self._closing = (code, reason)
            self._wake.set()
            self._ending.set()

    async def run(self, deliver: Callable[[Frame], None]) -> None:
        async with asyncio.TaskGroup() as tasks:
            reader = tasks.create_task(self._read(deliver))
            writer = tasks.create_task(self._write())
            try:
                await self._ending.wait()
                # A close that we asked for ends with the peer's answer; one who does not read
                # gives none.
                await asyncio.wait((reader,), timeout=CLOSE_TIMEOUT_S)
            finally:
                reader.cancel()
                writer.cancel()

    async def _read(self, deliver: Callable[[Frame], None]) -> None:
        try:
            while (message := await self._receive())["type"] == "websocket.receive":
                audio = message.get("bytes")
                deliver(message["text"] if audio is None else audio)
        finally:
            self._is_gone = True
            self._queue.clear()
            self.close(1005, "")

    async def _write(self) -> None:
        try:
            while self._closing is None:
                await self._drain()
                self._wake.clear()
                if not self._queue and self._closing is None:
                    await self._wake.wait()
            await self._drain()
            if not self._is_gone:
                code, reason = self._closing
                await self._send({"type": "websocket.close", "code": code, "reason": reason})
        except (OSError, RuntimeError):
            # The peer is gone (OSError), or the server closed after a breach of the protocol and
            # takes nothing more (RuntimeError); the reader learns it too and ends the run.
            return

    async def _drain(self) -> None:
        while self._queue:
            _, frame = self._queue[0]
            kind = "text" if isinstance(frame, str) else "bytes"
            await self._send({"type": "websocket.send", kind: frame})
            self._queued_bytes -= len(frame)
            if self._queue:
                self._queue.popleft()
            if self._is_congested and self._queued_bytes <= self._limits.congested_bytes // 2:
                self._is_congested = False
                self.on_congestion(False)
