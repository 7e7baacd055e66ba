"""The shop's page in a real browser: what tools do shows on it."""

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from playwright.async_api import Page, expect
from shop_desk import ShopDesk
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from agent_service import demo_shop
from agent_service.clock import uuid7
from agent_service.conversation.records import Caller, ToolCallStatus
from agent_service.demo_shop.customers import PROOFS
from agent_service.demo_shop.seed import DEMO_CALLER
from agent_service.demo_shop.shown import shown_facts
from agent_service.web.application import application
from agent_service.web.demo_page import facts_route, page_routes
from agent_service.web.origins import Origins
from agent_service.web.pages import proofs_told
from agent_service.web.server import Server, listen

PAGE = Path(demo_shop.__file__).parent / "page"


@asynccontextmanager
async def shop(desk: ShopDesk) -> AsyncIterator[str]:
    """Serve the page of the desk's shop, without the widget; yields its URL."""

    async def look_up(viewer: Caller) -> Mapping[str, Any]:
        def look() -> Mapping[str, Any]:
            with desk.database.read() as session:
                return shown_facts(session, viewer, desk.clock.utc())

        return await asyncio.to_thread(look)

    async def no_widget(request: Request) -> Response:
        return Response("", media_type="text/javascript")

    routes = [
        *page_routes(PAGE, {"proofs": proofs_told(PROOFS)}),
        facts_route(look_up, Origins(), DEMO_CALLER),
        Route("/widget.js", no_widget),
        Route("/widget/old.js", no_widget),
    ]
    ready = asyncio.Event()
    server = Server(application(routes), listen("127.0.0.1", 0), on_ready=lambda _: ready.set())
    async with asyncio.TaskGroup() as tasks:
        tasks.create_task(server.run_until_stopped())
        try:
            await ready.wait()
            yield f"http://127.0.0.1:{server.port}/"
        finally:
            server.stop()


async def call(desk: ShopDesk, name: str, arguments: str) -> None:
    conversation_id = desk.conversation()
    done = await desk.ask(name, arguments, DEMO_CALLER, conversation_id, uuid7())
    assert done.status is ToolCallStatus.SUCCEEDED, done


async def look_again(page: Page) -> None:
    """Have the page ask at once, as it does when the widget tells of a tool."""
    await page.evaluate("document.body.dispatchEvent(new CustomEvent('tool'))")


def test_what_the_agent_does_shows_at_once(sqlite_desk: ShopDesk, browse: Any) -> None:
    async def scenario() -> None:
        async with shop(sqlite_desk) as url, browse(url) as page:
            order = page.locator("#order-1007")
            await expect(order.locator(".pill")).to_have_text("Placed")
            untouched = await page.locator("#order-1010").element_handle()
            await call(sqlite_desk, "cancel_order", '{"order_number": 1007}')
            await look_again(page)
            await expect(order.locator(".pill")).to_have_text("Cancelled")
            await expect(order).to_have_class("order cancelled changed")
            await expect(page.locator("#news")).to_have_text(
                "Order 1007: Cancelled, Cancelled: nothing was charged"
            )
            assert await untouched.evaluate("card => card.isConnected")

            asked = '{"order_number": 1002, "reason": "too large", "item": "headphones"}'
            await call(sqlite_desk, "start_return", asked)
            await look_again(page)
            await expect(page.locator("#order-1002 .back")).to_have_text(
                "Return of Wireless headphones asked for: the label comes by email"
            )

    asyncio.run(scenario())


def test_what_people_wrote_is_shown_as_text(sqlite_desk: ShopDesk, browse: Any) -> None:
    async def scenario() -> None:
        async with shop(sqlite_desk) as url, browse(url) as page:
            await expect(page.locator("#tickets")).to_be_hidden()
            subject = "<img src=x onerror=alert(1)> broke"
            asked = f'{{"subject": "{subject}", "details": "It fell apart in my hands."}}'
            await call(sqlite_desk, "open_ticket", asked)
            await look_again(page)
            await expect(page.locator("#ticket-list")).to_contain_text(subject)

    asyncio.run(scenario())


def test_the_article_that_the_address_names_is_open(sqlite_desk: ShopDesk, browse: Any) -> None:
    async def scenario() -> None:
        async with shop(sqlite_desk) as url, browse(f"{url}#about-returns") as page:
            await expect(page.locator("#about-returns p")).to_be_in_viewport()
            await expect(page.locator("#about-refunds p")).to_be_hidden()
            await page.evaluate("location.hash = 'about-refunds'")
            await expect(page.locator("#about-refunds p")).to_be_in_viewport()

    asyncio.run(scenario())


def test_the_page_asks_by_itself(sqlite_desk: ShopDesk, browse: Any) -> None:
    async def scenario() -> None:
        async with shop(sqlite_desk) as url, browse(url) as page:
            await expect(page.locator("#order-1010 .pill")).to_have_text("Placed")
            await call(sqlite_desk, "cancel_order", '{"order_number": 1010}')
            await expect(page.locator("#order-1010 .pill")).to_have_text("Cancelled")

    asyncio.run(scenario())


def test_who_signs_out_sees_no_orders(sqlite_desk: ShopDesk, browse: Any) -> None:
    async def scenario() -> None:
        async with shop(sqlite_desk) as url, browse(url) as page:
            await page.get_by_role("link", name="Sign out").click()
            await expect(page.get_by_text("You are not signed in.")).to_be_visible()
            await expect(page.locator(".order")).to_have_count(0)
            await expect(page.locator("#goods-list li")).to_have_count(22)
            source = page.locator("script[data-ticket]")
            await expect(source).to_have_attribute("data-ticket", "/demo/ticket?unknown")

    asyncio.run(scenario())


def test_a_shop_that_cannot_be_reached_says_so_and_comes_back(
    sqlite_desk: ShopDesk, browse: Any
) -> None:
    async def scenario() -> None:
        cut = "net::ERR_INTERNET_DISCONNECTED"
        async with shop(sqlite_desk) as url, browse(url, expected=cut) as page:
            await expect(page.locator(".order")).to_have_count(10)
            await page.context.set_offline(True)
            await look_again(page)
            await expect(page.get_by_role("alert")).to_contain_text("cannot be reached")
            await page.context.set_offline(False)
            await look_again(page)
            await expect(page.get_by_role("alert")).to_be_hidden()

    asyncio.run(scenario())
