"""``logs stats`` prints what the API answers, for people or for programs."""

import argparse
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from agent_service.cli import logs
from agent_service.errors import QueryError
from agent_service.store.database import Database
from agent_service.store.migrating import upgrade
from agent_service.store.writer import write_records


@pytest.fixture
def stats(
    tmp_path: Path, sample: Any, capsys: pytest.CaptureFixture[str]
) -> Callable[..., list[str]]:
    """Run ``logs stats`` on a database with one conversation; returns the lines it prints."""
    url = f"sqlite:///{tmp_path / 'agent_service.db'}"
    upgrade(url)
    database = Database(url)
    with database.write() as session:
        records = [sample.conversation(), sample.turn(1), sample.turn(2, first_audio_ms=640)]
        write_records(session, [*records, sample.tool_call()])
    database.close()

    def run(*arguments: str) -> list[str]:
        parser = argparse.ArgumentParser()
        logs.register(parser.add_subparsers())
        parsed = parser.parse_args(["logs", "stats", *arguments, "--data-dir", str(tmp_path)])
        assert parsed.run(parsed) == 0
        return capsys.readouterr().out.splitlines()

    return run


def test_groups_are_shown_in_columns(stats: Callable[..., list[str]]) -> None:
    head, day, *_, total = stats("--by", "day", "--tz", "Europe/Berlin")
    assert head.split()[:3] == ["day", "conversations", "contained"]
    assert day.split()[:4] == ["2026-03-01", "1", "648", "ms"]
    assert total.split()[:2] == ["all", "1"]


def test_tools_have_columns_of_their_own(stats: Callable[..., list[str]]) -> None:
    head, tool = stats("--by", "tool")
    assert head.split() == ["tool", "conversations", "calls", "failed", "declined"]
    assert tool.split() == ["find_order", "1", "1", "0", "0"]


def test_programs_read_a_line_for_each_group(stats: Callable[..., list[str]]) -> None:
    [line] = stats("--by", "agent", "--where", "channel=widget", "--json")
    assert json.loads(line)["key"] == "support"
    [line] = stats("--json")
    assert json.loads(line)["conversations"] == 1


def test_a_rebuild_mends_what_was_changed_by_hand(
    stats: Callable[..., list[str]], tmp_path: Path
) -> None:
    database = Database(f"sqlite:///{tmp_path / 'agent_service.db'}")
    with database.write() as session:
        session.execute(text("UPDATE conversation_facts SET turn_count = 99"))
    database.close()
    [line] = stats("--json")
    assert json.loads(line)["turns"] == 99
    [line] = stats("--json", "--rebuild")
    assert json.loads(line)["turns"] == 2


def test_mistakes_are_told(stats: Callable[..., list[str]]) -> None:
    with pytest.raises(QueryError, match="is not NAME=VALUE"):
        stats("--where", "agent")
    with pytest.raises(QueryError, match="time zone"):
        stats("--tz", "Mars")
