"""``retention run`` and ``customers erase`` as an operator sees them."""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from agent_service.__main__ import main
from agent_service.conversation.records import Caller
from agent_service.demo_shop import company
from agent_service.demo_shop.tables import Customer, Order
from agent_service.store.database import Database
from agent_service.store.migrating import upgrade
from agent_service.store.tables import AuditEntry, Conversation
from agent_service.store.writer import write_records


@pytest.fixture
def place(tmp_path: Path, sample: Any) -> Path:
    """A data folder with the demo shop and one old conversation, and settings for it."""
    config = tmp_path / "config"
    (config / "agents").mkdir(parents=True)
    (config / "agents" / "support.toml").write_text(
        'title = "Support"\ninstructions = "Help."\n'
        'tool_modules = ["agent_service.demo_shop"]\n'
        "[retention]\ntext_days = 30\nconversation_days = 400\n"
    )
    (config / "service.toml").write_text("")
    url = f"sqlite:///{tmp_path / 'agent_service.db'}"
    upgrade(url, branch=company().tables)
    began_at = datetime.now(UTC) - timedelta(days=31)
    sample.started_at = began_at
    database = Database(url)
    with database.write() as session:
        seed = company().seed
        assert seed is not None
        seed(session, began_at)
    caller = Caller("C0001", "Jane Doe")
    with database.write_log() as session:
        write_records(session, [sample.conversation(caller=caller, ended_at=began_at)])
        write_records(session, [sample.turn(1, text="zebrafish", heard_text="zebrafish")])
    database.close()
    return tmp_path


def run(place: Path, *words: str) -> int:
    return main([*words, "--config", str(place / "config"), "--data-dir", str(place)])


def lines(capsys: pytest.CaptureFixture[str]) -> list[Any]:
    return [json.loads(line) for line in capsys.readouterr().out.splitlines()]


def test_a_dry_run_counts_and_changes_nothing(
    place: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for _ in range(2):
        assert run(place, "retention", "run", "--dry-run", "--json") == 0
        assert [(line["kind"], line["due"]) for line in lines(capsys)] == [
            ("text", 1),
            ("conversations", 0),
        ]


def test_a_run_takes_out_what_is_due(place: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(place, "retention", "run") == 0
    shown = capsys.readouterr().out
    assert "1 turns" in shown
    assert run(place, "retention", "run", "--json") == 0
    assert [line["removed"] for line in lines(capsys)] == [{}, {}]


def test_the_shop_empties_what_it_has_to_keep(
    place: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(place, "customers", "erase", "C0001", "--json") == 0
    (receipt,) = lines(capsys)
    assert receipt["removed"]["conversations"] == 1
    assert receipt["kept"] == {"orders": "ten years, for the tax office, without name and address"}
    database = Database(f"sqlite:///{place / 'agent_service.db'}")
    with database.read() as session:
        customer = session.get_one(Customer, "C0001")
        assert (customer.name, customer.email) == ("erased", "erased-C0001")
        streets = select(Order.street).where(Order.customer_id == "C0001").distinct()
        assert session.scalars(streets).all() == ["erased"]
        assert session.scalars(select(Conversation)).all() == []
        assert "customer.erased" in session.scalars(select(AuditEntry.action)).all()
    database.close()


def test_a_receipt_is_readable(place: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(place, "customers", "erase", "C0001") == 0
    shown = capsys.readouterr().out
    assert shown.startswith("Erasure ")
    assert "kept: orders" in shown
    assert "Backups" in shown


def test_an_operator_who_reads_is_on_record(
    place: Path, sample: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(place, "logs", "show", sample.conversation_id) == 0
    assert run(place, "logs", "search", "zebrafish") == 0
    database = Database(f"sqlite:///{place / 'agent_service.db'}")
    with database.read() as session:
        entries = session.scalars(select(AuditEntry).order_by(AuditEntry.number)).all()
    database.close()
    assert [(one.action, one.conversation_id) for one in entries] == [
        ("conversation.read", sample.conversation_id),
        ("record.searched", None),
    ]
    assert all(one.actor.startswith("operator:") for one in entries)
