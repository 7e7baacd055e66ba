"""A provider on a real socket with deterministic ears, voice and wit, and a bare client for it."""

import asyncio
import base64
import json
from collections import deque
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from starlette.applications import Starlette
from websockets.asyncio.client import ClientConnection, connect

from agent_service.audio import samples
from agent_service.offline.options import Certificate
from agent_service.offline.ports import (
    Recognition,
    Responder,
    ResponseContext,
    ResponsePart,
    Say,
    SpeechBegan,
    SpeechEnded,
    SpeechPaused,
    SpokenPiece,
    VoiceActivity,
)
from agent_service.offline.server import build, running

FRAME_MS = 20
DATA = Path(__file__).parent.parent / "data" / "realtime"

PATHS = {
    "a1": "/openai/realtime?api-version=2024-10-01-preview&deployment=rt-demo",
    "beta": "/openai/realtime?api-version=2025-04-01-preview&deployment=rt-demo",
    "ga": "/v1/realtime?model=gpt-realtime",
}


@pytest.fixture
def tone() -> Callable[[int], bytes]:
    """Make a tone that the detector takes for voice."""
    return make_tone


@pytest.fixture
def silence() -> Callable[[int], bytes]:
    """Make silence as PCM16 at 24 kHz."""
    return lambda ms: bytes(ms * 48)


def make_tone(ms: int, amplitude: int = 8_000) -> bytes:
    """Return a 400 Hz tone as PCM16 at 24 kHz."""
    wave = np.sin(2 * np.pi * 400 * np.arange(ms * 24) / 24_000)
    return (wave * amplitude).astype("<i2").tobytes()


class LoudnessDetector:
    """Takes every frame of 20 ms as voice that is louder than the threshold asks for."""

    def __init__(self, threshold: float, prefix_padding_ms: int, silence_duration_ms: int) -> None:
        self._floor = threshold * 1_000
        self._prefix_ms = prefix_padding_ms
        self._silence_ms = silence_duration_ms
        self._pending = b""
        self._now_ms = 0
        self._quiet_ms: int | None = None

    def feed(self, pcm: bytes) -> list[VoiceActivity]:
        self._pending += pcm
        size = FRAME_MS * 48
        events: list[VoiceActivity] = []
        while len(self._pending) >= size:
            frame, self._pending = self._pending[:size], self._pending[size:]
            loud = abs(samples(frame).astype(int)).mean() > self._floor
            self._now_ms += FRAME_MS
            events += self._step(loud)
        return events

    def _step(self, loud: bool) -> list[VoiceActivity]:
        if self._quiet_ms is None:
            if not loud:
                return []
            self._quiet_ms = 0
            return [SpeechBegan(max(0, self._now_ms - FRAME_MS - self._prefix_ms))]
        self._quiet_ms = 0 if loud else self._quiet_ms + FRAME_MS
        if self._quiet_ms >= max(self._silence_ms, FRAME_MS):
            self._quiet_ms = None
            return [SpeechEnded(self._now_ms)]
        if self._quiet_ms == 100:
            return [SpeechPaused(self._now_ms)]
        return []


@dataclass
class QueuedSpeech:
    """Hears what the test queued and says 60 ms of tone for every word."""

    heard: deque[str | Exception] = field(default_factory=deque)
    recognised: list[bytes] = field(default_factory=list)
    prompts: list[str | None] = field(default_factory=list)
    by_length: Callable[[int], str] | None = None
    """When set, says what is heard in so many milliseconds, in place of the queue."""
    done: asyncio.Event = field(default_factory=asyncio.Event)

    def hears(self, *texts: str | Exception) -> None:
        self.heard.extend(texts)

    def detector(
        self, *, threshold: float, prefix_padding_ms: int, silence_duration_ms: int
    ) -> LoudnessDetector:
        return LoudnessDetector(threshold, prefix_padding_ms, silence_duration_ms)

    async def recognise(self, pcm: bytes, *, prompt: str | None = None) -> Recognition:
        self.recognised.append(pcm)
        self.prompts.append(prompt)
        text: str | Exception = ""
        if self.by_length is not None:
            text = self.by_length(len(pcm) // 48)
        elif self.heard:
            text = self.heard.popleft()
        if isinstance(text, Exception):
            raise text
        self.done.set()
        return Recognition(text, text.lower(), -0.25)

    async def once_recognised(self) -> None:
        """Wait until something was recognised since the last time."""
        await self.done.wait()
        self.done.clear()

    async def speak(self, text: str, *, speed: float = 1.0) -> AsyncIterator[SpokenPiece]:
        for sentence in [part for part in text.splitlines(keepends=True) if part]:
            await asyncio.sleep(0)
            yield SpokenPiece(sentence, make_tone(int(60 * len(sentence.split()) / speed)))


@dataclass
class QueuedResponder:
    """Answers with what the test queued, else repeats the caller's words."""

    answers: deque[list[ResponsePart | asyncio.Event | Exception]] = field(default_factory=deque)
    contexts: list[ResponseContext] = field(default_factory=list)
    expects: str | Exception | None = "order number"

    def answers_with(self, *parts: ResponsePart | asyncio.Event | Exception) -> None:
        """Queue one answer; an event in it is waited for, an exception raised."""
        self.answers.append(list(parts))

    async def respond(self, context: ResponseContext) -> AsyncIterator[ResponsePart]:
        self.contexts.append(context)
        said = next((i.text for i in reversed(context.items) if hasattr(i, "text")), "")
        for part in self.answers.popleft() if self.answers else [Say(f"You said: {said}")]:
            match part:
                case asyncio.Event():
                    await part.wait()
                case Exception():
                    raise part
                case _:
                    yield part

    def expected_words(self, context: ResponseContext) -> str | None:
        if isinstance(self.expects, Exception):
            raise self.expects
        return self.expects


class Client:
    """A bare Realtime client that remembers every event."""

    def __init__(self, socket: ClientConnection, dialect: str) -> None:
        self.socket = socket
        self.dialect = dialect
        self.events: list[dict[str, Any]] = []

    def name(self, event_type: str) -> str:
        """Return the dialect's name of an event given by its beta name."""
        if self.dialect != "ga":
            return event_type
        for old in ("response.audio", "response.text"):
            event_type = event_type.replace(old, old.replace("response.", "response.output_"))
        return event_type

    async def send(self, event_type: str, **members: Any) -> None:
        await self.socket.send(json.dumps({"type": event_type} | members))

    async def append(self, pcm: bytes, frame: int = 4_800) -> None:
        """Send audio in appends of 100 ms."""
        for at in range(0, len(pcm), frame):
            audio = base64.b64encode(pcm[at : at + frame]).decode()
            await self.send("input_audio_buffer.append", audio=audio)

    async def receive(self) -> dict[str, Any]:
        event: dict[str, Any] = json.loads(await self.socket.recv())
        self.events.append(event)
        return event

    async def until(self, event_type: str, count: int = 1) -> dict[str, Any]:
        """Receive up to and including the event."""
        while True:
            event = await self.receive()
            if event["type"] == event_type:
                count -= 1
                if not count:
                    return event

    async def say(self, text: str, **response: Any) -> None:
        """Send a typed turn and ask for an answer."""
        content = [{"type": "input_text", "text": text}]
        item = {"type": "message", "role": "user", "content": content}
        await self.send("conversation.item.create", item=item)
        await self.send("response.create", **({"response": response} if response else {}))

    def types(self) -> list[str]:
        return [event["type"] for event in self.events]

    def named(self, event_type: str) -> list[dict[str, Any]]:
        return [event for event in self.events if event["type"] == event_type]

    def audio(self) -> bytes:
        """Return all audio that was received."""
        names = ("response.audio.delta", "response.output_audio.delta")
        return b"".join(
            base64.b64decode(event["delta"]) for event in self.events if event["type"] in names
        )


@dataclass
class Provider:
    """What a test holds: the parts behind the wire and a way to connect."""

    speech: QueuedSpeech
    responder: QueuedResponder
    url: str
    app: Starlette

    @asynccontextmanager
    async def client(
        self,
        dialect: str = "ga",
        *,
        query: str = "",
        headers: dict[str, str] | None = None,
        key: str | None = "test-key",
    ) -> AsyncIterator[Client]:
        url = self.url.replace("http", "ws", 1) + PATHS[dialect] + query
        given = dict(headers or {})
        if key is not None:
            given["api-key"] = key
        # Without a limit on the queue, closing need not wait until everything was read.
        async with connect(url, additional_headers=given, max_size=None, max_queue=None) as socket:
            client = Client(socket, dialect)
            yield client


@pytest.fixture
def provide() -> Callable[..., AbstractAsyncContextManager[Provider]]:
    """Return a context manager that serves a provider with fake speech."""

    @asynccontextmanager
    async def serve(
        *,
        certificate: Certificate | None = None,
        responder: Responder | None = None,
        guard_s: float = 60,
        **options: Any,
    ) -> AsyncIterator[Provider]:
        speech, queued = QueuedSpeech(), QueuedResponder()
        app = build(speech, responder or queued, **options)
        async with running(app, certificate=certificate) as url, asyncio.timeout(guard_s):
            yield Provider(speech, queued, url, app)

    return serve
