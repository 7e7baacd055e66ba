"""The whole service with a provider by hand, and callers on each channel, over real sockets."""

import asyncio
import base64
import json
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, ClassVar, Protocol

import plain_channel
import pytest
import websockets.asyncio.client as client
from carrier_line import LINES, AsteriskLine
from hand_provider import HandProvider
from sqlalchemy import select
from webrtc_line import WebRtcLine, loopback
from websockets.exceptions import ConnectionClosed
from websockets.typing import Subprotocol

from agent_service import app
from agent_service.audio import bytes_to_ms, ms_to_bytes
from agent_service.channels import realtime, widget
from agent_service.channels.traits import ChannelTraits
from agent_service.channels.widget_messages import SUBPROTOCOL
from agent_service.clock import SystemClock
from agent_service.conversation.commands import RequestResponse
from agent_service.conversation.records import Caller
from agent_service.engines.scripted import ScriptedEngine
from agent_service.settings import Settings
from agent_service.store.database import Database
from agent_service.store.tables import Turn
from agent_service.web.origins import Origins
from agent_service.web.server import Server, listen
from agent_service.web.sockets.admission import Admission
from agent_service.web.sockets.endpoint import ConversationSocket, routes
from agent_service.web.tickets import Grant, Tickets
from agent_service.web.used_tickets import UsedTickets

SECRET = "a secret that is long enough for a signature"
GREETING = "Hello there."
AGENT = {
    "name": "support",
    "title": "Support",
    "instructions": "Be kind.",
    "greeting": GREETING,
    "voice": "alloy",
    "discloses_ai": False,
    "tool_modules": ["agent_service.tools.team"],
    "tools": ["search_help", "open_ticket"],
    "channels": {"telephone": {"instructions": "Offer to call back."}},
}


class Line(Protocol):
    """A caller's end of one socket."""

    traits: ClassVar[ChannelTraits]
    path: ClassVar[str]
    subprotocol: ClassVar[str]
    call: ClassVar[str | None]
    """What a ticket has to say of the call."""
    heard_ms: int
    """Of all that the agent said, how much came out of the caller's speaker."""

    def __init__(self, socket: client.ClientConnection) -> None: ...

    @staticmethod
    def headers(ticket: str) -> dict[str, str]:
        """Say what the handshake has to bring along."""
        ...

    async def ask(self, ticket: str) -> None:
        """Ask for a conversation."""
        ...

    async def opened(self) -> None: ...

    async def say(self, pcm: bytes) -> None: ...

    async def hear(self, ms: int) -> None:
        """Listen until so much more was heard, and not longer."""
        ...

    async def fall_silent(self) -> None:
        """Listen to the end of what the service has cut."""
        ...

    async def hang_up(self) -> None: ...

    async def closed(self) -> int:
        """Listen until the socket is closed; return the close code."""
        ...


class WidgetLine:
    """The widget's client, whose player plays what it is told to listen to."""

    traits = widget.TRAITS
    call: ClassVar[str | None] = None
    path, subprotocol = "/ws/conversation", SUBPROTOCOL

    def __init__(self, socket: client.ClientConnection) -> None:
        self.socket = socket
        self.shown: list[dict[str, Any]] = []
        self.heard_ms = 0
        self.item_id = ""
        self.played_ms = 0
        self.arrived_ms = 0
        self.last_seq = 0

    @staticmethod
    def headers(ticket: str) -> dict[str, str]:
        return {}

    async def ask(self, ticket: str) -> None:
        await self._send(type="start", ticket=ticket)

    async def opened(self) -> None:
        await self._until(lambda: "ready" in self.kinds)

    async def come_back(self, earlier: "WidgetLine") -> None:
        ready = next(each for each in earlier.shown if each["type"] == "ready")
        token = {"token": ready["resume_token"], "last_seq": earlier.last_seq}
        await self._send(type="start", resume=token)
        await self.opened()

    async def say(self, pcm: bytes) -> None:
        await self.socket.send(pcm)

    async def hear(self, ms: int) -> None:
        await self._until(lambda: self.arrived_ms >= self.played_ms + ms)
        self.played_ms += ms
        self.heard_ms += ms
        await self._send(type="played", item_id=self.item_id, played_ms=self.played_ms)

    async def fall_silent(self) -> None:
        await self._until(lambda: "clear" in self.kinds)
        await self._send(type="played", item_id=self.item_id, played_ms=self.played_ms)

    async def hang_up(self) -> None:
        await self._send(type="end")
        await self.closed()

    async def closed(self) -> int:
        try:
            await self._until(lambda: False)
        except ConnectionClosed:
            """That is what was waited for."""
        return self.socket.close_code or 0

    @property
    def kinds(self) -> list[str]:
        return [each["type"] for each in self.shown]

    async def _send(self, **message: Any) -> None:
        await self.socket.send(json.dumps(message))

    async def _until(self, is_so: Callable[[], bool]) -> None:
        while not is_so():
            frame = await self.socket.recv()
            if isinstance(frame, str):
                self.shown.append(json.loads(frame))
                self.last_seq = self.shown[-1]["seq"]
                continue
            audio = widget.decode_audio(frame)
            if audio.item_id != self.item_id:
                self.item_id, self.played_ms = audio.item_id, 0
            self.arrived_ms = audio.offset_ms + bytes_to_ms(len(audio.audio))
            self.last_seq = audio.seq


class PlainLine:
    """A client that puts what arrives on its speaker, and can do nothing else."""

    traits = plain_channel.TRAITS
    call: ClassVar[str | None] = None
    path, subprotocol = plain_channel.PATH, plain_channel.SUBPROTOCOL

    def __init__(self, socket: client.ClientConnection) -> None:
        self.socket = socket
        self.shown: list[str] = []
        self.heard_ms = 0

    @staticmethod
    def headers(ticket: str) -> dict[str, str]:
        return {}

    async def ask(self, ticket: str) -> None:
        await self.socket.send(ticket)

    async def opened(self) -> None:
        """Nobody tells it."""

    async def say(self, pcm: bytes) -> None:
        await self.socket.send(pcm)

    async def hear(self, ms: int) -> None:
        enough_ms = self.heard_ms + ms
        while self.heard_ms < enough_ms:
            await self._listen()

    async def fall_silent(self) -> None:
        """Nobody tells it: it hears no more, that is all."""

    async def hang_up(self) -> None:
        await self.socket.close()

    async def closed(self) -> int:
        try:
            while True:
                await self._listen()
        except ConnectionClosed:
            return self.socket.close_code or 0

    async def _listen(self) -> None:
        frame = await self.socket.recv()
        if isinstance(frame, str):
            self.shown.append(frame)
        else:
            self.heard_ms += bytes_to_ms(len(frame))


class RealtimeLine:
    """A client of the Realtime protocol, which plays what arrives and says where it stopped."""

    traits = realtime.TRAITS
    call: ClassVar[str | None] = None
    path, subprotocol = "/v1/realtime?extras=true", "realtime"

    def __init__(self, socket: client.ClientConnection) -> None:
        self.socket = socket
        self.shown: list[dict[str, Any]] = []
        self.heard_ms = 0
        self.item_id = ""
        self.item_ms = 0

    @staticmethod
    def headers(ticket: str) -> dict[str, str]:
        return {"Authorization": f"Bearer {ticket}"}

    async def ask(self, ticket: str) -> None:
        """The handshake did."""

    async def opened(self) -> None:
        await self.until("session.created")

    async def say(self, pcm: bytes) -> None:
        audio = base64.b64encode(pcm).decode()
        await self.send(type="input_audio_buffer.append", audio=audio)

    async def hear(self, ms: int) -> None:
        enough_ms = self.heard_ms + ms
        while self.heard_ms < enough_ms:
            await self.listen()

    async def fall_silent(self) -> None:
        cut = await self.until("response.done")
        assert cut["response"]["status"] == "cancelled"
        item_id = cut["response"]["output"][0]["id"]
        assert item_id == self.item_id
        at = {"item_id": item_id, "content_index": 0, "audio_end_ms": self.item_ms}
        await self.send(type="conversation.item.truncate", **at)

    async def hang_up(self) -> None:
        await self.send(type="agent_service.end")
        await self.closed()

    async def closed(self) -> int:
        try:
            while True:
                await self.listen()
        except ConnectionClosed:
            return self.socket.close_code or 0

    async def send(self, **event: Any) -> None:
        await self.socket.send(json.dumps(event))

    async def until(self, kind: str) -> dict[str, Any]:
        """Listen until there is such an event that was not waited for yet; return it."""
        while (event := await self.listen())["type"] != kind:
            """Something else."""
        return event

    async def listen(self) -> dict[str, Any]:
        event: dict[str, Any] = json.loads(await self.socket.recv())
        self.shown.append(event)
        if event["type"] == "response.output_audio.delta":
            if event["item_id"] != self.item_id:
                self.item_id, self.item_ms = event["item_id"], 0
            ms = bytes_to_ms(len(base64.b64decode(event["delta"])))
            self.heard_ms += ms
            self.item_ms += ms
        return event


async def until(is_so: Callable[[], bool]) -> None:
    """Let the service, which runs on the same loop, go on until it is so."""
    while not is_so():  # noqa: ASYNC110 - nothing in it is there for a test to wait for
        await asyncio.sleep(0)


@dataclass
class Call:
    """One conversation: its two ends."""

    line: Any
    provider: HandProvider

    async def greet(self) -> None:
        await self.provider.until(RequestResponse)
        await self.agent_says(GREETING)

    async def agent_says(self, text: str) -> None:
        """Have the agent say it, and the caller hear it whole."""
        _, ms = self.provider.generates(text)
        await self.line.hear(ms)

    async def caller_says(self, text: str) -> None:
        """Have the caller make a sound, and the provider understand it."""
        engine = self.provider.engine
        frames = len(engine.audio)
        await self.line.say(bytes(ms_to_bytes(20)))
        await until(lambda: len(engine.audio) > frames)
        self.provider.hears(text)


@dataclass
class Lines:
    """A running service, and who calls it."""

    service: app.Service
    database: Database
    port: int
    engines: list[ScriptedEngine]
    tickets: Tickets
    sockets: list[client.ClientConnection | WebRtcLine] = field(default_factory=list)

    async def dial(self, kind: type[Line]) -> Call:
        """Open a conversation, up to the end of the greeting."""
        grant = Grant("support", Caller(), call=kind.call)
        ticket = getattr(kind, "password", None) or self.tickets.mint(grant)
        line = await self.line(kind, ticket)
        await line.ask(ticket)
        await line.opened()
        return await self.greeted(line)

    async def greeted(self, line: Line) -> Call:
        """Listen to the greeting."""
        call = Call(line, await self.provider())
        call.provider.sound = getattr(line, "tone", call.provider.sound)
        await call.greet()
        return call

    async def provider(self) -> HandProvider:
        """Return the provider of the conversation that begins."""
        await until(lambda: bool(self.engines) and self.engines[-1].spec is not None)
        return HandProvider(engine=self.engines[-1], ms_per_character=40)

    async def line(self, kind: type[Line], ticket: str = "") -> Any:
        if issubclass(kind, WebRtcLine):
            peer = await kind.connect(self.port, ticket)
            self.sockets.append(peer)
            return peer
        url = f"ws://127.0.0.1:{self.port}{kind.path.format(ticket=ticket)}"
        socket = await client.connect(
            url,
            subprotocols=[Subprotocol(kind.subprotocol)] if kind.subprotocol else None,
            additional_headers=kind.headers(ticket),
        )
        self.sockets.append(socket)
        return kind(socket)

    async def drop(self, line: Any) -> None:
        """Have the line break."""
        if isinstance(line, WebRtcLine):
            await line.close()
        else:
            line.socket.transport.abort()

    async def all_ended(self) -> None:
        await until(lambda: not self.service.host.live)

    def turns(self) -> list[tuple[str, str, int, bool]]:
        """Return of each turn on record its role, what was heard, how long, and if it was cut."""
        with self.database.read() as session:
            rows = session.scalars(select(Turn).order_by(Turn.number)).all()
        return [(row.role.value, row.heard_text, row.heard_ms, row.is_interrupted) for row in rows]


Open = Callable[..., AbstractAsyncContextManager[Lines]]


@pytest.fixture
def open_lines(
    sqlite_database: Database, sqlite_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Open:
    """Open a service with the plain channel beside its own: ``async with open_lines()``.

    Sections of settings that are given take the place of these.
    """
    monkeypatch.setattr("aioice.ice.get_host_addresses", loopback)
    known: dict[str, Any] = {
        "data_dir": tmp_path,
        "database": {"url": sqlite_url},
        "default_agent": "support",
        "agents": {"support": AGENT},
        "tickets": {"secret": SECRET},
        "conversation": {"yes_grace_s": 0},
        "provider": {"kind": "offline"},
        "webrtc": {"enabled": True},
        "phone": {
            "public_url": "https://voice.example",
            "twilio_auth_token": "12345",
            "telnyx_public_key": "AQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQE=",
            "plivo_auth_token": "12345",
            "vonage_signature_secret": "12345",
            "acs_connection_string": "endpoint=https://acs.example;accesskey=c2VjcmV0",
            "acs_event_secret": "12345",
            "asterisk_secret": AsteriskLine.password,
        },
    }

    @asynccontextmanager
    async def opened(**others: Any) -> AsyncIterator[Lines]:
        settings = Settings.model_validate(known | others)
        engines: list[ScriptedEngine] = []

        def new_engine() -> ScriptedEngine:
            engines.append(ScriptedEngine())
            return engines[-1]

        clock = SystemClock()
        tickets = Tickets(SECRET, clock)
        async with (
            asyncio.timeout(60),
            app.running(settings, new_engine=new_engine) as service,
            asyncio.TaskGroup() as tasks,
        ):
            plain = ConversationSocket(
                plain_channel.plain_sockets(),
                service.host,
                tickets,
                UsedTickets(sqlite_database, clock),
                Origins(),
                Admission(5),
                clock,
            )
            service.app.router.routes.extend(routes(plain))
            is_ready = asyncio.Event()
            server = Server(
                service.app, listen("127.0.0.1", 0), on_ready=lambda port: is_ready.set()
            )
            tasks.create_task(server.run_until_stopped())
            await is_ready.wait()
            lines = Lines(service, sqlite_database, server.port, engines, tickets)
            try:
                try:
                    yield lines
                finally:  # what holds a thread would keep the test's process
                    for socket in lines.sockets:
                        await socket.close()
                await lines.all_ended()
            finally:
                server.stop()

    return opened


KINDS: tuple[Any, ...] = (WidgetLine, RealtimeLine, WebRtcLine, PlainLine, *LINES)


@pytest.fixture(params=KINDS, ids=[kind.traits.name for kind in KINDS])
def kind(request: pytest.FixtureRequest) -> type[Line]:
    """How callers call; the test runs once over each channel."""
    line: type[Line] = request.param
    return line
