"""The widget's client in Firefox: typed, reloaded, and gone on with; spoken to, heard, and cut."""

import asyncio
from typing import Any

import numpy as np
from widget_page import page_routes, tone

from agent_service.audio import samples
from agent_service.conversation.commands import (
    ClearPlayback,
    EndConversation,
    PlayAudio,
    ShowTranscript,
)
from agent_service.conversation.events import CallerAudio, CallerPlayed, CallerTyped
from agent_service.conversation.records import Role

CONNECT = """(async () => {
  const { connect } = await import("/widget/client/client.js");
  const ticket = async () => (await fetch("/ticket", { method: "POST" })).text();
  window.c = await connect({ ticket, mode: "text", storage: sessionStorage });
})()"""
SOON_S = 60


async def next_of(session: Any, kind: type) -> Any:
    async with asyncio.timeout(SOON_S):
        while not isinstance(event := await session.events.get(), kind):
            pass
        return event


def test_a_conversation_is_typed_goes_on_after_a_reload_and_is_spoken_in_firefox_too(
    serve: Any, firefox: Any
) -> None:
    async def scenario() -> None:
        async with (
            serve(extra_routes=page_routes, within_s=90) as service,
            firefox(f"http://127.0.0.1:{service.port}/") as page,
        ):
            await page.evaluate(CONNECT)
            (session,) = service.host.sessions
            await page.evaluate("c.say('hello')")
            assert (await next_of(session, CallerTyped)).text == "hello"
            session.channel.send(ShowTranscript("1", Role.AGENT, text="Hi.", is_final=True))
            await page.until("c.captions[0]?.text === 'Hi.'")
            await page.reload()
            await page.evaluate(CONNECT)
            await page.until("c.captions[0]?.text === 'Hi.'")
            assert len(service.host.sessions) == 1

            await page.evaluate("c.speak()")
            while np.abs(samples((await next_of(session, CallerAudio)).audio)).max() < 1_000:
                pass
            sound = (tone(440, 24_000, 3.0) * 32_767).astype("<i2").tobytes()
            session.channel.send(PlayAudio("item-1", 0, sound))
            while (await next_of(session, CallerPlayed)).played_ms < 400:
                pass
            session.channel.send(ClearPlayback("item-1"))
            await page.until("c.state.activity === 'listening'")
            assert (await next_of(session, CallerPlayed)).played_ms < 3_000
            session.channel.send(EndConversation("idle"))
            await page.until("c.state.connection === 'ended'")

    asyncio.run(scenario())
