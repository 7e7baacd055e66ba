"""Pages in Debian's Firefox, over its own remote control (WebDriver BiDi), without another driver.

It plays nothing where there is no sound card, and over PulseAudio's null sink its audio thread
hangs in some runs: so it has its own stand-in for a card, which takes sound at the pace of a real
one (``media.cubeb.force_mock_context``), and its own made-up microphone, which beeps.
"""

import asyncio
import json
import re
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from pathlib import Path
from typing import Any, Final

import pytest
import websockets.asyncio.client as client

PREFERENCES: Final = {
    "remote.active-protocols": 1,
    "browser.shell.checkDefaultBrowser": False,
    "datareporting.policy.dataSubmissionEnabled": False,
    "network.captive-portal-service.enabled": False,
    "network.connectivity-service.enabled": False,
    "media.cubeb.force_mock_context": True,
    "media.navigator.streams.fake": True,
    "media.navigator.permission.disabled": True,
}
_LISTENING: Final = re.compile(r"WebDriver BiDi listening on (ws://\S+)")


class FirefoxPage:
    """One page; ``evaluate`` awaits what the expression gives, and returns it as JSON does."""

    def __init__(self, socket: client.ClientConnection) -> None:
        self._socket = socket
        self._number = 0
        self._context = ""

    async def open(self, url: str) -> None:
        await self._command("session.new", capabilities={})
        tree = await self._command("browsingContext.getTree")
        self._context = tree["contexts"][0]["context"]
        await self._command(
            "browsingContext.navigate", context=self._context, url=url, wait="complete"
        )

    async def reload(self) -> None:
        await self._command("browsingContext.reload", context=self._context, wait="complete")

    async def evaluate(self, expression: str) -> Any:
        """Run it as if somebody had tapped."""
        answer = await self._command(
            "script.evaluate",
            expression=f"(async () => JSON.stringify((await ({expression})) ?? null))()",
            target={"context": self._context},
            awaitPromise=True,
            userActivation=True,
        )
        assert answer["type"] == "success", answer
        return json.loads(answer["result"]["value"])

    async def until(self, condition: str) -> None:
        """Wait until it is so on the page."""
        await self.evaluate(
            f"""new Promise((done) => {{
              const look = () => (({condition}) ? done() : setTimeout(look, 20));
              look();
            }})"""
        )

    async def _command(self, method: str, **parameters: Any) -> Any:
        self._number += 1
        message = {"id": self._number, "method": method, "params": parameters}
        await self._socket.send(json.dumps(message))
        while True:
            answer = json.loads(await self._socket.recv())
            if answer.get("id") == self._number:
                assert answer["type"] == "success", answer
                return answer["result"]


@asynccontextmanager
async def running(command: str, profile: Path) -> AsyncIterator[str]:
    """Run Firefox; yield where it is controlled from."""
    options = ["--headless", "--no-remote", "--profile", str(profile)]
    process = await asyncio.create_subprocess_exec(
        *(command, *options, "--remote-debugging-port", "0", "about:blank"),
        stderr=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.DEVNULL,
    )
    assert process.stderr is not None
    try:
        async with asyncio.timeout(60):
            while not (found := _LISTENING.search((await process.stderr.readline()).decode())):
                assert not process.stderr.at_eof(), "Firefox did not start"
        yield found[1]
    finally:
        process.terminate()
        await process.communicate()


Open = Callable[[str], AbstractAsyncContextManager[FirefoxPage]]


@pytest.fixture
def firefox(program: Callable[[str], str], tmp_path: Path) -> Open:
    """Open a page in Firefox: ``async with firefox(url) as page``."""
    command = program("firefox-esr")
    profile = tmp_path / "firefox"
    profile.mkdir()
    lines = [f"user_pref({json.dumps(k)}, {json.dumps(v)});" for k, v in PREFERENCES.items()]
    (profile / "user.js").write_text("\n".join(lines))

    @asynccontextmanager
    async def open_page(url: str) -> AsyncIterator[FirefoxPage]:
        async with (
            running(command, profile) as remote,
            client.connect(f"{remote}/session", max_size=None) as socket,
        ):
            page = FirefoxPage(socket)
            await page.open(url)
            yield page

    return open_page
