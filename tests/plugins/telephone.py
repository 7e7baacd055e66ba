"""A telephone over SIP: a process of its own, since a SIP stack is there once in each.

As a program it dials, reads orders as lines of JSON, and writes in the same way what it hears.
"""

import asyncio
import json
import sys
from array import array
from asyncio.subprocess import PIPE
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

import baresip

LOUD = 1_000
OWN_TONE = array("h", [8_000, 8_000, 8_000, 8_000, -8_000, -8_000, -8_000, -8_000] * 100)
"""100 ms of sound, at 8 kHz."""


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
    program = [sys.executable, __file__, f"sip:{called}@127.0.0.1:{port}", number, codec]
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


async def call(uri: str, number: str, codec: str) -> None:
    """Be the telephone."""
    stack = baresip.Runtime()
    extra = "sip_listen 127.0.0.1:0\naudio_jitter_buffer_type off"
    await stack.start(baresip.Config(net_interface="127.0.0.1", extra_config_text=extra))
    account = baresip.Account(number, "127.0.0.1", "", reg_interval=0, audio_codecs=(codec,))
    line = await (await baresip.UserAgent.create(stack, account)).dial(uri)
    told: dict[str, Any] = {"loud_ms": 0, "heard_ms": 0, "is_connected": False}

    def tell(**news: Any) -> None:
        told.update(news)
        print(json.dumps(told), flush=True)  # noqa: T201 - what it hears

    async def listen() -> None:
        try:
            await line.wait_established()
        except baresip.BaresipError as error:
            tell(end=str(error))
            return
        tell(is_connected=True)
        while line.state is not baresip.CallState.CLOSED:
            try:
                heard = array("h", line.audio.read(16_000))
                per_ms = max(8, line.audio.info().rx_sample_rate // 1000)
            except baresip.BaresipError:  # not yet, anew, or no more
                heard, per_ms = array("h"), 8
            if heard:
                parts = (heard[at : at + per_ms] for at in range(0, len(heard), per_ms))
                tell(
                    loud_ms=told["loud_ms"] + sum(max(part) > LOUD for part in parts),
                    heard_ms=told["heard_ms"] + len(heard) // per_ms,
                )
            await asyncio.sleep(0.02)
        tell(end="hung up")

    async def obey() -> None:
        orders = asyncio.StreamReader()
        loop = asyncio.get_running_loop()
        await loop.connect_read_pipe(lambda: asyncio.StreamReaderProtocol(orders), sys.stdin)
        async for order in orders:
            match json.loads(order):
                case {"say": tenths}:
                    line.audio.write(OWN_TONE.tobytes() * tenths)
                case {"press": keys}:
                    await line.send_dtmf(keys)
                case {"hang_up": _}:
                    await line.hangup()

    async with asyncio.TaskGroup() as tasks:
        obeying = tasks.create_task(obey())
        await listen()
        obeying.cancel()
    await stack.close()


if __name__ == "__main__":
    asyncio.run(call(*sys.argv[1:]))
