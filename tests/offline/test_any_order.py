"""Whatever a client sends, in whatever order: every promise of the protocol holds."""

import asyncio
import base64
import json
import random
from collections import Counter
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from pathlib import Path
from typing import Any

import pytest

from agent_service.offline.ports import CallTool, ResponsePart, Say

DATA = Path(__file__).parent.parent / "data" / "realtime"
EVENTS = 80

Provide = Callable[..., AbstractAsyncContextManager[Any]]
Sound = Callable[[int], bytes]

JUNK: list[Any] = [None, 0, -1, 1.5, "", "x" * 600, [], {}, {"type": "x"}, True, "\u0000", 2**40]


def damaged(value: Any, chance: random.Random) -> Any:
    """Return a value with something in it replaced, removed or added."""
    if isinstance(value, dict) and value:
        changed = dict(value)
        key = chance.choice([name for name in changed if name != "type"] or list(changed))
        match chance.randrange(4):
            case 0:
                del changed[key]
            case 1:
                changed["surprise"] = 1
            case 2:
                changed[key] = chance.choice(JUNK)
            case _:
                changed[key] = damaged(changed[key], chance)
        return changed
    return chance.choice(JUNK)


def answers(chance: random.Random) -> list[ResponsePart]:
    parts: list[ResponsePart] = []
    for _ in range(chance.randrange(3)):
        parts.append(Say("Some words that take a moment.\n" * chance.randrange(1, 4)))
    for _ in range(chance.randrange(3)):
        parts.append(CallTool("lookup_order", '{"order_no": "7741"}'))
    return parts


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize("dialect", ["a1", "beta", "ga"])
def test_promises_hold(
    provide: Provide, tone: Sound, silence: Sound, dialect: str, seed: int
) -> None:
    chance = random.Random(f"{dialect}{seed}")
    samples = json.loads(
        (DATA / f"client-events-{'ga' if dialect == 'ga' else 'beta'}.json").read_text()
    )
    # A transcription session has no responses, about which most promises are.
    samples = [sample for sample in samples if "transcription" not in json.dumps(sample)[:150]]
    sounds = [base64.b64encode(sound).decode() for sound in (tone(250), silence(250))]

    def event(client: Any) -> dict[str, Any]:
        if chance.random() < 0.4:
            return {"type": "input_audio_buffer.append", "audio": chance.choice(sounds)}
        known = [e["item"]["id"] for e in client.events if isinstance(e.get("item"), dict)]
        chosen: dict[str, Any] = dict(chance.choice(samples))
        if known and "item_id" in chosen:
            chosen["item_id"] = chance.choice(known)
        if chosen["type"] == "response.create" and chance.random() < 0.7:
            del chosen["response"]
        if chance.random() < 0.3:
            chosen = damaged(chosen, chance)
        return chosen

    async def scenario() -> None:
        async with provide(guard_s=20) as provider, provider.client(dialect) as client:
            provider.speech.by_length = lambda ms: "some words"
            await client.until("session.created")
            for number in range(EVENTS):
                provider.responder.answers.append(answers(chance))
                asks = number % 10 == 9
                sent = ({"type": "response.create"} if asks else event(client)) | {
                    "event_id": f"evt_{number}"
                }
                await client.socket.send(json.dumps(sent))
                await client.send("input_audio_buffer.commit", event_id=f"mark_{number}")
                await answered_mark(client, f"mark_{number}")
            await idle(client)
            check(client.events)

    asyncio.run(scenario())


async def answered_mark(client: Any, mark: str) -> None:
    """Receive until the server has dealt with the event before: commits are always answered."""
    while True:
        event = await client.receive()
        if event["type"] == "input_audio_buffer.committed":
            return
        if event["type"] == "error" and event["error"]["event_id"] == mark:
            return


async def idle(client: Any) -> None:
    """Let running responses end."""
    while open_ids(client.events):
        await client.receive()


def open_ids(events: list[dict[str, Any]]) -> set[str]:
    begun = {e["response"]["id"] for e in events if e["type"] == "response.created"}
    return begun - {e["response"]["id"] for e in events if e["type"] == "response.done"}


def check(events: list[dict[str, Any]]) -> None:
    kinds = Counter(event["type"] for event in events)
    assert kinds["response.created"] == kinds["response.done"] > 0
    assert kinds["response.output_item.added"] == kinds["response.output_item.done"]
    assert kinds["response.content_part.added"] == kinds["response.content_part.done"]
    assert not [e for e in events if e["type"] == "error" and e["error"]["type"] == "server_error"]
    ids = [event["event_id"] for event in events]
    assert len(set(ids)) == len(ids)
    running: set[str] = set()
    begun: set[str] = set()
    for event in events:
        match event["type"]:
            case "response.created":
                begun.add(event["response"]["id"])
                if event["response"].get("conversation_id", "") is not None:
                    assert not running, "two responses of the conversation at once"
                    running.add(event["response"]["id"])
            case "response.done":
                running.discard(event["response"]["id"])
                begun.remove(event["response"]["id"])
                assert event["response"]["usage"] is not None
            case name if name.startswith("response.") and name.endswith(".delta"):
                assert event["response_id"] in begun
