"""Pages in a real browser, for the tests of several packages."""

import json
import signal
import subprocess
import sys
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from typing import Any

import pytest
from playwright.async_api import Page, async_playwright, expect

expect.set_options(timeout=30_000)  # a busy machine may take more than its five seconds
Browse = Callable[..., AbstractAsyncContextManager[Page]]


def launched(chromium: str, flags: Sequence[str] = ()) -> dict[str, Any]:
    """Return how Chromium is launched."""
    fixed = ("--no-sandbox", "--disable-gpu", "--disable-background-networking")
    return {"executable_path": chromium, "args": [*fixed, *flags]}


@pytest.fixture(scope="session")
def shared_chromium(
    program: Callable[[str], str], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[str]:
    """Where one Chromium is reached, for all pages that need no flags of their own."""
    how = launched(program("chromium"))
    config = tmp_path_factory.mktemp("chromium") / "launch.json"
    config.write_text(json.dumps({"executablePath": how["executable_path"], "args": how["args"]}))
    command = [sys.executable, "-m", "playwright", "launch-server", "--browser", "chromium"]
    with subprocess.Popen(
        [*command, "--config", str(config)], stdout=subprocess.PIPE, text=True
    ) as server:
        assert server.stdout is not None
        yield server.stdout.readline().strip()
        server.send_signal(signal.SIGINT)


@pytest.fixture
def browse(program: Callable[[str], str], request: pytest.FixtureRequest) -> Browse:
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
            if flags:
                browser = await playwright.chromium.launch(**launched(chromium, flags))
            else:
                browser = await playwright.chromium.connect(
                    request.getfixturevalue("shared_chromium")
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
