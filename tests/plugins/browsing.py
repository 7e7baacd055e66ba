"""Pages in a real browser, for the tests of several packages."""

from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager

import pytest
from playwright.async_api import Page, async_playwright, expect

expect.set_options(timeout=30_000)  # a busy machine may take more than its five seconds
Browse = Callable[..., AbstractAsyncContextManager[Page]]


@pytest.fixture
def browse(program: Callable[[str], str]) -> Browse:
    """Open a page in Chromium: ``async with browse(url) as page``.

    Whatever the page complains about, asks in a dialog or fetches elsewhere (but from ``others``)
    fails the test.
    """
    chromium = program("chromium")

    @asynccontextmanager
    async def open_page(
        url: str, *flags: str, expected: str | None = None, others: tuple[str, ...] = ()
    ) -> AsyncIterator[Page]:
        site = url[: url.index("/", len("http://"))] + "/"
        own = (site, f"blob:{site}", "data:", *others)
        complaints: list[str] = []
        async with async_playwright() as playwright:
            browser = await playwright.chromium.launch(
                executable_path=chromium,
                args=["--no-sandbox", "--disable-gpu", "--disable-background-networking", *flags],
            )
            page = await browser.new_page()
            page.on("dialog", lambda dialog: complaints.append(dialog.message))
            page.on("pageerror", lambda error: complaints.append(str(error)))
            page.on("console", lambda message: complaints.append(message.text))
            page.on(
                "request",
                lambda request: (
                    None if request.url.startswith(own) else complaints.append(request.url)
                ),
            )
            await page.goto(url)
            yield page
            await browser.close()
        assert [each for each in complaints if expected is None or expected not in each] == []

    return open_page
