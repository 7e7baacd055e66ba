"""Processes to be killed, and the oracle that every fault is held against."""

import multiprocessing
from collections.abc import Callable, Iterator
from multiprocessing.context import ForkServerProcess
from pathlib import Path
from typing import Any

import pytest
from shop_desk import (
    desk,
    make_desk,
    postgresql_shop_url,
    seeded_postgresql,
    seeded_sqlite,
    shop_database,
    shop_url,
    sqlite_desk,
    sqlite_shop_url,
)
from sqlalchemy import func, select

from agent_service.conversation.records import ToolCallStatus
from agent_service.demo_shop.tables import OrderItem, Refund
from agent_service.store.database import Database
from agent_service.store.outbox import OutboxRow
from agent_service.store.tables import ToolCall

__all__ = [
    "desk",
    "make_desk",
    "postgresql_shop_url",
    "seeded_postgresql",
    "seeded_sqlite",
    "shop_database",
    "shop_url",
    "sqlite_desk",
    "sqlite_shop_url",
]
ROOT = Path(__file__).parents[2]


@pytest.fixture
def start(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[..., ForkServerProcess]]:
    """Start a process; those still running at the end are killed."""
    # The server that processes are forked from imports the workload once; it has to find it.
    monkeypatch.setenv("PYTHONPATH", f"{ROOT}:{ROOT / 'tests' / 'plugins'}")
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["fault_workload"])
    started: list[ForkServerProcess] = []

    def begin(work: Callable[..., None], *arguments: Any) -> ForkServerProcess:
        process = context.Process(target=work, args=arguments, daemon=True)
        process.start()
        started.append(process)
        return process

    yield begin
    for process in started:
        process.kill()
        process.join(60)


@pytest.fixture
def check_ledger() -> Callable[[Database], None]:
    """Hold money, ledger and outbox against each other."""

    def check(database: Database) -> None:
        with database.read() as session:
            # A repeat of a wish has its outcome, but not its key, and no effect.
            succeeded = session.scalar(
                select(func.count()).where(
                    ToolCall.name == "refund_order",
                    ToolCall.status == ToolCallStatus.SUCCEEDED,
                    ToolCall.intent_key.is_not(None),
                )
            )
            made = session.execute(select(Refund.idempotency_key, Refund.order_item_id)).all()
            keys = {key for key, _ in made}
            queued = session.scalar(select(func.count()).where(OutboxRow.kind == "refund"))
            over = session.scalar(
                select(func.count()).where(OrderItem.refunded_minor > OrderItem.paid_minor)
            )
            refunded = session.scalar(select(func.coalesce(func.sum(Refund.amount_minor), 0)))
            counted = session.scalar(select(func.sum(OrderItem.refunded_minor)))
        assert len(made) == len(set(made)), "a line was refunded twice by one call"
        assert len(keys) == succeeded, "a refund without its outcome, or an outcome without it"
        assert len(keys) == queued, "a refund that nobody will be asked to pay"
        assert refunded == counted
        assert over == 0

    return check
