"""A host of conversations that obeys the test, behind a real server on a free port."""

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import partial
from typing import Any

import pytest
import websockets.asyncio.client as client
from starlette.routing import BaseRoute

from agent_service.channels.widget_messages import SUBPROTOCOL
from agent_service.conversation.events import CallerEvent, CallerProof
from agent_service.conversation.records import Caller, CallerLevel
from agent_service.errors import CallerError, TryLater
from agent_service.runtime.ports import CallerChannel, StartRequest
from agent_service.web.application import application
from agent_service.web.guards import GuardedWebSocket
from agent_service.web.origins import Origins
from agent_service.web.server import Server, listen
from agent_service.web.sockets.admission import Admission
from agent_service.web.sockets.direct_lane import DirectWebSocket
from agent_service.web.sockets.endpoint import ConversationSocket, routes
from agent_service.web.sockets.widget import widget_sockets
from agent_service.web.tickets import Grant, Tickets

SECRET = "a secret that is long enough for a signature"


class ManualClock:
    """Time that passes only when the test says so."""

    def __init__(self) -> None:
        self.seconds = 1_000.0

    def now(self) -> float:
        return self.seconds

    def utc(self) -> datetime:
        return datetime.fromtimestamp(1_700_000_000 + self.seconds, UTC)


class ScriptedSession:
    """A conversation that keeps what it is told and says what the test wants."""

    def __init__(self, number: int, request: StartRequest, channel: CallerChannel) -> None:
        self.conversation_id = f"conversation-{number}"
        self.resume_token = f"token-{number}"
        self.agent, self.shows_detail = request.agent, request.detail
        self.request = request
        self.modality = request.modality
        self.takes_pictures = self.is_agent_due = False
        self.channel = channel
        self.is_attached = True
        self.events: asyncio.Queue[CallerEvent | CallerProof] = asyncio.Queue()
        self.detached = asyncio.Event()
        self.offered = ""
        self._end: asyncio.Future[str] = asyncio.get_running_loop().create_future()

    def receive(self, event: CallerEvent | CallerProof) -> None:
        self.events.put_nowait(event)

    def detach(self, channel: CallerChannel) -> None:
        if channel is self.channel:
            self.is_attached = False
            self.detached.set()

    def utc(self) -> datetime:
        return datetime(2026, 1, 1, tzinfo=UTC)

    def offer(self) -> tuple[str, datetime]:
        self.offered = f"offered-{self.conversation_id}"
        return self.offered, datetime(2026, 1, 1, 0, 5, tzinfo=UTC)

    async def wait_ended(self) -> str:
        return await asyncio.shield(self._end)

    def end(self, reason: str) -> None:
        self._end.set_result(reason)


class ScriptedHost:
    """Begins scripted sessions; ``refusal`` makes it refuse, ``gate`` makes it wait."""

    def __init__(self) -> None:
        self.sessions: list[ScriptedSession] = []
        self.refusal: Exception | None = None
        self.hindrance: TryLater | None = None
        self.takes_pictures = False
        self.gate = asyncio.Event()
        self.gate.set()
        self.begun = asyncio.Event()
        self.opened = asyncio.Event()
        self.abandoned = asyncio.Event()

    def obstacle(self) -> TryLater | None:
        return self.hindrance

    async def begin(self, start: StartRequest, channel: CallerChannel) -> ScriptedSession:
        self.begun.set()
        try:
            await self.gate.wait()
        except asyncio.CancelledError:
            self.abandoned.set()
            raise
        if self.refusal is not None:
            raise self.refusal
        session = ScriptedSession(len(self.sessions) + 1, start, channel)
        session.takes_pictures = self.takes_pictures
        self.sessions.append(session)
        self.opened.set()
        return session

    async def resume(self, token: str, channel: CallerChannel) -> ScriptedSession:
        for session in self.sessions:
            if token in (session.resume_token, session.offered):
                if session.is_attached:
                    session.channel.close("replaced")
                session.channel, session.is_attached = channel, True
                session.detached.clear()
                return session
        raise CallerError("There is no such conversation.", code="resume_failed")


class MemoryUses:
    """Keeps in memory which tickets were used; ``failure`` is raised instead."""

    def __init__(self) -> None:
        self.used: set[str] = set()
        self.failure: Exception | None = None

    async def use(self, ticket_id: str) -> bool:
        if self.failure is not None:
            raise self.failure
        is_new = ticket_id not in self.used
        self.used.add(ticket_id)
        return is_new


@dataclass
class RunningService:
    """The server under test and the doors into it."""

    host: ScriptedHost
    tickets: Tickets
    uses: MemoryUses
    clock: ManualClock
    admission: Admission
    port: int
    server: Server
    sockets: list[client.ClientConnection] = field(default_factory=list)

    @property
    def url(self) -> str:
        return f"ws://127.0.0.1:{self.port}/ws/conversation"

    def ticket(self, **changes: Any) -> str:
        grant: dict[str, Any] = {
            "agent": "support",
            "caller": Caller("customer-1", "Jane Doe", CallerLevel.IDENTIFIED),
        }
        return self.tickets.mint(Grant(**(grant | changes)))

    async def connect(self, *, query: str = "", **options: Any) -> client.ClientConnection:
        options.setdefault("subprotocols", [SUBPROTOCOL])
        options.setdefault("compression", None)
        socket = await client.connect(self.url + query, **options)
        self.sockets.append(socket)
        return socket


StartService = Callable[..., AbstractAsyncContextManager[RunningService]]


@asynccontextmanager
async def _serve(
    *,
    max_sockets: int = 10,
    max_texts: int = 0,
    origins: Origins | None = None,
    extra_routes: Callable[[RunningService], Sequence[BaseRoute]] | None = None,
    ws_protocol: type[GuardedWebSocket] = DirectWebSocket,
    within_s: float = 20,
) -> AsyncIterator[RunningService]:
    clock = ManualClock()
    service = RunningService(
        host=ScriptedHost(),
        tickets=Tickets(SECRET, clock),
        uses=MemoryUses(),
        clock=clock,
        admission=Admission(max_sockets, max_texts),
        port=0,
        server=None,  # type: ignore[arg-type]  # set below, before anyone sees it
    )
    endpoint = ConversationSocket(
        widget_sockets({"https://shop.example"}),
        service.host,
        service.tickets,
        service.uses,
        origins or Origins(),
        service.admission,
        clock,
    )
    all_routes = [*routes(endpoint), *(extra_routes(service) if extra_routes else ())]
    ready = asyncio.Event()
    server = Server(
        application(all_routes),
        listen("127.0.0.1", 0),
        ws_protocol=ws_protocol,
        on_ready=lambda port: ready.set(),
    )
    service.server, service.port = server, server.port
    async with asyncio.TaskGroup() as tasks:
        serving = tasks.create_task(server.run_until_stopped())
        try:
            async with asyncio.timeout(within_s):
                await ready.wait()
                yield service
                for socket in service.sockets:
                    await socket.close()
        finally:
            server.stop()
            await serving  # cancelled, it would leave its listener open: one failure becomes two


@pytest.fixture
def serve() -> StartService:
    """Start a service: ``async with serve() as service``."""
    return _serve


@pytest.fixture(params=[DirectWebSocket, GuardedWebSocket], ids=["direct", "asgi"])
def serve_both(request: pytest.FixtureRequest) -> StartService:
    """Start a service; the test runs once over each lane."""
    return partial(_serve, ws_protocol=request.param)


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock()
