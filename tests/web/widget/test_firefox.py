"""The widget's client in Firefox: typed and spoken, played and cut."""

import asyncio
from typing import Any

import numpy as np
from widget_page import page_routes, tone

from agent_service.audio import samples
from agent_service.conversation.commands import ClearPlayback, PlayAudio, ShowTranscript
from agent_service.conversation.events import (
    CallerAudio,
    CallerPlayed,
    CallerSwitched,
    CallerTyped,
)
from agent_service.conversation.records import Modality, Role

CONNECT = """(async () => {
  const { connect } = await import("/widget/client/client.js");
  const ticket = async () => (await fetch("/ticket", { method: "POST" })).text();
  window.c = await connect({ ticket, mode: "text" });
})()"""
SOON_S = 15


async def next_of(session: Any, kind: type) -> Any:
    """Return the next event of that kind; others pass by."""
    async with asyncio.timeout(SOON_S):
        while not isinstance(event := await session.events.get(), kind):
            pass
        return event


def test_voice_and_text_are_one_conversation_in_firefox_too(
    serve: Any, firefox: Any, figure: Any
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

            await page.evaluate("c.speak()")
            assert await next_of(session, CallerSwitched) == CallerSwitched(Modality.AUDIO)
            loudest = 0
            while loudest < 1_000:
                audio = (await next_of(session, CallerAudio)).audio
                assert len(audio) == 20 * 48
                loudest = int(np.abs(samples(audio)).max())
            assert await page.evaluate("c.state.microphone") == "on"

            sound = (tone(440, 24_000, 3.0) * 32_767).astype("<i2").tobytes()
            for at in range(0, 3_000, 200):
                session.channel.send(PlayAudio("i", at, sound[at * 48 : (at + 200) * 48]))
            reports = [(await next_of(session, CallerPlayed)).played_ms for _ in range(4)]
            assert max(np.diff(reports)) <= 250
            await page.until("c.state.activity === 'speaking'")
            session.channel.send(ClearPlayback("i"))
            await page.until("c.state.activity === 'listening'")
            figure(f"Firefox reported {reports}")
            await page.evaluate("c.end()")

    asyncio.run(scenario())
