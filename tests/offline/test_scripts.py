"""Scripts: the provider follows a scenario, and shows where the client departs from it."""

import asyncio
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from pathlib import Path
from typing import Any

import httpx
import pytest
from websockets.exceptions import ConnectionClosed, InvalidStatus

from agent_service.offline.scripts.script import (
    Expect,
    Script,
    ScriptError,
    difference,
    matches,
    parse_script,
    read_script,
)

Provide = Callable[..., AbstractAsyncContextManager[Any]]
Sound = Callable[[int], bytes]


def script(*steps: dict[str, Any], **members: Any) -> Script:
    return parse_script({"name": "story", "steps": list(steps), **members})


TYPED = {"type": "conversation.item.create", "item": {"role": "user"}}


async def runs(provider: Any) -> list[dict[str, Any]]:
    async with httpx.AsyncClient(base_url=provider.url) as http:
        listed: list[dict[str, Any]] = (await http.get("/scripts")).json()["runs"]
        return listed


def test_two_sayings_of_an_answer_are_two_messages(provide: Provide) -> None:
    story = script(
        {"expect": TYPED},
        {"expect": "response.create"},
        {"answer": [{"say": "One moment."}, {"say": "It has shipped."}]},
    )

    async def scenario() -> None:
        async with (
            provide(scripts=[story]) as provider,
            provider.client(query="&script=story") as client,
        ):
            await client.say("Where is it?")
            output = (await client.until("response.done"))["response"]["output"]
            texts = [item["content"][0]["transcript"] for item in output]
            assert texts == ["One moment.", "It has shipped."]

    asyncio.run(scenario())


def test_a_followed_script_is_finished(provide: Provide) -> None:
    story = script(
        {"expect": TYPED},
        {"expect": "response.create"},
        {"answer": [{"say": "One moment."}, {"call": "find", "arguments": {"n": "1004"}}]},
        {"expect": {"type": "conversation.item.create", "item": {"output": "*shipped*"}}},
        {"expect": "response.create"},
        {"wait_ms": 20},
        {"answer": [{"say": "It has shipped."}]},
    )

    async def scenario() -> None:
        async with provide(scripts=[story]) as provider:
            async with provider.client(query="&script=story") as client:
                await client.say("Where is it?", output_modalities=["text"])
                call = (await client.until("response.done"))["response"]["output"][1]
                assert (call["name"], call["arguments"]) == ("find", '{"n": "1004"}')
                item = {
                    "type": "function_call_output",
                    "call_id": call["call_id"],
                    "output": '{"state": "shipped"}',
                }
                await client.send("conversation.item.create", item=item)
                await client.send("response.create", response={"output_modalities": ["text"]})
                done = (await client.until("response.done"))["response"]
                assert done["output"][0]["content"][0]["text"] == "It has shipped."
            (run,) = await runs(provider)
            assert (run["state"], run["step"], run["steps"]) == ("finished", 8, 7)
            assert provider.responder.contexts == []

    asyncio.run(scenario())


def test_a_departing_client_sees_the_difference(provide: Provide) -> None:
    story = script({"expect": {"type": "response.create", "response": {"tool_choice": "none"}}})

    async def scenario() -> None:
        async with provide(scripts=[story]) as provider:
            async with provider.client(query="&script=story") as client:
                response = {"tool_choice": "auto", "instructions": "Be brief."}
                await client.send("response.create", response=response)
                error = (await client.until("error"))["error"]
                assert error["code"] == "script_departed"
                assert "Script 'story', step 1" in error["message"]
                assert '-    "tool_choice": "none"' in error["message"]
                assert '+    "tool_choice": "auto"' in error["message"]
                assert "Be brief" not in error["message"]
                with pytest.raises(ConnectionClosed) as closed:
                    await client.until("nothing more")
                assert closed.value.rcvd is not None
                assert closed.value.rcvd.code == 4001
            (run,) = await runs(provider)
            assert run["state"] == "departed"
            assert run["diff"] in error["message"]

    asyncio.run(scenario())


def test_events_after_the_end_are_a_departure(provide: Provide) -> None:
    async def scenario() -> None:
        query = "&script=story"
        async with provide(scripts=[script()]) as provider, provider.client(query=query) as client:
            await client.send("response.create")
            message = (await client.until("error"))["error"]["message"]
            assert "The script has ended" in message

    asyncio.run(scenario())


def test_ignored_events_are_served_and_not_looked_at(provide: Provide) -> None:
    story = script({"expect": "response.create"}, {"answer": []}, ignore=["session.update"])

    async def scenario() -> None:
        query = "&script=story"
        async with provide(scripts=[story]) as provider, provider.client(query=query) as client:
            await client.send("session.update", session={"type": "realtime"})
            await client.until("session.updated")
            await client.send("response.create")
            await client.until("response.done")

    asyncio.run(scenario())


def test_a_client_that_leaves_early_leaves_the_script_unfinished(provide: Provide) -> None:
    story = script({"expect": TYPED}, {"expect": "response.create"})

    async def scenario() -> None:
        async with provide(scripts=[story]) as provider:
            async with provider.client(query="&script=story") as client:
                content = [{"type": "input_text", "text": "hi"}]
                item = {"type": "message", "role": "user", "content": content}
                await client.send("conversation.item.create", item=item)
                await client.until("conversation.item.done")
            while (await runs(provider))[0]["state"] == "running":
                pass
            (run,) = await runs(provider)
            assert (run["state"], run["step"]) == ("unfinished", 2)

    asyncio.run(scenario())


def test_scripts_tell_what_is_heard_and_send_and_close(
    provide: Provide, tone: Sound, silence: Sound
) -> None:
    story = script(
        {"hear": "where is my order"},
        {"answer": [{"say": "On its way."}]},
        {"send": {"type": "rate_limits.updated", "rate_limits": []}},
        {"faults": "response_failed"},
        {"close": {"code": 4321, "reason": "the end"}},
        ignore=["input_audio_buffer.append", "session.update"],
    )

    async def scenario() -> None:
        async with provide(scripts=[story]) as provider:
            headers = {"x-offline-script": "story"}
            async with provider.client(headers=headers) as client:
                session = {
                    "type": "realtime",
                    "audio": {"input": {"transcription": {"model": "whisper-1"}}},
                }
                await client.send("session.update", session=session)
                await client.append(tone(400) + silence(300))
                with pytest.raises(ConnectionClosed) as closed:
                    await client.until("nothing more")
                assert closed.value.rcvd is not None
                assert (closed.value.rcvd.code, closed.value.rcvd.reason) == (4321, "the end")
                completed = "conversation.item.input_audio_transcription.completed"
                (transcript,) = client.named(completed)
                assert transcript["transcript"] == "where is my order"
                assert provider.speech.recognised == []
                assert any(e["rate_limits"] == [] for e in client.named("rate_limits.updated"))

    asyncio.run(scenario())


def test_unknown_script_is_refused_at_the_upgrade(provide: Provide) -> None:
    async def scenario() -> None:
        async with provide(scripts=[script()]) as provider:
            with pytest.raises(InvalidStatus) as refused:
                async with provider.client(query="&script=other"):
                    pass
            assert refused.value.response.status_code == 400
            assert "There are: story." in refused.value.response.body.decode()

    asyncio.run(scenario())


def test_scripts_can_be_added_at_run_time(provide: Provide) -> None:
    async def scenario() -> None:
        async with provide() as provider, httpx.AsyncClient(base_url=provider.url) as http:
            body = {"name": "late", "steps": [{"expect": "response.create"}, {"answer": []}]}
            assert (await http.post("/scripts", json=body)).status_code == 401
            key = {"api-key": "any"}
            added = await http.post("/scripts", json=body, headers=key)
            assert added.json()["scripts"] == ["late"]
            bad = {"name": "bad", "steps": [{"dance": 1}]}
            refused = await http.post("/scripts", json=bad, headers=key)
            assert refused.status_code == 400
            assert "Step 1" in refused.json()["error"]["message"]
            async with provider.client(query="&script=late") as client:
                await client.send("response.create")
                await client.until("response.done")

    asyncio.run(scenario())


@pytest.mark.parametrize(
    ("pattern", "value", "fits"),
    [
        ({"a": 1}, {"a": 1, "b": 2}, True),
        ({"a": 1}, {"a": 2}, False),
        ({"a": 1}, {}, False),
        ({"a": True}, {"a": 1}, False),
        ({"a": "*ship*"}, {"a": "it shipped"}, True),
        ({"a": "*ship*"}, {"a": 3}, False),
        ([{"a": 1}], [{"a": 1, "b": 2}], True),
        ([1], [1, 2], False),
    ],
)
def test_matching(pattern: object, value: object, fits: bool) -> None:
    assert matches(pattern, value) is fits


def test_difference_shows_only_what_the_script_speaks_of() -> None:
    diff = difference({"type": "x", "text": "*yes*"}, {"type": "y", "text": "oh yes", "more": 1})
    changed = [line for line in diff.splitlines()[2:] if line[0] in "+-"]
    assert changed == ['-  "type": "x"', '+  "type": "y"']


def test_scripts_are_read_from_toml(tmp_path: Path) -> None:
    path = tmp_path / "parcel.toml"
    path.write_text('[[steps]]\nexpect = "response.create"\n', encoding="utf-8")
    read = read_script(path)
    assert (read.name, read.steps) == ("parcel", (Expect({"type": "response.create"}),))


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("steps = 3", "array of 'steps'"),
        ("[[steps]]\nexpect = 3", "Step 1"),
        ("[[steps]]\nanswer = [{ shout = 'x' }]", "Step 1: an answer"),
        ("steps = []\nmood = 'good'", "no member 'mood'"),
        ("steps = [", "is not TOML"),
    ],
)
def test_mistakes_in_scripts_are_named(tmp_path: Path, text: str, message: str) -> None:
    path = tmp_path / "bad.toml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(ScriptError, match=message):
        read_script(path)
    with pytest.raises(ScriptError, match="cannot be read"):
        read_script(tmp_path / "missing.toml")
