"""Deleting what is recorded of a conversation: files, rows, and what is not finished."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, select

from agent_service.clock import uuid7
from agent_service.recording.deletion import delete_recordings
from agent_service.recording.parts import PartWriter, is_recording
from agent_service.recording.storage import NoSuchRecording, RecordingAway, Shelves, storage_of
from agent_service.store.database import Database
from agent_service.store.tables import Recording, RecordingSide


@pytest.fixture
def kept(
    sqlite_database: Database, sample: Any, write: Callable[..., None], tmp_path: Path
) -> tuple[Shelves, str]:
    """A conversation with a recording; where it is kept."""
    write(sample.conversation())
    storage = storage_of(tmp_path / "recordings", None, {})
    (tmp_path / "sound").write_bytes(b"sound")
    location = storage.put("a.ogg", tmp_path / "sound")
    with sqlite_database.write() as session:
        session.add(
            Recording(
                id=uuid7(),
                conversation_id=sample.conversation_id,
                side=RecordingSide.BOTH,
                location=location,
                media_type="audio/ogg",
                duration_ms=1000,
                size_bytes=5,
                sha256="0" * 64,
                created_at=sample.started_at,
            )
        )
    return storage, location


def rows(database: Database) -> int:
    with database.read() as session:
        return session.scalars(select(func.count()).select_from(Recording)).one()


def test_files_rows_and_unfinished_parts_go(
    sqlite_database: Database, sample: Any, kept: tuple[Shelves, str], tmp_path: Path
) -> None:
    storage, location = kept
    folder, id = tmp_path / "recordings", sample.conversation_id
    PartWriter(folder, id, 0, "a").close()
    assert delete_recordings(sqlite_database, storage, folder, id) == 2
    assert rows(sqlite_database) == 0
    assert not is_recording(folder, id)
    with pytest.raises(NoSuchRecording):
        storage.read(location, 0, 1)
    assert delete_recordings(sqlite_database, storage, folder, id) == 0


class Away(Shelves):
    """Storage that cannot be reached."""

    def delete(self, location: str) -> None:
        raise RecordingAway("It is away.")


def test_a_file_that_cannot_be_reached_keeps_its_row_for_the_next_time(
    sqlite_database: Database, sample: Any, kept: tuple[Shelves, str], tmp_path: Path
) -> None:
    storage, _ = kept
    folder, id = tmp_path / "recordings", sample.conversation_id
    with pytest.raises(RecordingAway):
        delete_recordings(sqlite_database, Away(folder, None), folder, id)
    assert rows(sqlite_database) == 1
    assert delete_recordings(sqlite_database, storage, folder, id) == 1
