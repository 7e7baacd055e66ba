"""Measures what a call costs by each door: the widget's socket and WebRTC, in turn."""

import argparse
import asyncio
import os
import statistics
from collections.abc import Awaitable, Callable
from typing import TypeAlias

import uvloop

from benchmarks.doors import callers
from benchmarks.relay.callers import Callers
from benchmarks.relay.provider import Provider
from benchmarks.relay.targets import HERE, Target, running

LOAD_CORE = 0
SETTLE_S = 2.0

HangUp: TypeAlias = Callable[[], Awaitable[None]]
Dial: TypeAlias = Callable[[Target, int], Awaitable[HangUp]]


async def by_widget(target: Target, calls: int) -> HangUp:
    line = Callers(target.tickets)
    await line.dial(target.port, calls)
    line.talk()

    async def hang_up() -> None:
        line.hush()
        line.hang_up()

    return hang_up


async def by_webrtc(target: Target, calls: int) -> HangUp:
    peers = await callers.dial(target.port, target.tickets or [])

    async def hang_up() -> None:
        for peer in peers:
            await peer.close()

    return hang_up


DOORS: dict[str, Dial] = {"widget": by_widget, "webrtc": by_webrtc}


async def measure(dial: Dial, calls: int, seconds: float) -> tuple[float, float]:
    """Return the processor time, in ms for a second of a call, and the memory of one, in KB."""
    provider = Provider()
    server = await asyncio.get_running_loop().create_server(provider.endpoint, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    try:
        with running(HERE, port, calls, is_recorded=False) as target:
            idle_kb = target.memory_kb()
            hang_up = await dial(target, calls)
            provider.speak()
            await asyncio.sleep(SETTLE_S)
            before_ns = target.cpu_ns()
            await asyncio.sleep(seconds)
            ms = (target.cpu_ns() - before_ns) / 1e6 / calls / seconds
            kb = (target.memory_kb() - idle_kb) / calls
            provider.hush()
            await hang_up()
            return ms, kb
    finally:
        server.close()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--calls", type=int, default=5)
    parser.add_argument("--seconds", type=float, default=10.0)
    parser.add_argument("--rounds", type=int, default=3)
    arguments = parser.parse_args()
    os.sched_setaffinity(0, {LOAD_CORE})
    os.environ["AGENT_SERVICE_WEBRTC__ENABLED"] = "true"  # noqa: TID251 - for the target
    found: dict[str, list[tuple[float, float]]] = {name: [] for name in DOORS}
    for _ in range(arguments.rounds):
        for name, rounds in found.items():
            rounds.append(uvloop.run(measure(DOORS[name], arguments.calls, arguments.seconds)))
    for name, rounds in found.items():
        ms, kb = (statistics.median(column) for column in zip(*rounds, strict=True))
        pairs = zip(rounds, found["widget"], strict=True)
        ratio = statistics.median(one[0] / other[0] for one, other in pairs)
        print(f"{name:8} {ms:7.1f} CPU ms/call-s  x{ratio:5.1f}  {kb:7.0f} KB/call")


if __name__ == "__main__":
    main()
