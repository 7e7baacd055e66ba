"""A ticket minted by hand opens the conversation it was minted for."""

import argparse
import shutil
from pathlib import Path

import pytest

from agent_service.cli import ticket
from agent_service.clock import SystemClock
from agent_service.conversation.records import Caller, CallerLevel
from agent_service.errors import CallerError
from agent_service.from_settings import ticket_secret
from agent_service.settings import load
from agent_service.store.contacts import address_of
from agent_service.store.database import Database
from agent_service.store.directory import Customers
from agent_service.web.tickets import Grant, Tickets


def mint(data_dir: Path, *arguments: str) -> int:
    parser = argparse.ArgumentParser()
    ticket.register(parser.add_subparsers())
    parsed = parser.parse_args(["ticket", "--data-dir", str(data_dir), *arguments])
    return int(parsed.run(parsed))


def redeem(data_dir: Path, text: str) -> Grant:
    secret = ticket_secret(load(overrides={"data_dir": data_dir}))
    return Tickets(secret, SystemClock()).check(text).grant


def test_a_ticket_carries_what_was_asked_for(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    caller = ["--customer", "C0001", "--name", "Jane Doe", "--level", "verified"]
    assert mint(tmp_path, *caller, "--origin", "https://shop.example", "--detail") == 0
    granted = redeem(tmp_path, capsys.readouterr().out.strip())
    assert granted.caller == Caller("C0001", "Jane Doe", CallerLevel.VERIFIED)
    assert (granted.origin, granted.detail) == ("https://shop.example", True)


def test_without_a_customer_the_caller_is_anonymous(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    mint(tmp_path)
    assert redeem(tmp_path, capsys.readouterr().out.strip()).caller == Caller()


def test_an_unknown_agent_is_refused(tmp_path: Path) -> None:
    with pytest.raises(CallerError, match="name one of"):
        mint(tmp_path, "--agent", "nobody")


def test_a_ticket_that_lives_too_long_is_refused(tmp_path: Path) -> None:
    with pytest.raises(CallerError, match="1 to 900 seconds"):
        mint(tmp_path, "--lifetime", "3600")


def test_contact_of_the_customer_is_kept(
    migrated_sqlite: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    shutil.copy(migrated_sqlite, tmp_path / "agent_service.db")
    assert mint(tmp_path, "--customer", "ACME-77", "--phone", "+4930123456") == 0
    capsys.readouterr()
    database = Database(f"sqlite:///{tmp_path / 'agent_service.db'}")
    with database.read() as session:
        assert address_of(session, "ACME-77", Customers(database)) == "+4930123456"
    database.close()


def test_contact_of_nobody_is_refused(tmp_path: Path) -> None:
    with pytest.raises(CallerError, match="give --customer"):
        mint(tmp_path, "--email", "ann@acme.example")
