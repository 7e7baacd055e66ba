"""What ``up`` and ``serve`` share: provider, service and server, opened and closed in order."""

import asyncio
import contextlib
import gc
import signal
from collections.abc import Callable, Coroutine, Mapping
from functools import partial
from typing import Any

from agent_service import app
from agent_service.cli import CTRL_C_STATUS
from agent_service.cli.offline_process import OfflineProvider, offline_provider
from agent_service.company.declaration import Company, Demo
from agent_service.company.loading import load_company
from agent_service.errors import OfflineError
from agent_service.from_settings import receivers_of, tool_registry
from agent_service.runtime.deliveries import Receiver
from agent_service.settings import Settings
from agent_service.store.database import Database
from agent_service.store.migrating import ensure_current
from agent_service.web import server


async def serve(
    settings: Settings,
    *,
    progress: Callable[[str], None],
    on_ready: Callable[[str], None],
    demo: Demo | None = None,
    receivers: Mapping[str, Receiver] | None = None,
) -> int:
    """Serve until a signal and return the exit status; ``on_ready`` gets the service's URL.

    ``receivers`` take messages of kinds for which neither the settings nor the company has one.
    """
    # First of all: mistakes, missing tables and a taken port are known before models are loaded.
    company = load_company(settings)
    app.agent_profiles(settings, tool_registry(settings, company))
    receivers = receivers_of(settings, company, receivers)
    _ensure_current(settings, company)
    listener = server.listen(settings.server.host, settings.server.port)
    async with contextlib.AsyncExitStack() as stack:
        stack.callback(listener.close)
        provider: OfflineProvider | None = None
        if settings.provider.chosen_kind == "offline":
            provider = await stack.enter_async_context(offline_provider(settings.offline, progress))
        service = await stack.enter_async_context(
            app.running(
                settings,
                offline_url=provider.url if provider else None,
                demo=demo,
                receivers=receivers,
            )
        )
        # What is loaded by now stays: a collection that walks all of it stops every call for a
        # tenth of a second and more.
        gc.collect()
        gc.freeze()
        serving = server.serve(
            service.app,
            listener,
            max_message_bytes=settings.server.max_message_bytes,
            on_ready=lambda port: on_ready(url_of(settings.server.host, port)),
            drain=partial(_end_conversations, service),
        )
        ended_by = await _serve_with(provider, serving)
    return CTRL_C_STATUS if ended_by == signal.SIGINT else 0


def _ensure_current(settings: Settings, company: Company) -> None:
    database = Database(settings.database_url)
    try:
        ensure_current(database, company.tables)
    finally:
        database.close()


async def _end_conversations(service: app.Service, number: int) -> None:
    """Let conversations end at their next turn boundary; who presses Ctrl-C wants it now."""
    await (service.stop() if number == signal.SIGINT else service.drain())


async def _serve_with(provider: OfflineProvider | None, serving: Coroutine[Any, Any, int]) -> int:
    """Serve, and keep the provider there meanwhile; end when it cannot be kept."""
    if provider is None:
        return await serving
    try:
        async with asyncio.TaskGroup() as tasks:
            keeping = tasks.create_task(provider.keep())
            ended_by = await serving
            keeping.cancel()
    except* OfflineError as lost:
        raise lost.exceptions[0] from None
    return ended_by


def url_of(host: str, port: int) -> str:
    """Return the URL under which a person on this machine reaches the service."""
    shown = {"0.0.0.0": "127.0.0.1", "::": "[::1]"}.get(host, host)  # noqa: S104 - not bound here
    if ":" in shown and not shown.startswith("["):
        shown = f"[{shown}]"
    return f"http://{shown}:{port}"
