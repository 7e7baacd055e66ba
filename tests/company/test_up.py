"""A company of one's own from outside: migrated, filled once, shown, with no word of the shop."""

import os
import signal
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import httpx
import pytest

PROJECT = Path(__file__).parents[2]
AGENT = """
title = "Clinic"
instructions = "Help."
tools = ["next_visit", "open_ticket"]
"""
SERVICE = """
company = "clinic"

[clinic]
visits = 2
"""
MODULE = '''
from pathlib import Path

from sqlalchemy import select
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from agent_service.company import (
    COLUMN_TYPES, Branch, Caller, CallerLevel, Company, Demo, OwnedRow, Section, ToolContext,
    new_metadata, open_ticket, tool,
)

class ClinicTable(DeclarativeBase):
    metadata = new_metadata()
    type_annotation_map = COLUMN_TYPES

class Visit(OwnedRow, ClinicTable):
    __tablename__ = "orders"  # a name that the demo shop has, too
    id: Mapped[int] = mapped_column(primary_key=True)

@tool(title="Next visit", effect="read", audience=CallerLevel.IDENTIFIED)
def next_visit(context: ToolContext) -> str:
    """Tell when the next visit is."""
    return f"{len(context.session.scalars(select(Visit)).all())} visits"

class Settings(Section):
    visits: int

def company(settings: Settings) -> Company:
    def fill(session, now):
        if session.scalars(select(Visit)).first():
            return False
        session.add_all(Visit(customer_id="P-17") for _ in range(settings.visits))
        SEED
        return True

    return Company(
        title="the clinic",
        tools=(next_visit, open_ticket),
        tables=Branch(ClinicTable.metadata, Path(__file__).parent / "migrations", "clinic_version"),
        seed=fill,
        demo=Demo(
            caller=Caller("P-17", "Ann <Acme>", CallerLevel.VERIFIED),
            question="When is my next visit?",
        ),
    )
'''
REVISION = """
import sqlalchemy as sa
from alembic import op

revision = "clinic_1"
down_revision = None

def upgrade():
    op.create_table(
        "orders",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("customer_id", sa.String, nullable=True),
    )
"""

Command = Callable[..., "subprocess.Popen[str]"]


@pytest.fixture
def clinic(tmp_path: Path) -> Path:
    """Write the company and its settings into a folder."""
    (tmp_path / "agents").mkdir()
    (tmp_path / "agents" / "support.toml").write_text(AGENT)
    (tmp_path / "service.toml").write_text(SERVICE)
    (tmp_path / "clinic.py").write_text(MODULE.replace("SEED", ""))
    (tmp_path / "migrations" / "versions").mkdir(parents=True)
    (tmp_path / "migrations" / "versions" / "one.py").write_text(REVISION)
    return tmp_path


@pytest.fixture
def start(clinic: Path) -> Command:
    variables = dict(os.environ) | {  # noqa: TID251  the child needs ours
        "PYTHONPATH": f"{clinic}:{PROJECT}",
        "AGENT_SERVICE_SERVER__PORT": "0",
        "AZURE_OPENAI_ENDPOINT": "https://example.invalid",
        "AZURE_OPENAI_API_KEY": "no key",
        "AZURE_OPENAI_DEPLOYMENT": "nothing",
    }

    def call(*arguments: str) -> "subprocess.Popen[str]":
        places = ("--config", str(clinic), "--data-dir", str(clinic / "data"))
        return subprocess.Popen(
            [sys.executable, "-m", "agent_service", *arguments, *places],
            env=variables,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            text=True,
        )

    return call


def shown(serving: "subprocess.Popen[str]") -> tuple[str, str]:
    """Return what a service said until it served, and its page; then end it."""
    assert serving.stderr is not None
    said = ""
    try:
        while "Talk to the agent" not in said:
            line = serving.stderr.readline()
            assert line, said
            said += line
        page = httpx.get(said.split()[-1]).text
        serving.send_signal(signal.SIGTERM)
        said += serving.stderr.read()
        assert serving.wait(60) == 0
    finally:
        serving.kill()
        serving.wait()
        serving.stderr.close()
    return said, page


def rows(clinic: Path) -> int:
    with sqlite3.connect(clinic / "data" / "agent_service.db") as connection:
        found: int = connection.execute("SELECT count(*) FROM orders").fetchone()[0]
    connection.close()
    return found


def test_up_shows_the_company_and_fills_it_once(clinic: Path, start: Command) -> None:
    said, page = shown(start("up"))
    assert "the clinic: filled" in said
    assert 'call --text "When is my next visit?"' in said
    assert "You are Ann &lt;Acme&gt;. Ask: When is my next visit?" in page
    assert "shop" not in said + page
    assert rows(clinic) == 2
    assert "filled" not in shown(start("up"))[0]
    assert rows(clinic) == 2
    with sqlite3.connect(clinic / "data" / "agent_service.db") as connection:
        tables = {name for (name,) in connection.execute("SELECT name FROM sqlite_master")}
    connection.close()
    assert "clinic_version" in tables
    assert not tables & {"customers", "products", "demo_shop_version"}


@pytest.mark.parametrize("failure", [KeyError("visits"), SystemExit(0)])
def test_a_seed_that_fails_is_named_and_keeps_nothing_up(
    clinic: Path, start: Command, failure: BaseException
) -> None:
    (clinic / "clinic.py").write_text(MODULE.replace("SEED", f"raise {failure!r}"))
    said, _ = shown(start("up"))
    why = f"{type(failure).__name__}: {failure}"
    assert f"the clinic: not filled, its seed failed: {why} ({clinic}/clinic.py, line" in said
    assert rows(clinic) == 0


def test_serve_waits_for_the_companys_migrations(clinic: Path, start: Command) -> None:
    service = clinic / "service.toml"
    service.write_text("")
    agent = clinic / "agents" / "support.toml"
    agent.write_text(AGENT.replace('"next_visit", "open_ticket"', ""))
    with start("migrate") as migrating:
        assert migrating.wait(60) == 0
    service.write_text(SERVICE)
    agent.write_text(AGENT)
    with start("serve") as serving:
        assert serving.stderr is not None
        said = serving.stderr.read()
        assert serving.wait(60) != 0
    assert "lacks the company's tables" in said
    assert "agent-service migrate" in said
