"""What a visitor of ``up`` does: ask the widget on the shop's page, agree, and see the change."""

import asyncio
from typing import Any

from playwright.async_api import expect

WIDGET = "support-conversation [part~={}]"


def test_an_order_cancelled_in_the_widget_is_cancelled_on_the_page(up: Any, browse: Any) -> None:
    async def scenario() -> None:
        async with browse(f"{up.url}/") as page:
            order = page.locator("#order-1010")
            await expect(order.locator(".pill")).to_have_text("Placed")
            await page.get_by_role("button", name="Get help").click()
            await page.locator(WIDGET.format("type")).fill("Please cancel order 1010")
            await page.locator(WIDGET.format("send")).click()
            agree = page.locator(WIDGET.format("confirm-yes"))
            await agree.click(timeout=30_000)
            await expect(order.locator(".pill")).to_have_text("Cancelled", timeout=30_000)
            await expect(page.locator("#news")).to_contain_text("Order 1010: Cancelled")
            await page.locator(WIDGET.format("end")).click()
            await expect(page.locator(WIDGET.format("ended"))).to_be_visible()

    asyncio.run(scenario())
