"""A telephone over SIP: a program, since a SIP stack is there once in each process.

It dials, reads orders as lines of JSON, and writes in the same way what it hears.
"""

import asyncio
import json
import sys
from array import array
from typing import Any

import baresip

LOUD = 1_000
OWN_TONE = array("h", [8_000, 8_000, 8_000, 8_000, -8_000, -8_000, -8_000, -8_000] * 100)
"""100 ms of sound, at 8 kHz."""


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
