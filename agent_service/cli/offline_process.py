"""The offline provider as a process of its own, so that its models never delay a caller's frame."""

import asyncio
import json
import sys
from asyncio import StreamReader
from asyncio.subprocess import PIPE, Process
from collections import deque
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Final
from urllib.parse import urlsplit

from agent_service.errors import OfflineError
from agent_service.settings import OfflineSettings

START_S: Final = 120.0
STOP_S: Final = 5.0
MOST_ENDS: Final = 3
"""A provider that ends so often within ``ENDS_WITHIN_S`` is not started again."""
ENDS_WITHIN_S: Final = 60.0
_PROGRESS: Final = "offline provider: "
_FAILURE: Final = "agent-service: "
"""Begins the one line that says why a command failed."""
_READY: Final = "ready: "
"""Begins the line that tells a person who runs the provider alone where it is."""


class OfflineProvider:
    """The provider's process; ``keep`` starts another one in its place when it ends by itself."""

    def __init__(self, settings: OfflineSettings, progress: Callable[[str], None]) -> None:
        self.url = ""
        self._settings = settings
        self._progress = progress
        self._process: Process | None = None
        self._relaying: Awaitable[object] | None = None
        self._failure = "The offline provider did not start."

    async def start(self) -> None:
        """Start the process, where it was before; raise OfflineError, in its own words."""
        port = urlsplit(self.url).port or self._settings.port
        self._process = process = await asyncio.create_subprocess_exec(
            *_command(self._settings, port),
            stdin=PIPE,
            stdout=PIPE,
            stderr=PIPE,
            # The terminal's Ctrl-C is for us: the provider ends after the last conversation.
            start_new_session=True,
        )
        assert process.stdin is not None
        assert process.stdout is not None
        assert process.stderr is not None
        self._relaying = asyncio.gather(self._relay(process.stderr))
        process.stdin.write(_keys(self._settings))
        url = await _ready_url(process.stdout)
        if url is None:
            await self._relaying
            raise OfflineError(self._failure)
        self.url = url

    async def keep(self) -> None:
        """Start the process again whenever it ends; raise OfflineError when that does not help."""
        loop = asyncio.get_running_loop()
        ends: deque[float] = deque(maxlen=MOST_ENDS)
        while self._process is not None:
            status = await self._process.wait()
            ends.append(loop.time())
            if len(ends) == MOST_ENDS and ends[-1] - ends[0] < ENDS_WITHIN_S:
                raise OfflineError(
                    f"The offline provider ends again and again (status {status});"
                    " see the lines above."
                )
            self._progress(f"ended unexpectedly (status {status}); starting it again")
            await self.end()
            await self.start()
            self._progress("is back")

    async def end(self) -> None:
        """Close its standard input, which tells it to end; make it end if it does not."""
        process = self._process
        if process is None or self._relaying is None:
            return
        if process.stdin is not None:
            process.stdin.close()
        if not self.url and process.returncode is None:
            process.kill()  # it still loads its models, and looks at nothing else
        try:
            async with asyncio.timeout(STOP_S):
                await process.wait()
        except TimeoutError:
            process.kill()
            await process.wait()
        await self._relaying

    async def _relay(self, stderr: StreamReader) -> None:
        while line := await stderr.readline():
            text = line.decode(errors="replace").strip()
            if text.startswith(_FAILURE):
                self._failure = text.removeprefix(_FAILURE)
                continue
            text = text.removeprefix(_PROGRESS)
            if text and not text.startswith(_READY):
                self._progress(text)


@asynccontextmanager
async def offline_provider(
    settings: OfflineSettings, progress: Callable[[str], None]
) -> AsyncIterator[OfflineProvider]:
    """Run the provider for the block; raise OfflineError, in its own words, if it cannot run."""
    provider = OfflineProvider(settings, progress)
    try:
        await provider.start()
        yield provider
    finally:
        await provider.end()


def _command(settings: OfflineSettings, port: int) -> list[str]:
    command = [
        sys.executable,
        "-m",
        "agent_service",
        "offline",
        "--exit-with-parent",
        "--keys-from-stdin",
    ]
    command += ["--host", settings.host, "--port", str(port)]
    command += ["--connections", str(settings.max_sessions)]
    if settings.chat_url is not None and settings.chat_model is not None:
        command += ["--chat-url", settings.chat_url, "--chat-model", settings.chat_model]
    return command


def _keys(settings: OfflineSettings) -> bytes:
    """Return the line with the keys; on the command line every user of the machine saw them."""
    keys = {"key": settings.api_key, "chat_key": settings.chat_key}
    shown = {name: key.get_secret_value() for name, key in keys.items() if key is not None}
    return json.dumps(shown).encode() + b"\n"


async def _ready_url(stdout: StreamReader) -> str | None:
    """Return where the provider listens; None if it ended without having got so far."""
    try:
        async with asyncio.timeout(START_S):
            line = await stdout.readline()
    except TimeoutError:
        raise OfflineError(
            f"The offline provider was not ready within {START_S:.0f} seconds."
        ) from None
    return str(json.loads(line)["url"]) if line else None
