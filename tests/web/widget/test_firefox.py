"""The widget's client in Firefox: typed, reloaded, and gone on with."""

import asyncio
from typing import Any

from widget_page import page_routes

from agent_service.conversation.commands import EndConversation, ShowTranscript
from agent_service.conversation.events import CallerTyped
from agent_service.conversation.records import Role

CONNECT = """(async () => {
  const { connect } = await import("/widget/client/client.js");
  const ticket = async () => (await fetch("/ticket", { method: "POST" })).text();
  window.c = await connect({ ticket, mode: "text", storage: sessionStorage });
})()"""
SOON_S = 15


async def typed(session: Any) -> str:
    """Return the next words that the caller types."""
    async with asyncio.timeout(SOON_S):
        while not isinstance(event := await session.events.get(), CallerTyped):
            pass
        return event.text


def test_a_typed_conversation_goes_on_after_a_reload_in_firefox_too(
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
            assert await typed(session) == "hello"
            session.channel.send(ShowTranscript("1", Role.AGENT, text="Hi.", is_final=True))
            await page.until("c.captions[0]?.text === 'Hi.'")
            await page.reload()
            await page.evaluate(CONNECT)
            await page.until("c.captions[0]?.text === 'Hi.'")
            assert len(service.host.sessions) == 1
            session.channel.send(EndConversation("idle"))
            await page.until("c.state.connection === 'ended'")

    asyncio.run(scenario())
