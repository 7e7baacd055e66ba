"""The widget in WebKit: typed into, reloaded, gone on with; spoken to, and heard."""

import asyncio
from typing import Any

import numpy as np
import widget_states as states

from agent_service.conversation.commands import (
    EndConversation,
    PlayAudio,
)
from agent_service.conversation.events import (
    CallerAudio,
    CallerConfirmed,
    CallerPlayed,
    CallerTyped,
)

SOON_S = 60


def part(name: str) -> str:
    widget = "document.querySelector('support-conversation')"
    return f"{widget}?.shadowRoot.querySelector('[part~={name}]')"


async def next_of(session: Any, kind: type) -> Any:
    async with asyncio.timeout(SOON_S):
        while not isinstance(event := await session.events.get(), kind):
            pass
        return event


async def type_in(page: Any, text: str) -> None:
    await page.evaluate(f"Object.assign({part('type')}, {{ value: {text!r} }}).value")
    await page.click(part("send"))


def test_a_typed_conversation_goes_on_after_a_reload_in_webkit_too(serve: Any, webkit: Any) -> None:
    async def scenario() -> None:
        async with (
            serve(extra_routes=states.routes, within_s=90) as service,
            webkit(f"http://127.0.0.1:{service.port}/") as page,
        ):
            await page.until(f"{part('button')}")
            await page.click(part("button"))
            await page.until(f"{part('type')}")
            await type_in(page, "hello")
            session = await states.session_of(service)
            assert (await next_of(session, CallerTyped)).text == "hello"
            states.say(session, *states.TALK, states.QUESTION)
            await page.until(f"{part('confirm-yes')}")
            await page.click(part("confirm-yes"))
            assert await next_of(session, CallerConfirmed) == CallerConfirmed("q", True)
            states.say(session, states.AGREED)
            captions = f"{part('captions')}?.textContent ?? ''"
            await page.until(f"({captions}).includes('You agreed')")
            await page.reload()
            await page.until(f"({captions}).includes('cancel order 1007')")
            await type_in(page, "still here")
            assert (await next_of(session, CallerTyped)).text == "still here"
            assert len(service.host.sessions) == 1
            states.say(session, EndConversation("idle"))
            session.end("idle")
            await page.until(f"{part('ended')}.textContent.includes('We heard nothing more')")

    asyncio.run(scenario())


def test_a_conversation_is_spoken_and_heard_in_webkit_too(serve: Any, webkit: Any) -> None:
    async def scenario() -> None:
        async with (
            serve(extra_routes=states.routes, within_s=90) as service,
            webkit(f"http://127.0.0.1:{service.port}/") as page,
        ):
            await page.until(f"{part('button')}")
            await page.click(part("button"))
            await page.until(f"{part('talk')}")
            await page.click(part("talk"))
            session = await states.session_of(service)
            while not np.any(np.frombuffer((await next_of(session, CallerAudio)).audio, "<i2")):
                pass  # WebKit's microphone beeps
            session.channel.send(PlayAudio("item-1", 0, bytes(48 * 400)))
            while (await next_of(session, CallerPlayed)).played_ms < 400:
                pass

    asyncio.run(scenario())
