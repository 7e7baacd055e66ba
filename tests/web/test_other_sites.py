"""The widget on other web sites: by its script under a strict policy, and in a frame."""

import asyncio
import re
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

from playwright.async_api import Page, expect
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from agent_service.conversation.events import CallerAudio
from agent_service.web import pages, widget_files
from agent_service.web.application import application
from agent_service.web.server import Server, listen
from agent_service.web.widget_files import WidgetFiles

DOCS = Path(__file__).parents[2] / "docs" / "widget.md"
MICROPHONE = ("--use-fake-device-for-media-stream", "--use-fake-ui-for-media-stream")
FRAMING = "default-src 'none'; script-src 'self'; img-src data:; frame-src {host}"
ANSWERS = """
let given = 0;
addEventListener("message", ({ source, data, origin }) => {
  if (origin === HOST && data?.type === "support-ticket-wanted") {
    source.postMessage({ type: "support-ticket", ticket: TICKETS[given++] }, origin);
  }
});
"""


@dataclass
class Site:
    """Somebody else's web site with one page; the service is there later than the site."""

    origin: str = ""
    host: str = ""
    """The origin of the service."""
    policy: str = ""
    body: str = ""
    tickets: list[str] = field(default_factory=list)
    new_ticket: Callable[[], str] = str

    async def page(self, request: Request) -> Response:
        body = f'<!doctype html><link rel="icon" href="data:,">{self.body}'
        policy = self.policy.replace("{host}", self.host)
        policy = policy.replace("{socket}", self.host.replace("http", "ws"))
        return Response(body, headers={"Content-Security-Policy": policy}, media_type="text/html")

    async def script(self, request: Request) -> Response:
        values = f"const HOST = '{self.host}', TICKETS = {self.tickets};"
        return Response(values + ANSWERS, media_type="text/javascript")

    async def ticket(self, request: Request) -> Response:
        return JSONResponse({"ticket": self.new_ticket()})


@asynccontextmanager
async def opened() -> AsyncIterator[Site]:
    site = Site()
    routes = [
        Route("/", site.page),
        Route("/answers.js", site.script),
        Route("/support-ticket", site.ticket, methods=["POST"]),
    ]
    ready = asyncio.Event()
    server = Server(application(routes), listen("127.0.0.1", 0), on_ready=lambda _: ready.set())
    async with asyncio.TaskGroup() as tasks:
        tasks.create_task(server.run_until_stopped())
        try:
            await ready.wait()
            site.origin = f"http://127.0.0.1:{server.port}"
            yield site
        finally:
            server.stop()


def served(framed_by: list[str], _: Any) -> list[Route]:
    return [*pages.routes(framed_by=framed_by), *widget_files.routes(WidgetFiles())]


def in_frame(page: Page, name: str) -> Any:
    return page.frame_locator("iframe").locator(f"support-conversation [part~={name}]")


def part(page: Page, name: str) -> Any:
    return page.locator(f"support-conversation [part~={name}]")


def policy_of_the_docs() -> str:
    """Return what docs/widget.md says that a page has to allow, and not a word more."""
    (text,) = re.findall(r"^### Policy of the page\n(.*?)^##", DOCS.read_text(), re.M | re.S)
    named = re.findall(r"`((?:script|connect|img)-src [^`]+)`", text)
    assert [each.split()[0] for each in named] == ["script-src", "connect-src", "img-src"]
    allowed = "; ".join(named).replace("wss://HOST", "{socket}").replace("https://HOST", "{host}")
    own = "connect-src 'self' "  # the ticket's address is the site's own
    return "default-src 'none'; " + allowed.replace("connect-src ", own)


def test_one_line_is_enough_on_a_site_that_allows_no_more_than_the_page_says(
    serve: Any, browse: Any
) -> None:
    async def scenario() -> None:
        async with opened() as site, serve(extra_routes=partial(served, [])) as service:
            site.host = f"http://127.0.0.1:{service.port}"
            site.policy = policy_of_the_docs() + "; trusted-types 'none'"
            site.body = (
                f'<script type="module" src="{site.host}/widget.js" data-agent="support"'
                ' data-ticket="/support-ticket"></script>'
            )
            site.policy = site.policy.replace("img-src ", "img-src data: ")  # the page's own icon
            site.new_ticket = lambda: service.ticket(origin=site.origin)
            others = (f"{site.host}/",)
            async with browse(f"{site.origin}/", *MICROPHONE, others=others) as page:
                await part(page, "button").click()
                await part(page, "talk").click()
                await service.host.opened.wait()
                session = service.host.sessions[0]
                while not isinstance(await session.events.get(), CallerAudio):
                    pass  # its worklets came from another origin, too
                assert session.request.origin == site.origin

    asyncio.run(scenario())


def test_a_listed_site_has_it_in_a_frame_with_the_ticket_of_the_address_and_asks_for_more(
    serve: Any, browse: Any
) -> None:
    async def scenario() -> None:
        async with opened() as site, serve(extra_routes=partial(served, [site.origin])) as service:
            site.host = f"http://127.0.0.1:{service.port}"
            first, second = (service.ticket(origin=site.host) for _ in range(2))
            site.policy, site.tickets = FRAMING, [second]
            src = f"{site.host}/widget/frame?agent=support&language=de#ticket={first}"
            site.body = (
                '<script src="/answers.js"></script>'
                f'<iframe src="{src}" allow="microphone; autoplay" title="Support"></iframe>'
            )
            async with browse(f"{site.origin}/", others=(f"{site.host}/",)) as page:
                await in_frame(page, "type").fill("Hallo")
                await in_frame(page, "send").click()
                await service.host.opened.wait()
                frame = page.frames[1]
                assert first not in frame.url
                assert await frame.evaluate("document.featurePolicy.allowsFeature('microphone')")
                service.host.sessions[0].end("caller_ended")
                await expect(in_frame(page, "ended")).to_be_visible()
                service.host.opened.clear()
                await in_frame(page, "anew").click()
                await in_frame(page, "type").fill("Noch einmal")
                await in_frame(page, "send").click()
                await service.host.opened.wait()
                assert len(service.host.sessions) == 2

    asyncio.run(scenario())


def test_a_frame_returns_also_where_the_page_around_it_gives_no_more_tickets(
    serve: Any, browse: Any
) -> None:
    async def scenario() -> None:
        async with opened() as site, serve(extra_routes=partial(served, [site.origin])) as service:
            site.host, site.policy = f"http://127.0.0.1:{service.port}", FRAMING
            src = f"{site.host}/widget/frame#ticket={service.ticket(origin=site.host)}"
            site.body = f'<iframe src="{src}" title="Support"></iframe>'
            async with browse(f"{site.origin}/", others=(f"{site.host}/",)) as page:
                await in_frame(page, "type").fill("Hello")
                await in_frame(page, "send").click()
                await service.host.opened.wait()
                await page.frames[1].evaluate("setTimeout(() => location.reload())")
                await service.host.sessions[0].detached.wait()
                await expect(in_frame(page, "end")).to_be_visible()
                assert len(service.host.sessions) == 1

    asyncio.run(scenario())


def test_in_a_strangers_frame_nothing_is_shown(serve: Any, browse: Any) -> None:
    async def scenario() -> None:
        listed = ["https://shop.example"]
        async with opened() as site, serve(extra_routes=partial(served, listed)) as service:
            site.host, site.policy = f"http://127.0.0.1:{service.port}", FRAMING
            site.body = f'<iframe src="{site.host}/widget/frame" allow="microphone"></iframe>'
            others, refused = (f"{site.host}/",), "frame-ancestors"
            async with browse(f"{site.origin}/", others=others, expected=refused) as page:
                assert page.frames[1].url.startswith("chrome-error:")

    asyncio.run(scenario())
