"""uvicorn's two protocol classes with the limits they lack: deadlines, a header cap, a hard close.

Relies on internals of the pinned uvicorn: the names overridden here are its own.
"""

import asyncio
from http import HTTPStatus
from typing import Any, Final

from starlette.responses import Response
from uvicorn._types import ASGISendEvent
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol
from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol
from websockets.frames import CloseCode, Frame

from agent_service.web.json_body import error_response

HEAD_TIMEOUT_S: Final = 5.0
BODY_TIMEOUT_S: Final = 30.0
MAX_HEAD_BYTES: Final = 32 * 1024
MAX_PINGS_PER_S: Final = 10
MAX_FRAGMENTS: Final = 64
"""Of one message."""


def _written(response: Response) -> bytes:
    """Return the last answer on a connection, for requests that reach no application."""
    status = HTTPStatus(response.status_code)
    head = [b"HTTP/1.1 %d %s" % (status, status.phrase.encode()), b"connection: close"]
    head += [b"%s: %s" % header for header in response.raw_headers]
    return b"\r\n".join((*head, b"", bytes(response.body)))


_TOO_LARGE: Final = _written(
    error_response(431, "head_too_large", f"The request's head is over {MAX_HEAD_BYTES} bytes.")
)
_NOT_HTTP: Final = _written(error_response(400, "bad_request", "This is no request in HTTP."))


class GuardedHttp(HttpToolsProtocol):
    """Drops requests that never finish, and heads that are too large before they are parsed."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._deadline: asyncio.TimerHandle | None = None
        self._head_bytes = 0
        self._is_in_head = True

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]  # as uvicorn's own
        super().connection_made(transport)
        self._set_deadline(HEAD_TIMEOUT_S)

    def connection_lost(self, exc: Exception | None) -> None:
        self._set_deadline(None)
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        if self._is_in_head:
            end = data.find(b"\r\n\r\n")
            self._head_bytes += len(data) if end < 0 else end
            if self._head_bytes > MAX_HEAD_BYTES:
                self.transport.write(_TOO_LARGE)
                self.transport.close()
                return
        super().data_received(data)

    def send_400_response(self, msg: str) -> None:
        self.transport.write(_NOT_HTTP)
        self.transport.close()

    def on_message_begin(self) -> None:
        super().on_message_begin()
        self._set_deadline(HEAD_TIMEOUT_S)

    def on_headers_complete(self) -> None:
        self._is_in_head = False
        self._set_deadline(BODY_TIMEOUT_S)
        super().on_headers_complete()

    def on_message_complete(self) -> None:
        self._is_in_head = True
        self._head_bytes = 0
        self._set_deadline(None)
        super().on_message_complete()

    def handle_websocket_upgrade(self) -> None:
        self._set_deadline(None)
        super().handle_websocket_upgrade()

    def _set_deadline(self, timeout_s: float | None) -> None:
        if self._deadline is not None:
            self._deadline.cancel()
            self._deadline = None
        if timeout_s is not None:
            self._deadline = self.loop.call_later(timeout_s, self.transport.abort)


class GuardedWebSocket(WebSocketsSansIOProtocol):
    """Bounds what cannot be bounded by size, and lets go of a peer that no longer answers."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._pings = 0
        self._pings_since = self.loop.time()

    async def send(self, message: ASGISendEvent) -> None:
        await super().send(message)
        if self.initial_response is not None and self.close_sent:
            # A refusal is an answer, too; uvicorn takes it for none, and logs an error.
            self.handshake_complete = True

    def handle_ping(self) -> None:
        now = self.loop.time()
        if now - self._pings_since >= 1.0:
            self._pings, self._pings_since = 0, now
        self._pings += 1
        if self._pings > MAX_PINGS_PER_S:
            self._refuse("too many pings")
        else:
            super().handle_ping()

    def handle_cont(self, event: Frame) -> None:
        if len(self.frames) >= MAX_FRAGMENTS:
            self._refuse("too many fragments")
        else:
            super().handle_cont(event)

    def keepalive_timeout(self) -> None:
        super().keepalive_timeout()
        # A polite close would wait for the peer to read.
        self.transport.abort()

    def shutdown(self) -> None:
        super().shutdown()
        if self.transport.get_write_buffer_size():
            self.loop.call_later(self.close_timeout, self.transport.abort)

    def _refuse(self, reason: str) -> None:
        if self.transport.is_closing():
            return
        self.conn.fail(CloseCode.POLICY_VIOLATION, reason)
        self.queue.put_nowait({"type": "websocket.disconnect", "code": 1008, "reason": reason})
        self.transport.write(b"".join(self.conn.data_to_send()))
        self.close_sent = True
        self.transport.close()
