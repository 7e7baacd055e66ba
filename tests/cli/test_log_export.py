"""``logs export`` writes all rows of a question, and a file only when it is whole."""

import argparse
import io
import json
import resource
import shutil
import stat
import sys
import tracemalloc
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest
from sqlalchemy import text

from agent_service.cli import log_export
from agent_service.errors import FileError, QueryError
from agent_service.store.database import Database
from agent_service.store.writer import write_records


@pytest.fixture
def folder(tmp_path: Path, migrated_sqlite: Path, sample: Any) -> Path:
    path = tmp_path / "agent_service.db"
    shutil.copyfile(migrated_sqlite, path)
    database = Database(f"sqlite:///{path}")
    with database.write() as session:
        write_records(session, [sample.conversation(), *map(sample.turn, range(1, 1201))])
    database.close()
    return tmp_path


def export(folder: Path, *arguments: str) -> int:
    parser = argparse.ArgumentParser()
    log_export.register(parser.add_subparsers())
    return log_export.run(parser.parse_args(["export", *arguments, "--data-dir", str(folder)]))


def test_all_rows_go_to_standard_output(
    folder: Path, capfdbinary: pytest.CaptureFixture[bytes]
) -> None:
    assert export(folder, "turns", "--where", "role=caller", "--where", "sort=number") == 0
    lines = capfdbinary.readouterr().out.splitlines()
    assert [json.loads(line)["seq"] for line in lines] == list(range(1, 1201, 2))


def test_a_file_has_the_format_that_its_name_says(folder: Path) -> None:
    path = folder / "turns.parquet"
    export(folder, "turns", "-o", str(path), "--where", 'q="turn 7"')
    assert pq.read_table(path)["seq"].to_pylist() == [7]
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    export(folder, "turns", "-o", str(folder / "turns.csv"))
    assert (folder / "turns.csv").read_bytes().startswith(b"\xef\xbb\xbfstarted_ms,")


def test_a_file_that_is_not_whole_has_no_name(folder: Path) -> None:
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (200_000, hard))  # as a disk that is full
    try:
        with pytest.raises(FileError, match=r"cannot be written \(File too large"):
            export(folder, "turns", "-o", str(folder / "turns.jsonl"))
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    assert list(folder.glob("turns*")) == []


def test_memory_stays_flat(tmp_path: Path, migrated_sqlite: Path, sample: Any) -> None:
    shutil.copyfile(migrated_sqlite, tmp_path / "agent_service.db")
    database = Database(f"sqlite:///{tmp_path / 'agent_service.db'}")
    with database.write() as session:
        write_records(session, [sample.incident(conversation_id=None, message="x" * 2_000)])
        new_id, same = "lower(hex(randomblob(16)))", "code, message, occurred_at"
        for _ in range(13):
            sql = f"INSERT INTO incidents (id, {same}) SELECT {new_id}, {same} FROM incidents"
            session.execute(text(sql))
    database.close()
    path = tmp_path / "all.jsonl"
    export(tmp_path, "incidents", "-o", str(path), "--where", "code=nothing")  # imports and caches
    tracemalloc.start()
    export(tmp_path, "incidents", "-o", str(path))
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert path.stat().st_size > 17_000_000
    assert peak < 6_000_000  # a chunk of rows, as they are read and as they are written


@pytest.mark.parametrize(
    ("conditions", "message"),
    [
        (["role"], "'role' is not NAME=VALUE"),
        (["limit=5"], "limit: is of pages"),
        (["role=nobody"], "role: should be one of"),
    ],
)
def test_mistakes_are_named(folder: Path, conditions: list[str], message: str) -> None:
    named = [part for one in conditions for part in ("--where", one)]
    with pytest.raises(QueryError, match=message):
        export(folder, "turns", *named)


def test_a_terminal_is_spared_parquet(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    class Terminal(io.StringIO):
        def isatty(self) -> bool:
            return True

    monkeypatch.setattr(sys, "stdout", Terminal())
    with pytest.raises(FileError, match="name a file with -o"):
        export(folder, "turns", "--format", "parquet")
