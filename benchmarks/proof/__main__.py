"""What chaining costs: the log's writer and the ledger with it and without, in turns."""

import argparse
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy.orm import Session

from agent_service.clock import uuid7
from agent_service.conversation.records import (
    Caller,
    CallerLevel,
    ConversationRecord,
    Modality,
    Role,
    ToolCallStatus,
    TurnRecord,
)
from agent_service.store import database as of_database
from agent_service.store.database import Database
from agent_service.store.ledger import LedgerCall, Outcome, close_call, open_call
from agent_service.store.migrating import upgrade
from agent_service.store.proof.chain import seal
from agent_service.store.proof.checking import check_conversations
from agent_service.store.proof.findings import Tally
from agent_service.store.tables import ToolEffect
from agent_service.store.writer import write_records

AT = datetime(2026, 11, 1, tzinfo=UTC)
SAID = "I would like to know where my order is, which I placed on Monday, and when it will come."


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.proof", description=__doc__)
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--postgresql", metavar="URL", help="an empty database")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        urls = [f"sqlite:///{Path(folder) / 'measured.db'}"]
        if arguments.postgresql:
            urls.append(arguments.postgresql)
        for url in urls:
            upgrade(url)
            database = Database(url)
            _compare(database, arguments.rounds)
            _verify(database)
            database.close()


def _compare(database: Database, rounds: int) -> None:
    works: dict[str, Callable[[Database], int]] = {
        "writer, 10 records a commit": lambda d: _write(d, commits=40, size=10),
        "writer, 200 records a commit": lambda d: _write(d, commits=10, size=200),
        "ledger, a write": _call,
    }
    print(f"\n| {database.dialect} | without | with | loss | CPU without | CPU with | loss |")
    print("|---|---|---|---|---|---|---|")
    for name, work in works.items():
        taken: dict[bool, list[tuple[float, float]]] = {True: [], False: []}
        for number in range(2 * rounds + 2):
            is_sealed = number % 2 == 0
            with _sealing(is_sealed):
                began, used = time.perf_counter(), time.process_time()
                count = work(database)
                passed, spent = time.perf_counter() - began, time.process_time() - used
                if number > 1:  # the first two warm up
                    taken[is_sealed].append((passed / count * 1e6, spent / count * 1e6))
        cells = [_compared(taken[False], taken[True], which) for which in (0, 1)]
        print(f"| {name} | {' | '.join(cells)} |")


def _compared(
    without: list[tuple[float, float]], sealed: list[tuple[float, float]], which: int
) -> str:
    plain, chained = (statistics.median(one[which] for one in each) for each in (without, sealed))
    return f"{plain:.0f} µs | {chained:.0f} µs | {chained / plain - 1:.0%}"


def _verify(database: Database) -> None:
    """Check what was written with chains and without: the latter is found, and no matter here."""
    tally, after, began = Tally(), "", time.perf_counter()
    while True:
        with database.read() as session:
            _, after = check_conversations(session, after, tally)
        if not after:
            break
    rate = tally.rows / (time.perf_counter() - began)
    print(f"verify: {tally.rows:,} rows, {rate:,.0f} a second")


@contextmanager
def _sealing(is_on: bool) -> Iterator[None]:
    of_database.seal = seal if is_on else _nothing  # type: ignore[attr-defined]
    yield
    of_database.seal = seal  # type: ignore[attr-defined]


def _nothing(session: Session) -> None:
    """What a commit without chains does."""


def _conversation() -> ConversationRecord:
    return ConversationRecord(
        conversation_id=uuid7(),
        agent="support",
        channel="widget",
        modality=Modality.AUDIO,
        caller=Caller("C-1", "Jane Doe", CallerLevel.IDENTIFIED),
        provider="offline",
        model="offline",
        started_at=AT,
    )


def _turn(conversation_id: str, seq: int) -> TurnRecord:
    at = AT + timedelta(seconds=seq)
    values: dict[str, Any] = {"started_ms": 1000 * seq, "ended_ms": 1000 * seq + 900}
    return TurnRecord(
        turn_id=uuid7(),
        conversation_id=conversation_id,
        seq=seq,
        role=Role.AGENT,
        modality=Modality.AUDIO,
        text=SAID,
        heard_text=SAID,
        heard_ms=4000,
        is_interrupted=False,
        started_at=at,
        ended_at=at,
        first_audio_ms=640,
        **values,
    )


def _write(database: Database, *, commits: int, size: int) -> int:
    """Write a turn of each of ``size`` conversations in every commit, as many live ones do."""
    conversations = [_conversation() for _ in range(size)]
    with database.write_log() as session:
        write_records(session, conversations)
    for seq in range(commits):
        with database.write_log() as session:
            write_records(session, [_turn(one.conversation_id, seq) for one in conversations])
    return commits * size


def _call(database: Database) -> int:
    conversation = _conversation()
    with database.write_log() as session:
        write_records(session, [conversation])
    for number in range(100):
        call = LedgerCall(
            id=uuid7(),
            conversation_id=conversation.conversation_id,
            tool_call_id=f"call_{number}",
            name="cancel_order",
            arguments='{"order_number": 1007}',
            arguments_hash="0" * 64,
            effect=ToolEffect.WRITE,
            caller=Caller(),
        )
        with database.write() as session:
            open_call(session, call, AT)
        with database.write() as session:
            close_call(session, call, Outcome(ToolCallStatus.SUCCEEDED, '{"state": "ok"}'), AT)
    return 100


if __name__ == "__main__":
    main()
