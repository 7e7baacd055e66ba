"""What ``up`` and ``serve`` share: provider, service and server, opened and closed in order."""

import asyncio
import contextlib
from collections.abc import Callable, Coroutine
from typing import Any

from agent_service import app
from agent_service.cli.offline_process import OfflineProcess, offline_provider
from agent_service.conversation.records import Caller
from agent_service.errors import OfflineError
from agent_service.settings import Settings
from agent_service.web import server


async def serve(
    settings: Settings,
    *,
    progress: Callable[[str], None],
    on_ready: Callable[[str], None],
    demo_caller: Caller | None = None,
    drains: bool = True,
) -> None:
    """Serve until a signal; ``on_ready`` gets the service's URL once callers can be answered."""
    # First of all, so that a taken port is known before models are loaded.
    listener = server.listen(settings.server.host, settings.server.port)
    async with contextlib.AsyncExitStack() as stack:
        stack.callback(listener.close)
        provider: OfflineProcess | None = None
        if settings.provider.chosen_kind == "offline":
            provider = await stack.enter_async_context(offline_provider(settings.offline, progress))
        service = await stack.enter_async_context(
            app.running(
                settings,
                offline_url=provider.url if provider else None,
                demo_caller=demo_caller,
            )
        )
        serving = server.serve(
            service.app,
            listener,
            max_message_bytes=settings.server.max_message_bytes,
            on_ready=lambda port: on_ready(url_of(settings.server.host, port)),
            drain=service.drain if drains else service.host.stop,
        )
        await _serve_with(provider, serving)


async def _serve_with(provider: OfflineProcess | None, serving: Coroutine[Any, Any, None]) -> None:
    """Serve for as long as the provider is there."""
    if provider is None:
        await serving
        return
    async with asyncio.TaskGroup() as tasks:
        lost = tasks.create_task(provider.wait_lost())
        running = tasks.create_task(serving)
        await asyncio.wait((lost, running), return_when=asyncio.FIRST_COMPLETED)
        if not running.done():
            running.cancel()
        lost.cancel()
    if running.cancelled():
        raise OfflineError("The offline provider has ended unexpectedly; see the lines above.")


def url_of(host: str, port: int) -> str:
    """Return the URL under which a person on this machine reaches the service."""
    shown = {"0.0.0.0": "127.0.0.1", "::": "[::1]"}.get(host, host)  # noqa: S104 - not bound here
    if ":" in shown and not shown.startswith("["):
        shown = f"[{shown}]"
    return f"http://{shown}:{port}"
