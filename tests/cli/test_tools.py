"""``tools`` shows declarations, rehearses and runs a tool, and switches one off."""

import argparse
import io
import json
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from agent_service.cli import tools
from agent_service.clock import SystemClock
from agent_service.errors import SettingsError
from agent_service.settings import load
from agent_service.store.database import Database
from agent_service.store.migrating import upgrade
from agent_service.store.shop import Order, OrderStatus
from agent_service.store.shop_seed import seed_shop
from agent_service.tools.shop_tools import TOOLS

CANCEL = '{"order_number": 1007}'


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    url = load(overrides={"data_dir": tmp_path}).database_url
    upgrade(url)
    database = Database(url)
    with database.write() as session:
        seed_shop(session, SystemClock().utc())
    database.close()
    return tmp_path


def run(folder: Path, *arguments: str) -> int:
    parser = argparse.ArgumentParser()
    tools.register(parser.add_subparsers())
    return tools.run(parser.parse_args(["tools", *arguments, "--data-dir", str(folder)]))


def shown(capsys: pytest.CaptureFixture[str]) -> dict[str, Any]:
    text = capsys.readouterr().out
    found: dict[str, Any] = json.loads(text[text.index("{") :])
    return found


def status_of(folder: Path, number: int) -> OrderStatus:
    database = Database(load(overrides={"data_dir": folder}).database_url)
    with database.read() as session:
        status = session.scalars(select(Order.status).where(Order.number == number)).one()
    database.close()
    return status


def test_list_names_every_tool(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(tmp_path, "list") == 0
    lines = capsys.readouterr().out.splitlines()
    assert [line.split()[0] for line in lines] == [tool.name for tool in TOOLS]


def test_describe_shows_the_declaration(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(tmp_path, "describe", "refund_order") == 0
    assert shown(capsys)["approval"] == "above 100.00 USD, two people above 500.00 USD"


def test_rehearsal_keeps_nothing(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(folder, "run", "cancel_order", CANCEL, "--dry-run") == 0
    told = shown(capsys)
    assert (told["order_status"], told["is_rehearsal"]) == ("cancelled", True)
    assert status_of(folder, 1007) == OrderStatus.PLACED


@pytest.mark.parametrize(
    ("answer", "status", "order"),
    [("y\n", 0, OrderStatus.CANCELLED), ("no\n", 1, OrderStatus.PLACED)],
)
def test_write_asks_first(
    folder: Path, monkeypatch: pytest.MonkeyPatch, answer: str, status: int, order: OrderStatus
) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO(answer))
    assert run(folder, "run", "cancel_order", CANCEL) == status
    assert status_of(folder, 1007) == order


def test_customer_and_level_can_be_named(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(folder, "run", "get_order_status", CANCEL, "--customer", "C0002") == 1
    assert "cannot find order 1007" in shown(capsys)["say"]
    assert run(folder, "run", "cancel_order", CANCEL, "--dry-run", "--level", "identified") == 1


def test_tool_that_is_off_does_not_run(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(folder, "off", "get_order_status", "--reason", "test") == 0
    assert run(folder, "run", "get_order_status", CANCEL) == 1
    assert run(folder, "on", "get_order_status") == 0
    assert run(folder, "run", "get_order_status", CANCEL) == 0


def test_unknown_tool_is_named_with_the_known_ones(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match=r"no tool 'refund'.*refund_order"):
        run(tmp_path, "describe", "refund")
