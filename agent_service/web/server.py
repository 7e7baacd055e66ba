"""Runs an ASGI application on guarded sockets until it is told to stop."""

import asyncio
import contextlib
import signal
import socket
from collections.abc import Callable, Coroutine, Iterator
from typing import Any, Final, TypeVar

import structlog
import uvicorn
import uvloop
from starlette.types import ASGIApp

from agent_service import server_socket
from agent_service.web.guards import GuardedHttp, GuardedWebSocket
from agent_service.web.sockets.direct_lane import DirectWebSocket

MAX_MESSAGE_BYTES: Final = 64 * 1024
PING_INTERVAL_S: Final = 10.0
PING_TIMEOUT_S: Final = 10.0
UNACKNOWLEDGED_MS: Final = 10_000
"""A peer that acknowledges nothing for so long is gone (TCP_USER_TIMEOUT)."""
SHUTDOWN_TIMEOUT_S: Final = 5
TICK_S: Final = 1.0
"""How often the Date header is renewed."""

log = structlog.get_logger(__name__)
Result = TypeVar("Result")


def listen(host: str, port: int) -> socket.socket:
    """Return a listening socket whose connections end with peers that acknowledge nothing."""
    listener = server_socket.listen(host, port)
    if hasattr(socket, "TCP_USER_TIMEOUT"):
        # Accepted connections inherit it.
        listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT, UNACKNOWLEDGED_MS)
    return listener


class Server(uvicorn.Server):
    """One server on one listening socket. ``stop`` ends it; signals are the caller's business."""

    def __init__(
        self,
        app: ASGIApp,
        listener: socket.socket,
        *,
        ws_protocol: type[GuardedWebSocket] = DirectWebSocket,
        on_ready: Callable[[int], None] | None = None,
        max_message_bytes: int = MAX_MESSAGE_BYTES,
    ) -> None:
        super().__init__(
            uvicorn.Config(
                app,
                http=GuardedHttp,
                ws=ws_protocol,
                ws_max_size=max_message_bytes,
                ws_ping_interval=PING_INTERVAL_S,
                ws_ping_timeout=PING_TIMEOUT_S,
                # Audio does not compress, and a bomb does.
                ws_per_message_deflate=False,
                # The composition root opens and closes what the application needs.
                lifespan="off",
                log_config=None,
                access_log=False,
                server_header=False,
                proxy_headers=False,
                timeout_graceful_shutdown=SHUTDOWN_TIMEOUT_S,
            )
        )
        self._stopping = asyncio.Event()
        self._listener = listener
        self._on_ready = on_ready
        self.port: int = listener.getsockname()[1]

    async def run_until_stopped(self) -> None:
        """Serve until ``stop``."""
        await self.serve(sockets=[self._listener])

    def stop(self) -> None:
        """Close every connection and end; asked twice, do not wait for anyone."""
        self.force_exit = self.should_exit
        self.should_exit = True
        self._stopping.set()

    async def main_loop(self) -> None:
        # uvicorn looks ten times a second whether it should exit; here an idle service rests.
        while not await self.on_tick(0):
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(TICK_S):
                    await self._stopping.wait()

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        if self._on_ready is not None:
            self._on_ready(self.port)

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        # uvicorn would cut every conversation at the first signal.
        yield


async def serve(
    app: ASGIApp,
    listener: socket.socket,
    *,
    ws_protocol: type[GuardedWebSocket] = DirectWebSocket,
    on_ready: Callable[[int], None] | None = None,
    drain: Callable[[int], Coroutine[Any, Any, None]] | None = None,
    max_message_bytes: int = MAX_MESSAGE_BYTES,
) -> int:
    """Serve until SIGINT or SIGTERM; then ``drain`` lets conversations end, and the server stops.

    ``drain`` is told which signal it was. A second one does not wait for the rest. Returns the
    first one's number.
    """
    server = Server(
        app,
        listener,
        ws_protocol=ws_protocol,
        on_ready=on_ready,
        max_message_bytes=max_message_bytes,
    )
    stopping = asyncio.Event()
    impatient = asyncio.Event()
    signals: list[int] = []

    def take_signal(number: int) -> None:
        if signals:
            impatient.set()
        signals.append(number)
        stopping.set()

    async def stop_in_order() -> None:
        await stopping.wait()
        log.info("service_stopping")
        try:
            if drain is not None:
                await _drained(drain(signals[0]), impatient)
        finally:
            server.stop()
        await impatient.wait()
        server.stop()

    with _signals(take_signal):
        async with asyncio.TaskGroup() as tasks:
            stopper = tasks.create_task(stop_in_order())
            try:
                await server.run_until_stopped()
            finally:
                stopper.cancel()
    return next(iter(signals), 0)


async def _drained(drain: Coroutine[Any, Any, None], hurry: asyncio.Event) -> None:
    async with asyncio.TaskGroup() as tasks:
        draining, hurrying = tasks.create_task(drain), tasks.create_task(hurry.wait())
        await asyncio.wait((draining, hurrying), return_when=asyncio.FIRST_COMPLETED)
        draining.cancel()
        hurrying.cancel()


@contextlib.contextmanager
def _signals(take: Callable[[int], None]) -> Iterator[None]:
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, take, number)
    try:
        yield
    finally:
        for number in (signal.SIGINT, signal.SIGTERM):
            loop.remove_signal_handler(number)


def run(main: Coroutine[Any, Any, Result]) -> Result:
    """Run a coroutine on a fresh uvloop."""
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        return runner.run(main)
