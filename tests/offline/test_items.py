"""Conversation items: placed, shown, cut, removed; and the errors of each."""

import asyncio
import base64
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from typing import Any

import pytest

from agent_service.audio import decode_mulaw
from agent_service.offline.ports import CallTool, ContextMessage, Say

Provide = Callable[..., AbstractAsyncContextManager[Any]]
Sound = Callable[[int], bytes]


def message(text: str, role: str = "user", **members: Any) -> dict[str, Any]:
    kind = "output_text" if role == "assistant" else "input_text"
    return {
        "type": "message",
        "role": role,
        "content": [{"type": kind, "text": text}],
        **members,
    }


async def created(client: Any, item: dict[str, Any], **members: Any) -> dict[str, Any]:
    """Create an item and return the announcement, or the error."""
    await client.send("conversation.item.create", item=item, **members)
    while True:
        event: dict[str, Any] = await client.receive()
        if event["type"] in ("conversation.item.added", "conversation.item.created", "error"):
            return event


def test_items_go_where_the_client_wants_them(provide: Provide) -> None:
    async def scenario() -> None:
        async with provide() as provider, provider.client() as client:
            await created(client, message("two", id="item_2"))
            root = await created(client, message("one", id="item_1"), previous_item_id="root")
            end = await created(client, message("four", id="item_4"), previous_item_id=None)
            between = await created(client, message("three"), previous_item_id="item_2")
            assert root["previous_item_id"] is None
            assert end["previous_item_id"] == "item_2"
            assert between["previous_item_id"] == "item_2"
            await client.send("response.create")
            await client.until("response.done")
            (context,) = provider.responder.contexts
            assert [item.text for item in context.items] == ["one", "two", "three", "four"]

    asyncio.run(scenario())


@pytest.mark.parametrize(
    ("item", "members", "code", "param"),
    [
        (message("x", id="item_1"), {}, "item_create_invalid_item_id", "item.id"),
        (
            message("x"),
            {"previous_item_id": "item_9"},
            "item_create_invalid_item_id",
            "previous_item_id",
        ),
        (message("x", id="i" * 33), {}, "string_above_max_length", "item.id"),
        ({"type": "poem"}, {}, "invalid_value", "item.type"),
        ({"role": "user"}, {}, "missing_required_parameter", "item.type"),
        (message("x", role="robot"), {}, "invalid_value", "item.role"),
        (
            {"type": "message", "role": "user", "content": [{"type": "output_text", "text": "x"}]},
            {},
            "unsupported_content_type",
            "item.content[0].type",
        ),
        (
            {
                "type": "message",
                "role": "assistant",
                "content": [{"type": "output_audio", "audio": ""}],
            },
            {},
            "missing_required_parameter",
            "item.content[0].text",
        ),
        (
            {"type": "message", "role": "user", "content": [{"type": "input_text"}]},
            {},
            "missing_required_parameter",
            "item.content[0].text",
        ),
        (message("x", mood="good"), {}, "unknown_parameter", "item.mood"),
        (
            {"type": "function_call_output", "call_id": "call_9", "output": "{}"},
            {},
            "invalid_tool_call_id",
            "item.call_id",
        ),
        (
            {
                "type": "message",
                "role": "user",
                "content": [{"type": "input_audio", "audio": "not base64!"}],
            },
            {},
            "invalid_value",
            "item.content[0].audio",
        ),
        (
            {
                "type": "message",
                "role": "user",
                "content": [{"type": "input_image", "image_url": "https://pictures.test/a.png"}],
            },
            {},
            "invalid_value",
            "item.content[0].image_url",
        ),
    ],
)
def test_items_that_cannot_be_created(
    provide: Provide, item: dict[str, Any], members: dict[str, Any], code: str, param: str
) -> None:
    async def scenario() -> None:
        async with provide() as provider, provider.client() as client:
            await created(client, message("first", id="item_1"))
            event = await created(client, item, event_id="evt_7", **members)
            error = event["error"]
            assert (error["code"], error["param"]) == (code, param)
            assert error["event_id"] == "evt_7"
            await client.send("response.create")
            await client.until("response.done")
            assert len(provider.responder.contexts[0].items) == 1

    asyncio.run(scenario())


def test_clients_keep_the_ids_they_choose(provide: Provide) -> None:
    async def scenario() -> None:
        async with provide() as provider, provider.client("a1") as client:
            chosen = "item-" + "a" * 27
            item = {
                "type": "message",
                "id": chosen,
                "role": "assistant",
                "content": [{"type": "text", "text": "How can I help?"}],
            }
            event = await created(client, item, previous_item_id=None)
            assert event["item"]["id"] == chosen
            assert event["item"]["object"] == "realtime.item"

    asyncio.run(scenario())


def test_spoken_items_are_recognised_for_the_responder(provide: Provide, tone: Sound) -> None:
    async def scenario() -> None:
        async with provide() as provider, provider.client() as client:
            provider.speech.hears("where is my parcel")
            audio = base64.b64encode(tone(300)).decode()
            content = [{"type": "input_audio", "audio": audio}]
            item = {"type": "message", "role": "user", "content": content}
            event = await created(client, item)
            assert event["item"]["content"] == [{"type": "input_audio", "transcript": None}]
            await client.send("response.create")
            await client.until("response.done")
            (context,) = provider.responder.contexts
            assert context.items == (ContextMessage("user", "where is my parcel"),)

    asyncio.run(scenario())


def test_pictures_are_counted_and_named_as_such(provide: Provide) -> None:
    async def scenario() -> None:
        async with provide() as provider, provider.client() as client:
            picture = {"type": "input_image", "image_url": "data:image/png;base64,iVBORw0KGgo="}
            item = message("What is this?")
            item["content"].append(picture)
            event = await created(client, item)
            assert event["item"]["content"][1] == picture | {"detail": "auto"}
            await client.send("response.create")
            usage = (await client.until("response.done"))["response"]["usage"]
            assert usage["input_token_details"]["image_tokens"] > 0
            assert provider.responder.contexts[0].items[0].text == "What is this? [a picture]"

    asyncio.run(scenario())


def test_retrieved_items_show_their_audio(provide: Provide) -> None:
    async def scenario() -> None:
        async with provide() as provider, provider.client() as client:
            provider.responder.answers_with(Say("one two three"))
            await client.say("count")
            done = await client.until("response.done")
            spoken = done["response"]["output"][0]["id"]
            await client.send("conversation.item.retrieve", item_id=spoken)
            item = (await client.until("conversation.item.retrieved"))["item"]
            (part,) = item["content"]
            assert base64.b64decode(part["audio"]) == client.audio()
            assert part["transcript"] == "one two three"

    asyncio.run(scenario())


@pytest.mark.parametrize("verb", ["retrieve", "delete"])
def test_unknown_items(provide: Provide, verb: str) -> None:
    async def scenario() -> None:
        async with provide() as provider, provider.client() as client:
            await client.send(f"conversation.item.{verb}", item_id="item_9")
            error = (await client.until("error"))["error"]
            assert error["code"] == f"item_{verb}_invalid_item_id"
            assert error["param"] == "item_id"

    asyncio.run(scenario())


def test_the_first_preview_has_no_retrieval(provide: Provide) -> None:
    async def scenario() -> None:
        async with provide() as provider, provider.client("a1") as client:
            await client.send("conversation.item.retrieve", item_id="item_9")
            assert (await client.until("error"))["error"]["code"] == "invalid_event"

    asyncio.run(scenario())


def test_deleted_items_are_forgotten(provide: Provide) -> None:
    async def scenario() -> None:
        async with provide() as provider, provider.client() as client:
            await created(client, message("one", id="item_1"))
            await created(client, message("two", id="item_2"))
            await client.send("conversation.item.delete", item_id="item_1")
            assert (await client.until("conversation.item.deleted"))["item_id"] == "item_1"
            third = await created(client, message("three"))
            assert third["previous_item_id"] == "item_2"
            await client.send("response.create")
            await client.until("response.done")
            texts = [item.text for item in provider.responder.contexts[0].items]
            assert texts == ["two", "three"]

    asyncio.run(scenario())


async def cut_answer(provider: Any, client: Any, audio_end_ms: int) -> str:
    """Let the assistant say four words of 60 ms each in two sentences, and cut the answer."""
    provider.responder.answers_with(Say("One two.\nThree four.\n"))
    await client.say("count")
    done = await client.until("response.done")
    item_id: str = done["response"]["output"][0]["id"]
    await client.send(
        "conversation.item.truncate",
        item_id=item_id,
        content_index=0,
        audio_end_ms=audio_end_ms,
    )
    return item_id


@pytest.mark.parametrize(
    ("heard_ms", "heard"),
    [
        (0, ""),
        (40, ""),
        (60, "One"),
        (119, "One"),
        (120, "One two."),
        (200, "One two.\nThree"),
        (240, None),
    ],
)
def test_truncation_cuts_the_words_to_what_was_heard(
    provide: Provide, heard_ms: int, heard: str | None
) -> None:
    async def scenario() -> None:
        async with provide() as provider, provider.client() as client:
            item_id = await cut_answer(provider, client, heard_ms)
            truncated = await client.until("conversation.item.truncated")
            assert truncated["audio_end_ms"] == heard_ms
            await client.send("conversation.item.retrieve", item_id=item_id)
            (part,) = (await client.until("conversation.item.retrieved"))["item"]["content"]
            assert part["transcript"] is None
            assert len(base64.b64decode(part["audio"])) == heard_ms * 48
            await client.say("go on")
            await client.until("response.done")
            seen = provider.responder.contexts[-1].items[1].text
            assert seen == ("One two.\nThree four." if heard is None else heard)

    asyncio.run(scenario())


def test_truncation_beyond_the_end_is_refused(provide: Provide) -> None:
    async def scenario() -> None:
        async with provide() as provider, provider.client("a1") as client:
            await cut_answer(provider, client, 5_000)
            error = (await client.until("error"))["error"]
            assert (error["code"], error["param"]) == ("invalid_value", "audio_end_ms")
            assert error["message"] == "Audio content of 240ms is already shorter than 5000ms"

    asyncio.run(scenario())


def test_only_spoken_answers_can_be_truncated(provide: Provide) -> None:
    async def scenario() -> None:
        async with provide() as provider, provider.client() as client:
            await created(client, message("typed", id="item_1"))
            for item_id in ("item_1", "item_9"):
                await client.send(
                    "conversation.item.truncate", item_id=item_id, content_index=0, audio_end_ms=0
                )
                error = (await client.until("error"))["error"]
                assert error["code"] == "item_truncate_invalid_item_id"
            await client.send("conversation.item.truncate", item_id="item_1", content_index=0)
            error = (await client.until("error"))["error"]
            assert error["code"] == "missing_required_parameter"

    asyncio.run(scenario())


def test_truncation_during_the_answer_is_allowed(provide: Provide) -> None:
    async def scenario() -> None:
        async with provide() as provider, provider.client() as client:
            gate = asyncio.Event()
            provider.responder.answers_with(Say("One two three four five.\n"), gate, Say("Six.\n"))
            await client.say("count")
            delta = await client.until("response.output_audio.delta")
            await client.send(
                "conversation.item.truncate",
                item_id=delta["item_id"],
                content_index=0,
                audio_end_ms=60,
            )
            await client.until("conversation.item.truncated")
            gate.set()
            await client.until("response.done")
            await client.say("go on")
            await client.until("response.done")
            assert "Six" not in provider.responder.contexts[-1].items[1].text

    asyncio.run(scenario())


def test_g711_items_are_shown_in_their_own_format(provide: Provide) -> None:
    async def scenario() -> None:
        async with provide() as provider, provider.client() as client:
            form = {"format": {"type": "audio/pcmu"}}
            session = {"type": "realtime", "audio": {"output": form}}
            await client.send("session.update", session=session)
            provider.responder.answers_with(Say("one two three four"))
            await client.say("count")
            done = await client.until("response.done")
            audio = client.audio()
            assert len(audio) == 240 * 8
            assert max(decode_mulaw(audio)) > 0
            item_id = done["response"]["output"][0]["id"]
            await client.send("conversation.item.retrieve", item_id=item_id)
            (part,) = (await client.until("conversation.item.retrieved"))["item"]["content"]
            assert base64.b64decode(part["audio"]) == audio

    asyncio.run(scenario())


def test_outputs_of_known_calls_reach_the_responder(provide: Provide) -> None:
    async def scenario() -> None:
        async with provide() as provider, provider.client("beta") as client:
            provider.responder.answers_with(CallTool("find", "{}"), CallTool("find", '{"n":2}'))
            await client.say("find")
            done = await client.until("response.done")
            for number, call in enumerate(done["response"]["output"]):
                item = {
                    "type": "function_call_output",
                    "call_id": call["call_id"],
                    "output": f"result {number}",
                }
                event = await created(client, item)
                assert event["item"]["output"] == f"result {number}"
            await client.send("response.create")
            await client.until("response.done")
            outputs = [
                i.output for i in provider.responder.contexts[-1].items if hasattr(i, "output")
            ]
            assert outputs == ["result 0", "result 1"]

    asyncio.run(scenario())
