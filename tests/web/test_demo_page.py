"""What ``up`` shows: a company's page or a plain one, and what the page shows at the moment."""

import asyncio
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import httpx
import pytest
from playwright.async_api import expect
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from agent_service.conversation.records import Caller, CallerLevel
from agent_service.web import pages
from agent_service.web.application import application
from agent_service.web.demo_page import PLAIN_PAGE, facts_route, page_routes
from agent_service.web.origins import Origins

HINT = {"hint": "You are Jane."}
JANE = Caller("customer-1", "Jane <Doe>", CallerLevel.VERIFIED)


def ask(routes: list[Route], path: str, headers: Mapping[str, str] | None = None) -> httpx.Response:
    async def scenario() -> httpx.Response:
        transport = httpx.ASGITransport(application(routes))
        async with httpx.AsyncClient(transport=transport, base_url="http://localhost") as http:
            return await http.get(path, headers=headers)

    return asyncio.run(scenario())


async def look_up(viewer: Caller) -> Mapping[str, Any]:
    return {"name": viewer.name}


FACTS = facts_route(look_up, Origins(), JANE)


def test_page_says_who_its_visitor_is() -> None:
    page = ask(page_routes(PLAIN_PAGE, {"hint": "You are <Jane>."}), "/")
    assert "You are &lt;Jane&gt;." in page.text
    assert page.headers["content-type"] == "text/html; charset=utf-8"


@pytest.mark.parametrize("path", ["/", "/demo/page/unknown.js"])
def test_page_is_served_under_a_strict_policy_and_kept_by_its_tag(path: str) -> None:
    routes = page_routes(PLAIN_PAGE, HINT)
    page = ask(routes, path)
    policy = page.headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "frame-ancestors 'none'" in policy
    assert "unsafe" not in policy
    assert ask(routes, path, {"if-none-match": page.headers["etag"]}).status_code == 304


@pytest.mark.parametrize("name", ["nothing.js", "index.html", "..%2fpages.py", "%2e%2e/pages.py"])
def test_only_the_pages_own_files_are_served(name: str) -> None:
    assert ask(page_routes(PLAIN_PAGE, {}), f"/demo/page/{name}").status_code == 404


def test_page_may_have_folders(tmp_path: Path) -> None:
    (tmp_path / "index.html").write_text("<p>Hello</p>")
    (tmp_path / "art").mkdir()
    (tmp_path / "art" / "lamp.svg").write_text("<svg/>")
    (tmp_path / "notes.txt").write_text("not for everybody")
    routes = page_routes(tmp_path, {})
    assert ask(routes, "/demo/page/art/lamp.svg").headers["content-type"] == "image/svg+xml"
    assert ask(routes, "/demo/page/notes.txt").status_code == 404


def test_facts_are_those_of_whoever_looks() -> None:
    assert ask([FACTS], "/demo/facts").json() == {"name": "Jane <Doe>"}
    assert ask([FACTS], "/demo/facts?unknown").json() == {"name": None}


def test_facts_that_are_known_are_not_sent_again() -> None:
    tag = ask([FACTS], "/demo/facts").headers["etag"]
    again = ask([FACTS], "/demo/facts", {"if-none-match": tag})
    assert (again.status_code, again.content) == (304, b"")
    assert ask([FACTS], "/demo/facts?unknown", {"if-none-match": tag}).status_code == 200


@pytest.mark.parametrize("host", ["evil.example", "localhost.evil.example", ""])
def test_facts_are_not_told_under_a_strangers_name(host: str) -> None:
    answer = ask([FACTS], "/demo/facts", {"host": host})
    assert answer.status_code == 403
    assert answer.json()["code"] == "origin_not_allowed"


@pytest.mark.parametrize("host", ["127.0.0.1:8080", "localhost:8080", "[::1]:8080"])
def test_facts_are_told_under_our_own_names(host: str) -> None:
    assert ask([FACTS], "/demo/facts", {"host": host}).status_code == 200


def test_plain_page_can_be_looked_at_as_a_stranger(serve: Any, browse: Any) -> None:
    async def loader(request: Request) -> Response:
        return Response("", media_type="text/javascript")

    def routes(_: Any) -> list[BaseRoute]:
        shown = page_routes(PLAIN_PAGE, HINT)
        return [*shown, *pages.routes(), Route("/widget.js", loader)]

    async def scenario() -> None:
        async with (
            serve(extra_routes=routes) as service,
            browse(f"http://127.0.0.1:{service.port}/") as page,
        ):
            source = page.locator("script[data-ticket]")
            await expect(page.locator(".hint")).to_have_text("You are Jane.")
            await expect(source).to_have_attribute("data-ticket", "/demo/ticket")
            await page.get_by_role("link", name="Talk as somebody unknown").click()
            await expect(page.locator(".hint")).to_have_text("You are a stranger.")
            await expect(source).to_have_attribute("data-ticket", "/demo/ticket?unknown")

    asyncio.run(scenario())
