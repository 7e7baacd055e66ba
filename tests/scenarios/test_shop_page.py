"""What a visitor of ``up`` does: ask the widget on the shop's page, agree, and see the change."""

import asyncio
from typing import Any

from playwright.async_api import expect

WIDGET = "support-conversation [part~={}]"
DONE = [
    "Please cancel order 1010",
    "You agreed",
    "Cancelling order 1010 · done",
    "cancelled",
]


def test_an_order_cancelled_in_the_widget_is_cancelled_on_the_page(up: Any, browse: Any) -> None:
    async def scenario() -> None:
        async with browse(f"{up.url}/") as page:
            order = page.locator("#order-1010")
            await expect(order.locator(".pill")).to_have_text("Placed")
            await page.get_by_role("button", name="Get help").click()
            await page.locator(WIDGET.format("type")).fill("Please cancel order 1010")
            await page.locator(WIDGET.format("send")).click()
            agree = page.locator(WIDGET.format("confirm-yes"))
            await agree.dblclick(timeout=60_000)  # as many people do
            await expect(order.locator(".pill")).to_have_text("Cancelled", timeout=60_000)
            await expect(page.locator("#news")).to_contain_text("Order 1010: Cancelled")
            lines = page.locator(WIDGET.format("captions")).get_by_role("listitem")
            await expect(lines).to_contain_text(DONE, timeout=60_000)
            await expect(page.locator(WIDGET.format("banner"))).to_be_hidden()
            await page.locator(WIDGET.format("end")).click()
            await expect(page.locator(WIDGET.format("ended"))).to_be_visible()

    asyncio.run(scenario())
