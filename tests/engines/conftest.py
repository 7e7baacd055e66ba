"""A Realtime provider on a real socket, played by the test, and what is needed to call it."""

import asyncio
import json
import logging
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
import uvloop
from an_agent import agent
from websockets.frames import Close, Frame, Opcode
from websockets.http11 import Request
from websockets.server import ServerProtocol

from agent_service.clock import SystemClock
from agent_service.conversation.events import EngineEvent
from agent_service.conversation.records import Modality
from agent_service.conversation.spec import SessionSpec
from agent_service.engines.choosing import engine_factory
from agent_service.engines.line import EngineLimits
from agent_service.engines.provider import ProviderChoice
from agent_service.engines.realtime import RealtimeEngine

SILENT = logging.Logger("provider in tests", logging.CRITICAL)
DATA = Path(__file__).parent.parent / "data" / "realtime"


@pytest.fixture(scope="session")
def recorded() -> Callable[[str], Any]:
    """Reads a file of recorded frames."""
    return lambda name: json.loads((DATA / f"{name}.json").read_text())


class Connection:
    """One client of the provider."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader = reader
        self._writer = writer
        self._machine = ServerProtocol(max_size=None, logger=SILENT)
        self._messages: list[dict[str, Any]] = []
        self.request = b""
        """The first bytes, as they came."""
        self.frames: list[Frame] = []
        """Everything that came, pings and goodbyes too."""

    async def accept(self, *, followed_by: bytes = b"") -> None:
        """Answer the handshake; ``followed_by`` goes out in the same write."""
        self.request = await self._reader.readuntil(b"\r\n\r\n")
        self._machine.receive_data(self.request)
        (request,) = self._machine.events_received()
        assert isinstance(request, Request)
        self._machine.send_response(self._machine.accept(request))
        self.write(b"".join(self._machine.data_to_send()) + followed_by)

    async def refuse(self, status: str, headers: str = "", body: str = "") -> None:
        self.request = await self._reader.readuntil(b"\r\n\r\n")
        length = f"Content-Length: {len(body)}\r\n" if body else ""
        self._writer.write(f"HTTP/1.1 {status}\r\n{headers}{length}\r\n{body}".encode())
        self._writer.close()

    async def set_up(self, model: str = "gpt-realtime") -> list[dict[str, Any]]:
        """Greet, take everything up to the configuration and accept it."""
        self.send({"type": "session.created", "session": {"model": model}})
        received: list[dict[str, Any]] = []
        while not received or received[-1]["type"] != "session.update":
            received.append(await self.receive())
        self.send({"type": "session.updated", "session": received[-1]["session"]})
        return received

    async def receive(self) -> dict[str, Any]:
        """Return the next message; raise EOFError when the client is gone."""
        while not self._messages:
            await self.read()
        return self._messages.pop(0)

    async def read(self) -> None:
        data = await self._reader.read(1 << 16)
        if not data:
            raise EOFError
        self._machine.receive_data(data)
        for event in self._machine.events_received():
            if isinstance(event, Frame):
                self.frames.append(event)
                if event.opcode is Opcode.TEXT:
                    self._messages.append(json.loads(bytes(event.data)))
        self._flush()

    async def until_gone(self) -> None:
        """Read until the client has hung up."""
        try:
            while True:
                await self.read()
        except (EOFError, ConnectionError):
            return

    @property
    def goodbye(self) -> Close | None:
        """What the client said when it left."""
        return self._machine.close_rcvd

    def send(self, *events: dict[str, Any]) -> None:
        for event in events:
            self._machine.send_text(json.dumps(event).encode())
        self._flush()

    def write(self, raw: bytes) -> None:
        """Send bytes as they are."""
        self._writer.write(raw)

    def write_frame(self, opcode: Opcode, data: bytes, *, fin: bool = True) -> None:
        """Send a frame whether or not the protocol allows it now."""
        self.write(Frame(opcode, data, fin).serialize(mask=False))

    def ping(self) -> None:
        self._machine.send_ping(b"are you there")
        self._flush()

    def close(self, code: int, reason: str = "") -> None:
        self._machine.send_close(code, reason)
        self._flush()

    def cut(self) -> None:
        """Vanish without a word."""
        self._writer.transport.abort()

    def _flush(self) -> None:
        for data in self._machine.data_to_send():
            if self._writer.is_closing():
                return
            if data:
                self._writer.write(data)
            else:
                self._writer.close()


Play = Callable[[Connection], Awaitable[None]]


@asynccontextmanager
async def serving(play: Play, tls: ssl.SSLContext | None = None) -> AsyncIterator[int]:
    """Let ``play`` be the provider; yields its port. What fails in it fails the test."""
    plays: list[asyncio.Task[None]] = []

    async def handle(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        plays.append(task)
        connection = Connection(reader, writer)
        try:
            await play(connection)
        finally:
            writer.close()

    server = await asyncio.start_server(handle, "127.0.0.1", 0, ssl=tls, limit=1 << 24)
    try:
        yield server.sockets[0].getsockname()[1]
        await asyncio.gather(*plays)
    finally:
        for task in plays:
            task.cancel()
        server.close()


@pytest.fixture
def serve() -> Callable[..., Any]:
    return serving


@dataclass
class Listener:
    """Takes what an engine delivers."""

    events: list[EngineEvent] = field(default_factory=list)
    _arrived: asyncio.Queue[EngineEvent] = field(default_factory=asyncio.Queue)

    def __call__(self, event: EngineEvent) -> None:
        self.events.append(event)
        self._arrived.put_nowait(event)

    async def next(self) -> EngineEvent:
        return await self._arrived.get()


@pytest.fixture
def listener() -> Listener:
    return Listener()


@pytest.fixture
def spec() -> SessionSpec:
    return SessionSpec(
        agent(
            instructions="Be brief and kind.",
            language=None,
            turn_detection={"silence_duration_ms": 200},
        ),
        Modality.AUDIO,
        transcription_model="whisper-1",
    )


@pytest.fixture
def engine_to() -> Callable[..., RealtimeEngine]:
    """Makes an engine to a port of this machine."""

    def make(
        port: int,
        dialect: str = "openai-ga",
        *,
        limits: EngineLimits | None = None,
        tls: ssl.SSLContext | None = None,
        credential: Any = None,
        **choice: Any,
    ) -> RealtimeEngine:
        scheme = "https" if tls else "http"
        defaults: dict[str, Any] = {
            "kind": "azure" if dialect.startswith("azure") else "openai",
            "endpoint": f"{scheme}://127.0.0.1:{port}",
            "model": "rt-demo",
            "dialect": dialect,
            "api_key": "sesame-4711",
        }
        return engine_factory(
            ProviderChoice(**(defaults | choice)),
            clock=SystemClock(),
            limits=limits,
            tls=tls,
            credential=credential,
        )()

    return make


@pytest.fixture(params=["asyncio", "uvloop"])
def run(request: pytest.FixtureRequest) -> Iterator[Callable[[Awaitable[Any]], Any]]:
    """Runs a scenario in a fresh loop, for at most five seconds; complaints of the loop fail it."""
    complaints: list[dict[str, Any]] = []
    make_loop = asyncio.new_event_loop if request.param == "asyncio" else uvloop.new_event_loop

    async def guarded(scenario: Awaitable[Any]) -> Any:
        asyncio.get_running_loop().set_exception_handler(
            lambda _loop, context: complaints.append(context)
        )
        async with asyncio.timeout(60):
            return await scenario

    def run_scenario(scenario: Awaitable[Any]) -> Any:
        with asyncio.Runner(loop_factory=make_loop) as runner:
            return runner.run(guarded(scenario))

    yield run_scenario
    assert complaints == []
