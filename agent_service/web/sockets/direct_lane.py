"""The short way for frames: from the server's protocol object straight to the conversation.

A frame of audio passes without a queue, a task or a wake-up. Only whole, unfragmented data frames
are cut out here; handshake, ping, pong, close, fragments and everything malformed stay with the
``websockets`` state machine. It overrides methods of the pinned uvicorn. ``AsgiLane`` does the same
over standard ASGI, and the same tests run over both.
"""

import asyncio
from collections.abc import Callable
from typing import Any, Final

from starlette.types import Receive, Scope, Send
from websockets.protocol import State

from agent_service.clock import Clock
from agent_service.web.guards import GuardedWebSocket
from agent_service.web.sockets import lane
from agent_service.web.sockets.close_codes import SLOW_CONSUMER
from agent_service.web.sockets.lane import AsgiLane, Frame, Lane, OutboundLimits, ignore_congestion
from agent_service.websocket_frames import (
    MASKED,
    WHOLE_BINARY,
    WHOLE_TEXT,
    extent,
    head,
    unmasked,
)

_EXTENSION: Final = "agent_service.direct"
_WHOLE: Final = (WHOLE_TEXT, WHOLE_BINARY)


def best_lane(scope: Scope, receive: Receive, send: Send, clock: Clock) -> Lane:
    """Return the direct lane where the server has it, else the one over ASGI."""
    direct = scope["extensions"].get(_EXTENSION)
    return AsgiLane(receive, send, clock) if direct is None else DirectLane(direct["socket"], clock)


class DirectWebSocket(GuardedWebSocket):
    """uvicorn's WebSocket with a second door for data frames."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.gone = asyncio.Event()
        self._deliver: Callable[[Frame], None] | None = None
        self._on_congestion: Callable[[bool], None] = ignore_congestion
        self._rest = b""
        """The beginning of a frame; never more than one frame of the largest size."""
        self._cuts_frames = False

    # --- the door ---

    def attach(
        self,
        deliver: Callable[[Frame], None],
        on_congestion: Callable[[bool], None],
        congested_bytes: int,
    ) -> None:
        """Hand frames to ``deliver`` from now on, first those that came since the handshake."""
        self._deliver, self._on_congestion = deliver, on_congestion
        self.transport.set_write_buffer_limits(high=congested_bytes)
        self._deliver_queued()

    @property
    def _is_open(self) -> bool:
        # A peer that vanishes closes the transport only, a peer that says goodbye first the state;
        # either must not be written to.
        return self.conn.state is State.OPEN and not self.transport.is_closing()

    @property
    def unsent_bytes(self) -> int:
        return self.transport.get_write_buffer_size()

    def write(self, frame: Frame) -> None:
        """Write one frame; the transport joins what is written in one turn of the loop."""
        if not self._is_open:
            return
        if isinstance(frame, str):
            payload = frame.encode()
            self.transport.writelines((head(WHOLE_TEXT, len(payload)), payload))
        else:
            self.transport.writelines((head(WHOLE_BINARY, len(frame)), frame))

    def close(self, code: int, reason: str) -> None:
        """Send a close frame, and wait for the peer's answer only so long."""
        if not self._is_open:
            return
        self.conn.send_close(code, reason)
        self.transport.write(b"".join(self.conn.data_to_send()))
        self.close_sent = True
        self.close_timer = self.loop.call_later(lane.CLOSE_TIMEOUT_S, self.transport.abort)

    # --- what uvicorn calls ---

    async def run_asgi(self) -> None:
        self.scope["extensions"][_EXTENSION] = {"socket": self}
        await super().run_asgi()

    def connection_lost(self, exc: Exception | None) -> None:
        super().connection_lost(exc)
        self.gone.set()

    def pause_writing(self) -> None:
        super().pause_writing()
        self._on_congestion(True)

    def resume_writing(self) -> None:
        super().resume_writing()
        self._on_congestion(False)

    def send_receive_event_to_app(self) -> None:
        super().send_receive_event_to_app()
        self._deliver_queued()

    def data_received(self, data: bytes) -> None:
        if not self._cuts_frames:
            # The first data are the handshake's. What follows begins where a frame begins.
            self._cuts_frames = not self.handshake_initiated
            super().data_received(data)
            return
        if self._rest:
            data = self._rest + data
        self._rest = data[self._take_frames(data) :]

    # --- frames ---

    def _take_frames(self, data: bytes) -> int:
        """Take the whole frames at the beginning of the data; return where the rest begins."""
        start, end, longest = 0, len(data), self.config.ws_max_size
        while end - start >= 2 and not self.transport.is_closing():
            body, size = extent(data, start)
            if data[start + 1] < MASKED or size - body > longest:
                # Too long, or not masked: the state machine has the right words for it.
                self._cuts_frames = False
                super().data_received(data[start:])
                return end
            stop = start + size
            if stop > end:
                break
            self._take_frame(data, start, start + body, stop)
            start = stop
        return start

    def _take_frame(self, data: bytes, start: int, body: int, stop: int) -> None:
        deliver, first = self._deliver, data[start]
        if deliver is None or first not in _WHOLE or self.conn.current_size is not None:
            super().data_received(data[start:stop])
        elif not self.close_sent:
            payload = unmasked(data, body, stop)
            if first == WHOLE_BINARY:
                deliver(payload)
                return
            try:
                text = payload.decode()
            except UnicodeDecodeError:
                super().data_received(data[start:stop])
                return
            deliver(text)

    def _deliver_queued(self) -> None:
        """Hand over what took the long way: fragments, and frames from before ``attach``."""
        if self._deliver is None:
            return
        while not self.queue.empty():
            message = self.queue.get_nowait()
            if message["type"] == "websocket.receive":
                text = message.get("text")
                self._deliver(message["bytes"] or b"" if text is None else text)
        if self.read_paused:
            self.read_paused = False
            self.transport.resume_reading()


class DirectLane:
    """A socket whose frames take the short way."""

    def __init__(
        self, socket: DirectWebSocket, clock: Clock, limits: OutboundLimits | None = None
    ) -> None:
        self.on_congestion: Callable[[bool], None] = ignore_congestion
        self._socket = socket
        self._clock = clock
        self._limits = limits or OutboundLimits()
        self._congested_since: float | None = None

    def send(self, frame: Frame) -> None:
        self._socket.write(frame)
        if self._congested_since is not None and (
            self._socket.unsent_bytes > self._limits.max_bytes
            or self._clock.now() - self._congested_since > self._limits.max_wait_s
        ):
            self.close(SLOW_CONSUMER, "slow_consumer")

    def close(self, code: int, reason: str) -> None:
        self._socket.close(code, reason)

    async def run(self, deliver: Callable[[Frame], None]) -> None:
        self._socket.attach(deliver, self._report_congestion, self._limits.congested_bytes)
        await self._socket.gone.wait()

    def _report_congestion(self, is_congested: bool) -> None:
        self._congested_since = self._clock.now() if is_congested else None
        self.on_congestion(is_congested)
