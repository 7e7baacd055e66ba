"""Pages in WebKit, as Debian's WebKitGTK has it, over the W3C's WebDriver, on a screen in memory.

It is the engine of Safari, with another body: what it does with sound there is GStreamer's.
"""

import asyncio
import json
import os
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from pathlib import Path
from typing import Any, Final

import httpx
import pytest

from agent_service.web.server import listen

BROWSERS: Final = ("/usr/lib", "webkit2gtk-4.1/MiniBrowser")
SETTINGS: Final = ("--automation", "--enable-mock-capture-devices=true")
WITHOUT_SCREEN: Final = {"WEBKIT_DISABLE_COMPOSITING_MODE": "1", "NO_AT_BRIDGE": "1"}


class WebKitPage:
    """One page; ``evaluate`` awaits what the expression gives, and returns it as JSON does."""

    def __init__(self, driver: httpx.AsyncClient, session: str) -> None:
        self._driver = driver
        self._session = session

    async def open(self, url: str) -> None:
        await self._command("url", url=url)

    async def reload(self) -> None:
        await self._command("refresh")

    async def evaluate(self, expression: str) -> Any:
        script = f"""const done = arguments[0];
          (async () => JSON.stringify((await ({expression})) ?? null))()
            .then((found) => done([found]), (error) => done([null, String(error)]));"""
        found, *error = await self._command("execute/async", script=script, args=[])
        assert not error, error
        return json.loads(found)

    async def click(self, script: str) -> None:
        """Tap the element that the script gives."""
        found = await self._command("execute/sync", script=f"return {script}", args=[])
        await self._command(f"element/{next(iter(found.values()))}/click")

    async def until(self, condition: str) -> None:
        """Wait until it is so on the page."""
        await self.evaluate(
            f"""new Promise((done) => {{
              const look = () => (({condition}) ? done() : setTimeout(look, 20));
              look();
            }})"""
        )

    async def _command(self, what: str, **parameters: Any) -> Any:
        answer = await self._driver.post(f"/session/{self._session}/{what}", json=parameters)
        value = answer.json()["value"]
        assert answer.status_code == 200, value
        return value


@asynccontextmanager
async def program_running(*command: str, **more: Any) -> AsyncIterator[Any]:
    process = await asyncio.create_subprocess_exec(
        *command, stderr=asyncio.subprocess.DEVNULL, **more
    )
    try:
        yield process
    finally:
        process.terminate()
        await process.wait()


@asynccontextmanager
async def screen(xvfb: str) -> AsyncIterator[str]:
    """Run a screen in memory; yield its name."""
    read, write = os.pipe()
    options = (
        "-displayfd",
        str(write),
        "-screen",
        "0",
        "1280x1024x24",
        "-nolisten",
        "tcp",
        "-noreset",
    )
    try:
        async with program_running(xvfb, *options, pass_fds=(write,)):
            number = await asyncio.to_thread(os.read, read, 16)
            yield f":{number.decode().strip()}"
    finally:  # not before: what it writes comes in pieces
        os.close(read)
        os.close(write)


async def begun(driver: httpx.AsyncClient, browser: Path) -> str:
    """Open a browser, as soon as the driver listens; return its session."""
    wanted = {"binary": str(browser), "args": SETTINGS}
    asked = {"capabilities": {"alwaysMatch": {"webkitgtk:browserOptions": wanted}}}
    while True:
        try:
            answer = await driver.post("/session", json=asked)
        except httpx.ConnectError:
            await asyncio.sleep(0.05)
        else:
            assert answer.status_code == 200, answer.text
            return str(answer.json()["value"]["sessionId"])


Open = Callable[[str], AbstractAsyncContextManager[WebKitPage]]


@pytest.fixture
def webkit(program: Callable[[str], str]) -> Open:
    """Open a page in WebKit: ``async with webkit(url) as page``."""
    command, xvfb = program("WebKitWebDriver"), program("Xvfb")
    browser = next(Path(BROWSERS[0]).glob(f"*/{BROWSERS[1]}"))

    @asynccontextmanager
    async def open_page(url: str) -> AsyncIterator[WebKitPage]:
        with listen("127.0.0.1", 0) as free:
            port = free.getsockname()[1]
        async with screen(xvfb) as name:
            environment = {**os.environ, **WITHOUT_SCREEN, "DISPLAY": name}  # noqa: TID251  the browser's
            base = f"http://127.0.0.1:{port}"
            async with (
                program_running(command, f"--port={port}", env=environment),
                httpx.AsyncClient(base_url=base, timeout=60) as driver,
            ):
                async with asyncio.timeout(60):
                    session = await begun(driver, browser)
                page = WebKitPage(driver, session)
                await page.open(url)
                try:
                    yield page
                finally:
                    await driver.delete(f"/session/{session}")

    return open_page
