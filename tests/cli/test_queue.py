"""``agent-service queue``: a person without a browser reads, keeps and decides promises."""

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from shop_desk import ShopDesk
from sqlalchemy import select

from agent_service.__main__ import main
from agent_service.clock import SystemClock
from agent_service.conversation.records import Caller, CallerLevel
from agent_service.demo_shop import TABLES
from agent_service.demo_shop.seed import seed_shop
from agent_service.demo_shop.tables import OrderItem, Refund
from agent_service.store.database import Database
from agent_service.store.migrating import upgrade
from agent_service.store.tables import AuditEntry

STRANGER = Caller("ACME-77", "Ann \x1b[31mAcme", CallerLevel.VERIFIED)
Run = Callable[..., tuple[int, str, str]]


class Shop:
    def __init__(self, folder: Path) -> None:
        self.database = Database(f"sqlite:///{folder / 'agent_service.db'}")
        self.desk = ShopDesk(self.database, SystemClock())  # type: ignore[arg-type]  # the command has the real one


@pytest.fixture
def folder(migrated_sqlite: Path, tmp_path: Path) -> Path:
    shutil.copy(migrated_sqlite, tmp_path / "agent_service.db")
    upgrade(f"sqlite:///{tmp_path / 'agent_service.db'}", branch=TABLES)
    return tmp_path


@pytest.fixture
def shop(folder: Path) -> Any:
    shop = Shop(folder)
    with shop.database.write() as session:
        seed_shop(session, SystemClock().utc())
    yield shop
    shop.desk.close()
    shop.database.close()


@pytest.fixture
def run(folder: Path, capsys: pytest.CaptureFixture[str]) -> Run:
    def act(*arguments: str) -> tuple[int, str, str]:
        status = main(["queue", *arguments, "--data-dir", str(folder)])
        out, err = capsys.readouterr()
        return status, out, err

    return act


def rows(run: Run, *arguments: str) -> list[dict[str, Any]]:
    status, out, _ = run("list", "--json", *arguments)
    assert status == 0
    return [json.loads(line) for line in out.splitlines()]


def test_list_shows_what_was_promised(shop: Shop, run: Run) -> None:
    shop.desk.call("hand_over_to_human", {"reason": "wants a person"}, caller=STRANGER)
    status, out, _ = run("list")
    assert status == 0
    assert "A colleague takes over: wants a person" in " ".join(out.split())
    assert "0 min" in out
    assert "\x1b[31m" not in out
    (row,) = rows(run)
    assert (row["kind"], row["customer_id"]) == ("handoff", "ACME-77")
    assert row["age_s"] >= 0
    assert rows(run, "--kind", "ticket") == []


def test_empty_queue_is_told(run: Run) -> None:
    assert run("list")[1] == "Nothing is open.\n"


def test_done_is_told_once(shop: Shop, run: Run) -> None:
    shop.desk.call("hand_over_to_human", {}, caller=STRANGER)
    promise = rows(run)[0]["id"]
    assert run("done", promise, "--note", "called")[:2] == (0, f"{promise} is done.\n")
    status, _, err = run("done", promise)
    assert status == 1
    assert "was done already, by operator:" in err
    assert rows(run) == []
    assert rows(run, "--all")[0]["note"] == "called"
    with shop.database.read() as session:
        entry = session.scalars(select(AuditEntry).where(AuditEntry.action == "promise.done")).one()
    assert entry.actor.startswith("operator:")


def test_unknown_promise_is_told(shop: Shop, run: Run) -> None:
    status, _, err = run("done", "ticket-999")
    assert (status, "agent-service queue list" in err) == (1, True)


def test_approval_is_decided_as_done_says(shop: Shop, run: Run) -> None:
    with shop.database.write() as session:
        item = session.scalars(select(OrderItem).where(OrderItem.order_number == 1002)).one()
        item.paid_minor = 150_00
    shop.desk.call("refund_order", {"order_number": 1002, "reason": "broken"})
    promise = rows(run)[0]["id"]
    status, _, err = run("done", promise)
    assert (status, f"agent-service queue decide {promise} --approve" in err) == (1, True)
    status, out, _ = run("decide", promise, "--approve", "--note", "looked at it")
    assert status == 0
    assert out.startswith(f"{promise} is approved: I have requested a refund")
    with shop.database.read() as session:
        assert session.scalars(select(Refund.amount_minor)).all() == [150_00]
    status, _, err = run("decide", promise, "--decline")
    assert (status, "approved already" in err) == (1, True)
