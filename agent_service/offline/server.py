"""The offline provider's web application and how it is served."""

import asyncio
import socket
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable
from contextlib import asynccontextmanager, closing

import uvicorn
from starlette.applications import Starlette
from starlette.routing import Route, WebSocketRoute

from agent_service.offline.access import Access
from agent_service.offline.connection import LARGEST_MESSAGE
from agent_service.offline.endpoints import Endpoints
from agent_service.offline.faults.control import FaultControl
from agent_service.offline.idling import Wait
from agent_service.offline.options import Certificate, Limits
from agent_service.offline.ports import Responder, Speech
from agent_service.offline.scripts.control import ScriptControl
from agent_service.offline.scripts.script import Script
from agent_service.offline.secrets_api import secret_routes
from agent_service.offline.transport import RealtimeProtocol
from agent_service.server_socket import listen

_PING_S = 20.0


def build(
    speech: Speech,
    responder: Responder,
    *,
    api_keys: Iterable[str] = (),
    limits: Limits | None = None,
    scripts: Iterable[Script] = (),
    faults: str = "",
    fault_seed: int = 0,
    close: Callable[[], Awaitable[None]] | None = None,
    now: Callable[[], float] = time.time,
    wait: Wait = asyncio.sleep,
) -> Starlette:
    """Return the application; without keys of its own it takes any key.

    ``close`` is awaited when the application ends; ``now`` tells the unix time; ``wait`` is how
    time passes for callers who say nothing.
    """

    @asynccontextmanager
    async def lifespan(app: Starlette) -> AsyncIterator[None]:
        yield
        if close is not None:
            await close()

    access = Access(api_keys, now)
    control = FaultControl(access, faults, fault_seed)
    script_control = ScriptControl(access, scripts)
    endpoints = Endpoints(
        speech, responder, access, limits or Limits(), control, script_control, wait
    )
    return Starlette(
        lifespan=lifespan,
        routes=[
            Route("/", endpoints.page),
            Route("/healthz", endpoints.healthz),
            *secret_routes(access),
            *control.routes(),
            *script_control.routes(),
            WebSocketRoute("/openai/realtime", endpoints.realtime),
            WebSocketRoute("/openai/v1/realtime", endpoints.realtime),
            WebSocketRoute("/v1/realtime", endpoints.realtime),
            WebSocketRoute("/{path:path}", endpoints.unknown),
        ],
    )


@asynccontextmanager
async def running(
    app: Starlette,
    *,
    host: str = "127.0.0.1",
    port: int = 0,
    certificate: Certificate | None = None,
) -> AsyncIterator[str]:
    """Serve the application inside the block; yields its URL."""
    config = _config(app, certificate)
    config.load()
    server = uvicorn.Server(config)
    server.lifespan = config.lifespan_class(config)
    # Without the server's own loop, which takes over signals: the process around it has its own.
    with closing(listen(host, port)) as listener:
        await server.startup(sockets=[listener])
        try:
            yield _url(listener, certificate)
        finally:
            await server.shutdown(sockets=[listener])


def serve(
    app: Starlette,
    *,
    host: str,
    port: int,
    certificate: Certificate | None = None,
    on_ready: Callable[[str, uvicorn.Server], None],
) -> None:
    """Serve the application until a signal or ``should_exit``; ``on_ready`` gets its URL."""
    listener = listen(host, port)
    server = _AnnouncedServer(
        _config(app, certificate), lambda: on_ready(_url(listener, certificate), server)
    )
    server.run(sockets=[listener])


class _AnnouncedServer(uvicorn.Server):
    """Calls back once it listens."""

    def __init__(self, config: uvicorn.Config, announce: Callable[[], None]) -> None:
        super().__init__(config)
        self._announce = announce

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        self._announce()


def _config(app: Starlette, certificate: Certificate | None) -> uvicorn.Config:
    return uvicorn.Config(
        app,
        ws=RealtimeProtocol,
        ws_max_size=LARGEST_MESSAGE,
        ws_ping_interval=_PING_S,
        # Some clients answer pings only while their program reads: they are not dropped for it.
        ws_ping_timeout=None,
        ws_per_message_deflate=False,
        log_config=None,
        log_level="warning",
        access_log=False,
        timeout_graceful_shutdown=2,
        ssl_certfile=certificate.chain if certificate else None,
        ssl_keyfile=certificate.key if certificate else None,
    )


def _url(listener: socket.socket, certificate: Certificate | None) -> str:
    host, port = listener.getsockname()[:2]
    shown = f"[{host}]" if ":" in host else host
    return f"{'https' if certificate else 'http'}://{shown}:{port}"
