"""The offline provider as a process of its own, so that its models never delay a caller's frame."""

import asyncio
import json
import sys
from asyncio import StreamReader
from asyncio.subprocess import PIPE, Process
from collections import deque
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Final

from agent_service.errors import OfflineError
from agent_service.settings import OfflineSettings

START_S: Final = 120.0
STOP_S: Final = 5.0
_PREFIXES: Final = ("offline provider: ", "agent-service: ")


class OfflineProcess:
    """A provider that is up."""

    def __init__(self, process: Process, url: str) -> None:
        self.url = url
        self._process = process

    async def wait_lost(self) -> None:
        """Return when the process has ended, which it should not do by itself."""
        await self._process.wait()


@asynccontextmanager
async def offline_provider(
    settings: OfflineSettings, progress: Callable[[str], None]
) -> AsyncIterator[OfflineProcess]:
    """Run the provider for the block; raise OfflineError, in its own words, if it cannot run."""
    process = await asyncio.create_subprocess_exec(
        *_command(settings),
        stdin=PIPE,
        stdout=PIPE,
        stderr=PIPE,
        # The terminal's Ctrl-C is for us: the provider ends after the last conversation.
        start_new_session=True,
    )
    assert process.stdin is not None
    assert process.stdout is not None
    assert process.stderr is not None
    last_words: deque[str] = deque(maxlen=3)
    relaying = asyncio.gather(_relay(process.stderr, progress, last_words))
    process.stdin.write(_keys(settings))
    try:
        url = await _ready_url(process.stdout)
        if url is None:
            await relaying
            raise OfflineError(" ".join(last_words) or "The offline provider did not start.")
        yield OfflineProcess(process, url)
    finally:
        await _end(process)
        await relaying


def _command(settings: OfflineSettings) -> list[str]:
    command = [
        sys.executable,
        "-m",
        "agent_service",
        "offline",
        "--exit-with-parent",
        "--keys-from-stdin",
    ]
    command += ["--host", settings.host, "--port", str(settings.port)]
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


async def _relay(
    stderr: StreamReader, progress: Callable[[str], None], last_words: deque[str]
) -> None:
    while line := await stderr.readline():
        text = line.decode(errors="replace").strip()
        for prefix in _PREFIXES:
            text = text.removeprefix(prefix)
        if text:
            last_words.append(text)
            progress(text)


async def _end(process: Process) -> None:
    """Close its standard input, which tells it to end; make it end if it does not."""
    if process.stdin is not None:
        process.stdin.close()
    try:
        async with asyncio.timeout(STOP_S):
            await process.wait()
    except TimeoutError:
        process.kill()
        await process.wait()
