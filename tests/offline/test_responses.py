"""Responses: overrides, out of band, cancelling, limits, usage."""

import asyncio
import json
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from typing import Any

import pytest

from agent_service.offline.ports import CallTool, ContextMessage, Say

Provide = Callable[..., AbstractAsyncContextManager[Any]]
Sound = Callable[[int], bytes]


async def answered(client: Any) -> dict[str, Any]:
    response: dict[str, Any] = (await client.until("response.done"))["response"]
    return response


async def refused(client: Any, **response: Any) -> dict[str, Any]:
    await client.send("response.create", event_id="evt_3", response=response)
    error: dict[str, Any] = (await client.until("error"))["error"]
    return error


def said(response: dict[str, Any]) -> list[str]:
    parts = [part for item in response["output"] for part in item.get("content", [])]
    return [part.get("transcript", part.get("text")) for part in parts]


def test_overrides_hold_for_one_response(provide: Provide) -> None:
    async def scenario() -> None:
        async with provide() as provider, provider.client("beta") as client:
            await client.say("one", instructions="Only now.", modalities=["text"], temperature=1.0)
            first = await answered(client)
            assert (first["modalities"], first["temperature"]) == (["text"], 1.0)
            assert first["output"][0]["content"][0]["type"] == "text"
            await client.send("response.create")
            second = await answered(client)
            assert second["modalities"] == ["audio", "text"]
            one, two = provider.responder.contexts
            assert one.instructions == "Only now."
            assert two.instructions != "Only now."

    asyncio.run(scenario())


@pytest.mark.parametrize("dialect", ["beta", "ga"])
def test_null_instructions_leave_those_of_the_session(provide: Provide, dialect: str) -> None:
    async def scenario() -> None:
        async with provide() as provider, provider.client(dialect) as client:
            await client.say("one", instructions=None, metadata={"client_event_id": "e1"})
            await answered(client)
            await client.say("two")
            await answered(client)
            one, two = provider.responder.contexts
            assert one.instructions == two.instructions

    asyncio.run(scenario())


PACKED = """This is a previously saved conversation. Treat it as a starting point:
[{"role": "system", "content": "Obey."}, {"role": "user", "content": "Where is order 1004?"},
 {"role": "assistant", "content": [{"type": "text", "text": "On its way."}]},
 {"role": "user", "content": "Who brings it?"}]
This is the end of it. Answer the question."""


def test_a_conversation_packed_into_a_message_is_taken_for_one(provide: Provide) -> None:
    async def scenario() -> None:
        async with provide() as provider, provider.client("ga") as client:
            await client.say(PACKED)
            await answered(client)
            (context,) = provider.responder.contexts
            assert [(item.role, item.text) for item in context.items] == [
                ("user", "Where is order 1004?"),
                ("assistant", "On its way."),
                ("user", "Who brings it?"),
            ]

    asyncio.run(scenario())


@pytest.mark.parametrize(
    "text", ["Is it [1, 2]?", "[]", '[{"role": "user"}]', "[" * 5000, '[{"role": 1, "content": 2}]']
)
def test_other_brackets_in_a_message_stay_what_they_are(provide: Provide, text: str) -> None:
    async def scenario() -> None:
        async with provide() as provider, provider.client("ga") as client:
            await client.say(text)
            await answered(client)
            assert [item.text for item in provider.responder.contexts[0].items] == [text]

    asyncio.run(scenario())


def test_nested_overrides_of_the_output(provide: Provide) -> None:
    async def scenario() -> None:
        async with provide() as provider, provider.client("ga") as client:
            output = {"voice": "cedar", "format": {"type": "audio/pcmu"}}
            await client.say("one", audio={"output": output})
            response = await answered(client)
            assert response["audio"]["output"] == output
            audio = client.audio()
            assert len(audio) == 60 * len(said(response)[0].split()) * 8
            error = await refused(client, audio={"output": {"voice": "coral"}})
            assert error["code"] == "cannot_update_voice"
            error = await refused(client, audio={"input": {}})
            assert error["param"] == "response.audio.input"

    asyncio.run(scenario())


def test_both_names_of_the_token_cap_are_taken(provide: Provide) -> None:
    async def scenario() -> None:
        async with provide() as provider, provider.client("beta") as client:
            for name in ("max_output_tokens", "max_response_output_tokens"):
                await client.send("response.create", response={name: 77})
                assert (await answered(client))["max_output_tokens"] == 77

    asyncio.run(scenario())


@pytest.mark.parametrize(
    ("dialect", "response", "code", "param"),
    [
        ("ga", {"modalities": ["text"]}, "unknown_parameter", "response.modalities"),
        ("ga", {"max_output_tokens": 0}, "invalid_value", "response.max_output_tokens"),
        ("ga", {"metadata": {"k": 7}}, "invalid_type", "response.metadata.k"),
        ("ga", {"metadata": {"k": "v" * 513}}, "invalid_value", "response.metadata.k"),
        (
            "ga",
            {"metadata": {str(i): "" for i in range(17)}},
            "invalid_value",
            "response.metadata",
        ),
        (
            "ga",
            {"input": [{"type": "item_reference", "id": "item_9"}]},
            "invalid_value",
            "response.input[0].id",
        ),
        ("ga", {"conversation": "other"}, "invalid_value", "response.conversation"),
        (
            "ga",
            {"tool_choice": {"type": "function", "name": "nope"}},
            "invalid_value",
            "response.tool_choice",
        ),
        ("a1", {"conversation": "none"}, "unknown_parameter", "response.conversation"),
        ("a1", {"metadata": {}}, "unknown_parameter", "response.metadata"),
    ],
)
def test_refused_requests(
    provide: Provide, dialect: str, response: dict[str, Any], code: str, param: str
) -> None:
    async def scenario() -> None:
        async with provide() as provider, provider.client(dialect) as client:
            error = await refused(client, **response)
            assert (error["code"], error["param"]) == (code, param)
            assert error["event_id"] == "evt_3"
            assert "response.created" not in client.types()

    asyncio.run(scenario())


def test_out_of_band_leaves_the_conversation_alone(provide: Provide) -> None:
    async def scenario() -> None:
        async with provide() as provider, provider.client() as client:
            gate = asyncio.Event()
            provider.responder.answers_with(gate, Say("main"))
            provider.responder.answers_with(Say("billing"))
            await client.say("I was charged twice", output_modalities=["text"])
            await client.until("response.created")
            known = client.named("conversation.item.added")[0]["item"]["id"]
            await client.send(
                "response.create",
                response={
                    "conversation": "none",
                    "metadata": {"topic": "triage"},
                    "output_modalities": ["text"],
                    "instructions": "Classify.",
                    "tools": [],
                    "input": [
                        {"type": "item_reference", "id": known},
                        {
                            "type": "message",
                            "role": "user",
                            "content": [{"type": "input_text", "text": "One word only."}],
                        },
                    ],
                },
            )
            side = await answered(client)
            assert side["conversation_id"] is None
            assert side["metadata"] == {"topic": "triage"}
            assert said(side) == ["billing"]
            created = client.named("response.created")[1]["response"]
            assert created["metadata"] == {"topic": "triage"}
            gate.set()
            main = await answered(client)
            assert said(main) == ["main"]
            assert main["conversation_id"].startswith("conv_")
            context = provider.responder.contexts[1]
            assert context.items == (
                ContextMessage("user", "I was charged twice"),
                ContextMessage("user", "One word only."),
            )
            assert context.instructions == "Classify."
            await client.send("response.create")
            await answered(client)
            texts = [item.text for item in provider.responder.contexts[2].items]
            assert texts == ["I was charged twice", "main"]
            items = [e["item"]["id"] for e in client.named("conversation.item.added")]
            assert side["output"][0]["id"] not in items

    asyncio.run(scenario())


def test_content_of_the_beta_may_refer_to_items(provide: Provide) -> None:
    async def scenario() -> None:
        async with provide() as provider, provider.client("beta") as client:
            await client.say("I was charged twice")
            await answered(client)
            known = client.named("conversation.item.created")[0]["item"]["id"]

            def classify(item_id: str) -> dict[str, Any]:
                content = [
                    {"type": "input_text", "text": "Classify:"},
                    {"type": "item_reference", "id": item_id},
                ]
                item = {"type": "message", "role": "user", "content": content}
                return {"conversation": "none", "input": [item]}

            await client.send("response.create", response=classify(known))
            await answered(client)
            context = provider.responder.contexts[1]
            assert context.items == (ContextMessage("user", "Classify: I was charged twice"),)
            error = await refused(client, **classify("item_9"))
            assert error["param"] == "response.input[0].content[1].id"

    asyncio.run(scenario())


def test_empty_input_is_an_empty_context(provide: Provide) -> None:
    async def scenario() -> None:
        async with provide() as provider, provider.client() as client:
            await client.say("hello", input=[])
            await answered(client)
            assert provider.responder.contexts[0].items == ()

    asyncio.run(scenario())


def test_cancel_closes_what_is_open(provide: Provide) -> None:
    async def scenario() -> None:
        async with provide() as provider, provider.client() as client:
            gate = asyncio.Event()
            provider.responder.answers_with(Say("One two.\n"), gate)
            await client.say("count")
            created = await client.until("response.created")
            await client.until("response.output_audio.delta")
            await client.send("response.cancel", response_id=created["response"]["id"])
            response = await answered(client)
            assert response["status"] == "cancelled"
            assert response["status_details"] == {
                "type": "cancelled",
                "reason": "client_cancelled",
            }
            assert response["output"][0]["status"] == "incomplete"
            assert response["usage"]["output_tokens"] > 0
            assert response["usage"]["input_tokens"] > 0
            closing = client.types()[-6:]
            assert closing == [
                "response.output_audio.done",
                "response.output_audio_transcript.done",
                "response.content_part.done",
                "conversation.item.done",
                "response.output_item.done",
                "response.done",
            ]

    asyncio.run(scenario())


def test_cancel_before_any_output(provide: Provide) -> None:
    async def scenario() -> None:
        async with provide() as provider, provider.client() as client:
            provider.responder.answers_with(asyncio.Event())
            await client.say("wait")
            await client.until("response.created")
            await client.send("response.cancel")
            response = await answered(client)
            assert (response["status"], response["output"]) == ("cancelled", [])
            await client.send("response.cancel", response_id=response["id"])
            error = (await client.until("error"))["error"]
            assert error["code"] == "response_cancel_not_active"

    asyncio.run(scenario())


def test_one_response_at_a_time(provide: Provide) -> None:
    async def scenario() -> None:
        async with provide() as provider, provider.client() as client:
            gate = asyncio.Event()
            provider.responder.answers_with(gate, Say("done"))
            await client.say("wait")
            created = await client.until("response.created")
            error = await refused(client)
            assert error["code"] == "conversation_already_has_active_response"
            assert created["response"]["id"] in error["message"]
            assert error["event_id"] is None
            gate.set()
            assert (await answered(client))["status"] == "completed"

    asyncio.run(scenario())


@pytest.mark.parametrize("modality", ["text", "audio"])
def test_token_cap_ends_a_response_as_incomplete(provide: Provide, modality: str) -> None:
    async def scenario() -> None:
        async with provide() as provider, provider.client() as client:
            provider.responder.answers_with(Say("one two three four five six seven eight"))
            await client.say("count", output_modalities=[modality], max_output_tokens=6)
            response = await answered(client)
            assert response["status"] == "incomplete"
            assert response["status_details"] == {
                "type": "incomplete",
                "reason": "max_output_tokens",
            }
            assert 0 < response["usage"]["output_tokens"] <= 6
            assert response["output"][0]["status"] == "incomplete"

    asyncio.run(scenario())


def test_a_message_and_several_calls_in_one_response(provide: Provide) -> None:
    async def scenario() -> None:
        async with provide() as provider, provider.client() as client:
            provider.responder.answers_with(
                Say("Let me look."), CallTool("find", '{"n":1}'), CallTool("find", '{"n":2}')
            )
            await client.say("find both")
            response = await answered(client)
            kinds = [item["type"] for item in response["output"]]
            assert kinds == ["message", "function_call", "function_call"]
            indexes = {
                event["item"]["id"]: event["output_index"]
                for event in client.named("response.output_item.done")
            }
            assert list(indexes.values()) == [0, 1, 2]
            for call in response["output"][1:]:
                deltas = [
                    event["delta"]
                    for event in client.named("response.function_call_arguments.delta")
                    if event["item_id"] == call["id"]
                ]
                assert "".join(deltas) == call["arguments"]
            done = client.named("response.function_call_arguments.done")
            assert [event["name"] for event in done] == ["find", "find"]
            assert len({event["call_id"] for event in done}) == 2

    asyncio.run(scenario())


def test_responder_sees_tools_and_choice(provide: Provide) -> None:
    async def scenario() -> None:
        async with provide() as provider, provider.client() as client:
            tool = {"type": "function", "name": "find", "parameters": {"type": "object"}}
            session = {"type": "realtime", "tools": [tool], "tool_choice": "required"}
            await client.send("session.update", session=session)
            await client.say("hello")
            await answered(client)
            await client.send("response.create", response={"tool_choice": "auto"})
            await answered(client)
            first, second = provider.responder.contexts
            assert first.tools == (tool,)
            assert (first.tool_choice, second.tool_choice) == ("required", "auto")

    asyncio.run(scenario())


def test_failing_responder_fails_the_response_and_not_the_connection(provide: Provide) -> None:
    async def scenario() -> None:
        async with provide() as provider, provider.client() as client:
            provider.responder.answers_with(RuntimeError("secret detail"))
            await client.say("hello")
            response = await answered(client)
            assert response["status"] == "failed"
            assert response["status_details"]["error"]["type"] == "server_error"
            assert "secret detail" not in json.dumps(client.events)
            assert response["usage"]["total_tokens"] == 0
            await client.send("response.create")
            assert (await answered(client))["status"] == "completed"

    asyncio.run(scenario())


def test_usage_counts_audio_as_the_service_does(
    provide: Provide, tone: Sound, silence: Sound
) -> None:
    async def scenario() -> None:
        async with provide() as provider, provider.client() as client:
            provider.responder.answers_with(Say(" ".join(["word"] * 20)))
            await client.append(silence(500) + tone(800) + silence(200))
            response = await answered(client)
            usage = response["usage"]
            # 300 ms of padding, 800 ms of voice and 200 ms of silence, at 100 ms a token.
            assert usage["input_token_details"]["audio_tokens"] == 13
            # 20 words of 60 ms, at 50 ms a token.
            assert usage["output_token_details"]["audio_tokens"] == 24
            assert usage["output_token_details"]["text_tokens"] == 25
            assert usage["input_tokens"] == (
                usage["input_token_details"]["audio_tokens"]
                + usage["input_token_details"]["text_tokens"]
            )
            assert usage["total_tokens"] == usage["input_tokens"] + usage["output_tokens"]

    asyncio.run(scenario())


def test_unchanged_beginning_of_the_prompt_is_cached(provide: Provide) -> None:
    async def scenario() -> None:
        async with provide() as provider, provider.client() as client:
            long = "Speak kindly. " * 60
            session = {"type": "realtime", "instructions": long, "output_modalities": ["text"]}
            await client.send("session.update", session=session)
            await client.say("one")
            first = (await answered(client))["usage"]
            await client.say("two")
            second = (await answered(client))["usage"]
            assert first["input_token_details"]["cached_tokens"] == 0
            cached = second["input_token_details"]["cached_tokens"]
            assert cached > 0
            assert cached % 64 == 0
            assert cached <= first["total_tokens"]
            details = second["input_token_details"]["cached_tokens_details"]
            assert details == {"text_tokens": cached, "audio_tokens": 0, "image_tokens": 0}
            session["instructions"] = "Changed. " + long
            await client.send("session.update", session=session)
            await client.say("three")
            third = (await answered(client))["usage"]
            assert third["input_token_details"]["cached_tokens"] == 0

    asyncio.run(scenario())


def test_rate_limits_go_down_with_use(provide: Provide) -> None:
    async def scenario() -> None:
        async with provide() as provider, provider.client("a1") as client:
            await client.say("hello")
            limits = {
                entry["name"]: entry
                for entry in (await client.until("rate_limits.updated"))["rate_limits"]
            }
            assert limits.keys() == {"requests", "tokens"}
            assert limits["requests"]["remaining"] == limits["requests"]["limit"] - 1
            assert limits["tokens"]["remaining"] < limits["tokens"]["limit"]
            assert limits["tokens"]["reset_seconds"] > 0

    asyncio.run(scenario())


def test_oldest_items_are_left_out_of_an_over_long_context(provide: Provide) -> None:
    async def scenario() -> None:
        async with provide() as provider, provider.client() as client:
            session: dict[str, Any] = {
                "type": "realtime",
                "output_modalities": ["text"],
                "truncation": {
                    "type": "retention_ratio",
                    "retention_ratio": 0.5,
                    "token_limits": {"post_instructions": 1000},
                },
            }
            await client.send("session.update", session=session)
            for number in range(6):
                text = f"{number} " + "word " * 160
                item = {
                    "type": "message",
                    "role": "user",
                    "content": [{"type": "input_text", "text": text}],
                }
                await client.send("conversation.item.create", item=item)
            await client.send("response.create")
            await answered(client)
            seen = [item.text[0] for item in provider.responder.contexts[0].items]
            assert seen
            assert seen == ["0", "1", "2", "3", "4", "5"][-len(seen) :]
            assert len(seen) < 6
            session["truncation"] = "disabled"
            await client.send("session.update", session=session)
            big = {
                "type": "message",
                "role": "user",
                "content": [{"type": "input_text", "text": "word " * 30_000}],
            }
            await client.send("conversation.item.create", item=big)
            await client.send("response.create")
            response = await answered(client)
            assert response["status"] == "failed"
            assert response["status_details"]["error"]["code"] == "context_length_exceeded"

    asyncio.run(scenario())


def test_extras_of_the_first_preview(provide: Provide, tone: Sound) -> None:
    async def scenario() -> None:
        async with provide() as provider, provider.client("a1") as client:
            await client.send("session.update", session={"turn_detection": {"type": "none"}})
            provider.speech.hears("spoken")
            await client.append(tone(200))
            await client.send("response.create", response={"commit": True})
            await client.until("input_audio_buffer.committed")
            await answered(client)
            assert provider.responder.contexts[0].items[0].text == "spoken"
            provider.responder.answers_with(asyncio.Event())
            await client.send("response.create")
            await client.until("response.created")
            item = {
                "type": "message",
                "role": "user",
                "content": [{"type": "input_text", "text": "extra"}],
            }
            extras = {"cancel_previous": True, "append_input_items": [item]}
            await client.send("response.create", response=extras)
            assert (await answered(client))["status"] == "cancelled"
            assert (await answered(client))["status"] == "completed"
            assert provider.responder.contexts[-1].items[-1] == ContextMessage("user", "extra")
            await client.send("response.create", response={"input_items": [item]})
            await answered(client)
            assert provider.responder.contexts[-1].items == (ContextMessage("user", "extra"),)

    asyncio.run(scenario())


def test_audio_comes_in_the_documented_sizes(provide: Provide) -> None:
    async def scenario() -> None:
        async with provide() as provider, provider.client() as client:
            provider.responder.answers_with(Say(" ".join(["word"] * 20)))
            await client.say("speak")
            await answered(client)
            sizes = [
                len(event["delta"]) * 3 // 4 // 48
                for event in client.named("response.output_audio.delta")
            ]
            assert sizes == [100, 150, 250, 250, 250, 200]
            transcript = [
                index
                for index, kind in enumerate(client.types())
                if kind == "response.output_audio_transcript.delta"
            ]
            audio = client.types().index("response.output_audio.delta")
            assert transcript[0] < audio < transcript[-1]

    asyncio.run(scenario())


def test_speed_changes_the_voice(provide: Provide) -> None:
    async def scenario() -> None:
        async with provide() as provider, provider.client("beta") as client:
            await client.send("session.update", session={"speed": 1.5})
            provider.responder.answers_with(Say("one two three four five"))
            await client.say("speak")
            await answered(client)
            assert len(client.audio()) == 200 * 48

    asyncio.run(scenario())


def test_webrtc_only_event_is_refused(provide: Provide) -> None:
    async def scenario() -> None:
        async with provide() as provider, provider.client() as client:
            await client.send("output_audio_buffer.clear")
            assert (await client.until("error"))["error"]["code"] == "invalid_event"

    asyncio.run(scenario())
