"""Callers who fall silent after an answer are spoken to: by their audio, and by the clock."""

import asyncio
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, field
from typing import Any

from agent_service.offline.ports import Say

Provide = Callable[..., AbstractAsyncContextManager[Any]]
Sound = Callable[[int], bytes]


async def wait_for_idle_callers(client: Any) -> None:
    detection = {"type": "server_vad", "idle_timeout_ms": 5000}
    audio = {"input": {"turn_detection": detection}}
    await client.send("session.update", session={"type": "realtime", "audio": audio})
    await client.until("session.updated")


@dataclass
class HandClock:
    """Lets time pass when the test says so."""

    waits: asyncio.Queue[tuple[float, asyncio.Event]] = field(default_factory=asyncio.Queue)

    async def wait(self, seconds: float) -> None:
        over = asyncio.Event()
        self.waits.put_nowait((seconds, over))
        await over.wait()


def test_idle_callers_are_spoken_to(provide: Provide, silence: Sound) -> None:
    async def scenario() -> None:
        async with provide() as provider, provider.client() as client:
            await wait_for_idle_callers(client)
            provider.responder.answers_with(Say("Hello there."))
            provider.responder.answers_with(Say("Are you still there?"))
            await client.append(silence(1000))
            await client.say("hi")
            await client.until("response.done")
            played_ms = len(client.audio()) // 48
            await client.append(silence(5000))
            await client.append(silence(1000))
            idle = await client.until("input_audio_buffer.timeout_triggered")
            assert idle["audio_end_ms"] == 1000 + played_ms + 5000
            assert idle["audio_start_ms"] == idle["audio_end_ms"] - 5000
            committed = await client.until("input_audio_buffer.committed")
            assert committed["item_id"] == idle["item_id"]
            done = await client.until("response.done")
            said = done["response"]["output"][0]["content"][0]["transcript"]
            assert said == "Are you still there?"

    asyncio.run(scenario())


def test_idle_callers_who_send_no_sound_are_spoken_to_by_the_clock(
    provide: Provide, silence: Sound
) -> None:
    async def scenario() -> None:
        clock = HandClock()
        async with provide(wait=clock.wait) as provider, provider.client() as client:
            await wait_for_idle_callers(client)
            await client.append(silence(1000))
            await client.say("hi")
            await client.until("response.done")
            played_ms = len(client.audio()) // 48
            seconds, over = await clock.waits.get()
            assert seconds == (played_ms + 5000) / 1000
            over.set()
            idle = await client.until("input_audio_buffer.timeout_triggered")
            assert (idle["audio_start_ms"], idle["audio_end_ms"]) == (1000, 1000)
            committed = await client.until("input_audio_buffer.committed")
            assert committed["item_id"] == idle["item_id"]
            added = await client.until("conversation.item.done")
            assert added["item"]["content"][0]["type"] == "input_audio"
            assert (await client.until("response.done"))["response"]["status"] == "completed"
            assert (await clock.waits.get())[0] > 5

    asyncio.run(scenario())


def test_nobody_is_idle_while_an_answer_is_on_its_way(provide: Provide) -> None:
    async def scenario() -> None:
        clock = HandClock()
        async with provide(wait=clock.wait) as provider, provider.client() as client:
            await wait_for_idle_callers(client)
            await client.say("hi")
            await client.until("response.done")
            _, over = await clock.waits.get()
            gate = asyncio.Event()
            provider.responder.answers_with(gate, Say("At last."))
            await client.say("and now?")
            await client.until("response.created")
            over.set()
            gate.set()
            await client.until("response.done")
            assert "error" not in client.types()
            assert "input_audio_buffer.timeout_triggered" not in client.types()

    asyncio.run(scenario())


def test_a_caller_who_speaks_is_not_idle(provide: Provide, tone: Sound) -> None:
    async def scenario() -> None:
        clock = HandClock()
        async with provide(wait=clock.wait) as provider, provider.client() as client:
            await wait_for_idle_callers(client)
            await client.say("hi")
            await client.until("response.done")
            _, over = await clock.waits.get()
            await client.append(tone(500))
            await client.until("input_audio_buffer.speech_started")
            over.set()
            await client.send("input_audio_buffer.clear")
            await client.until("input_audio_buffer.cleared")
            assert "input_audio_buffer.timeout_triggered" not in client.types()

    asyncio.run(scenario())
