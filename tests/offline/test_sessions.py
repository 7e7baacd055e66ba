"""Sessions: what a connection is greeted with, what may change, and what is refused."""

import asyncio
import json
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from pathlib import Path
from typing import Any

import pytest

from agent_service.offline.ports import Say

DATA = Path(__file__).parent.parent / "data" / "realtime"

Provide = Callable[..., AbstractAsyncContextManager[Any]]

REALTIME: dict[str, Any] = {"type": "realtime"}
DOCS = {"type": "mcp", "server_label": "docs", "server_url": "https://docs.test/sse"}


def samples(name: str) -> list[dict[str, Any]]:
    events: list[dict[str, Any]] = json.loads((DATA / f"{name}.json").read_text())
    return events


async def updated(client: Any, **session: Any) -> dict[str, Any]:
    """Update the session and return what the server answers: the session or the error."""
    await client.send("session.update", event_id="evt_1", session=session)
    while True:
        event = await client.receive()
        if event["type"] in ("session.updated", "error"):
            answer: dict[str, Any] = event.get("session") or event["error"]
            return answer


@pytest.mark.parametrize(
    ("dialect", "greeting"),
    [
        ("a1", ["session.created"]),
        ("beta", ["session.created", "conversation.created"]),
        ("ga", ["session.created"]),
    ],
)
def test_greeting(provide: Provide, dialect: str, greeting: list[str]) -> None:
    async def scenario() -> None:
        async with provide() as provider, provider.client(dialect) as client:
            await client.send("input_audio_buffer.clear")
            await client.until("input_audio_buffer.cleared")
            assert client.types() == [*greeting, "input_audio_buffer.cleared"]

    asyncio.run(scenario())


def test_sessions_have_the_members_of_their_dialect(provide: Provide) -> None:
    async def scenario() -> None:
        async with provide() as provider:
            for dialect, name in (("a1", "beta"), ("ga", "ga")):
                sample = samples(f"server-events-{name}")[1]
                async with provider.client(dialect) as client:
                    session = (await client.until("session.created"))["session"]
                    assert session.keys() == sample["session"].keys()
            async with provider.client("beta") as client:
                session = (await client.until("session.created"))["session"]
                sample = samples("server-events-beta")[2]
                assert session.keys() == sample["session"].keys() | {"prompt"}
                assert session["turn_detection"] == sample["session"]["turn_detection"]

    asyncio.run(scenario())


def test_model_is_the_deployment_or_model_of_the_url(provide: Provide) -> None:
    async def scenario() -> None:
        async with provide() as provider:
            for dialect, model in (("a1", "rt-demo"), ("ga", "gpt-realtime")):
                async with provider.client(dialect) as client:
                    session = (await client.until("session.created"))["session"]
                    assert session["model"] == model

    asyncio.run(scenario())


@pytest.mark.parametrize("dialect", ["beta", "ga"])
def test_documented_updates_are_accepted_and_shown_back(provide: Provide, dialect: str) -> None:
    sent = samples(f"client-events-{dialect}")[0]["session"]

    async def scenario() -> None:
        async with provide() as provider, provider.client(dialect) as client:
            shown = await updated(client, **sent)
            assert _within(sent, shown)

    asyncio.run(scenario())


def _within(sent: Any, shown: Any) -> bool:
    """Say whether all that was sent is shown, whatever else is shown."""
    if isinstance(sent, dict):
        return isinstance(shown, dict) and all(
            key in shown and _within(value, shown[key]) for key, value in sent.items()
        )
    return bool(sent == shown)


def test_updates_are_partial_and_clear_with_empty_values(provide: Provide) -> None:
    async def scenario() -> None:
        async with provide() as provider, provider.client("beta") as client:
            tool = {"type": "function", "name": "f", "parameters": {"type": "object"}}
            await updated(client, instructions="Be brief.", tools=[tool], voice="coral")
            session = await updated(client, temperature=0.9)
            assert (session["instructions"], session["tools"]) == ("Be brief.", [tool])
            session = await updated(client, instructions="", tools=[], turn_detection=None)
            assert session["voice"] == "coral"
            assert (session["instructions"], session["tools"]) == ("", [])
            assert session["turn_detection"] is None

    asyncio.run(scenario())


def test_nested_members_are_merged_and_their_values_replaced(provide: Provide) -> None:
    async def scenario() -> None:
        async with provide() as provider, provider.client("ga") as client:
            detection = {"type": "server_vad", "threshold": 0.7, "idle_timeout_ms": 6000}
            await updated(client, type="realtime", audio={"input": {"turn_detection": detection}})
            output = {"voice": "cedar"}
            session = await updated(client, type="realtime", audio={"output": output})
            assert session["audio"]["input"]["turn_detection"]["threshold"] == 0.7
            assert session["audio"]["output"]["voice"] == "cedar"
            detection = {"type": "server_vad"}
            session = await updated(
                client, type="realtime", audio={"input": {"turn_detection": detection}}
            )
            assert session["audio"]["input"]["turn_detection"]["threshold"] == 0.5
            assert session["audio"]["input"]["turn_detection"]["idle_timeout_ms"] is None

    asyncio.run(scenario())


@pytest.mark.parametrize(
    ("dialect", "session", "code", "param"),
    [
        ("a1", {"type": "realtime"}, "unknown_parameter", "session.type"),
        ("beta", {"type": "realtime"}, "unknown_parameter", "session.type"),
        ("ga", {"instructions": "x"}, "missing_required_parameter", "session.type"),
        ("a1", {"speed": 1.0}, "unknown_parameter", "session.speed"),
        ("a1", {"voice": "marin"}, "invalid_value", "session.voice"),
        ("beta", {"modalities": ["audio"]}, "invalid_value", "session.modalities"),
        ("beta", {"temperature": 2}, "invalid_value", "session.temperature"),
        ("beta", {"temperature": "hot"}, "invalid_type", "session.temperature"),
        ("beta", {"instructions": 7}, "invalid_type", "session.instructions"),
        ("beta", {"tools": [{"type": "function"}]}, "missing_required_parameter", "name"),
        ("beta", {"tool_choice": "maybe"}, "invalid_value", "session.tool_choice"),
        (
            "beta",
            {"tool_choice": {"type": "function"}},
            "missing_required_parameter",
            "session.tool_choice.name",
        ),
        (
            "a1",
            {"turn_detection": {"type": "semantic_vad"}},
            "invalid_value",
            "session.turn_detection.type",
        ),
        (
            "a1",
            {"turn_detection": {"type": "server_vad", "create_response": False}},
            "unknown_parameter",
            "session.turn_detection.create_response",
        ),
        (
            "beta",
            {"max_response_output_tokens": 5000},
            "invalid_value",
            "session.max_response_output_tokens",
        ),
        ("beta", {"input_audio_format": "mp3"}, "invalid_value", "session.input_audio_format"),
        (
            "ga",
            {"type": "realtime", "audio": {"output": {"voice": "loud"}}},
            "invalid_value",
            "session.audio.output.voice",
        ),
        (
            "ga",
            {"type": "realtime", "audio": {"input": {"format": {"type": "audio/mp3"}}}},
            "invalid_value",
            "session.audio.input.format.type",
        ),
        (
            "ga",
            {"type": "realtime", "output_modalities": ["audio", "text"]},
            "invalid_value",
            "session.output_modalities",
        ),
        ("ga", {"type": "realtime", "modalities": ["text"]}, "unknown_parameter", "modalities"),
        (
            "ga",
            {
                "type": "realtime",
                "audio": {
                    "input": {"turn_detection": {"type": "server_vad", "idle_timeout_ms": 10}}
                },
            },
            "invalid_value",
            "session.audio.input.turn_detection.idle_timeout_ms",
        ),
        ("ga", {"type": "live"}, "invalid_value", "session.type"),
        ("beta", {"include": ["everything"]}, "invalid_value", "session.include[0]"),
        ("beta", {"prompt": {"version": "2"}}, "missing_required_parameter", "session.prompt.id"),
        ("ga", REALTIME | {"reasoning": {"effort": "most"}}, "invalid_value", "reasoning.effort"),
        (
            "a1",
            {"input_audio_transcription": {"model": "whisper-1", "language": "en"}},
            "unknown_parameter",
            "session.input_audio_transcription.language",
        ),
        (
            "beta",
            {"input_audio_transcription": {"model": "whisper-1", "language": 7}},
            "invalid_type",
            "session.input_audio_transcription.language",
        ),
        (
            "ga",
            REALTIME | {"audio": {"input": {"transcription": {"delay": "some"}}}},
            "invalid_value",
            "session.audio.input.transcription.delay",
        ),
        (
            "ga",
            REALTIME | {"tools": [{"type": "mcp", "server_label": "docs"}]},
            "missing_required_parameter",
            "session.tools[0].server_url",
        ),
        (
            "ga",
            REALTIME | {"tools": [DOCS | {"require_approval": "sometimes"}]},
            "invalid_value",
            "session.tools[0].require_approval",
        ),
        (
            "ga",
            REALTIME | {"tools": [DOCS | {"password": "x"}]},
            "unknown_parameter",
            "session.tools[0].password",
        ),
    ],
)
def test_refused_updates_name_the_member_and_change_nothing(
    provide: Provide, dialect: str, session: dict[str, Any], code: str, param: str
) -> None:
    async def scenario() -> None:
        async with provide() as provider, provider.client(dialect) as client:
            before = (await client.until("session.created"))["session"]
            error = await updated(client, **session)
            assert error["code"] == code
            assert error["param"].endswith(param)
            assert error["event_id"] == "evt_1"
            assert error["type"] == "invalid_request_error"
            after = await updated(client, **({"type": "realtime"} if dialect == "ga" else {}))
            assert after == before

    asyncio.run(scenario())


def test_voice_stands_once_the_assistant_has_spoken(provide: Provide) -> None:
    async def scenario() -> None:
        async with provide() as provider, provider.client("beta") as client:
            await updated(client, voice="coral")
            await client.say("hello")
            await client.until("response.done")
            error = await updated(client, voice="sage")
            assert error["code"] == "cannot_update_voice"
            session = await updated(client, voice="coral", instructions="Same voice.")
            assert session["instructions"] == "Same voice."

    asyncio.run(scenario())


def test_tracing_cannot_change_once_set(provide: Provide) -> None:
    async def scenario() -> None:
        async with provide() as provider, provider.client("ga") as client:
            await updated(client, type="realtime", tracing="auto")
            same = await updated(client, type="realtime", tracing="auto")
            assert same["tracing"] == "auto"
            error = await updated(client, type="realtime", tracing=None)
            assert error["param"] == "session.tracing"

    asyncio.run(scenario())


@pytest.mark.parametrize(
    "choice",
    [
        {"type": "function", "name": "find"},
        {"type": "function", "function": {"name": "find"}},
        {"type": "function", "function": "find"},
    ],
)
def test_three_spellings_of_a_forced_tool(provide: Provide, choice: dict[str, Any]) -> None:
    async def scenario() -> None:
        async with provide() as provider, provider.client("a1") as client:
            tool = {"type": "function", "name": "find", "parameters": {"type": "object"}}
            session = await updated(client, tools=[tool], tool_choice=choice)
            assert session["tool_choice"] == choice
            await client.say("hello")
            await client.until("response.done")
            assert provider.responder.contexts[0].tool_choice == "function:find"

    asyncio.run(scenario())


@pytest.mark.parametrize("spelling", ["g711_ulaw", "g711-ulaw", "g711_alaw", "g711-alaw"])
def test_both_spellings_of_g711_are_shown_back(provide: Provide, spelling: str) -> None:
    async def scenario() -> None:
        async with provide() as provider, provider.client("a1") as client:
            session = await updated(client, input_audio_format=spelling)
            assert session["input_audio_format"] == spelling

    asyncio.run(scenario())


def test_what_clients_send_beside_is_tolerated(provide: Provide) -> None:
    async def scenario() -> None:
        async with provide() as provider:
            async with provider.client("ga") as client:
                await client.send("session.update", event_id=None, session={"type": "realtime"})
                await client.until("session.updated")
                session = await updated(client, type="realtime", model="gpt-realtime-2.1")
                assert session["model"] == "gpt-realtime"
            async with provider.client("a1") as client:
                session = await updated(client, turn_detection={"type": "none"})
                assert session["turn_detection"] is None

    asyncio.run(scenario())


def test_mcp_tools_are_taken_and_said_to_be_out_of_reach(provide: Provide) -> None:
    async def scenario() -> None:
        async with provide() as provider, provider.client("ga") as client:
            filtered = DOCS | {
                "server_label": "more",
                "allowed_tools": ["search"],
                "require_approval": {"never": {"read_only": True}},
                "headers": {"x-team": "a"},
            }
            session = await updated(client, type="realtime", tools=[DOCS, filtered])
            assert session["tools"] == [DOCS, filtered]
            failed = await client.until("mcp_list_tools.failed")
            added = client.named("conversation.item.added")[0]["item"]
            assert (added["id"], added["server_label"]) == (failed["item_id"], "docs")
            await client.until("mcp_list_tools.failed")
            # Listed once: neither a further update nor a response asks again.
            wiki = DOCS | {"server_label": "wiki"}
            await client.say("hello", tools=[DOCS, wiki])
            await client.until("response.done")
            items = [event["item"] for event in client.named("conversation.item.added")]
            labels = [i["server_label"] for i in items if i["type"] == "mcp_list_tools"]
            assert labels == ["docs", "more", "wiki"]

    asyncio.run(scenario())


@pytest.mark.parametrize("dialect", ["beta", "ga"])
def test_speed_stands_while_an_answer_runs(provide: Provide, dialect: str) -> None:
    def faster(speed: float) -> dict[str, Any]:
        if dialect == "beta":
            return {"speed": speed}
        return REALTIME | {"audio": {"output": {"speed": speed}}}

    async def scenario() -> None:
        async with provide() as provider, provider.client(dialect) as client:
            await updated(client, **faster(1.2))
            gate = asyncio.Event()
            provider.responder.answers_with(gate, Say("Done."))
            await client.say("hello")
            await client.until("response.created")
            error = await updated(client, **faster(0.8))
            assert error["code"] == "invalid_value"
            assert error["param"].endswith("speed")
            assert "id" in await updated(client, **faster(1.2))
            gate.set()
            await client.until("response.done")
            assert "id" in await updated(client, **faster(0.8))

    asyncio.run(scenario())


def test_transcription_sessions_of_both_shapes(provide: Provide) -> None:
    async def scenario() -> None:
        async with provide() as provider:
            sent = samples("client-events-ga")[1]["session"]
            async with provider.client("ga", query="&intent=transcription") as client:
                assert (await client.until("session.created"))["session"]["type"] == "transcription"
                session = await updated(client, **sent)
                assert session["object"] == "realtime.transcription_session"
                assert session["audio"]["input"]["transcription"] == {
                    "model": "gpt-4o-transcribe",
                    "language": "en",
                    "prompt": "",
                }
                await client.send("response.create")
                assert (await client.until("error"))["error"]["code"] == "invalid_event"
            sent = samples("client-events-beta")[-1]
            async with provider.client("beta", query="&intent=transcription") as client:
                await client.until("transcription_session.created")
                await client.send(sent["type"], session=sent["session"])
                session = (await client.until("transcription_session.updated"))["session"]
                assert session["input_audio_noise_reduction"] == {"type": "near_field"}

    asyncio.run(scenario())


@pytest.mark.parametrize("model", ["gpt-realtime-whisper", "gpt-live-transcribe"])
def test_models_that_find_no_turns_leave_them_to_the_client(provide: Provide, model: str) -> None:
    async def scenario() -> None:
        async with (
            provide() as provider,
            provider.client("ga", query="&intent=transcription") as client,
        ):
            heard = {"transcription": {"model": model}}
            detection = {"turn_detection": {"type": "server_vad"}}
            wanted = {"type": "transcription", "audio": {"input": heard | detection}}
            error = await updated(client, **wanted)
            assert error["param"] == "session.audio.input.turn_detection"
            session = await updated(client, type="transcription", audio={"input": heard})
            assert session["audio"]["input"]["turn_detection"] is None
            error = await updated(client, type="transcription", audio={"input": detection})
            assert error["code"] == "invalid_value"

    asyncio.run(scenario())
