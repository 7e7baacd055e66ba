"""A telephone over SIP, as a test has it in hand: `sip_phone.py` in a process of its own."""

import asyncio
import json
import sys
from asyncio.subprocess import PIPE
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from hand_provider import HandProvider
from webrtc_line import TONE

from agent_service.conversation.commands import RequestResponse

PROGRAM = Path(__file__).with_name("sip_phone.py")


class Telephone:
    """What a test has in hand of it."""

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        self._process = process
        self.loud_ms = 0
        """How much of what came was loud."""
        self.heard_ms = 0
        self.is_connected = False
        self._is_hung_up = False
        self.end: str | None = None
        """Why the call is over."""

    async def until(self, is_so: Callable[[], bool]) -> None:
        """Listen until it is so."""
        assert self._process.stdout is not None
        while not is_so():
            line = await self._process.stdout.readline()
            assert line, "the telephone is broken"
            vars(self).update(json.loads(line))

    async def connected(self) -> None:
        await self.until(lambda: self.is_connected or self.end is not None)
        assert self.is_connected, self.end

    async def hears(self, ms: int) -> None:
        """Listen until so much more of the agent was heard."""
        enough_ms = self.loud_ms + ms
        await self.until(lambda: self.loud_ms >= enough_ms)

    async def falls_silent(self) -> None:
        """Listen until nothing more of the agent comes."""
        loud_ms = -1
        while self.loud_ms != loud_ms:
            loud_ms, later_ms = self.loud_ms, self.heard_ms + 500
            await self.until(lambda later_ms=later_ms: self.heard_ms >= later_ms)  # type: ignore[misc]

    async def ended(self) -> str:
        await self.until(lambda: self.end is not None)
        assert self.end is not None
        return self.end

    def say(self) -> None:
        """Make a sound for a fifth of a second."""
        self._order(say=2)

    def press(self, keys: str) -> None:
        self._order(press=keys)

    def hang_up(self) -> None:
        if self.end is None and not self._is_hung_up:
            self._is_hung_up = True
            self._order(hang_up=True)

    def breaks(self) -> None:
        """Be gone without a word."""
        self.end = "broken"
        self._process.kill()

    def _order(self, **order: Any) -> None:
        assert self._process.stdin is not None
        self._process.stdin.write(json.dumps(order).encode() + b"\n")


@asynccontextmanager
async def telephone(
    port: int, called: str = "support", number: str = "+15550100", codec: str = "pcmu"
) -> AsyncIterator[Telephone]:
    """Call a number at the service's SIP port."""
    program = [sys.executable, str(PROGRAM), f"sip:{called}@127.0.0.1:{port}", number, codec]
    process = await asyncio.create_subprocess_exec(*program, stdin=PIPE, stdout=PIPE)
    phone = Telephone(process)
    try:
        yield phone
        phone.hang_up()
        await phone.ended()
    finally:
        if process.returncode is None:
            process.kill()
        await process.wait()


async def greeted(lines: Any, phone: Telephone) -> HandProvider:
    """Listen to the greeting, to its end."""
    provider: HandProvider = await lines.provider()
    provider.sound = TONE
    await provider.until(RequestResponse)
    provider.generates("Hello there.")
    await phone.hears(300)
    await phone.falls_silent()
    return provider
