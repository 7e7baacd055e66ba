"""The composition root: settings become a running service. The only module that knows everything.

Opens what the service needs, in order, and closes it in the opposite order.
"""

import asyncio
import secrets
from collections.abc import AsyncIterator, Callable, Coroutine, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any, Final

from starlette.applications import Starlette

from agent_service.clock import Clock, SystemClock
from agent_service.conversation.phrases import disclosure
from agent_service.conversation.records import Caller
from agent_service.conversation.spec import TurnDetection
from agent_service.engines.choosing import engine_factory
from agent_service.engines.dialects import dialect_name
from agent_service.engines.line import EngineLimits
from agent_service.engines.prices import LIST_PRICES, ModelPrice, Prices
from agent_service.engines.provider import ProviderChoice
from agent_service.errors import AgentServiceError, SettingsError, StoreError
from agent_service.notices.finding import load_notices, recordings
from agent_service.notices.shelf import Speaker
from agent_service.notices.texts import language_of
from agent_service.runtime.approval_desk import ApprovalDesk
from agent_service.runtime.deliveries import Receiver
from agent_service.runtime.host import AgentProfile, Host, Limits
from agent_service.runtime.identity_desk import IdentityDesk
from agent_service.runtime.outbox_worker import OutboxWorker
from agent_service.runtime.ports import Engine
from agent_service.runtime.receivers import load_receivers
from agent_service.runtime.recorder import Recorder
from agent_service.runtime.tool_runner import ToolRunner
from agent_service.settings import AgentSettings, Settings
from agent_service.store.contacts import Address, keep_address
from agent_service.store.database import Database
from agent_service.store.interrupted import Interrupted, end_lost, find_interrupted
from agent_service.store.ledger import resolve_open_calls
from agent_service.store.migrating import ensure_current
from agent_service.store.shop_settlements import SETTLEMENTS
from agent_service.tools.loading import load_tools
from agent_service.tools.registry import Registry
from agent_service.tools.shop_tools import TOOLS
from agent_service.tools.tool import Tool
from agent_service.web import admin_api, approvals, health, pages, promises, ticket_api
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
    receivers: Mapping[str, Receiver] | None = None,
    clock: Clock | None = None,
) -> AsyncIterator[Service]:
    """Open the service for the block. Raises SettingsError or StoreError when it cannot run.

    ``offline_url`` is where the offline provider listens. With a ``demo_caller`` the demo page is
    served, and whoever opens it speaks as that customer. ``receivers`` carry out what tools send to
    the world outside, by kind; by default those that the settings name. ``new_engine`` and
    ``clock`` replace the real ones.
    """
    clock = clock or SystemClock()
    if receivers is None:
        receivers = load_receivers(settings.outbox.receivers)
    database = Database(settings.database_url)
    try:
        ensure_current(database)
        registry = Registry(_tools(settings))
        agents = _agents(settings, registry)
        with database.write() as session:
            resolve_open_calls(session, clock.utc())
            end_lost(session, clock.utc())
        tools = ToolRunner(registry, database, clock, settings.tools)
        recorder = Recorder(database, clock=clock)
        recorder.open()
        try:
            async with Host(
                agents,
                new_engine=new_engine or _engines(settings, offline_url, clock),
                tools=tools,
                identity=IdentityDesk(database, clock),
                find_interrupted=partial(_find_interrupted, database, clock),
                records=recorder,
                clock=clock,
                limits=Limits(
                    grace_s=settings.conversation.grace_s,
                    confirmation_s=settings.conversation.confirmation_limit_s,
                    yes_grace_s=settings.conversation.yes_grace_s,
                    yes_confidence=settings.conversation.yes_confidence,
                    transcript_s=settings.conversation.transcript_wait_s,
                ),
            ) as host:
                desk = ApprovalDesk(registry, database, clock, host.settle)
                outbox = OutboxWorker(database, clock, receivers, SETTLEMENTS)
                web = _Web(settings, host, recorder, database, clock, registry, desk, outbox)
                async with _background(desk.run(), outbox.run(), tools.sweep()):
                    yield Service(web.app(demo_caller), host, settings.server.drain_s)
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


def notice_speaker(settings: Settings, agent: AgentSettings) -> Speaker:
    """Return who must have recorded an agent's notices, for them to sound like the agent."""
    return Speaker(settings.provider.chosen_kind, agent.voice, language_of(agent.language))


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
    names = {name for agent in settings.agents.values() for name in agent.tool_modules}
    return [*TOOLS, *load_tools(sorted(names))]


async def _find_interrupted(database: Database, clock: Clock, token: str) -> Interrupted | None:
    work = partial(find_interrupted, token=token, now=clock.utc())
    return await database.run(work, is_write=True)


@asynccontextmanager
async def _background(*works: Coroutine[Any, Any, None]) -> AsyncIterator[None]:
    """Keep work without an end going during the block."""
    try:
        async with asyncio.TaskGroup() as tasks:
            running = [tasks.create_task(work) for work in works]
            try:
                yield
            finally:
                for task in running:
                    task.cancel()
    except* AgentServiceError as failures:
        # What ends the service has words for whoever runs it: a group would hide them.
        raise failures.exceptions[0] from None


def _agents(settings: Settings, registry: Registry) -> list[AgentProfile]:
    return [_profile(agent, registry, settings) for agent in settings.agents.values()]


def _profile(agent: AgentSettings, registry: Registry, settings: Settings) -> AgentProfile:
    return AgentProfile(
        name=agent.name,
        instructions=agent.instructions,
        voice=agent.voice,
        disclosure=_disclosure(agent),
        greeting=agent.greeting,
        language=agent.language,
        turn_detection=TurnDetection(**agent.turn_detection.model_dump()),
        transcription_model=settings.provider.transcription_model,
        tools=registry.specs(agent.tools),
        policies={policy.name: policy for policy in registry.policies(agent.tools)},
        max_duration_s=agent.limits.max_duration_s,
        idle_s=agent.limits.idle_timeout_s,
        tool_rounds=agent.limits.tool_rounds,
        notices=load_notices(
            agent.name,
            recordings(settings.data_dir, agent.name),
            notice_speaker(settings, agent),
        ),
    )


def _disclosure(agent: AgentSettings) -> str | None:
    if not agent.discloses_ai:
        return None
    return agent.disclosure or disclosure(agent.language, agent.on_behalf_of)


@dataclass(frozen=True, slots=True)
class _Web:
    """The parts that the web application is made of."""

    settings: Settings
    host: Host
    recorder: Recorder
    database: Database
    clock: Clock
    registry: Registry
    desk: ApprovalDesk
    outbox: OutboxWorker

    def app(self, demo_caller: Caller | None) -> Starlette:
        settings, database, clock = self.settings, self.database, self.clock
        limit_s = settings.database.query_time_limit_s
        tickets = Tickets(ticket_secret(settings), clock)
        origins = Origins(settings.server.origins)
        admission = Admission(settings.server.max_conversations)
        tokens = admin_api.AdminTokens(database, clock)
        socket = conversation_socket.ConversationSocket(
            self.host, tickets, origins, admission, clock
        )
        routes = [
            *conversation_socket.routes(socket),
            *ticket_api.routes(tickets, tokens.authorise, settings.agents, self._keep_contact),
            *admin_api.routes(database, tokens, time_limit_s=limit_s),
            *approvals.routes(self.desk, self.registry, database, tokens, clock),
            *promises.routes(database, tokens, clock, time_limit_s=limit_s),
            *health.routes(
                {"storage": self._check_storage},
                self._gauges(admission),
                {"outbox_without_receiver": lambda: self.outbox.unserved},
            ),
            *pages.routes(has_demo=demo_caller is not None),
        ]
        if demo_caller is not None:
            routes += ticket_api.demo_routes(tickets, origins, settings.default_agent, demo_caller)
        return Starlette(routes=routes)

    async def _keep_contact(self, customer_id: str, address: Address) -> None:
        now = self.clock.utc()
        work = partial(keep_address, customer_id=customer_id, address=address, now=now)
        await self.database.run(work, is_write=True)

    async def _check_storage(self) -> None:
        if not self.recorder.healthy:
            raise StoreError("The record cannot be written.")

    def _gauges(self, admission: Admission) -> health.Gauges:
        return {
            "conversations": lambda: self.host.live,
            "sockets": lambda: admission.open_sockets,
            "sockets_refused": lambda: admission.refused,
            "records_waiting": lambda: self.recorder.waiting,
            "outbox_without_receiver": lambda: sum(self.outbox.unserved.values()),
        }


def _write_privately(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.touch(mode=0o600)
    path.write_text(text + "\n", encoding="utf-8")
