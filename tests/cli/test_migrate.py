"""``migrate`` makes the database, says what it does, and can only look."""

import argparse
from pathlib import Path

import pytest

from agent_service.cli import migrate
from agent_service.errors import SettingsError, StoreError


def run(folder: Path, *arguments: str) -> int:
    parser = argparse.ArgumentParser()
    migrate.register(parser.add_subparsers())
    return migrate.run(parser.parse_args(["migrate", "--data-dir", str(folder), *arguments]))


def test_it_makes_the_database_and_names_each_step(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = tmp_path / "new"
    assert run(folder) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[0].startswith("0001 ")
    assert lines[-1] == "The database is up to date."
    assert run(folder) == 0
    assert capsys.readouterr().out == "The database is up to date.\n"


def test_a_check_changes_nothing(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(StoreError, match="Run: agent-service migrate"):
        run(tmp_path, "--check")
    assert list(tmp_path.iterdir()) == []
    run(tmp_path)
    assert run(tmp_path, "--check") == 0


def test_a_revision_is_written_for_a_company_alone(tmp_path: Path) -> None:
    (tmp_path / "agents").mkdir()
    (tmp_path / "agents" / "support.toml").write_text('title = "Desk"\ninstructions = "Help."\n')
    (tmp_path / "service.toml").write_text("")
    with pytest.raises(SettingsError, match="no company with tables is named"):
        run(tmp_path, "--config", str(tmp_path), "--new", "More")
