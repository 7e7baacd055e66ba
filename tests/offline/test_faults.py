"""Every fault, as a client sees it."""

import asyncio
import json
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from pathlib import Path
from typing import Any

import httpx
import pytest
from websockets.exceptions import ConnectionClosed, InvalidStatus

from agent_service.offline.faults.catalogue import CATALOGUE
from agent_service.offline.ports import CallTool, Say

DOCS = Path(__file__).parents[2] / "docs" / "offline-provider.md"

Provide = Callable[..., AbstractAsyncContextManager[Any]]
Sound = Callable[[int], bytes]

TRANSCRIBED = {
    "type": "realtime",
    "audio": {"input": {"transcription": {"model": "whisper-1"}}},
}
COMPLETED = "conversation.item.input_audio_transcription.completed"


def run(provide: Provide, scenario: Callable[[Any], Any], **options: Any) -> None:
    """Run a scenario against a provider of its own."""

    async def outer() -> None:
        async with provide(**options) as provider:
            await scenario(provider)

    asyncio.run(outer())


def test_every_fault_is_described() -> None:
    page = DOCS.read_text(encoding="utf-8")
    missing = [kind.name for kind in CATALOGUE if f"| `{kind.name}` |" not in page]
    assert missing == []


@pytest.mark.parametrize("kind", CATALOGUE, ids=lambda kind: kind.name)
def test_every_fault_has_a_test_that_shows_it(kind: Any) -> None:
    source = Path(__file__).read_text(encoding="utf-8")
    assert f"fault={kind.name}" in source


@pytest.mark.parametrize(
    ("status", "retry_after"),
    [(401, None), (403, None), (404, None), (429, "7"), (503, "7")],
)
def test_refuse(provide: Provide, status: int, retry_after: str | None) -> None:
    async def scenario(provider: Any) -> None:
        query = f"&fault=refuse:status={status},retry_after_s=7"
        with pytest.raises(InvalidStatus) as refused:
            async with provider.client(query=query):
                pass
        response = refused.value.response
        assert response.status_code == status
        assert response.headers.get("retry-after") == retry_after
        assert json.loads(response.body)["error"]["message"]

    run(provide, scenario)


def test_latency_delays_every_event_and_keeps_their_order(provide: Provide) -> None:
    async def scenario(provider: Any) -> None:
        async with provider.client(query="&fault=latency:ms=60,jitter_ms=20") as client:
            loop = asyncio.get_running_loop()
            await client.until("session.created")
            begin = loop.time()
            await client.say("hello")
            await client.until("response.done")
            assert loop.time() - begin >= 0.06
            assert client.types().index("response.created") < client.types().index("response.done")

    run(provide, scenario)


@pytest.mark.parametrize("code", [1001, 1011, 1013, 4000])
def test_close(provide: Provide, code: int) -> None:
    async def scenario(provider: Any) -> None:
        query = f"&fault=close:at=response.audio.delta,after=1,code={code},reason=over"
        async with provider.client(query=query) as client:
            await client.say("one two three four five six")
            with pytest.raises(ConnectionClosed) as closed:
                await client.until("response.done")
            assert closed.value.rcvd is not None
            assert (closed.value.rcvd.code, closed.value.rcvd.reason) == (code, "over")
            assert len(client.named("response.output_audio.delta")) == 1

    run(provide, scenario)


def test_close_without_a_close_frame(provide: Provide) -> None:
    async def scenario(provider: Any) -> None:
        async with provider.client(query="&fault=close:code=1006") as client:
            await client.say("hello")
            with pytest.raises(ConnectionClosed) as closed:
                await client.until("response.created")
            assert closed.value.rcvd is None

    run(provide, scenario)


async def is_ponged(client: Any) -> bool:
    pong = await client.socket.ping()
    done, _ = await asyncio.wait([pong], timeout=0.1)
    return bool(done)


def test_half_open_socket_answers_no_ping_and_breaks_in_the_end(provide: Provide) -> None:
    async def scenario(provider: Any) -> None:
        async with provider.client(query="&fault=half_open:seconds=0.5") as client:
            await client.until("session.created")
            assert await (await client.socket.ping()) >= 0
            await client.say("hello")
            await client.until("conversation.item.done")
            # A ping that is under way when all goes quiet may still be answered.
            while await is_ponged(client):
                pass
            with pytest.raises(ConnectionClosed) as closed:
                await client.receive()
            assert closed.value.rcvd is None

    run(provide, scenario)


def test_session_limit(provide: Provide) -> None:
    async def scenario(provider: Any) -> None:
        async with provider.client(query="&fault=session_limit:seconds=0.05") as client:
            error = await client.until("error")
            assert error["error"]["code"] == "session_expired"
            with pytest.raises(ConnectionClosed) as closed:
                await client.receive()
            assert closed.value.rcvd is not None
            assert closed.value.rcvd.code == 1001

    run(provide, scenario)


def test_beta_disabled(provide: Provide) -> None:
    async def scenario(provider: Any) -> None:
        async with provider.client("beta", query="&fault=beta_disabled") as client:
            with pytest.raises(ConnectionClosed) as closed:
                await client.receive()
            assert closed.value.rcvd is not None
            assert closed.value.rcvd.code == 4000
            assert closed.value.rcvd.reason == "invalid_request_error.beta_api_shape_disabled"
        async with provider.client("ga", query="&fault=beta_disabled") as client:
            await client.until("session.created")

    run(provide, scenario)


def test_malformed_json(provide: Provide) -> None:
    async def scenario(provider: Any) -> None:
        async with provider.client(query="&fault=malformed_json:at=session.created") as client:
            with pytest.raises(json.JSONDecodeError):
                await client.receive()
            await client.until("session.created")

    run(provide, scenario)


def test_unknown_event(provide: Provide) -> None:
    async def scenario(provider: Any) -> None:
        async with provider.client(query="&fault=unknown_event") as client:
            await client.say("hello")
            await client.until("offline.surprise")
            assert (await client.receive())["type"] == "response.created"

    run(provide, scenario)


def test_event_duplicated(provide: Provide) -> None:
    async def scenario(provider: Any) -> None:
        async with provider.client(query="&fault=event_duplicated:at=response.done") as client:
            await client.say("hello")
            first = await client.until("response.done")
            assert await client.receive() == first

    run(provide, scenario)


def test_event_missing(provide: Provide) -> None:
    async def scenario(provider: Any) -> None:
        query = "&fault=event_missing:at=response.output_item.done"
        async with provider.client(query=query) as client:
            await client.say("hello")
            await client.until("response.done")
            assert "response.output_item.done" not in client.types()

    run(provide, scenario)


def test_server_error(provide: Provide) -> None:
    async def scenario(provider: Any) -> None:
        async with provider.client(query="&fault=server_error") as client:
            await client.say("hello")
            assert (await client.until("error"))["error"]["type"] == "server_error"
            assert (await client.until("response.done"))["response"]["status"] == "completed"

    run(provide, scenario)


async def two_spoken_turns(provider: Any, client: Any, tone: Sound, silence: Sound) -> None:
    provider.speech.hears("first", "second")
    await client.send("session.update", session=TRANSCRIBED)
    await client.append(tone(400) + silence(300))
    await client.until("response.done")
    await client.append(tone(400) + silence(300))
    await client.until("response.done")


def transcripts(client: Any) -> list[str]:
    return [event["transcript"] for event in client.named(COMPLETED)]


async def all_transcripts(client: Any, count: int) -> None:
    while len(transcripts(client)) < count:
        await client.receive()


def test_transcript_late(provide: Provide, tone: Sound, silence: Sound) -> None:
    async def scenario(provider: Any) -> None:
        async with provider.client(query="&fault=transcript_late:ms=100") as client:
            await two_spoken_turns(provider, client, tone, silence)
            await all_transcripts(client, 2)
            types = client.types()
            assert types.index(COMPLETED) > types.index("response.done")
            assert transcripts(client) == ["first", "second"]

    run(provide, scenario)


async def settled(client: Any) -> None:
    """Wait until the provider has sent all it will by itself."""
    await client.send("input_audio_buffer.clear")
    await client.until("input_audio_buffer.cleared")


def test_transcript_missing(provide: Provide, tone: Sound, silence: Sound) -> None:
    async def scenario(provider: Any) -> None:
        async with provider.client(query="&fault=transcript_missing:times=1") as client:
            await two_spoken_turns(provider, client, tone, silence)
            await settled(client)
            assert transcripts(client) == ["second"]

    run(provide, scenario)


def test_transcript_duplicated(provide: Provide, tone: Sound, silence: Sound) -> None:
    async def scenario(provider: Any) -> None:
        async with provider.client(query="&fault=transcript_duplicated:after=1") as client:
            await two_spoken_turns(provider, client, tone, silence)
            await settled(client)
            assert transcripts(client) == ["first", "second", "second"]

    run(provide, scenario)


def test_transcript_reordered(provide: Provide, tone: Sound, silence: Sound) -> None:
    async def scenario(provider: Any) -> None:
        async with provider.client(query="&fault=transcript_reordered") as client:
            await two_spoken_turns(provider, client, tone, silence)
            await all_transcripts(client, 2)
            assert transcripts(client) == ["second", "first"]

    run(provide, scenario)


def test_transcript_failed(provide: Provide, tone: Sound, silence: Sound) -> None:
    async def scenario(provider: Any) -> None:
        async with provider.client(query="&fault=transcript_failed:times=1") as client:
            await two_spoken_turns(provider, client, tone, silence)
            await settled(client)
            (failed,) = client.named("conversation.item.input_audio_transcription.failed")
            assert failed["error"]["code"] == "audio_unintelligible"
            assert "param" not in failed["error"]
            assert transcripts(client) == ["second"]

    run(provide, scenario)


def test_active_response_error(provide: Provide) -> None:
    async def scenario(provider: Any) -> None:
        async with provider.client(query="&fault=active_response_error") as client:
            await client.say("hello")
            error = await client.until("error")
            assert error["error"]["code"] == "conversation_already_has_active_response"
            await client.send("response.create")
            await client.until("response.done")

    run(provide, scenario)


def test_response_slow(provide: Provide) -> None:
    async def scenario(provider: Any) -> None:
        async with provider.client(query="&fault=response_slow:ms=80") as client:
            loop = asyncio.get_running_loop()
            begin = loop.time()
            await client.say("hello")
            await client.until("response.output_item.added")
            assert loop.time() - begin >= 0.08

    run(provide, scenario)


@pytest.mark.parametrize(
    ("query", "status", "details", "said"),
    [
        (
            "fault=response_failed:words=2,code=model_error",
            "failed",
            {"type": "failed", "error": {"type": "server_error", "code": "model_error"}},
            "one two",
        ),
        (
            "fault=rate_limited:retry_after_s=9",
            "failed",
            {"type": "failed", "error": {"type": "tokens", "code": "rate_limit_exceeded"}},
            None,
        ),
        (
            "fault=response_incomplete:words=1",
            "incomplete",
            {"type": "incomplete", "reason": "max_output_tokens"},
            "one",
        ),
        (
            "fault=content_filtered:words=2",
            "incomplete",
            {"type": "incomplete", "reason": "content_filter"},
            "one two",
        ),
        (
            "fault=response_cancelled:words=3",
            "cancelled",
            {"type": "cancelled", "reason": "turn_detected"},
            "one two three",
        ),
    ],
)
def test_responses_that_end_badly(
    provide: Provide, query: str, status: str, details: dict[str, Any], said: str | None
) -> None:
    async def scenario(provider: Any) -> None:
        provider.responder.answers_with(Say("one two three four"))
        async with provider.client(query=f"&{query}") as client:
            await client.say("count", output_modalities=["text"])
            response = (await client.until("response.done"))["response"]
            assert response["status"] == status
            if "error" in details:
                message = response["status_details"]["error"].pop("message")
                assert "9s" in message or status != "failed" or "rate" not in query
            assert response["status_details"] == details
            texts = [item["content"][0]["text"] for item in response["output"]]
            assert texts == ([] if said is None else [said])
            assert [item["status"] for item in response["output"]] == ["incomplete"] * len(texts)

    run(provide, scenario)


def test_response_never_starts(provide: Provide) -> None:
    async def scenario(provider: Any) -> None:
        async with provider.client(query="&fault=response_never_starts:times=1") as client:
            await client.say("hello")
            await settled(client)
            assert "response.created" not in client.types()
            await client.send("response.create")
            await client.until("response.done")

    run(provide, scenario)


def test_response_never_ends_until_it_is_cancelled(provide: Provide) -> None:
    async def scenario(provider: Any) -> None:
        async with provider.client(query="&fault=response_never_ends") as client:
            await client.say("hello", output_modalities=["text"])
            await client.until("response.output_item.done")
            await client.send("response.create")
            error = await client.until("error")
            assert error["error"]["code"] == "conversation_already_has_active_response"
            assert "response.done" not in client.types()
            await client.send("response.cancel")
            assert (await client.until("response.done"))["response"]["status"] == "cancelled"

    run(provide, scenario)


async def spoken_answer(provider: Any, query: str) -> Any:
    async with provider.client(query=query) as client:
        provider.responder.answers_with(Say("one two three four five six seven eight"))
        await client.say("speak")
        await client.until("response.done")
        return client


def test_audio_silent(provide: Provide) -> None:
    async def scenario(provider: Any) -> None:
        loud = (await spoken_answer(provider, "")).audio()
        silent = (await spoken_answer(provider, "&fault=audio_silent")).audio()
        assert any(loud)
        assert silent == bytes(len(loud))

    run(provide, scenario)


def test_audio_clipped(provide: Provide) -> None:
    async def scenario(provider: Any) -> None:
        audio = (await spoken_answer(provider, "&fault=audio_clipped:gain=30")).audio()
        at_the_rails = audio.count(b"\xff\x7f") + audio.count(b"\x00\x80")
        assert at_the_rails > len(audio) // 2 * 0.7

    run(provide, scenario)


def test_audio_ahead(provide: Provide) -> None:
    async def scenario(provider: Any) -> None:
        client = await spoken_answer(provider, "&fault=audio_ahead:seconds=40")
        assert len(client.audio()) >= 40 * 48_000
        assert max(len(json.dumps(event)) for event in client.events) < 1024 * 1024

    run(provide, scenario)


def test_audio_slow(provide: Provide) -> None:
    async def scenario(provider: Any) -> None:
        begin = asyncio.get_running_loop().time()
        client = await spoken_answer(provider, "&fault=audio_slow:factor=1.5")
        passed = asyncio.get_running_loop().time() - begin
        assert passed > len(client.audio()) / 48_000

    run(provide, scenario)


async def tool_calls(provider: Any, query: str) -> list[dict[str, Any]]:
    async with provider.client(query=query) as client:
        provider.responder.answers_with(CallTool("find_order", '{"number": "1004", "count": 2}'))
        await client.say("find it")
        done = await client.until("response.done")
        items: list[dict[str, Any]] = done["response"]["output"]
        return items


def test_call_repeated(provide: Provide) -> None:
    async def scenario(provider: Any) -> None:
        first, second = await tool_calls(provider, "&fault=call_repeated")
        assert first["arguments"] == second["arguments"]
        assert first["call_id"] != second["call_id"]

    run(provide, scenario)


def test_call_duplicated(provide: Provide) -> None:
    async def scenario(provider: Any) -> None:
        first, second = await tool_calls(provider, "&fault=call_duplicated")
        assert first["arguments"] == second["arguments"]
        assert first["call_id"] == second["call_id"]
        assert first["id"] != second["id"]

    run(provide, scenario)


def test_call_contradicted(provide: Provide) -> None:
    async def scenario(provider: Any) -> None:
        first, second = await tool_calls(provider, "&fault=call_contradicted")
        assert first["name"] == second["name"]
        assert json.loads(second["arguments"]) == {"number": "1005", "count": 3}

    run(provide, scenario)


def test_call_garbled(provide: Provide) -> None:
    async def scenario(provider: Any) -> None:
        (call,) = await tool_calls(provider, "&fault=call_garbled")
        with pytest.raises(json.JSONDecodeError):
            json.loads(call["arguments"])

    run(provide, scenario)


def test_call_unknown_tool(provide: Provide) -> None:
    async def scenario(provider: Any) -> None:
        (call,) = await tool_calls(provider, "&fault=call_unknown_tool")
        assert call["name"] == "find_order_v2"

    run(provide, scenario)


REFUND = {
    "type": "function",
    "name": "refund",
    "parameters": {
        "type": "object",
        "properties": {
            "order_number": {"type": "string"},
            "amount": {"type": "number"},
            "currency": {"type": "string"},
            "confirmed": {"type": "boolean"},
        },
    },
}


async def hostile_conversation(provider: Any, seed: int) -> list[tuple[str, str]]:
    """Talk to the hostile model for some rounds and return its tool calls."""
    calls: list[tuple[str, str]] = []
    query = f"&fault=hostile_model&fault_seed={seed}"
    async with provider.client(query=query) as client:
        session = {"type": "realtime", "output_modalities": ["text"], "tools": [REFUND]}
        await client.send("session.update", session=session)
        await client.say("Where is my order 1004? I am jane@example.com.")
        for _ in range(4):
            done = await client.until("response.done")
            made = [i for i in done["response"]["output"] if i["type"] == "function_call"]
            calls += [(call["name"], call["arguments"]) for call in made]
            for call in made:
                item = {
                    "type": "function_call_output",
                    "call_id": call["call_id"],
                    "output": '{"error": "not_allowed"}',
                }
                await client.send("conversation.item.create", item=item)
            await client.send("response.create")
        await client.until("response.done")
    return calls


def test_hostile_model_misuses_tools_the_same_way_for_the_same_seed(provide: Provide) -> None:
    async def talk(seed: int) -> list[tuple[str, str]]:
        async with provide() as provider:
            return await hostile_conversation(provider, seed)

    first, again, other = (asyncio.run(talk(seed)) for seed in (3, 3, 4))
    assert first == again
    assert first != other
    assert {name for name, _ in first} == {"refund"}


def test_hostile_model_uses_what_it_overheard_in_other_conversations(provide: Provide) -> None:
    async def scenario(provider: Any) -> None:
        async with provider.client(query="&fault=hostile_model") as client:
            await client.say("My order is 778899 and my address is victim@example.com.")
            await client.until("response.done")
        made = ""
        for seed in range(6):
            made += str(await hostile_conversation(provider, seed))
        assert "778899" in made
        assert "victim@example.com" in made

    run(provide, scenario)


def test_faults_come_by_header_too(provide: Provide) -> None:
    async def scenario(provider: Any) -> None:
        headers = {"x-offline-faults": "response_failed", "x-offline-fault-seed": "5"}
        async with provider.client(headers=headers) as client:
            await client.say("hello")
            assert (await client.until("response.done"))["response"]["status"] == "failed"

    run(provide, scenario)


def test_faults_come_with_the_tracing_of_a_session(provide: Provide) -> None:
    async def scenario(provider: Any) -> None:
        async with provider.client() as client:
            tracing = {"metadata": {"offline_faults": "response_failed"}}
            await client.send("session.update", session={"type": "realtime", "tracing": tracing})
            await client.say("hello")
            assert (await client.until("response.done"))["response"]["status"] == "failed"

    run(provide, scenario)


def test_faults_come_with_the_metadata_of_one_response(provide: Provide) -> None:
    async def scenario(provider: Any) -> None:
        async with provider.client("beta") as client:
            await client.say("hello", metadata={"offline_faults": "response_failed"})
            assert (await client.until("response.done"))["response"]["status"] == "failed"
            await client.send("response.create")
            assert (await client.until("response.done"))["response"]["status"] == "completed"
            await client.say("hello", metadata={"offline_faults": "no_such_fault"})
            error = (await client.until("error"))["error"]
            assert error["param"] == "response.metadata.offline_faults"

    run(provide, scenario)


@pytest.mark.parametrize(
    ("wanted", "message"),
    [
        ("transcript_lat", "Did you mean 'transcript_late'?"),
        ("latency:msec=3", "no parameter 'msec'"),
        ("latency:ms=soon", "is a number"),
    ],
)
def test_mistakes_in_faults_are_named_at_the_upgrade(
    provide: Provide, wanted: str, message: str
) -> None:
    async def scenario(provider: Any) -> None:
        with pytest.raises(InvalidStatus) as refused:
            async with provider.client(query=f"&fault={wanted}"):
                pass
        assert refused.value.response.status_code == 400
        assert message in json.loads(refused.value.response.body)["error"]["message"]

    run(provide, scenario)


def test_chance_is_repeatable_by_seed(provide: Provide) -> None:
    async def statuses(provider: Any, seed: int) -> list[str]:
        query = f"&fault=response_failed:chance=0.5&fault_seed={seed}"
        async with provider.client(query=query) as client:
            for _ in range(12):
                await client.send("response.create")
                await client.until("response.done")
            return [event["response"]["status"] for event in client.named("response.done")]

    async def scenario(provider: Any) -> None:
        first = await statuses(provider, 1)
        assert first == await statuses(provider, 1)
        assert first != await statuses(provider, 2)
        assert set(first) == {"failed", "completed"}

    run(provide, scenario)


def test_control_api_arms_running_and_new_sessions(provide: Provide) -> None:
    async def scenario(provider: Any) -> None:
        async with httpx.AsyncClient(base_url=provider.url) as http, provider.client() as client:
            created = await client.until("session.created")
            body = {"faults": "response_failed:times=1", "seed": 3}
            denied = await http.post("/faults", json=body)
            assert denied.status_code == 401
            key = {"api-key": "any"}
            armed = (await http.post("/faults", json=body, headers=key)).json()
            assert armed["armed"] == body["faults"]
            assert created["session"]["id"] in armed["sessions"]
            await client.say("hello")
            assert (await client.until("response.done"))["response"]["status"] == "failed"
            async with provider.client() as other:
                await other.say("hello")
                assert (await other.until("response.done"))["response"]["status"] == "failed"
            await http.delete("/faults", headers=key)
            async with provider.client() as other:
                await other.say("hello")
                assert (await other.until("response.done"))["response"]["status"] == "completed"

    run(provide, scenario)


def test_control_api_can_name_one_session(provide: Provide) -> None:
    async def scenario(provider: Any) -> None:
        key = {"api-key": "any"}
        async with (
            httpx.AsyncClient(base_url=provider.url, headers=key) as http,
            provider.client() as one,
            provider.client() as two,
        ):
            session = (await one.until("session.created"))["session"]["id"]
            body = {"faults": "response_failed", "session": session}
            assert (await http.post("/faults", json=body)).status_code == 200
            for client, status in ((one, "failed"), (two, "completed")):
                await client.say("hello")
                assert (await client.until("response.done"))["response"]["status"] == status
            body["session"] = "sess_unknown"
            assert (await http.post("/faults", json=body)).status_code == 404
            mistake = await http.post("/faults", json={"faults": "nonsense"})
            assert mistake.status_code == 400
            assert mistake.json()["error"]["param"] == "faults"

    run(provide, scenario)


def test_control_api_lists_all_faults_with_their_parameters(provide: Provide) -> None:
    async def scenario(provider: Any) -> None:
        async with httpx.AsyncClient(base_url=provider.url) as http:
            listed = (await http.get("/faults")).json()["catalogue"]
            assert [entry["name"] for entry in listed] == [kind.name for kind in CATALOGUE]
            assert all(
                {"after", "times", "chance"} <= entry["parameters"].keys() for entry in listed
            )

    run(provide, scenario)
