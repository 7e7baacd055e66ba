"""The composition root: settings become a running service. The only module that knows everything.

Opens what the service needs, in order, and closes it in the opposite order.
"""

import asyncio
from collections.abc import AsyncIterator, Callable, Collection, Coroutine, Mapping
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from functools import partial
from importlib import import_module
from types import ModuleType
from typing import Any, Final

from starlette.applications import Starlette
from starlette.routing import Route

from agent_service.agent import AgentSettings
from agent_service.clock import Clock, SystemClock, uuid7
from agent_service.company.declaration import Company, Demo
from agent_service.company.loading import load_company
from agent_service.conversation.phrases import disclosure, recorded
from agent_service.conversation.records import Caller, IncidentRecord
from agent_service.conversation.spec import Limits
from agent_service.engines.choosing import engines_on
from agent_service.engines.watch import EndingsWatch
from agent_service.errors import AgentServiceError, SettingsError, StoreError, TryLater
from agent_service.from_settings import (
    keeping_of,
    notice_speaker,
    provider_choice,
    provider_line,
    receivers_of,
    recording_storage,
    ticket_secret,
    tool_registry,
)
from agent_service.news import NewsDesk
from agent_service.notices.finding import load_notices, recordings
from agent_service.private_files import close_folder
from agent_service.recording.recordings import Recordings
from agent_service.recording.storage import Storage
from agent_service.recording.tape import Report
from agent_service.runtime.anchoring import Anchoring
from agent_service.runtime.approval_desk import ApprovalDesk
from agent_service.runtime.day_keeper import DayKeeper
from agent_service.runtime.deliveries import Receiver
from agent_service.runtime.host import AgentProfile, Host
from agent_service.runtime.identity_desk import IdentityDesk
from agent_service.runtime.outbox_worker import OutboxWorker
from agent_service.runtime.pictures import Pictures
from agent_service.runtime.ports import Engine
from agent_service.runtime.presence import Presence
from agent_service.runtime.recorder import Recorder
from agent_service.runtime.reporting import Reporter
from agent_service.runtime.storage_watch import StorageWatch
from agent_service.runtime.team_bell import TeamBell
from agent_service.runtime.tool_runner import ToolRunner
from agent_service.runtime.upkeep import Upkeep
from agent_service.runtime.work_keeper import WorkKeeper
from agent_service.settings import DeskSettings, PhoneSettings, Settings
from agent_service.store.announcing import announce_ended
from agent_service.store.contacts import Address, caller_at, keep_address
from agent_service.store.database import Database
from agent_service.store.directory import Customers
from agent_service.store.ended import Ended, find_ended
from agent_service.store.erasure import Erasing
from agent_service.store.interrupted import Announce, Interrupted, find_interrupted
from agent_service.store.ledger import resolve_open_calls
from agent_service.store.members import UserRole
from agent_service.store.migrating import ensure_current
from agent_service.store.pictures import conversation_of
from agent_service.store.policies import Policies, policies_of
from agent_service.store.proof.keeping import keep_last_anchor
from agent_service.store.proof.signing import read_signer
from agent_service.store.ratings import rateable_conversation
from agent_service.store.work.standing import told_of_work
from agent_service.tools.registry import Registry
from agent_service.web import (
    admin_api,
    approvals,
    demo_page,
    ended,
    evidence,
    exports,
    health,
    live,
    messages,
    openapi,
    pages,
    pictures,
    promises,
    qr_codes,
    ratings,
    realtime_secrets,
    reviews,
    stats,
    ticket_api,
    views,
    widget_files,
    work,
)
from agent_service.web.admin_access import AdminAccess
from agent_service.web.application import application
from agent_service.web.customers import routes as customer_routes
from agent_service.web.desk import approvals as desk_approvals
from agent_service.web.desk import audit as desk_audit
from agent_service.web.desk import conversation as desk_conversation
from agent_service.web.desk import conversations as desk_conversations
from agent_service.web.desk import customers as desk_customers
from agent_service.web.desk import labels as desk_labels
from agent_service.web.desk import live as desk_live
from agent_service.web.desk import numbers as desk_numbers
from agent_service.web.desk import provider_events as desk_provider_events
from agent_service.web.desk import queue as desk_queue
from agent_service.web.desk import reviews as desk_reviews
from agent_service.web.desk import settings as desk_settings
from agent_service.web.desk import signing_in, single_sign_on, work_list
from agent_service.web.desk import tools as desk_tools
from agent_service.web.desk import users as desk_users
from agent_service.web.desk import work as desk_work
from agent_service.web.desk.doorkeeper import Doorkeeper
from agent_service.web.desk.page import Desk
from agent_service.web.handoffs import Handoffs
from agent_service.web.handoffs import routes as handoff_routes
from agent_service.web.origins import Origins
from agent_service.web.phone import webhooks
from agent_service.web.phone.asterisk import asterisk_sockets
from agent_service.web.phone.lines import phone_lines
from agent_service.web.recordings import routes as recording_routes
from agent_service.web.sockets import desk as desk_socket
from agent_service.web.sockets import endpoint
from agent_service.web.sockets.admission import Admission
from agent_service.web.sockets.gate import Gate
from agent_service.web.sockets.phone import phone_sockets
from agent_service.web.sockets.realtime import realtime_sockets
from agent_service.web.sockets.widget import widget_sockets
from agent_service.web.tickets import Tickets
from agent_service.web.used_tickets import UsedTickets
from agent_service.web.webrtc import calls
from agent_service.web.webrtc.door import Door
from agent_service.web.webrtc.ice import IceServers

OPEN_WORK_S: Final = 1.0
"""How long a caller waits for the agent to know what the team works on."""
DEMO_FACTS_S: Final = 2.0
"""How long a company may take to say what its page shows."""


@dataclass(frozen=True, slots=True)
class Service:
    """A service that is open: the web application and what a server must know to end it."""

    app: Starlette
    host: Host
    drain_s: float
    news: NewsDesk

    async def drain(self) -> None:
        """Let conversations end before the server stops; watching them ends with them."""
        try:
            await self.host.drain(self.drain_s)
        finally:
            await self.stop()

    async def stop(self) -> None:
        """End conversations now."""
        try:
            await self.host.stop()
        finally:
            self.news.close()


@asynccontextmanager
async def running(
    settings: Settings,
    *,
    offline_url: str | None = None,
    demo: Demo | None = None,
    new_engine: Callable[[], Engine] | None = None,
    receivers: Mapping[str, Receiver] | None = None,
    clock: Clock | None = None,
) -> AsyncIterator[Service]:
    """Open the service for the block. Raises SettingsError or StoreError when it cannot run.

    ``offline_url`` is where the offline provider listens. With a ``demo`` the demo page is served,
    and whoever opens it speaks as its caller. ``receivers`` carry out what tools send to the world
    outside, by kind; by default those of the settings and the company. ``new_engine`` and
    ``clock`` replace the real ones.
    """
    clock = clock or SystemClock()
    company = load_company(settings)
    if receivers is None:
        receivers = receivers_of(settings, company)
    watch: EndingsWatch | None = None
    if new_engine is None:
        line = provider_line(settings, provider_choice(settings, offline_url), clock)
        new_engine = engines_on(line)
        watch = EndingsWatch(line, settings.provider.transcription_model)
    key_file = settings.proof.key_file
    signer = read_signer(key_file) if key_file else None
    close_folder(settings.data_dir)
    database = Database(settings.database_url)
    try:
        ensure_current(database, company.tables)
        registry = tool_registry(settings, company)
        customers = Customers(database, company.directory)
        agents = agent_profiles(settings, registry)
        with database.write() as session:
            resolve_open_calls(session, clock.utc())
        announce = announcer(settings, clock)
        presence = Presence(database, clock, announce)
        presence.begin()
        retention, erasing = keeping_of(settings, company, database, clock)
        own_tables = company.tables.tables.values() if company.tables else ()
        policies = Policies(policies_of(settings.agents.values()))
        recorder = Recorder(
            database,
            clock=clock,
            company_tables=own_tables,
            policies=policies,
            announce=announce,
        )
        news = NewsDesk()
        reporter = Reporter(news, clock, recorder.preview)
        recorder.on_logged = reporter.logged
        tools = ToolRunner(
            registry,
            database,
            clock,
            settings.tools,
            recorder.keep_call,
            customers,
            policies=policies,
        )
        recorder.open()
        anchoring = Anchoring(
            database,
            clock,
            signer,
            pause_s=settings.proof.anchor_s,
            keep=partial(keep_last_anchor, file=settings.last_anchor_file),
        )
        sound = recording_storage(settings)
        recorded = Recordings(
            settings.recordings_folder,
            sound,
            database,
            clock,
            _reporting_to(recorder, clock),
        )
        recorder.on_silenced = recorded.silence
        recorded.open()
        storage = StorageWatch(lambda: recorder.healthy, lambda: presence.is_well)
        try:
            async with Host(
                agents,
                process_id=presence.process_id,
                new_engine=new_engine,
                tools=tools,
                identity=IdentityDesk(
                    database,
                    clock,
                    recorder,
                    source_limit=settings.conversation.wrong_proofs_per_hour,
                    proofs=company.proofs,
                    customers=customers,
                ),
                find_interrupted=partial(_find_interrupted, database, clock, presence.process_id),
                records=recorder,
                clock=clock,
                limits=Limits(
                    grace_s=settings.conversation.grace_s,
                    ring_s=settings.conversation.ring_s,
                    confirmation_s=settings.conversation.confirmation_limit_s,
                    yes_grace_s=settings.conversation.yes_grace_s,
                    yes_confidence=settings.conversation.yes_confidence,
                    transcript_s=settings.conversation.transcript_wait_s,
                ),
                can_record=storage.is_well,
                reports=reporter,
                pictures=Pictures(database) if settings.conversation.pictures else None,
                recordings=recorded,
                keep_event=recorder.keep_event if settings.logs.keeps_events else None,
                earlier=partial(_open_work, database, clock),
                team=TeamBell(
                    database,
                    clock,
                    reporter.rang,
                    registry,
                    busy=lambda: host.busy(),
                    ring_s=settings.conversation.ring_s,
                ),
            ) as host:
                recorder.on_overtaken = host.lose
                desk = ApprovalDesk(registry, database, clock, host.settle, customers, policies)
                outbox = OutboxWorker(database, clock, receivers, company.settlements)
                admission = Admission(
                    settings.server.max_conversations, settings.server.max_text_conversations
                )
                door = webrtc_door(settings, host, admission, clock)
                tickets = Tickets(ticket_secret(settings), clock)
                uses = UsedTickets(database, clock)
                switchboard = webhooks.Switchboard(
                    settings.phone.public_url or "",
                    webhooks.agents_of_numbers(settings.phone.numbers, settings.agents),
                    settings.default_agent,
                    tickets,
                    uses,
                    lambda: admission.is_full or host.obstacle() is not None,
                    customers,
                    clock,
                )
                sip_calls = calls_over_sip(settings.phone, switchboard, host, admission, clock)
                web = _Web(
                    settings,
                    host,
                    recorder,
                    storage,
                    database,
                    clock,
                    registry,
                    desk,
                    outbox,
                    watch,
                    company,
                    customers,
                    erasing,
                    news,
                    reporter,
                    sound,
                    admission,
                    door,
                    tickets,
                    uses,
                    switchboard,
                )
                works = [
                    Upkeep(retention, erasing, clock, pause_s=settings.retention.pause_s).run(),
                    desk.run(),
                    outbox.run(),
                    tools.sweep(),
                    presence.keep(host),
                    presence.sweep(host),
                    storage.run(host.storage_changed),
                    anchoring.run(),
                    DayKeeper(database, clock).run(),
                    WorkKeeper(database, clock).run(),
                ]
                if door is not None:
                    works.append(door.run())
                works += sip_calls
                if watch is not None:
                    works.append(watch.run())
                async with _background(*works):
                    yield Service(web.app(demo), host, settings.server.drain_s, news)
        finally:
            tools.close()
            await recorded.close()
            await recorder.close()
            await anchoring.anchor()
            presence.end()
    finally:
        database.close()


def linked_sites(settings: Settings) -> frozenset[str]:
    """Return the web sites (origins) to which sources of an answer may lead."""
    sites = (*settings.server.origins, *settings.server.source_origins)
    return frozenset(site.lower() for site in sites)


def _of_extra(extra: str, module: str, setting: str) -> ModuleType:
    """Return a module that only an extra brings what it needs; raise SettingsError without it."""
    try:
        return import_module(module)
    except ModuleNotFoundError as error:
        remedy = f"needs the extra {extra}: pip install 'agent-service[{extra}]'"
        raise SettingsError([f"{setting}: {remedy} ({error.name} is missing)"]) from error


def webrtc_door(settings: Settings, host: Host, admission: Admission, clock: Clock) -> Door | None:
    """Return what holds calls over WebRTC; None where there are to be none."""
    if not settings.webrtc.enabled:
        return None
    line = _of_extra("webrtc", "agent_service.web.webrtc.line", "webrtc.enabled")
    most = settings.webrtc.max_calls
    return Door(host, admission, most, line.WebRtcLine, linked_sites(settings), clock)


def calls_over_sip(
    phone: PhoneSettings,
    switchboard: webhooks.Switchboard,
    host: Host,
    admission: Admission,
    clock: Clock,
) -> list[Coroutine[Any, Any, None]]:
    """Return what takes calls over SIP, where there are to be any."""
    if phone.sip_listen is None:
        return []
    door = _of_extra("sip", "agent_service.web.phone.sip", "phone.sip_listen")
    return [door.SipDoor(phone, switchboard, host, admission, clock).run()]


def single_sign_on_provider(section: DeskSettings, clock: Clock) -> single_sign_on.Provider | None:
    """Return who says who somebody of the team is; None where no single sign-on is set."""
    if section.oidc_issuer is None:
        return None
    openid = _of_extra("oidc", "agent_service.web.desk.openid", "desk.oidc_issuer")
    secret = section.oidc_client_secret
    provider: single_sign_on.Provider = openid.OpenIdProvider(
        section.oidc_issuer,
        section.oidc_client_id,
        secret.get_secret_value() if secret else None,
        f"{section.public_url}{single_sign_on.BACK}",
        clock,
    )
    return provider


def naming(section: DeskSettings) -> single_sign_on.Naming:
    """Return what of a provider's claims makes somebody's name and role."""
    roles = {said: UserRole(role) for said, role in section.oidc_roles.items()}
    return single_sign_on.Naming(section.oidc_name_claim, section.oidc_role_claim, roles)


def announcer(settings: Settings, clock: Clock) -> Announce | None:
    """Return what queues news of conversations that end; None where nobody wants them."""
    if settings.webhook.url is None:
        return None
    return lambda session, ids: announce_ended(session, ids, clock.utc())


def agent_profiles(settings: Settings, registry: Registry) -> list[AgentProfile]:
    """Return the agents with their tools; raise SettingsError with every tool that is unknown."""
    profiles, problems = [], []
    for agent in settings.agents.values():
        try:
            profiles.append(_profile(agent, registry, settings))
        except SettingsError as error:
            problems += [f"agents/{agent.name}.toml: {problem}" for problem in error.problems]
    if problems:
        raise SettingsError(problems)
    return profiles


def _reporting_to(recorder: Recorder, clock: Clock) -> Report:
    """Return what puts on record, from any thread, that something went wrong with a recording."""
    loop = asyncio.get_running_loop()

    def report(
        conversation_id: str,
        code: str,
        message: str,
        at_ms: float | None,
        ended_ms: float | None,
    ) -> None:
        incident = IncidentRecord(
            incident_id=uuid7(),
            conversation_id=conversation_id,
            code=code,
            message=message,
            occurred_at=clock.utc(),
            started_ms=None if at_ms is None else round(at_ms),
            ended_ms=None if ended_ms is None else round(ended_ms),
        )
        with suppress(RuntimeError):  # the loop has ended, and the log has a line of its own
            loop.call_soon_threadsafe(recorder.record, incident)

    return report


async def _open_work(database: Database, clock: Clock, customer_id: str) -> str | None:
    """Return what an agent is told of the team's work for a caller; nothing while nobody knows."""
    work = partial(told_of_work, customer_id=customer_id, now=clock.utc())
    try:
        return await database.run(work, time_limit_s=OPEN_WORK_S)
    except StoreError:  # the conversation begins all the same
        return None


async def _find_interrupted(
    database: Database, clock: Clock, process_id: str, token: str, live: Collection[str]
) -> Interrupted | None:
    work = partial(find_interrupted, token=token, now=clock.utc(), process_id=process_id, live=live)
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


def _profile(agent: AgentSettings, registry: Registry, settings: Settings) -> AgentProfile:
    return AgentProfile(
        settings=agent,
        disclosure=_disclosure(agent),
        transcription_model=settings.provider.transcription_model,
        # A language model knows how people ask; the offline responder finds tools by examples.
        tools=registry.specs(agent.tools, has_examples=settings.provider.chosen_kind == "offline"),
        policies={policy.name: policy for policy in registry.policies(agent.tools)},
        notices=load_notices(
            agent.name,
            recordings(settings.data_dir, agent.name),
            notice_speaker(settings, agent),
        ),
    )


def _disclosure(agent: AgentSettings) -> str | None:
    said = None
    if agent.discloses_ai:
        said = agent.disclosure or disclosure(agent.language, agent.on_behalf_of)
    return recorded(said, agent.language) if agent.recording.mode == "on" else said


def demo_hint(demo: Demo) -> str:
    """Say on the demo page who its visitor is, and what to ask."""
    name = demo.caller.name or "a stranger"
    return f"You are {name}. Ask: {demo.question}"


@dataclass(frozen=True, slots=True)
class _Web:
    """The parts that the web application is made of."""

    settings: Settings
    host: Host
    recorder: Recorder
    storage: StorageWatch
    database: Database
    clock: Clock
    registry: Registry
    desk: ApprovalDesk
    outbox: OutboxWorker
    watch: EndingsWatch | None
    company: Company
    customers: Customers
    erasing: Erasing
    news: NewsDesk
    reporter: Reporter
    sound: Storage
    admission: Admission
    door: Door | None
    """For calls over WebRTC, where there are any."""
    tickets: Tickets
    uses: UsedTickets
    switchboard: webhooks.Switchboard
    """Who takes telephone calls."""

    def app(self, demo: Demo | None) -> Starlette:
        settings, database, clock = self.settings, self.database, self.clock
        limit_s = settings.database.query_time_limit_s
        settlements = self.company.settlements
        tickets, uses, switchboard = self.tickets, self.uses, self.switchboard
        origins = Origins(settings.server.origins)
        admission = self.admission
        access = AdminAccess(database, clock)
        handoffs = Handoffs(self.host.find, self.reporter.ringing, database, clock)
        linked = linked_sites(settings)
        lines = phone_lines(settings.phone, clock)
        pbx = settings.phone.asterisk_secret
        kinds = [
            widget_sockets(linked),
            realtime_sockets(settings.agents),
            *(phone_sockets(line.carrier) for line in lines),
            *([asterisk_sockets(pbx.get_secret_value(), switchboard)] if pbx else []),
        ]
        routes = [
            *(
                route
                for kind in kinds
                for route in endpoint.routes(
                    endpoint.ConversationSocket(
                        kind, self.host, tickets, uses, origins, admission, clock
                    )
                )
            ),
            *self._webrtc_calls(Gate(tickets, uses, origins), origins),
            *webhooks.routes(switchboard, lines),
            *desk_socket.routes(
                desk_socket.DeskSocket(self.host.find, access, self.registry, database, clock)
            ),
            *ticket_api.routes(
                tickets,
                origins,
                access.authorise,
                settings.agents,
                self._keep_contact,
                self._find_caller,
            ),
            *realtime_secrets.routes(
                realtime_secrets.Secrets(tickets, origins, settings.agents, clock), access.authorise
            ),
            *admin_api.routes(database, access, time_limit_s=limit_s),
            *evidence.routes(database, access, clock),
            *stats.routes(database, access, time_limit_s=limit_s),
            *exports.routes(database, access, time_limit_s=limit_s),
            *customer_routes(database, access, self.erasing),
            *live.routes(self.news, self.reporter.going_on, database, access, clock),
            *handoff_routes(handoffs, database, access, clock),
            *pictures.routes(self._album(access)),
            *qr_codes.routes(self._conversation_of),
            *messages.routes(
                messages.Letterbox(
                    database, tickets, uses, origins, settings.agents, self.recorder.record, clock
                )
            ),
            *ended.routes(self._ended, self.host.retell, linked),
            *ratings.routes(self._rateable_conversation, self.recorder.record, self.clock),
            *recording_routes(
                database, access, self.sound, settings.recordings_folder, time_limit_s=limit_s
            ),
            *approvals.routes(self.desk, self.registry, database, access, clock),
            *promises.routes(database, access, clock, settlements, time_limit_s=limit_s),
            *views.routes(database, access, clock),
            *work.routes(database, access, clock, time_limit_s=limit_s),
            *reviews.routes(settings.reviews, database, access, clock, time_limit_s=limit_s),
            *health.routes(
                {"storage": self._check_storage, "service": self._check_service},
                self._gauges(admission),
                {"outbox_without_receiver": lambda: self.outbox.unserved},
                self._warnings,
            ),
            *self._desk(access, handoffs),
            *pages.routes(self.company.proofs, settings.server.origins),
            *widget_files.routes(widget_files.WidgetFiles()),
        ]
        if demo is not None:
            routes += ticket_api.demo_routes(tickets, origins, settings.default_agent, demo.caller)
            routes += self._demo_page(demo, origins)
        return application(openapi.described(routes))

    def _webrtc_calls(self, gate: Gate, origins: Origins) -> list[Route]:
        if self.door is None:
            return []
        ice = IceServers(self.settings.webrtc, self.clock)
        return [*calls.routes(self.door, gate, origins, self._conversation_of, ice)]

    def _desk(self, access: AdminAccess, handoffs: Handoffs) -> list[Route]:
        """Return the pages of the team; of two that fit an address, the first is shown."""
        database, clock, own = self.database, self.clock, self.settings.desk
        provider = single_sign_on_provider(own, clock)
        desk = Desk(
            access,
            has_passwords=own.passwords,
            has_single_sign_on=provider is not None,
            tool_titles={tool.name: tool.title for tool in self.registry},
        )
        doorkeeper = Doorkeeper(database, clock)
        limit_s = self.settings.database.query_time_limit_s
        recordings = self.settings.recordings_folder
        page = desk_conversation.ConversationPage(
            desk, database, clock, recordings, self.customers, time_limit_s=limit_s
        )
        return [
            *signing_in.routes(desk, doorkeeper, database, clock),
            *(
                single_sign_on.routes(desk, provider, naming(own), database, clock)
                if provider
                else ()
            ),
            *desk_live.routes(desk, handoffs, database, clock, time_limit_s=limit_s),
            *desk_conversations.routes(desk, database, clock, time_limit_s=limit_s),
            *desk_provider_events.routes(desk, database, time_limit_s=limit_s),
            *desk_conversation.routes(desk, page),
            *desk_work.routes(desk, page, database, self.customers, clock),
            *work_list.routes(desk, database, clock),
            *desk_labels.routes(desk, database, clock),
            *desk_reviews.routes(
                desk, page, self.settings.reviews, database, clock, time_limit_s=limit_s
            ),
            *desk_numbers.routes(desk, database, clock, time_limit_s=limit_s),
            *desk_approvals.routes(desk, self.desk, database),
            *desk_queue.routes(
                desk, database, clock, self.company.settlements, time_limit_s=limit_s
            ),
            *desk_tools.routes(desk, self.registry, database, clock, time_limit_s=limit_s),
            *desk_customers.routes(
                desk, database, self.customers, self.erasing, time_limit_s=limit_s
            ),
            *desk_users.routes(desk, doorkeeper, database, clock),
            *desk_audit.routes(desk, database, clock, time_limit_s=limit_s),
            *desk_settings.routes(desk, self.settings),
            desk.nowhere(),  # the last
        ]

    def _album(self, access: AdminAccess) -> pictures.Album:
        most = self.settings.conversation.pictures
        return pictures.Album(
            self.database, access, self._conversation_of, self._seen_with, self.clock, most
        )

    async def _conversation_of(self, token: str) -> str | None:
        here = self.host.conversation_with(token)
        return here or await self.database.run(partial(conversation_of, token=token))

    async def _seen_with(self, token: str) -> str | None:
        return await self._conversation_of(token) or await self._rateable_conversation(token)

    async def _ended(self, conversation_id: str, token: str) -> Ended | None:
        now = self.clock.utc()
        return await self.database.run(
            partial(find_ended, id=conversation_id, token=token, now=now)
        )

    async def _rateable_conversation(self, token: str) -> str | None:
        now = self.clock.utc()
        return await self.database.run(partial(rateable_conversation, token=token, now=now))

    def _demo_page(self, demo: Demo, origins: Origins) -> list[Route]:
        parts = {"hint": demo_hint(demo), "proofs": pages.proofs_told(self.company.proofs)}
        if demo.page is None:
            return demo_page.page_routes(demo_page.PLAIN_PAGE, parts)
        facts = demo.page.facts

        async def look_up(viewer: Caller) -> Mapping[str, Any]:
            now = self.clock.utc()
            return await self.database.run(
                lambda session: facts(session, viewer, now), time_limit_s=DEMO_FACTS_S
            )

        shown = demo_page.page_routes(demo.page.folder, parts)
        return [*shown, demo_page.facts_route(look_up, origins, demo.caller)]

    async def _keep_contact(self, customer_id: str, address: Address) -> None:
        now = self.clock.utc()
        work = partial(keep_address, customer_id=customer_id, address=address, now=now)
        await self.database.run(work, is_write=True)

    async def _find_caller(self, address: Address) -> Caller:
        return await asyncio.to_thread(caller_at, address, self.customers)

    async def _check_storage(self) -> None:
        if not self.storage.is_well():
            raise StoreError("The record cannot be written.")

    async def _check_service(self) -> None:
        if self.host.is_stopping:
            raise TryLater("The service is about to stop.", code="service_stopping")

    def _warnings(self) -> list[health.Caveat]:
        if self.watch is None:
            return []
        return [
            health.Caveat(ending.code, ending.message, ending.remedy, ending.ends)
            for ending in self.watch.endings()
        ]

    def _gauges_of_door(self) -> health.Gauges:
        if self.door is None:
            return {}
        calls = self.door.admission
        return {
            "webrtc_calls": lambda: calls.open_sockets,
            "webrtc_calls_refused": lambda: calls.refused,
        }

    def _gauges(self, admission: Admission) -> health.Gauges:
        return {
            "conversations": lambda: self.host.live,
            "sockets": lambda: admission.open_sockets,
            "text_sockets": lambda: admission.open_texts,
            "sockets_refused": lambda: admission.refused,
            **self._gauges_of_door(),
            "live_readers": lambda: self.news.readers,
            "records_waiting": lambda: self.recorder.waiting,
            "outbox_without_receiver": lambda: sum(self.outbox.unserved.values()),
        }
