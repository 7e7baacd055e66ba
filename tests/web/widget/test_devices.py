"""Microphones and loudspeakers that come, go and are chosen; tabs that are frozen; pages with a
service worker."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from typing import Any, Final

import numpy as np
import widget_states as states
from playwright.async_api import Page, expect
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route
from widget_page import page_routes
from widget_states import part

from agent_service.conversation.commands import PlayAudio, ShowTranscript
from agent_service.conversation.events import CallerAudio, CallerPlayed, CallerTyped
from agent_service.conversation.records import Role

KEEP: Final = """
window.streams = [];
window.contexts = [];
window.gone = new Set();
const media = navigator.mediaDevices;
const ask = media.getUserMedia.bind(media);
media.getUserMedia = async (wanted) => {
  const id = wanted.audio.deviceId?.exact;
  if (gone.has(id)) throw new OverconstrainedError("deviceId");
  const stream = await ask(wanted);
  streams.push([stream, id]);
  return stream;
};
const list = media.enumerateDevices.bind(media);
media.enumerateDevices = async () => (await list()).filter(({ deviceId }) => !gone.has(deviceId));
window.AudioContext = class extends AudioContext {
  constructor(...options) { super(...options); contexts.push(this); }
};
window.unplug = (id) => {
  gone.add(id);
  for (const [stream, used] of streams) {
    if (used === id) stream.getTracks().forEach((track) => track.stop());
  }
  media.dispatchEvent(new Event("devicechange"));
};
"""
"""Keeps what the page has opened; ``unplug`` takes a device away."""
CONNECT: Final = """async (mode) => {
  const { connect } = await import("/widget/client/client.js");
  const ticket = async () => (await fetch("/ticket", { method: "POST" })).text();
  window.c = await connect({ ticket, mode, storage: sessionStorage });
}"""
SOON_S: Final = 60


@asynccontextmanager
async def opened(serve: Any, browse: Any) -> AsyncIterator[tuple[Any, Page]]:
    async with (
        serve(extra_routes=page_routes) as service,
        browse(f"http://127.0.0.1:{service.port}/", *states.MICROPHONE) as page,
    ):
        await page.evaluate(KEEP)
        await page.evaluate(CONNECT, "text")
        yield service.host.sessions[-1], page


async def next_of(session: Any, kind: type) -> Any:
    async with asyncio.timeout(SOON_S):
        while not isinstance(event := await session.events.get(), kind):
            pass
        return event


async def heard(session: Any) -> None:
    """Wait until the microphone hears something: Chromium's fake one beeps."""
    while not np.any(np.frombuffer((await next_of(session, CallerAudio)).audio, "<i2")):
        pass


def drain(session: Any) -> None:
    while not session.events.empty():
        session.events.get_nowait()


def test_a_microphone_that_is_unplugged_is_replaced_by_one_that_is_there(
    serve: Any, browse: Any
) -> None:
    async def scenario() -> None:
        async with opened(serve, browse) as (session, page):
            await page.evaluate("c.speak()")
            chosen = (await page.evaluate("c.devices()"))["microphones"][-1]["id"]
            await page.evaluate("(id) => c.useMicrophone(id)", chosen)
            assert await page.evaluate("streams.at(-1)[1]") == chosen
            await heard(session)
            await page.evaluate("(id) => unplug(id)", chosen)
            await page.wait_for_function("streams.length === 3 && c.state.microphone === 'on'")
            assert await page.evaluate("streams[2][1]") is None
            drain(session)
            await heard(session)

    asyncio.run(scenario())


def test_without_another_microphone_the_text_goes_on(serve: Any, browse: Any) -> None:
    async def scenario() -> None:
        async with opened(serve, browse) as (session, page):
            await page.evaluate("void c.on('error', ({ code }) => (window.trouble = code))")
            await page.evaluate("c.speak()")
            await heard(session)
            await page.evaluate("gone.add(undefined)")
            await page.evaluate("unplug(undefined)")
            await page.wait_for_function("window.trouble === 'missing'")
            assert await page.evaluate("c.state.microphone") == "missing"
            await page.evaluate("c.say('Then I type')")
            assert (await next_of(session, CallerTyped)).text == "Then I type"

    asyncio.run(scenario())


def test_answers_sound_from_the_loudspeaker_that_was_chosen_while_it_is_there(
    serve: Any, browse: Any
) -> None:
    async def scenario() -> None:
        async with opened(serve, browse) as (session, page):
            await page.evaluate("c.speak()")
            chosen = (await page.evaluate("c.devices()"))["loudspeakers"][-1]["id"]
            await page.evaluate("(id) => c.useLoudspeaker(id)", chosen)
            assert await page.evaluate("contexts[0].sinkId") == chosen
            session.channel.send(PlayAudio("item-1", 0, bytes(48 * 400)))
            while (await next_of(session, CallerPlayed)).played_ms < 400:
                pass
            await page.evaluate("(id) => unplug(id)", chosen)
            await page.wait_for_function("contexts[0].sinkId === ''")
            session.channel.send(PlayAudio("item-2", 0, bytes(48 * 400)))
            while (await next_of(session, CallerPlayed)).item_id != "item-2":
                pass
            refused = "c.useLoudspeaker('none').catch(({ name, code }) => [name, code])"
            assert await page.evaluate(refused) == ["ClientError", "no_loudspeaker"]

    asyncio.run(scenario())


def test_the_menu_chooses_devices(serve: Any, browse: Any) -> None:
    async def scenario() -> None:
        async with (
            serve(extra_routes=states.routes) as service,
            browse(f"http://127.0.0.1:{service.port}/", *states.MICROPHONE) as page,
        ):
            await page.evaluate(KEEP)
            session = await states.spoken(page, service)
            await part(page, "more").click()
            menu = part(page, "menu")
            for label, chosen in (
                ("Microphone", "streams.at(-1)[1]"),
                ("Loudspeaker", "contexts[0].sinkId"),
            ):
                select = menu.get_by_label(label)
                await expect(select.get_by_role("option")).not_to_have_count(0)
                ids = await select.get_by_role("option").evaluate_all(
                    "all => all.map((it) => it.value)"
                )
                await select.select_option(ids[-1])
                await page.wait_for_function(f"(id) => {chosen} === id", arg=ids[-1])
                await part(page, "more").click()
                await part(page, "more").click()
                await expect(select).to_have_value(ids[-1])
            drain(session)
            await heard(session)

    asyncio.run(scenario())


def test_a_tab_that_was_frozen_goes_on_with_what_it_missed(serve: Any, browse: Any) -> None:
    async def scenario() -> None:
        async with opened(serve, browse) as (session, page):
            browser = await page.context.new_cdp_session(page)
            await browser.send("Page.setWebLifecycleState", {"state": "frozen"})
            session.channel.close("service_stopping")  # which leads to a return
            await asyncio.wait_for(session.detached.wait(), SOON_S)
            session.channel.send(ShowTranscript("1", Role.AGENT, text="Still here.", is_final=True))
            await browser.send("Page.setWebLifecycleState", {"state": "active"})
            await page.wait_for_function("c.captions[0]?.text === 'Still here.'")
            await page.evaluate("c.say('So am I')")
            assert (await next_of(session, CallerTyped)).text == "So am I"

    asyncio.run(scenario())


WORKER: Final = """
addEventListener("install", () => skipWaiting());
addEventListener("activate", (event) => event.waitUntil(clients.claim()));
addEventListener("fetch", (event) => {
  const { request } = event;
  if (request.method !== "GET") return;
  event.respondWith(caches.open("all").then(async (cache) => {
    const known = await cache.match(request, { ignoreSearch: true, ignoreVary: true });
    if (known) return known;
    const answer = await fetch(request);
    await cache.put(request, answer.clone());
    return answer;
  }));
});
"""
"""Keeps all that it ever saw, as many shops' do."""


def test_a_page_whose_service_worker_keeps_everything_has_a_conversation(
    serve: Any, browse: Any
) -> None:
    policy = f"{states.POLICY}; worker-src 'self'"

    def routes(service: Any) -> Sequence[BaseRoute]:
        async def worker(request: Request) -> Response:
            return Response(WORKER, media_type="text/javascript")

        return [*states.routes(service, policy=policy), Route("/worker.js", worker)]

    async def scenario() -> None:
        async with (
            serve(extra_routes=routes) as service,
            browse(f"http://127.0.0.1:{service.port}/", expected="503") as page,
        ):
            registered = "navigator.serviceWorker.register('/worker.js')"
            await page.evaluate(
                f"{registered}.then(() => navigator.serviceWorker.ready).then(() => null)"
            )
            await page.reload()
            assert await page.evaluate("navigator.serviceWorker.controller !== null")
            await states.full(page, service)
            await expect(part(page, "failure")).to_contain_text("Everybody is busy")
            service.host.hindrance = None
            await part(page, "failure").get_by_role("button", name="Try again").click()
            session = await states.session_of(service)
            await part(page, "end").wait_for()
            await page.reload()
            await part(page, "type").fill("Still here")
            await part(page, "send").click()
            assert (await next_of(session, CallerTyped)).text == "Still here"
            assert len(service.host.sessions) == 1

    asyncio.run(scenario())
