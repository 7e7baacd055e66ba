"""What a representative says is written down by a second provider session that answers nothing."""

import asyncio
from collections.abc import Callable, Coroutine
from dataclasses import dataclass, field
from typing import Any

import pytest
from an_agent import AGENT

from agent_service.conversation import commands as cmd
from agent_service.conversation import events as ev
from agent_service.conversation.records import Modality, Usage
from agent_service.conversation.spec import SessionSpec, ToolSpec
from agent_service.engines.scripted import ScriptedEngine
from agent_service.errors import EngineError
from agent_service.runtime.dictation import Dictation

MS = bytes(48)
USAGE = Usage(input_audio_tokens=15, cost_usd=0.0001)


@dataclass
class Scene:
    engines: list[ScriptedEngine] = field(default_factory=list)
    told: list[tuple[str, str | None, Usage | None]] = field(default_factory=list)
    refusal: EngineError | None = None
    dictation: Any = None
    tasks: Any = None

    def new_engine(self) -> ScriptedEngine:
        self.engines.append(ScriptedEngine(refusal=self.refusal))
        return self.engines[-1]

    def start(self, work: Coroutine[Any, Any, None]) -> None:
        self.tasks.create_task(work)

    async def settle(self) -> None:
        for _ in range(5):
            await asyncio.sleep(0)

    @property
    def engine(self) -> ScriptedEngine:
        return self.engines[-1]


def played(play: Callable[[Scene], Coroutine[Any, Any, None]]) -> Scene:
    scene = Scene()

    async def run() -> None:
        tool = ToolSpec("look", "Look", {})
        spec = SessionSpec(agent=AGENT, modality=Modality.AUDIO, tools=(tool,))
        scene.dictation = Dictation(
            scene.new_engine,
            spec,
            start=scene.start,
            told=lambda event: scene.told.append((event.item_id, event.text, event.usage)),
        )
        async with asyncio.TaskGroup() as scene.tasks:
            await play(scene)

    asyncio.run(run())
    return scene


def test_each_turn_gets_its_words() -> None:
    async def play(scene: Scene) -> None:
        for item_id in ("one", "two"):
            scene.dictation.write(MS * 20)
            scene.dictation.finish(item_id)
        assert not scene.engines  # what is said first waits for the session
        await scene.settle()
        scene.engine.push(ev.SpeechCommitted("p-1"), ev.SpeechCommitted("p-2"))
        scene.engine.push(
            ev.TranscriptArrived("p-2", "Two", is_final=False),
            ev.TranscriptArrived("p-2", "Two.", is_final=True),
            ev.TranscriptArrived("p-1", "One.", is_final=True, usage=USAGE),
            ev.TranscriptArrived("p-9", "Not ours.", is_final=True),
        )
        scene.dictation.write(MS * 20)
        scene.dictation.finish("three")
        scene.engine.push(ev.SpeechCommitted("p-3"), ev.TranscriptFailed("p-3", "noise"))

    scene = played(play)
    assert scene.told == [("two", "Two.", None), ("one", "One.", USAGE), ("three", None, None)]
    assert scene.engine.audio == [MS * 20] * 3
    assert scene.engine.commands == [cmd.CommitAudio()] * 3


def test_the_session_finds_no_turns_has_no_tools_and_answers_nothing() -> None:
    async def play(scene: Scene) -> None:
        scene.dictation.write(MS)
        await scene.settle()
        scene.engine.push(ev.ResponseStarted("r"))

    scene = played(play)
    spec = scene.engine.spec
    assert spec is not None
    assert (spec.tools, spec.history, spec.modality) == ((), (), Modality.TEXT)
    assert spec.agent.turn_detection.kind == "push_to_talk"
    assert scene.engine.commands == [cmd.CancelResponse("r")]


def test_a_session_that_is_lost_or_refused_leaves_nobody_waiting() -> None:
    async def play(scene: Scene) -> None:
        scene.dictation.finish("early")
        await scene.settle()
        scene.engine.push(ev.SpeechCommitted("p-1"))
        scene.dictation.finish("late")
        scene.engine.push(ev.EngineDropped("dropped", "gone"))
        await scene.settle()
        assert scene.engine.is_closed
        scene.refusal = EngineError("no", code="provider_refused_key")
        scene.dictation.finish("refused")
        await scene.settle()
        scene.refusal = None
        scene.dictation.finish("again")
        await scene.settle()
        scene.engine.push(ev.EngineRefused("empty", "too short"))

    scene = played(play)
    assert scene.told == [
        (item_id, None, None) for item_id in ("early", "late", "refused", "again")
    ]
    assert len(scene.engines) == 3


@pytest.mark.parametrize("has_words", [True, False])
def test_it_ends_once_all_is_written_down_or_the_conversation_is_over(has_words: bool) -> None:
    async def play(scene: Scene) -> None:
        scene.dictation.finish("one")
        await scene.settle()
        scene.dictation.close()
        scene.engine.push(ev.SpeechCommitted("p-1"))
        assert not scene.engine.is_closed
        if has_words:
            scene.engine.push(ev.TranscriptArrived("p-1", "One.", is_final=True))
        else:
            await scene.dictation.abort()
            await scene.dictation.abort()
        await scene.settle()
        assert scene.engine.is_closed

    assert played(play).told == ([("one", "One.", None)] if has_words else [])
