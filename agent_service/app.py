"""The composition root: settings become a running service. The only module that knows everything.

Opens what the service needs, in order, and closes it in the opposite order.
"""

import importlib
import secrets
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from starlette.applications import Starlette

from agent_service.clock import Clock, SystemClock
from agent_service.conversation.records import Caller
from agent_service.conversation.spec import TurnDetection
from agent_service.engines.choosing import engine_factory
from agent_service.engines.dialects import dialect_name
from agent_service.engines.line import EngineLimits
from agent_service.engines.prices import LIST_PRICES, ModelPrice, Prices
from agent_service.engines.provider import ProviderChoice
from agent_service.errors import SettingsError, StoreError
from agent_service.runtime.host import AgentProfile, Host, Limits
from agent_service.runtime.ports import Engine
from agent_service.runtime.recorder import Recorder
from agent_service.runtime.tool_runner import ToolRunner
from agent_service.settings import AgentSettings, Settings
from agent_service.store.database import Database
from agent_service.store.migrating import ensure_current
from agent_service.tools.registry import Registry
from agent_service.tools.shop_tools import TOOLS
from agent_service.tools.tool import Tool
from agent_service.web import admin_api, health, pages, ticket_api
from agent_service.web import socket as conversation_socket
from agent_service.web.admission import Admission
from agent_service.web.origins import Origins
from agent_service.web.tickets import Tickets

TICKET_SECRET_FILE: Final = "ticket-secret"  # noqa: S105 - a file name


@dataclass(frozen=True, slots=True)
class Service:
    """A service that is open: the web application and what a server must know to end it."""

    app: Starlette
    host: Host
    drain_s: float

    async def drain(self) -> None:
        """Let conversations end before the server stops."""
        await self.host.drain(self.drain_s)
        await self.host.stop()


@asynccontextmanager
async def running(
    settings: Settings,
    *,
    offline_url: str | None = None,
    demo_caller: Caller | None = None,
    new_engine: Callable[[], Engine] | None = None,
    clock: Clock | None = None,
) -> AsyncIterator[Service]:
    """Open the service for the block. Raises SettingsError or StoreError when it cannot run.

    ``offline_url`` is where the offline provider listens. With a ``demo_caller`` the demo page is
    served, and whoever opens it speaks as that customer. ``new_engine`` and ``clock`` replace the
    real ones.
    """
    clock = clock or SystemClock()
    database = Database(settings.database_url)
    try:
        ensure_current(database)
        registry = Registry(_tools(settings))
        agents = _agents(settings, registry)
        tools = ToolRunner(registry, database, clock)
        recorder = Recorder(database, clock=clock)
        recorder.open()
        try:
            async with Host(
                agents,
                new_engine=new_engine or _engines(settings, offline_url, clock),
                tools=tools,
                records=recorder,
                clock=clock,
                limits=Limits(
                    grace_s=settings.conversation.grace_s,
                    confirmation_s=settings.conversation.confirmation_limit_s,
                    transcript_s=settings.conversation.transcript_wait_s,
                ),
            ) as host:
                app = _web(settings, host, recorder, database, clock, demo_caller)
                yield Service(app, host, settings.server.drain_s)
        finally:
            tools.close()
            await recorder.close()
    finally:
        database.close()


def ticket_secret(settings: Settings) -> str:
    """Return the secret that signs tickets; one is made and kept when none is set."""
    if settings.tickets.secret is not None:
        return settings.tickets.secret.get_secret_value()
    path = settings.data_dir / TICKET_SECRET_FILE
    if not path.exists():
        _write_privately(path, secrets.token_urlsafe(48))
    return path.read_text(encoding="utf-8").strip()


def provider_choice(settings: Settings, offline_url: str | None = None) -> ProviderChoice:
    """Return which provider to talk to, from the settings."""
    provider = settings.provider
    key = provider.api_key.get_secret_value() if provider.api_key else None
    match provider.chosen_kind:
        case "offline":
            if offline_url is None:
                raise SettingsError(["provider: the offline provider is not running"])
            offline_key = settings.offline.api_key
            key = offline_key.get_secret_value() if offline_key else "offline"
            return ProviderChoice("offline", offline_url, "offline", "openai-ga", key)
        case "openai":
            endpoint = provider.endpoint or "https://api.openai.com"
        case "azure":
            endpoint = provider.endpoint or ""
    dialect: str = provider.dialect
    if dialect == "auto":
        dialect = dialect_name(provider.chosen_kind, provider.api_version)
    return ProviderChoice(
        provider.chosen_kind,
        endpoint,
        provider.chosen_model,
        dialect,
        None if provider.uses_entra else key,
        provider.uses_entra,
        provider.token_scope,
    )


def _engines(settings: Settings, offline_url: str | None, clock: Clock) -> Callable[[], Engine]:
    return engine_factory(
        provider_choice(settings, offline_url),
        clock=clock,
        prices=_prices(settings),
        limits=EngineLimits(connect_s=settings.provider.connect_timeout_s),
    )


def _prices(settings: Settings) -> Prices:
    own = settings.provider.prices
    if own is None:
        return LIST_PRICES
    return {settings.provider.chosen_model: ModelPrice(**own.model_dump())}


def _tools(settings: Settings) -> list[Tool]:
    """Return the shop's tools and those of the modules that agents name."""
    tools = list(TOOLS)
    names = {name for agent in settings.agents.values() for name in agent.tool_modules}
    for name in sorted(names):
        try:
            tools.extend(importlib.import_module(name).TOOLS)
        except (ImportError, AttributeError) as error:
            raise SettingsError([f"tool_modules: {name} cannot be used: {error}"]) from error
    return tools


def _agents(settings: Settings, registry: Registry) -> list[AgentProfile]:
    model = settings.provider.transcription_model
    return [_profile(agent, registry, model) for agent in settings.agents.values()]


def _profile(agent: AgentSettings, registry: Registry, transcription_model: str) -> AgentProfile:
    return AgentProfile(
        name=agent.name,
        instructions=agent.instructions,
        voice=agent.voice,
        greeting=agent.greeting,
        language=agent.language,
        turn_detection=TurnDetection(**agent.turn_detection.model_dump()),
        transcription_model=transcription_model,
        tools=registry.specs(agent.tools),
        policies={policy.name: policy for policy in registry.policies(agent.tools)},
        max_duration_s=agent.limits.max_duration_s,
        idle_s=agent.limits.idle_timeout_s,
    )


def _web(
    settings: Settings,
    host: Host,
    recorder: Recorder,
    database: Database,
    clock: Clock,
    demo_caller: Caller | None,
) -> Starlette:
    tickets = Tickets(ticket_secret(settings), clock)
    origins = Origins(settings.server.origins)
    admission = Admission(settings.server.max_conversations)
    keys = admin_api.AdminTokens(database, clock)

    async def storage() -> None:
        if not recorder.healthy:
            raise StoreError("The record cannot be written.")

    routes = [
        *conversation_socket.routes(
            conversation_socket.ConversationSocket(host, tickets, origins, admission, clock)
        ),
        *ticket_api.routes(tickets, keys.authorise, settings.agents),
        *admin_api.routes(database, keys, time_limit_s=settings.database.query_time_limit_s),
        *health.routes(
            {"storage": storage},
            {
                "conversations": lambda: host.live,
                "sockets": lambda: admission.open_sockets,
                "sockets_refused": lambda: admission.refused,
                "records_waiting": lambda: recorder.waiting,
            },
        ),
        *pages.routes(has_demo=demo_caller is not None),
    ]
    if demo_caller is not None:
        routes += ticket_api.demo_routes(tickets, origins, settings.default_agent, demo_caller)
    return Starlette(routes=routes)


def _write_privately(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.touch(mode=0o600)
    path.write_text(text + "\n", encoding="utf-8")
