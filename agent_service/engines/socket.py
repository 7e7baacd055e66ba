"""A WebSocket client that calls back: no task, queue or future per message in either direction.

The state machine is that of ``websockets``. Whole, unfragmented text frames, which is what
providers send, are cut out of the read buffer here; everything else goes through it.
"""

import asyncio
import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import cast

from websockets.client import ClientProtocol
from websockets.exceptions import InvalidStatus
from websockets.frames import Frame, Opcode
from websockets.http11 import Response
from websockets.protocol import CONNECTING, OPEN
from websockets.uri import WebSocketURI

from agent_service.websocket_frames import WHOLE_TEXT, MaskedTexts, extent, is_masked

_HEADERS_END = b"\r\n\r\n"
_LONGEST_HEADERS = 1 << 16

# The state machine would log the handshake, key included, if its usual logger were set to debug.
_SILENT = logging.Logger("provider-socket", logging.CRITICAL)


@dataclass(frozen=True, slots=True)
class SocketLimits:
    max_message_bytes: int = 16 << 20
    ping_every_s: float = 3.0
    """While the caller speaks, a provider that is gone shows by nothing else; and nobody is to
    hear nothing for ten seconds."""
    pong_within_s: float = 5.0
    close_within_s: float = 1.0


@dataclass(frozen=True, slots=True)
class SocketHandlers:
    """Called on the event loop."""

    on_message: Callable[[bytes], None]
    on_closed: Callable[[str], None]
    """Once, when an opened socket is gone; with the reason in words."""
    on_congestion: Callable[[bool], None]
    """True when what was sent piles up, False when it has drained."""


class HandshakeRefused(Exception):
    """The server answered the handshake with something other than 101."""

    def __init__(self, response: Response) -> None:
        super().__init__(response.status_code)
        self.response = response


class ProviderSocket(asyncio.Protocol):
    """One connection: await ``opened``, then send."""

    def __init__(
        self,
        uri: WebSocketURI,
        headers: Sequence[tuple[str, str]],
        handlers: SocketHandlers,
        limits: SocketLimits,
    ) -> None:
        self._loop = asyncio.get_running_loop()
        self.opened: asyncio.Future[None] = self._loop.create_future()
        self._lost: asyncio.Future[None] = self._loop.create_future()
        self._machine = ClientProtocol(uri, max_size=limits.max_message_bytes, logger=_SILENT)
        self._headers = headers
        self._handlers = handlers
        self._limits = limits
        self._transport: asyncio.Transport | None = None
        self._frames = MaskedTexts()
        self._unread = bytearray()
        self._unread_until = 0
        """How many bytes ``_unread`` must have before it is worth looking at again."""
        self._fragments: list[bytes] = []
        self._timer: asyncio.TimerHandle | None = None
        self._is_paused = False
        self._is_reported = False

    # --- for the engine ---

    def send(self, payload: bytes) -> None:
        """Send a text message; nothing is sent once the connection is no longer open."""
        if self._machine.state is OPEN and self._transport is not None:
            # uvloop joins the writes of one turn of the loop into one system call.
            self._transport.write(self._frames.frame(payload))

    def pause_reading(self) -> None:
        """Leave what the server sends in the kernel; pongs too, so there are no pings meanwhile."""
        if self._transport is not None and not self._is_paused:
            self._is_paused = True
            self._transport.pause_reading()
            self._set_timer(None)

    def resume_reading(self) -> None:
        if self._transport is not None and self._is_paused:
            self._is_paused = False
            self._transport.resume_reading()
            self._set_timer(self._limits.ping_every_s, self._ping)

    def hang_up(self) -> None:
        """Say goodbye and report nothing more; the connection is gone a moment later."""
        self._is_reported = True
        if self._machine.state is OPEN:
            self.resume_reading()
            self._machine.send_close(1000)
            self._take_events()
        elif self._machine.state is CONNECTING:
            self.abort()

    async def close(self) -> None:
        """Hang up and wait until the connection is gone."""
        self.hang_up()
        if self._transport is not None:
            await self._lost

    def abort(self) -> None:
        """Drop the connection without a word."""
        if self._transport is not None:
            self._transport.abort()

    # --- for the transport ---

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.Transport", transport)
        request = self._machine.connect()
        for name, value in self._headers:
            request.headers[name] = value
        self._machine.send_request(request)
        self._take_events()

    def data_received(self, data: bytes) -> None:
        if self._unread:
            self._unread += data
            if len(self._unread) < self._unread_until:
                return
            data = bytes(self._unread)
            self._unread.clear()
        if self._machine.state is CONNECTING:
            self._read_handshake(data)
        elif self._machine.state is OPEN:
            self._read_frames(data)
        else:
            self._feed(data)

    def eof_received(self) -> None:
        self._machine.receive_eof()
        self._take_events()

    def connection_lost(self, exc: Exception | None) -> None:
        self._set_timer(None)
        self._machine.receive_eof()
        self._take_events()
        if not self.opened.done():
            self.opened.set_exception(ConnectionError("the server hung up during the handshake"))
        self._report(str(exc) if exc else "it broke off without a goodbye")
        self._lost.set_result(None)

    def pause_writing(self) -> None:
        self._handlers.on_congestion(True)

    def resume_writing(self) -> None:
        self._handlers.on_congestion(False)

    # --- reading ---

    def _read_handshake(self, data: bytes) -> None:
        end = data.find(_HEADERS_END)
        if end < 0 and len(data) < _LONGEST_HEADERS:
            self._keep(data, len(data) + 1)
            return
        # The headers first and alone, so that frames that came along with them are cut here.
        after = end + len(_HEADERS_END) if end >= 0 else len(data)
        self._feed(data[:after])
        rest = data[after:]
        if rest and self._machine.state is OPEN:
            self._read_frames(rest)
        elif rest:
            self._feed(rest)

    def _read_frames(self, data: bytes) -> None:
        position, end = 0, len(data)
        while position < end and self._machine.state is OPEN:
            head, size = extent(data, position)
            if is_masked(data, position) or size > self._limits.max_message_bytes:
                # Not ours to judge: the state machine refuses it, with the proper code.
                break
            following = position + size
            if following > end:
                self._keep(data[position:], size)
                return
            if data[position] == WHOLE_TEXT and self._machine.current_size is None:
                self._handlers.on_message(data[position + head : following])
            else:
                self._feed(data[position:following])
            position = following
        if position < end:
            self._feed(data[position:])

    def _keep(self, data: bytes, until: int) -> None:
        self._unread += data
        self._unread_until = until

    def _feed(self, data: bytes) -> None:
        self._machine.receive_data(data)
        self._take_events()

    def _take_events(self) -> None:
        for event in self._machine.events_received():
            if isinstance(event, Frame):
                self._take_frame(event)
        self._write_pending()
        if self._machine.handshake_exc is not None:
            self._refuse(self._machine.handshake_exc)
        elif self._machine.state is OPEN and not self.opened.done():
            self.opened.set_result(None)
            self._set_timer(self._limits.ping_every_s, self._ping)
        elif self._machine.close_expected():
            self._part()

    def _take_frame(self, frame: Frame) -> None:
        match frame.opcode:
            case Opcode.TEXT | Opcode.BINARY | Opcode.CONT:
                self._fragments.append(bytes(frame.data))
                if frame.fin:
                    message = b"".join(self._fragments)
                    self._fragments.clear()
                    self._handlers.on_message(message)
            case Opcode.PONG if self._machine.state is OPEN:
                self._set_timer(self._limits.ping_every_s, self._ping)

    # --- opening, staying alive, parting ---

    def _refuse(self, problem: Exception) -> None:
        if not self.opened.done():
            if isinstance(problem, InvalidStatus):
                self.opened.set_exception(HandshakeRefused(problem.response))
            else:
                self.opened.set_exception(
                    ConnectionError(f"the server does not speak WebSocket here: {problem}")
                )

    def _ping(self) -> None:
        self._machine.send_ping(b"")
        self._write_pending()
        self._set_timer(self._limits.pong_within_s, self._give_up)

    def _give_up(self) -> None:
        self._report(f"no answer to a ping within {self._limits.pong_within_s:g} seconds")
        self.abort()

    def _part(self) -> None:
        """One side has said goodbye: wait for the server to hang up, but not for long."""
        closes = (self._machine.close_rcvd, self._machine.close_sent)
        self._report(str(next(close for close in closes if close is not None)))
        self._set_timer(self._limits.close_within_s, self.abort)

    def _report(self, reason: str) -> None:
        was_open = (
            self.opened.done() and not self.opened.cancelled() and not self.opened.exception()
        )
        if was_open and not self._is_reported:
            self._is_reported = True
            self._handlers.on_closed(reason)

    def _set_timer(self, delay_s: float | None, act: Callable[[], None] | None = None) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        if delay_s is not None and act is not None:
            self._timer = self._loop.call_later(delay_s, act)

    def _write_pending(self) -> None:
        for data in self._machine.data_to_send():
            if self._transport is None or self._transport.is_closing():
                return
            if data:
                self._transport.write(data)
            else:
                self._transport.close()
