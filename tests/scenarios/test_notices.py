"""A caller hears, in the agent's language, what the service says without its provider."""

import asyncio
from collections.abc import Callable
from pathlib import Path

import pytest

from agent_service import app
from agent_service.audio import BYTES_PER_MS
from agent_service.channels.widget import TRAITS
from agent_service.conversation.commands import CallerCommand, PlayAudio, ShowTranscript
from agent_service.conversation.events import CallerPlayed, EngineDropped
from agent_service.conversation.records import Caller, Modality
from agent_service.conversation.spec import Notice
from agent_service.engines.scripted import ScriptedEngine
from agent_service.notices.finding import recordings
from agent_service.notices.shelf import Shelf, Speaker
from agent_service.notices.texts import texts_in
from agent_service.runtime.ports import StartRequest
from agent_service.runtime.session import Session
from agent_service.settings import Settings
from agent_service.store import migrating


class Listener:
    """A caller who hears everything at once."""

    traits = TRAITS

    def __init__(self) -> None:
        self.session: Session | None = None
        self.words = ""
        self.sound = b""

    def send(self, command: CallerCommand) -> None:
        match command:
            case ShowTranscript(delta=delta) if delta:
                self.words += delta
            case PlayAudio(item_id, offset_ms, audio):
                self.sound += audio
                assert self.session is not None
                played = CallerPlayed(item_id, offset_ms + len(audio) // BYTES_PER_MS)
                asyncio.get_running_loop().call_soon(self.session.receive, played)
            case _:
                pass

    def on_congestion(self, report: Callable[[bool], None]) -> None: ...

    def close(self, reason: str) -> None: ...


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    agent = {
        "name": "hilfe",
        "title": "Hilfe",
        "instructions": "Hilf.",
        "language": "de",
        "voice": "marin",
        "discloses_ai": False,
    }
    given = {"data_dir": tmp_path, "default_agent": "hilfe", "agents": {"hilfe": agent}}
    made = Settings.model_validate({**given, "provider": {"kind": "offline"}})
    migrating.upgrade(made.database_url)
    return made


def heard(settings: Settings) -> Listener:
    """Return what a caller heard whose provider went away for good."""
    engine = ScriptedEngine()

    async def scenario() -> Listener:
        start = StartRequest("hilfe", Caller("customer-1"), Modality.AUDIO)
        listener = Listener()
        async with (
            asyncio.timeout(60),
            app.running(settings, new_engine=lambda: engine) as service,
        ):
            listener.session = await service.host.begin(start, listener)
            asyncio.get_running_loop().call_soon(
                engine.push, EngineDropped("provider_refused_key", "The key is no longer good.")
            )
            await listener.session.wait_ended()
        return listener

    return asyncio.run(scenario())


def test_the_shipped_sound_is_played_whole(settings: Settings) -> None:
    listener = heard(settings)
    assert listener.words == texts_in("de")[Notice.GIVING_UP]
    assert 3_000 < len(listener.sound) / BYTES_PER_MS < 6_000


def test_the_sound_that_was_recorded_is_played_instead(settings: Settings) -> None:
    text, tone = texts_in("de")[Notice.GIVING_UP], b"\x00\x20" * 24_000
    speaker = Speaker("offline", "marin", "de")
    Shelf(recordings(settings.data_dir, "hilfe")).put(speaker, Notice.GIVING_UP, text, tone)
    assert len(heard(settings).sound) == len(tone)
