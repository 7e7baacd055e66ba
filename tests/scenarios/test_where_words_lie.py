"""Where a turn's words lie on record, against words whose place is known to the sample: through the
rules and the provider's own ears, over its socket, in a dialect of each kind."""

import asyncio
import itertools
from collections import Counter
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import numpy as np
import pytest
from an_agent import AGENT, LIMITS

from agent_service.clock import SystemClock
from agent_service.conversation import commands as cmd
from agent_service.conversation import events as ev
from agent_service.conversation.dialogue import Dialogue
from agent_service.conversation.records import Caller, Modality, Role, TurnRecord
from agent_service.conversation.spec import DialogueSettings, SessionSpec
from agent_service.engines.choosing import engine_factory
from agent_service.engines.provider import ProviderChoice
from agent_service.engines.realtime import RealtimeEngine
from agent_service.offline.ports import Recognition, ResponseContext, ResponsePart, Say, SpokenPiece
from agent_service.offline.server import build, running
from agent_service.offline.speech.engine import LocalSpeech

FRAME = 960
NOISE = 6
"""Of a quiet room, where the loudest voice comes to 32,767."""
AUDIBLE = 100
KEY = "sesame-4711"
SENTENCES = (
    "Fine, thank you.",
    "Sorry, stop that.",
    "How much is it?",
    "She sells shells.",
    "Hello there.",
    "Please cancel it.",
    "Thirty three.",
    "Stop.",
)
"""Most begin softly: with what who looks for voices hears last."""


@pytest.fixture(scope="module")
def speech() -> Iterator[LocalSpeech]:
    engine = LocalSpeech(workers=1)
    yield engine
    asyncio.run(engine.aclose())


@pytest.fixture(scope="module")
def voices(speech: LocalSpeech) -> list[tuple[np.ndarray, int, int]]:
    """Return each sentence, and where there is something to hear in it, in ms."""

    async def say() -> list[np.ndarray]:
        spoken = []
        for text in SENTENCES:
            pieces = [piece.pcm async for piece in speech.speak(text)]
            spoken.append(np.frombuffer(b"".join(pieces), "<i2"))
        return spoken

    found = []
    for sound in asyncio.run(say()):
        loud = np.flatnonzero(np.abs(sound.astype(int)) > AUDIBLE)
        found.append((sound, int(loud[0]) // 24, int(loud[-1]) // 24))
    return found


@dataclass
class OnlyEars:
    """The provider's own voice detection; what is said is not looked at."""

    speech: LocalSpeech

    def detector(self, **parameters: Any) -> Any:
        return self.speech.detector(**parameters)

    async def recognise(self, pcm: bytes, *, prompt: str | None = None) -> Recognition:
        return Recognition("Words.", "words", -0.1)

    async def speak(self, text: str, *, speed: float = 1.0) -> AsyncIterator[SpokenPiece]:
        quiet, tone = bytes(48 * 200), b"\x00\x20\x00\xe0" * 12 * 1_200
        yield SpokenPiece(text, quiet + tone + quiet)


class Talker:
    """Says something for as long as nobody cuts it off."""

    async def respond(self, context: ResponseContext) -> AsyncIterator[ResponsePart]:
        yield Say("This goes on for a while, so that somebody may cut it off.")

    def expected_words(self, context: ResponseContext) -> str | None:
        return None


@dataclass
class Line:
    """A caller's line, a conversation's rules and an engine that is open to the provider."""

    url: str
    dialect: str
    dialogue: Dialogue
    now: float = 100.0
    engine: RealtimeEngine | None = None
    records: list[TurnRecord] = field(default_factory=list)
    arrived: Counter[type] = field(default_factory=Counter)
    changed: asyncio.Event = field(default_factory=asyncio.Event)
    noise: Any = field(default_factory=lambda: np.random.default_rng(3))
    is_lost: bool = False
    to_play: dict[str, int] = field(default_factory=dict)
    """Bytes of each of the agent's items."""
    played: Counter[str] = field(default_factory=Counter)
    """Milliseconds of them."""

    async def open(self) -> None:
        kind: Any = "azure" if self.dialect.startswith("azure") else "openai"
        choice = ProviderChoice(kind, self.url, "rt-demo", self.dialect, KEY)
        before = self.arrived[ev.EngineReady]
        self.engine, self.is_lost = engine_factory(choice, clock=SystemClock())(), False
        await self.engine.open(SessionSpec(AGENT, Modality.AUDIO, tools=()), self.take)
        await self.until(ev.EngineReady, before)

    def take(self, event: ev.EngineEvent) -> None:
        if not self.is_lost:
            self.tell(event)
            self.arrived[type(event)] += 1
            self.changed.set()

    def tell(self, event: ev.Event) -> None:
        for command in self.dialogue.handle(event, self.now):
            match command:
                case cmd.KeepRecord(TurnRecord() as record):
                    self.records.append(record)
                case (
                    cmd.SendAudio()
                    | cmd.RequestResponse()
                    | cmd.CancelResponse()
                    | cmd.TruncateItem()
                    | cmd.SendText()
                ):
                    assert self.engine is not None
                    self.engine.send(command)
                case cmd.PlayAudio(item_id, _, audio):
                    self.to_play[item_id] = self.to_play.get(item_id, 0) + len(audio)
                case cmd.ClearPlayback(item_id):
                    self.to_play.pop(item_id, None)

    def play(self, ms: int) -> None:
        """Let the caller's loudspeaker play, and say so."""
        for item_id, size in list(self.to_play.items()):
            if self.played[item_id] < size // 48:
                self.played[item_id] += ms
                self.tell(ev.CallerPlayed(item_id, self.played[item_id]))
                return

    async def until(self, kind: type, before: int) -> None:
        """Wait for one more than there were before."""
        async with asyncio.timeout(20):
            while self.arrived[kind] <= before:
                self.changed.clear()
                await self.changed.wait()

    def hear(self, sound: np.ndarray) -> None:
        """Let the line take this, a frame at a time, as it is spoken."""
        room = np.zeros(-(-len(sound) * 2 // FRAME) * FRAME // 2) + 0.0
        room[: len(sound)] = sound
        room += self.noise.normal(0, NOISE, len(room))
        raw = np.clip(np.rint(room), -32_768, 32_767).astype("<i2").tobytes()
        for at in range(0, len(raw), FRAME):
            self.now += 0.02
            self.tell(ev.CallerAudio(raw[at : at + FRAME]))
            self.play(20)

    async def say(self, sound: np.ndarray, from_ms: int, *, pause_ms: int = 1_000) -> float:
        """Say it after a pause; return where it began, once the provider has its words."""
        self.hear(np.zeros(24 * pause_ms))
        began_ms, before = (self.now - 100.0) * 1000, self.arrived.copy()
        noticed = min((from_ms + 500) * 24, len(sound))
        noticed -= noticed % (FRAME // 2)
        self.hear(sound[:noticed])
        rest = np.concatenate((sound[noticed:], np.zeros(24 * 700)))
        if noticed < len(sound):
            await self.until(ev.SpeechStarted, before[ev.SpeechStarted])
        answered = self.arrived[ev.AgentItemFinished]
        self.hear(rest)
        await self.until(ev.TranscriptArrived, before[ev.TranscriptArrived])
        await self.until(ev.AgentItemFinished, answered)  # so that the next one cuts it off
        return began_ms

    async def lose(self) -> None:
        """The provider's session drops, and another one is opened."""
        assert self.engine is not None
        self.is_lost = True
        await self.engine.close()
        self.tell(ev.EngineDropped("provider_lost", "gone"))
        self.hear(np.zeros(24 * 400))
        await self.open()


def conversation() -> Dialogue:
    counter = itertools.count(1)
    settings = DialogueSettings(
        conversation_id="conversation-1",
        agent=AGENT,
        channel="widget",
        modality=Modality.AUDIO,
        can_tap=True,
        caller=Caller(None, None),
        provider="offline",
        model="offline",
        disclosure=None,
        greeting=None,
        limits=LIMITS,
        notices={},
    )
    started_at = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)
    return Dialogue(
        settings, {}, new_id=lambda: f"id-{next(counter)}", started_at=started_at, now=100.0
    )


@pytest.mark.parametrize("dialect", ["azure-2024-10-01-preview", "openai-ga"])
def test_each_turns_words_are_on_record_where_they_were_spoken(
    dialect: str, speech: LocalSpeech, voices: list[tuple[np.ndarray, int, int]]
) -> None:
    async def scenario() -> None:
        meant: list[tuple[float, float]] = []
        async with running(build(OnlyEars(speech), Talker(), api_keys=[KEY])) as url:
            line = Line(url, dialect, conversation())
            await line.open()
            for number, (sound, from_ms, until_ms) in enumerate(voices):
                if number == len(voices) // 2:
                    await line.lose()
                voice = sound * (1.0 if number % 2 else 0.3)
                began_ms = await line.say(voice, from_ms)
                meant.append((began_ms + from_ms, began_ms + until_ms))
            assert line.engine is not None
            await line.engine.close()
            line.tell(ev.CallerEnded())
        said = [turn for turn in line.records if turn.role is Role.CALLER]
        cut = [turn for turn in line.records if turn.is_interrupted and turn.heard_ms > 200]
        assert len(cut) >= len(meant) // 2
        for turn in cut:  # the provider's voice begins with 200 ms of silence
            assert turn.started_ms is not None
            assert turn.audio_start_ms == pytest.approx(turn.started_ms + 200, abs=20)
        assert len(said) == len(meant)
        for turn, (start_ms, end_ms) in zip(said, meant, strict=True):
            assert turn.audio_start_ms == pytest.approx(start_ms, abs=100)
            assert turn.audio_end_ms == pytest.approx(end_ms, abs=100)

    asyncio.run(scenario())
