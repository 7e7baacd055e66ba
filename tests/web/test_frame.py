"""The widget in a frame of another web site: for those that are listed, and for no stranger."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import partial
from typing import Any

from playwright.async_api import FrameLocator, Page, expect
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from agent_service.web import pages, widget_files
from agent_service.web.application import application
from agent_service.web.server import Server, listen
from agent_service.web.widget_files import WidgetFiles

POLICY = "default-src 'none'; script-src 'self'; img-src data:; frame-src {host}"
ANSWERS = """
let given = 0;
addEventListener("message", ({ source, data, origin }) => {
  if (origin === HOST && data?.type === "support-ticket-wanted") {
    source.postMessage({ type: "support-ticket", ticket: TICKETS[given++] }, origin);
  }
});
"""


@asynccontextmanager
async def site(asked: dict[str, str]) -> AsyncIterator[str]:
    """Serve a web site that has the frame on its page; yields its origin.

    ``asked`` is filled in later: the service has to know the site, and the site the service.
    """

    async def page(request: Request) -> Response:
        frame = f'<iframe src="{asked["src"]}" allow="microphone; autoplay" title="Support">'
        body = f'<!doctype html><link rel="icon" href="data:,"><script src="/a.js"></script>{frame}'
        policy = POLICY.format(host=asked["host"])
        return Response(body, headers={"Content-Security-Policy": policy}, media_type="text/html")

    async def script(request: Request) -> Response:
        values = f"const HOST = '{asked['host']}', TICKETS = {asked.get('tickets', '[]')};"
        return Response(values + ANSWERS, media_type="text/javascript")

    routes = [Route("/", page), Route("/a.js", script)]
    ready = asyncio.Event()
    server = Server(application(routes), listen("127.0.0.1", 0), on_ready=lambda _: ready.set())
    async with asyncio.TaskGroup() as tasks:
        tasks.create_task(server.run_until_stopped())
        try:
            await ready.wait()
            yield f"http://127.0.0.1:{server.port}"
        finally:
            server.stop()


def framed(origins: list[str], _: Any) -> list[Route]:
    return [*pages.routes(framed_by=origins), *widget_files.routes(WidgetFiles())]


def part(page: Page, name: str) -> Any:
    frame: FrameLocator = page.frame_locator("iframe")
    return frame.locator(f"support-conversation [part~={name}]")


def test_a_listed_site_has_it_with_the_ticket_of_the_address_and_asks_for_more(
    serve: Any, browse: Any
) -> None:
    async def scenario() -> None:
        asked: dict[str, str] = {}
        async with site(asked) as outer, serve(extra_routes=partial(framed, [outer])) as service:
            host = f"http://127.0.0.1:{service.port}"
            first, second = service.ticket(origin=host), service.ticket(origin=host)
            src = f"{host}/widget/frame?agent=support&language=de#ticket={first}"
            asked |= {"host": host, "src": src, "tickets": f'["{second}"]'}
            async with browse(f"{outer}/", others=(f"{host}/",)) as page:
                await part(page, "type").fill("Hallo")
                await part(page, "send").click()
                await service.host.opened.wait()
                frame = page.frames[1]
                assert first not in frame.url
                assert await frame.evaluate("document.featurePolicy.allowsFeature('microphone')")
                service.host.sessions[0].end("caller_ended")
                await expect(part(page, "ended")).to_be_visible()
                service.host.opened.clear()
                await part(page, "anew").click()
                await part(page, "type").fill("Noch einmal")
                await part(page, "send").click()
                await service.host.opened.wait()
                assert len(service.host.sessions) == 2

    asyncio.run(scenario())


def test_a_strangers_site_shows_nothing(serve: Any, browse: Any) -> None:
    async def scenario() -> None:
        asked: dict[str, str] = {}
        listed = "https://shop.example"
        async with site(asked) as outer, serve(extra_routes=partial(framed, [listed])) as service:
            host = f"http://127.0.0.1:{service.port}"
            asked |= {"host": host, "src": f"{host}/widget/frame"}
            refused = "frame-ancestors"
            async with browse(f"{outer}/", others=(f"{host}/",), expected=refused) as page:
                frame = page.frames[1]
                assert frame.url.startswith("chrome-error:")
                assert await page.locator("iframe").count() == 1

    asyncio.run(scenario())
