"""The engine in memory keeps to its script and tells when its user does not."""

import asyncio

import pytest

from agent_service.conversation.commands import (
    CancelResponse,
    CommitAudio,
    RequestResponse,
    SendAudio,
    SendText,
)
from agent_service.conversation.events import EngineEvent, EngineReady, ResponseStarted
from agent_service.conversation.spec import SessionSpec
from agent_service.engines.scripted import ScriptedEngine, ScriptMismatch, Step
from agent_service.errors import EngineError


async def opened(engine: ScriptedEngine, spec: SessionSpec) -> list[EngineEvent]:
    events: list[EngineEvent] = []
    await engine.open(spec, events.append)
    await settled()
    return events


async def settled() -> None:
    """Let everything happen that was asked for."""
    for _ in range(3):
        await asyncio.sleep(0)


def test_a_script_is_followed(spec: SessionSpec) -> None:
    async def scenario() -> None:
        steps = [Step(SendText("Hi")), Step(RequestResponse, (ResponseStarted("r1"),))]
        engine = ScriptedEngine(steps)
        events = await opened(engine, spec)
        for command in (SendText("Hi"), SendAudio(b"12"), RequestResponse("Be kind.")):
            engine.send(command)
        assert events == [EngineReady()]
        await settled()
        assert events == [EngineReady(), ResponseStarted("r1")]
        assert engine.audio == [b"12"]
        assert engine.spec is spec
        engine.check()

    asyncio.run(scenario())


def test_a_step_not_used_fails(spec: SessionSpec) -> None:
    async def scenario() -> None:
        engine = ScriptedEngine([Step(CommitAudio)])
        await opened(engine, spec)
        with pytest.raises(ScriptMismatch, match=r"never sent: .*CommitAudio"):
            engine.check()

    asyncio.run(scenario())


def test_another_command_or_one_too_many_fails(spec: SessionSpec) -> None:
    async def scenario() -> None:
        other = ScriptedEngine([Step(SendText("Hi"))])
        await opened(other, spec)
        other.send(SendText("Ho"))
        with pytest.raises(ScriptMismatch, match=r"expected SendText\(text='Hi'\), got SendText"):
            other.check()
        many = ScriptedEngine([Step(CommitAudio)])
        await opened(many, spec)
        many.send(CommitAudio())
        many.send(CancelResponse("r1"))
        with pytest.raises(ScriptMismatch, match="beyond the script: CancelResponse"):
            many.check()

    asyncio.run(scenario())


def test_without_a_script_commands_are_read_and_events_pushed(spec: SessionSpec) -> None:
    async def scenario() -> None:
        engine = ScriptedEngine()
        events = await opened(engine, spec)
        engine.send(CommitAudio())
        assert await engine.next_command() == CommitAudio()
        engine.push(ResponseStarted("r1"))
        await engine.close()
        engine.push(ResponseStarted("r2"))
        assert events == [EngineReady(), ResponseStarted("r1")]
        engine.check()

    asyncio.run(scenario())


def test_a_refusal_is_raised(spec: SessionSpec) -> None:
    engine = ScriptedEngine(
        refusal=EngineError("the provider is away", code="provider_refused_key")
    )
    with pytest.raises(EngineError, match="the provider is away"):
        asyncio.run(engine.open(spec, lambda _event: None))
