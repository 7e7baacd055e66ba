"""A service to call: the real conversation socket on a free port, with a scripted conversation."""

import asyncio
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import pytest

from agent_service.audio import samples
from agent_service.clock import SystemClock
from agent_service.conversation.commands import (
    ClearPlayback,
    EndConversation,
    PlayAudio,
    ShowConfirmation,
    ShowTool,
    ShowTranscript,
)
from agent_service.conversation.events import (
    CallerAudio,
    CallerConfirmed,
    CallerEnded,
    CallerEvent,
    CallerPlayed,
    CallerProof,
    CallerTyped,
)
from agent_service.conversation.records import Caller, CallerLevel, Modality, Role
from agent_service.runtime.ports import CallerChannel, StartRequest
from agent_service.web import ticket_api
from agent_service.web.application import application
from agent_service.web.origins import Origins
from agent_service.web.server import Server, listen
from agent_service.web.sockets.admission import Admission
from agent_service.web.sockets.endpoint import ConversationSocket, routes
from agent_service.web.sockets.widget import widget_sockets
from agent_service.web.tickets import Tickets

ANSWER_MS = 600
SILENT_FRAMES = 5


@dataclass
class Conduct:
    """What the scripted conversations do, and what they saw."""

    answers: bool = True
    asks_to_confirm: bool = False
    ends_at_once: bool = False
    refusal: Exception | None = None
    events: list[CallerEvent | CallerProof] = field(default_factory=list)
    url: str = ""
    port: int = 0


class AnsweringSession:
    """Answers each turn of the caller with a caption, a tool call and a tone; yields to speech."""

    def __init__(self, conduct: Conduct, start: StartRequest, channel: CallerChannel) -> None:
        self.conversation_id, self.resume_token = "conversation-1", "secret-token"
        self.agent, self.shows_detail = start.agent, start.detail
        self._conduct = conduct
        self._channel = channel
        self.modality = start.modality
        self.takes_pictures = self.is_agent_due = False
        self._answers = 0
        self._loud, self._silent = 0, 0
        self._item: str | None = None
        self._end: asyncio.Future[str] = asyncio.get_running_loop().create_future()
        self._channel.send(ShowTranscript("t0", Role.AGENT, text="Hello!", is_final=True))
        if conduct.ends_at_once:
            self._finish("agent_ended")

    def utc(self) -> datetime:
        return datetime.now(UTC)

    def offer(self) -> tuple[str, datetime]:
        raise AssertionError("nobody moves to another device")

    def receive(self, event: CallerEvent | CallerProof) -> None:
        match event:
            case CallerAudio(audio=audio):
                self._listen(audio)
            case CallerTyped(text="Goodbye."):
                self._finish("agent_ended")
            case CallerTyped(text=text):
                self._conduct.events.append(event)
                self._answer(text)
            case CallerEnded():
                self._conduct.events.append(event)
                self._finish("caller_ended")
            case CallerConfirmed():
                self._conduct.events.append(event)
                self._say("Done.")
            case CallerPlayed(item_id=item_id, played_ms=played_ms):
                self._conduct.events.append(event)
                if item_id == self._item and played_ms >= ANSWER_MS:
                    self._item = None
            case _:
                raise AssertionError(event)

    def detach(self, channel: CallerChannel) -> None: ...

    async def wait_ended(self) -> str:
        return await asyncio.shield(self._end)

    def _listen(self, audio: bytes) -> None:
        if abs(samples(audio)).max() > 1000:
            self._loud, self._silent = self._loud + 1, 0
            if self._item is not None:
                self._channel.send(ClearPlayback(self._item))
                self._item = None
        else:
            self._silent += 1
            if self._loud and self._silent == SILENT_FRAMES:
                self._loud = 0
                self._answer("spoken words")

    def _answer(self, text: str) -> None:
        self._channel.send(
            ShowTranscript(f"c{self._answers}", Role.CALLER, text=text, is_final=True)
        )
        if not self._conduct.answers:
            return
        arguments, output = '{"order": 1004}', '{"state": "shipped"}'
        self._channel.send(ShowTool("call", "order_status", "Order", "running", arguments))
        self._channel.send(
            ShowTool("call", "order_status", "Order", "succeeded", arguments, output)
        )
        self._say("It was shipped.")
        if self._conduct.asks_to_confirm:
            expiry = datetime.now(UTC)
            self._channel.send(ShowConfirmation("yes?", "Cancel", "Cancel it?", "{}", expiry))

    def _say(self, text: str) -> None:
        self._answers += 1
        turn_id = f"t{self._answers}"
        self._channel.send(ShowTranscript(turn_id, Role.AGENT, delta=text))
        if self.modality is Modality.AUDIO:
            self._item = f"item-{self._answers}"
            for offset_ms in range(0, ANSWER_MS, 200):
                self._channel.send(PlayAudio(self._item, offset_ms, b"\x10\x27" * 4800))
        self._channel.send(
            ShowTranscript(turn_id, Role.AGENT, text=text, is_final=True, first_audio_ms=120)
        )

    def _finish(self, reason: str) -> None:
        self._channel.send(EndConversation(reason))
        self._end.set_result(reason)


class AnsweringHost:
    def __init__(self, conduct: Conduct) -> None:
        self._conduct = conduct

    def obstacle(self) -> None:
        return None

    async def begin(self, start: StartRequest, channel: CallerChannel) -> AnsweringSession:
        if self._conduct.refusal is not None:
            raise self._conduct.refusal
        return AnsweringSession(self._conduct, start, channel)

    async def resume(self, token: str, channel: CallerChannel) -> AnsweringSession:
        raise AssertionError("a call does not come back")


class TicketsUsedOften:
    async def use(self, ticket_id: str) -> bool:
        return True


@contextmanager
def _running(conduct: Conduct, *, gives_demo_tickets: bool = True) -> Iterator[Conduct]:
    clock = SystemClock()
    tickets = Tickets("a secret that is long enough for a signature", clock)
    origins = Origins()
    jane = Caller("customer-1", "Jane Doe", CallerLevel.IDENTIFIED)
    demo = ticket_api.demo_routes(tickets, origins, "support", jane) if gives_demo_tickets else []
    endpoint = ConversationSocket(
        widget_sockets(),
        AnsweringHost(conduct),
        tickets,
        TicketsUsedOften(),
        origins,
        Admission(5),
        clock,
    )
    app = application([*routes(endpoint), *demo])
    is_ready = threading.Event()
    stops: list[Callable[[], Any]] = []

    def note_ready(port: int) -> None:
        conduct.port, conduct.url = port, f"http://127.0.0.1:{port}"
        loop = asyncio.get_running_loop()
        stops.append(lambda: loop.call_soon_threadsafe(server.stop))
        is_ready.set()

    server = Server(app, listen("127.0.0.1", 0), on_ready=note_ready)
    thread = threading.Thread(target=asyncio.run, args=(server.run_until_stopped(),))
    thread.start()
    try:
        assert is_ready.wait(60)
        yield conduct
    finally:
        for stop in stops:
            stop()
        thread.join(60)
        assert not thread.is_alive()


@pytest.fixture
def service() -> Callable[..., Any]:
    """Run a service: ``with service(answers=False) as conduct``."""

    def run(*, gives_demo_tickets: bool = True, **conduct: Any) -> Any:
        return _running(Conduct(**conduct), gives_demo_tickets=gives_demo_tickets)

    return run
