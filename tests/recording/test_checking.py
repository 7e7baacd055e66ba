"""A recording is held to what it was: its row by the conversation's chain, its file by its hash."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hand_clock import HandClock
from proof_desk import check_all
from sqlalchemy import text

from agent_service.clock import uuid7
from agent_service.recording.checking import check_files
from agent_service.recording.deletion import delete_recordings
from agent_service.recording.finishing import Finisher
from agent_service.recording.parts import PartWriter
from agent_service.recording.storage import Shelves, storage_of
from agent_service.store.database import Database
from agent_service.store.proof.findings import Tally
from agent_service.store.tables import RecordingSilence
from agent_service.store.writer import write_records


class Recorded:
    """Two conversations of a second each."""

    def __init__(self, database: Database, folder: Path, samples: list[Any]) -> None:
        self.database, self.folder = database, folder
        self.storage: Shelves = storage_of(folder, None, {})
        self.ids = [sample.conversation_id for sample in samples]
        with database.write() as session:
            write_records(session, [sample.conversation() for sample in samples])
        for number, id in enumerate(self.ids, 1):
            writer = PartWriter(folder, id, 0, uuid7())
            writer.write(0, np.full((24_000, 2), 900 * number, np.int16))
            writer.close()
        self.finish()

    def finish(self) -> None:
        nobody = Finisher(self.folder, self.storage, self.database, HandClock(), lambda *_: None)
        assert nobody.finish_all() == 0

    def run(self, sql: str, **values: Any) -> None:
        with self.database.write() as session:
            session.execute(text(sql), values)

    def rows(self) -> list[tuple[str, str | None]]:
        """Return what is wrong with rows, and of which conversation."""
        return [(one.wrong, one.conversation_id) for one in check_all(self.database)[0]]

    def files(self) -> tuple[list[tuple[str, str | None]], Tally]:
        tally = Tally()
        found = [one for some in check_files(self.database, self.storage, tally) for one in some]
        assert tally.findings == len(found)
        return [(one.wrong, one.conversation_id) for one in found], tally

    def file(self, id: str) -> Path:
        (file,) = self.folder.rglob(f"{id}-*.ogg")
        return file


@pytest.fixture
def recorded(database: Database, new_sample: Any, tmp_path: Path) -> Recorded:
    return Recorded(database, tmp_path / "recordings", [new_sample(), new_sample()])


def test_a_finished_recording_is_as_it_was_made(recorded: Recorded) -> None:
    assert recorded.rows() == []
    found, tally = recorded.files()
    assert (found, tally.recordings, tally.unreached) == ([], 2, 0)


@pytest.mark.parametrize(
    ("sql", "wrong"),
    [
        ("UPDATE recordings SET sha256 = '00' WHERE conversation_id = :one", "edited"),
        ("DELETE FROM recordings WHERE conversation_id = :one", "missing"),
        ("UPDATE conversations SET recording_sha256 = '00' WHERE id = :one", "edited"),
        ("UPDATE conversations SET recording_sha256 = NULL WHERE id = :one", "inserted"),
        ("UPDATE recordings SET replaced_at = created_at WHERE conversation_id = :one", "missing"),
    ],
)
def test_a_row_that_was_changed_is_located(recorded: Recorded, sql: str, wrong: str) -> None:
    one = recorded.ids[0]
    recorded.run(sql, one=one)
    assert (wrong, one) in recorded.rows()
    assert {place for _, place in recorded.rows()} == {one}


def test_rows_that_were_swapped_are_located(recorded: Recorded) -> None:
    one, other = recorded.ids
    for old, new in ((one, "x"), (other, one), ("x", other)):
        sql = "UPDATE recordings SET sha256 = :new WHERE sha256 = :old"
        hashes = {id: hash_of(recorded, id) for id in recorded.ids} | {"x": "x"}
        recorded.run(sql, old=hashes[old], new=hashes[new])
    assert sorted(recorded.rows()) == sorted([("edited", one), ("edited", other)])


def hash_of(recorded: Recorded, id: str) -> str:
    with recorded.database.read() as session:
        sql = "SELECT recording_sha256 FROM conversations WHERE id = :id"
        return str(session.scalar(text(sql), {"id": id}))


def test_what_is_no_text_is_located(sqlite_database: Database, sample: Any, tmp_path: Path) -> None:
    recorded = Recorded(sqlite_database, tmp_path, [sample])
    for value in ("CAST(sha256 AS BLOB)", "CAST(x'ff41' AS TEXT)"):
        recorded.run(f"UPDATE recordings SET sha256 = {value}")
        assert recorded.rows() == [("edited", recorded.ids[0])]


def test_a_file_that_was_changed_put_elsewhere_or_removed_is_located(recorded: Recorded) -> None:
    one, other = recorded.ids
    mine, theirs = recorded.file(one).read_bytes(), recorded.file(other).read_bytes()
    for content in (theirs, mine[:-1], mine + b"x", b"", bytes(len(mine))):
        recorded.file(one).write_bytes(content)
        assert recorded.files()[0] == [("edited", one)]
    recorded.file(one).unlink()
    assert recorded.files()[0] == [("missing", one)]
    sql = "UPDATE recordings SET location = (SELECT location FROM recordings WHERE"
    where = "conversation_id = :other) WHERE conversation_id = :one"
    recorded.run(f"{sql} {where}", one=one, other=other)
    assert recorded.files()[0] == [("edited", one)]


def test_storage_that_is_away_is_counted(recorded: Recorded) -> None:
    recorded.run("UPDATE recordings SET location = 's3://elsewhere/x'")
    found, tally = recorded.files()
    assert (found, tally.recordings, tally.unreached) == ([], 0, 2)


def test_what_was_silenced_or_erased_by_right_passes(recorded: Recorded) -> None:
    one, other = recorded.ids
    before = hash_of(recorded, one)
    with recorded.database.write() as session:
        session.add(
            RecordingSilence(
                id=uuid7(),
                conversation_id=one,
                started_ms=0,
                ended_ms=500,
                created_at=HandClock().utc(),
            )
        )
    recorded.finish()
    assert hash_of(recorded, one) != before
    assert delete_recordings(recorded.database, recorded.storage, recorded.folder, other) == 1
    assert (recorded.rows(), recorded.files()[0]) == ([], [])
    with recorded.database.read() as session:
        sql = "SELECT change FROM proof_links WHERE conversation_id = :id ORDER BY position"
        changes = [*session.scalars(text(sql), {"id": other})]
    assert changes == ["written", "written", "redacted"]
