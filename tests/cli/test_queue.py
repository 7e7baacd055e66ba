"""``agent-service queue``: a person without a browser reads, keeps and decides promises."""

import json
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select
from tool_desk import ToolDesk
from workshop import Job, Payback
from workshop_desk import filled, opened

from agent_service.__main__ import main
from agent_service.clock import SystemClock
from agent_service.conversation.records import Caller, CallerLevel
from agent_service.store.database import Database
from agent_service.store.tables import AuditEntry

STRANGER = Caller("ACME-77", "Ann \x1b[31mAcme", CallerLevel.VERIFIED)
Run = Callable[..., tuple[int, str, str]]


@pytest.fixture
def folder(migrated_sqlite: Path, tmp_path: Path) -> Path:
    shutil.copy(migrated_sqlite, tmp_path / "agent_service.db")
    (tmp_path / "service.toml").write_text('company = "workshop"')
    (tmp_path / "agents").mkdir()
    (tmp_path / "agents" / "support.toml").write_text('title = "Desk"\ninstructions = "Help."')
    return tmp_path


@pytest.fixture
def desk(folder: Path) -> Iterator[ToolDesk]:
    """The workshop's tools on the command's database, and the clock that the command has."""
    database = Database(f"sqlite:///{folder / 'agent_service.db'}")
    desk = opened(filled(database), SystemClock())  # type: ignore[arg-type]  # the command has the real one
    yield desk
    desk.close()
    database.close()


@pytest.fixture
def run(folder: Path, capsys: pytest.CaptureFixture[str]) -> Run:
    def act(*arguments: str) -> tuple[int, str, str]:
        places = ("--config", str(folder), "--data-dir", str(folder))
        status = main(["queue", *arguments, *places])
        out, err = capsys.readouterr()
        return status, out, err

    return act


def rows(run: Run, *arguments: str) -> list[dict[str, Any]]:
    status, out, _ = run("list", "--json", *arguments)
    assert status == 0
    return [json.loads(line) for line in out.splitlines()]


def test_list_shows_what_was_promised(desk: ToolDesk, run: Run) -> None:
    desk.call("hand_over_to_human", {"reason": "wants a person"}, caller=STRANGER)
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


def test_done_is_told_once(desk: ToolDesk, run: Run) -> None:
    desk.call("hand_over_to_human", {}, caller=STRANGER)
    promise = rows(run)[0]["id"]
    assert run("done", promise, "--note", "called")[:2] == (0, f"{promise} is done.\n")
    status, _, err = run("done", promise)
    assert status == 1
    assert "was done already, by operator:" in err
    assert rows(run) == []
    assert rows(run, "--all")[0]["note"] == "called"
    with desk.database.read() as session:
        entry = session.scalars(select(AuditEntry).where(AuditEntry.action == "promise.done")).one()
    assert entry.actor.startswith("operator:")


def test_unknown_promise_is_told(desk: ToolDesk, run: Run) -> None:
    status, _, err = run("done", "ticket-999")
    assert (status, "agent-service queue list" in err) == (1, True)


def test_approval_is_decided_as_done_says(desk: ToolDesk, run: Run) -> None:
    with desk.database.write() as session:
        job = session.get_one(Job, 1002)
        job.paid_minor = 150_00
    desk.call("pay_back", {"job": 1002, "reason": "broken"})
    promise = rows(run)[0]["id"]
    status, _, err = run("done", promise)
    assert (status, f"agent-service queue decide {promise} --approve" in err) == (1, True)
    status, out, _ = run("decide", promise, "--approve", "--note", "looked at it")
    assert status == 0
    assert out.startswith(f"{promise} is approved: I have requested that")
    with desk.database.read() as session:
        assert session.scalars(select(Payback.amount_minor)).all() == [150_00]
    status, _, err = run("decide", promise, "--decline")
    assert (status, "approved already" in err) == (1, True)
