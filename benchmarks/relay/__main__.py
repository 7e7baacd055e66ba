"""Measures what the service costs on the way of the audio, beside a bare relay in the same run."""

import argparse
import asyncio
import os
import statistics
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

import uvloop

from benchmarks.relay.callers import Callers
from benchmarks.relay.provider import Provider
from benchmarks.relay.targets import HERE, Target, running

COSTS = ("us_per_frame", "us_per_delta", "ms_per_call_second")
LOAD_CORE = 0
SETTLE_S = 1.0


@dataclass(frozen=True)
class Figures:
    """Of one target in one round."""

    us_per_frame: float
    us_per_delta: float
    ms_per_call_second: float
    up_ms: tuple[float, float]
    """Added delay, median and 99th percentile."""
    down_ms: tuple[float, float]
    kb_per_call: float
    lost: int
    busy: float
    """Share of its core in the mixed phase."""


async def measure(
    checkout: Path | None, calls: int, seconds: float, *, is_recorded: bool
) -> Figures:
    """Start the target and put it under three loads in turn: up, down, both."""
    provider = Provider()
    loop = asyncio.get_running_loop()
    server = await loop.create_server(provider.endpoint, "127.0.0.1", 0)
    try:
        port = server.sockets[0].getsockname()[1]
        with running(checkout, port, calls, is_recorded=is_recorded) as target:
            idle_kb = target.memory_kb()
            callers = Callers(target.tickets)
            await callers.dial(target.port, calls)
            figures = await _loads(target, provider, callers, calls, seconds, idle_kb)
            callers.hang_up()
            if callers.errors:
                raise RuntimeError(f"the target complained: {callers.errors[0]}")
            return figures
    finally:
        server.close()


async def _loads(
    target: Target,
    provider: Provider,
    callers: Callers,
    calls: int,
    seconds: float,
    idle_kb: int,
) -> Figures:
    await asyncio.sleep(SETTLE_S)
    callers.talk()
    frames, up_ns = await _spent(target, lambda: provider.appends, seconds)
    callers.hush()
    await asyncio.sleep(SETTLE_S)
    provider.speak()
    deltas, down_ns = await _spent(target, lambda: callers.deltas, seconds)
    provider.delays_ns.clear()
    callers.delays_ns.clear()
    callers.talk()
    _, both_ns = await _spent(target, lambda: provider.appends, seconds)
    callers.hush()
    provider.hush()
    memory_kb = target.memory_kb()
    await asyncio.sleep(4 * SETTLE_S)
    return Figures(
        us_per_frame=up_ns / frames / 1e3,
        us_per_delta=down_ns / deltas / 1e3,
        ms_per_call_second=both_ns / 1e6 / calls / seconds,
        up_ms=_delay(provider.delays_ns),
        down_ms=_delay(callers.delays_ns),
        kb_per_call=(memory_kb - idle_kb) / calls,
        lost=callers.frames - provider.appends + provider.deltas - callers.deltas,
        busy=both_ns / 1e9 / seconds,
    )


async def _spent(target: Target, count: Callable[[], int], seconds: float) -> tuple[int, int]:
    """Return how much was counted and how much processor time was used meanwhile."""
    await asyncio.sleep(SETTLE_S)
    before, before_ns = count(), target.cpu_ns()
    await asyncio.sleep(seconds)
    return count() - before, target.cpu_ns() - before_ns


def _delay(delays_ns: list[int]) -> tuple[float, float]:
    cuts = statistics.quantiles(delays_ns, n=100)
    return cuts[49] / 1e6, cuts[98] / 1e6


def show(results: dict[str, list[Figures]]) -> None:
    """Print medians over the rounds and, for each, the ratio to the bare relay."""
    print(
        "target   us/frame  x bare   us/delta  x bare   CPU ms/call-s  x bare"
        "   up p50/p99 ms   down p50/p99 ms   KB/call   core  lost"
    )
    for name, rounds in results.items():
        costs = [_cost(rounds, results.get("bare", []), member) for member in COSTS]
        up = _pair(round_.up_ms for round_ in rounds)
        down = _pair(round_.down_ms for round_ in rounds)
        print(
            f"{name:8} {costs[0]}  {costs[1]}     {costs[2]}     {up}     {down}"
            f"  {statistics.median(r.kb_per_call for r in rounds):8.0f}"
            f"  {statistics.median(r.busy for r in rounds):5.0%}  {sum(r.lost for r in rounds)}"
        )

    for name, other in (("service", "before"), ("recorded", "service")):
        if name in results and other in results:
            ratios = (_ratio(results[name], results[other], member) for member in COSTS)
            print(f"{name} to {other}{' x'.join(['', *ratios])}")


def _cost(rounds: list[Figures], bare: list[Figures], member: str) -> str:
    value = statistics.median(getattr(figures, member) for figures in rounds)
    return f"{value:8.2f}  {_ratio(rounds, bare, member) if bare else '     -'}"


def _ratio(rounds: list[Figures], others: list[Figures], member: str) -> str:
    # Round by round, so that what else the machine does touches both alike.
    pairs = zip(rounds, others, strict=False)
    return f"{statistics.median(getattr(r, member) / getattr(o, member) for r, o in pairs):6.2f}"


def _pair(delays: Iterable[tuple[float, float]]) -> str:
    medians, tails = zip(*delays, strict=True)
    return f"{statistics.median(medians):5.2f} / {statistics.median(tails):5.2f}"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--calls", type=int, default=100)
    parser.add_argument("--seconds", type=float, default=10.0, help="of each load")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--targets", default="bare,service")
    parser.add_argument("--before", type=Path, help="another checkout, measured in turn")
    arguments = parser.parse_args()
    checkouts = {"bare": None, "service": HERE, "recorded": HERE}
    names = arguments.targets.split(",")
    if arguments.before:
        checkouts["before"] = arguments.before.resolve()
        names.insert(0, "before")
    os.sched_setaffinity(0, {LOAD_CORE})
    results: dict[str, list[Figures]] = {name: [] for name in names}
    for number in range(arguments.rounds):
        for name, rounds in results.items():
            figures = measure(
                checkouts[name],
                arguments.calls,
                arguments.seconds,
                is_recorded=name == "recorded",
            )
            rounds.append(uvloop.run(figures))
            print(f"round {number + 1}: {name} {rounds[-1]}")
    show(results)


if __name__ == "__main__":
    main()
