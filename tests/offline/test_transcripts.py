"""The server's side of whole conversations, held against recorded ones: order and members."""

import asyncio
import json
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from itertools import groupby
from pathlib import Path
from typing import Any

import pytest

from agent_service.offline.ports import CallTool, Say

DATA = Path(__file__).parent.parent / "data" / "realtime"

Provide = Callable[..., AbstractAsyncContextManager[Any]]

TOOL = {
    "type": "function",
    "name": "lookup_order",
    "description": "Find an order by its number.",
    "parameters": {
        "type": "object",
        "properties": {"order_no": {"type": "string"}},
        "required": ["order_no"],
    },
}


def recorded(name: str) -> list[dict[str, Any]]:
    """Return the server's events of a recorded conversation."""
    frames = json.loads((DATA / f"{name}.json").read_text())["frames"]
    return [frame["event"] for frame in frames if frame["from"] == "server"]


def outline(events: list[dict[str, Any]]) -> list[str]:
    """Return the order of events; runs of deltas count as one, transcription stands nowhere."""
    kinds = [
        "deltas" if event["type"].endswith(".delta") else event["type"]
        for event in events
        if "input_audio_transcription" not in event["type"]
    ]
    return [kind for kind, _ in groupby(kinds)]


def members(value: Any) -> Any:
    """Return the names of all members of an event, however deep."""
    match value:
        case dict():
            return {key: members(inner) for key, inner in value.items()}
        case list():
            return [members(inner) for inner in value]
        case _:
            return None


def first_of_each(events: list[dict[str, Any]]) -> dict[str, Any]:
    return {event["type"]: members(event) for event in reversed(events)}


def flat(dialect: str, **session: Any) -> dict[str, Any]:
    """Return a session of the flat shape, or what says the same in the nested one."""
    if dialect != "ga":
        return session
    nested: dict[str, Any] = {"type": "realtime"}
    for name, value in session.items():
        match name:
            case "modalities":
                nested["output_modalities"] = value
            case "turn_detection":
                nested.setdefault("audio", {})["input"] = {"turn_detection": None}
            case "input_audio_transcription":
                nested.setdefault("audio", {})["input"] = {
                    "transcription": {"model": "gpt-4o-mini-transcribe", "language": "en"}
                }
            case _:
                nested[name] = value
    return nested


@pytest.fixture(params=[("a1", "beta"), ("ga", "ga")], ids=["a1", "ga"])
def recording(request: pytest.FixtureRequest) -> tuple[str, str]:
    """The dialect to speak and the prefix of its recordings."""
    return request.param  # type: ignore[no-any-return]  # pytest does not type parameters


def check(events: list[dict[str, Any]], name: str) -> None:
    expected = recorded(name)
    assert outline(events) == outline(expected)
    assert first_of_each(events) == first_of_each(expected)


def test_spoken_turn_is_as_recorded(
    provide: Provide,
    recording: tuple[str, str],
    tone: Callable[[int], bytes],
    silence: Callable[[int], bytes],
) -> None:
    dialect, prefix = recording

    async def scenario() -> None:
        async with provide() as provider, provider.client(dialect) as client:
            provider.speech.hears("Hello there.")
            provider.responder.answers_with(Say("Good morning!"))
            await client.until("session.created")
            session = flat(dialect, input_audio_transcription={"model": "whisper-1"})
            await client.send("session.update", session=session)
            await client.append(silence(500) + tone(800) + silence(400))
            await client.until("rate_limits.updated")
            check(client.events, f"{prefix}-spoken-turn")

    asyncio.run(scenario())


def test_typed_turn_is_as_recorded(provide: Provide, recording: tuple[str, str]) -> None:
    dialect, prefix = recording

    async def scenario() -> None:
        async with provide() as provider, provider.client(dialect) as client:
            provider.responder.answers_with(Say("The Danube."))
            await client.until("session.created")
            session = flat(dialect, modalities=["text"], turn_detection=None)
            await client.send("session.update", session=session)
            await client.say("Name one river.")
            await client.until("rate_limits.updated")
            check(client.events, f"{prefix}-text-turn")

    asyncio.run(scenario())


def test_tool_round_is_as_recorded(provide: Provide, recording: tuple[str, str]) -> None:
    dialect, prefix = recording

    async def scenario() -> None:
        async with provide() as provider, provider.client(dialect) as client:
            provider.responder.answers_with(CallTool("lookup_order", '{"order_no":"7741"}'))
            provider.responder.answers_with(Say("It has shipped and arrives in two days."))
            await client.until("session.created")
            session = flat(dialect, modalities=["text"], tools=[TOOL], turn_detection=None)
            await client.send("session.update", session=session)
            await client.say("Where is order 7741?")
            await client.until("rate_limits.updated")
            (call,) = client.named("response.function_call_arguments.done")
            output = {
                "type": "function_call_output",
                "call_id": call["call_id"],
                "output": '{"state":"shipped","eta_days":2}',
            }
            await client.send("conversation.item.create", item=output)
            await client.send("response.create")
            await client.until("rate_limits.updated")
            check(client.events, f"{prefix}-tool-call")

    asyncio.run(scenario())


def test_barge_in_is_as_recorded(
    provide: Provide,
    recording: tuple[str, str],
    tone: Callable[[int], bytes],
    silence: Callable[[int], bytes],
) -> None:
    dialect, prefix = recording

    async def scenario() -> None:
        async with provide() as provider, provider.client(dialect) as client:
            never = asyncio.Event()
            provider.responder.answers_with(Say("Once upon a time\n"), never)
            provider.responder.answers_with(Say("Sure, stopping."))
            await client.until("session.created")
            await client.say("Tell me a long story.")
            await client.until(client.name("response.audio.delta"), 2)
            await client.append(silence(300) + tone(500))
            cancelled = await client.until("response.done")
            cut = cancelled["response"]["output"][0]["id"]
            await client.send(
                "conversation.item.truncate", item_id=cut, content_index=0, audio_end_ms=120
            )
            await client.until("conversation.item.truncated")
            if dialect == "ga":
                await client.send("conversation.item.retrieve", item_id=cut)
                await client.until("conversation.item.retrieved")
            await client.append(silence(400))
            await client.until("response.done")
            await client.until("rate_limits.updated")
            check(client.events, f"{prefix}-barge-in")

    asyncio.run(scenario())


def test_errors_are_as_recorded(provide: Provide, recording: tuple[str, str]) -> None:
    dialect, prefix = recording

    async def scenario() -> None:
        async with provide() as provider, provider.client(dialect) as client:
            gate = asyncio.Event()
            provider.responder.answers_with(gate, RuntimeError("out of order"))
            await client.until("session.created")
            bad = {"type": "realtime"} if dialect == "a1" else {"instructions": "x"}
            await client.send("session.update", event_id="evt_bad_1", session=bad)
            await client.send("input_audio_buffer.commit", event_id="evt_bad_2")
            await client.send("response.cancel", event_id="evt_bad_3")
            await client.say("Hi")
            await client.until("response.created")
            await client.send("response.create", event_id="evt_bad_4")
            await client.until("error")
            gate.set()
            await client.until("response.done")
            # The last recorded event of the newer dialect ends the session an hour later.
            expected = recorded(f"{prefix}-error")[: 9 if dialect == "ga" else None]
            assert outline(client.events) == outline(expected)
            errors = [event["error"] for event in client.named("error")]
            response_id = client.named("response.created")[0]["response"]["id"]
            wanted = [event["error"] for event in expected if event["type"] == "error"]
            for error, told in zip(errors, wanted, strict=True):
                told["message"] = told["message"].replace(_response_id(expected), response_id)
                assert error == told
            seen, told = client.events[-1]["response"], expected[-1]["response"]
            assert seen["status_details"] == told["status_details"]
            assert members(seen) == members(told)

    asyncio.run(scenario())


def _response_id(events: list[dict[str, Any]]) -> str:
    created = next(event for event in events if event["type"] == "response.created")
    response_id: str = created["response"]["id"]
    return response_id
