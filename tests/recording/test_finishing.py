"""Parts become one file: after the end, a takeover, a kill, a storage that was away."""

import os
import subprocess
import sys
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import soundfile
from hand_clock import HandClock
from sqlalchemy import select, text

from agent_service.clock import uuid7
from agent_service.recording.deletion import delete_recordings
from agent_service.recording.finishing import SILENCE_FOR, Finisher
from agent_service.recording.parts import PartWriter, is_recording, left_parts, read_part
from agent_service.recording.reading import find_recording
from agent_service.recording.storage import RecordingAway, Shelves, storage_of
from agent_service.store.database import Database
from agent_service.store.forgetting import delete_conversation
from agent_service.store.tables import Recording, RecordingSilence

MS = 24


def beep(ms: int, channel: int) -> np.ndarray:
    sound = np.zeros((ms * MS, 2), np.int16)
    sound[:, channel] = np.sin(2 * np.pi * 440 * np.arange(ms * MS) / 24_000) * 8000
    return sound


def loud(sound: np.ndarray, channel: int) -> list[tuple[int, int]]:
    """Return from where to where there is sound, in tenths of a second."""
    whole = len(sound) // (100 * MS)
    level = np.abs(sound[: whole * 100 * MS, channel].astype(int)).reshape(whole, -1).max(axis=1)
    is_loud = [0, *(level > 2000).astype(int), 0]
    edges = np.flatnonzero(np.diff(is_loud))
    return list(zip(edges[::2].tolist(), edges[1::2].tolist(), strict=True))


class Away(Shelves):
    """Storage that cannot be reached until it is back."""

    is_away = True
    deletes = True

    def put(self, key: str, file: Path) -> str:
        if self.is_away:
            raise RecordingAway("It is away.")
        return super().put(key, file)

    def delete(self, location: str) -> None:
        if not self.deletes:
            raise RecordingAway("It is away.")
        super().delete(location)


class Erased(Shelves):
    """Storage to whose recordings somebody comes who erases a conversation."""

    def put(self, key: str, file: Path) -> str:
        location = super().put(key, file)
        for part in left_or_finished(file.parents[2]):
            part.unlink()
        return location


def left_or_finished(folder: Path) -> list[Path]:
    return list((folder / "unfinished").glob("*.au"))


class Desk:
    """A folder of recordings with its finisher."""

    def __init__(self, database: Database, folder: Path, storage: Shelves | None = None) -> None:
        self.database = database
        self.folder = folder
        self.storage = storage or storage_of(folder, None, {})
        self.clock = HandClock()
        self.told: list[str] = []
        self.finisher = self.new_finisher()

    def new_finisher(self) -> Finisher:
        return Finisher(
            self.folder,
            self.storage,
            self.database,
            self.clock,
            lambda _, code, *__: self.told.append(code),
        )

    def part(self, id: str, started_ms: int, sound: np.ndarray) -> None:
        writer = PartWriter(self.folder, id, started_ms, uuid7())
        writer.write(0, sound)
        writer.close()

    def rows(self) -> list[Recording]:
        with self.database.read() as session:
            return list(session.scalars(select(Recording)))

    def sound(self, tmp_path: Path) -> np.ndarray:
        (row,) = self.rows()
        (tmp_path / "heard.ogg").write_bytes(self.storage.read(row.location, 0, row.size_bytes))
        sound: np.ndarray = soundfile.read(tmp_path / "heard.ogg", dtype="int16")[0]
        return sound

    def silence(self, id: str, started_ms: int, ended_ms: int) -> None:
        with self.database.write() as session:
            session.add(
                RecordingSilence(
                    id=uuid7(),
                    conversation_id=id,
                    started_ms=started_ms,
                    ended_ms=ended_ms,
                    created_at=self.clock.utc(),
                )
            )


@pytest.fixture
def desk(
    sqlite_database: Database, sample: Any, write: Callable[..., None], tmp_path: Path
) -> Desk:
    write(sample.conversation())
    return Desk(sqlite_database, tmp_path / "recordings")


def test_a_part_becomes_a_file_that_begins_with_the_conversation(
    desk: Desk, sample: Any, tmp_path: Path
) -> None:
    desk.part(sample.conversation_id, 1000, np.concatenate([beep(1000, 0), beep(1000, 1)]))
    assert desk.finisher.finish(sample.conversation_id)
    (row,) = desk.rows()
    assert (row.duration_ms, row.media_type) == (3000, "audio/ogg")
    sound = desk.sound(tmp_path)
    assert len(sound) == 3000 * MS
    assert loud(sound, 0) == [(10, 20)]
    assert loud(sound, 1) == [(20, 30)]
    assert left_parts(desk.folder) == []
    assert f"/{sample.started_at:%Y/%m/%d}/" in f"/{row.location.removeprefix('local:')}"


def test_parts_of_several_processes_become_one_file_whenever_they_are_found(
    desk: Desk, sample: Any, tmp_path: Path
) -> None:
    id = sample.conversation_id
    desk.part(id, 3000, beep(1000, 1))
    assert desk.finisher.finish(id)
    (first,) = desk.rows()
    desk.part(id, 1000, beep(1000, 0))  # of a machine that was away
    desk.part(id, 5000, beep(500, 0))
    assert desk.finisher.finish_all() == 0
    sound = desk.sound(tmp_path)
    assert loud(sound, 0) == [(10, 20), (50, 55)]
    assert loud(sound, 1) == [(30, 40)]
    with pytest.raises(Exception, match="no file"):
        desk.storage.read(first.location, 0, 1)


def test_what_is_still_being_written_waits(desk: Desk, sample: Any) -> None:
    writer = PartWriter(desk.folder, sample.conversation_id, 0, "a")
    assert desk.finisher.finish_all() == 0
    assert desk.rows() == []
    writer.write(0, beep(500, 0))
    writer.close()
    assert desk.finisher.finish_all() == 0
    assert len(desk.rows()) == 1


def test_what_another_process_left_of_a_conversation_that_goes_on_here_waits_and_is_silenced(
    desk: Desk, sample: Any, tmp_path: Path
) -> None:
    id = sample.conversation_id
    desk.part(id, 0, beep(1000, 0))
    desk.silence(id, 200, 500)
    assert desk.finisher.finish_all([id]) == 0
    assert desk.rows() == []
    (part,) = left_parts(desk.folder)
    assert loud(np.concatenate(list(read_part(part.path))), 0) == [(0, 2), (5, 10)]
    desk.part(id, 2000, beep(1000, 1))  # as it ends here
    assert desk.finisher.finish(id)
    assert loud(desk.sound(tmp_path), 1) == [(20, 30)]


def test_storage_that_is_away_is_told_once_and_what_waits_is_put_there_later(
    sqlite_database: Database, sample: Any, write: Callable[..., None], tmp_path: Path
) -> None:
    write(sample.conversation())
    storage = Away(tmp_path / "recordings", None)
    desk = Desk(sqlite_database, tmp_path / "recordings", storage)
    desk.part(sample.conversation_id, 0, beep(500, 0))
    assert not desk.finisher.finish(sample.conversation_id)
    assert desk.finisher.finish_all() == 1
    assert desk.told == ["recording_not_kept"]
    assert is_recording(desk.folder, sample.conversation_id)
    storage.is_away = False
    assert desk.finisher.finish_all() == 0
    assert len(desk.rows()) == 1
    assert not is_recording(desk.folder, sample.conversation_id)
    desk.finisher.close()
    assert list((desk.folder / "unfinished").iterdir()) == []


def test_a_file_that_waits_is_deleted_with_its_conversation(
    sqlite_database: Database, sample: Any, write: Callable[..., None], tmp_path: Path
) -> None:
    write(sample.conversation())
    desk = Desk(sqlite_database, tmp_path / "recordings", Away(tmp_path / "recordings", None))
    desk.part(sample.conversation_id, 0, beep(500, 0))
    assert not desk.finisher.finish(sample.conversation_id)
    delete_recordings(sqlite_database, desk.storage, desk.folder, sample.conversation_id)
    assert not [path for path in desk.folder.rglob("*") if path.is_file()]
    assert desk.finisher.finish(sample.conversation_id)


def test_silences_are_in_the_file_also_when_they_come_later(
    desk: Desk, sample: Any, tmp_path: Path
) -> None:
    id = sample.conversation_id
    desk.part(id, 0, beep(3000, 0) + beep(3000, 1))
    desk.silence(id, 500, 1000)
    assert desk.finisher.finish(id)
    assert loud(desk.sound(tmp_path), 0) == loud(desk.sound(tmp_path), 1) == [(0, 5), (10, 30)]
    desk.silence(id, 2000, 9000)
    assert desk.finisher.finish_all() == 0
    assert loud(desk.sound(tmp_path), 0) == [(0, 5), (10, 20)]
    (row,) = desk.rows()
    files = [path for path in desk.folder.rglob("*.ogg") if path.is_file()]
    assert [row.location] == [f"local:{file.relative_to(desk.folder)}" for file in files]
    with desk.database.read() as session:
        assert None not in session.scalars(select(RecordingSilence.applied_at)).all()


def test_what_waits_for_its_storage_holds_no_sound_that_nobody_may_hear(
    sqlite_database: Database, sample: Any, write: Callable[..., None], tmp_path: Path
) -> None:
    write(sample.conversation())
    storage = Away(tmp_path / "recordings", None)
    desk = Desk(sqlite_database, tmp_path / "recordings", storage)
    id = sample.conversation_id
    desk.part(id, 500, beep(3000, 0))
    for started_ms, heard in ((1000, [(0, 5), (10, 30)]), (3000, [(0, 5), (10, 25)])):
        desk.silence(id, started_ms, started_ms + 500)
        assert not desk.finisher.finish(id)
        (part,) = left_parts(desk.folder)
        assert loud(np.concatenate(list(read_part(part.path))), 0) == heard
        (waiting,) = desk.folder.rglob("*.ogg")
        sound = soundfile.read(waiting, dtype="int16")[0]
        assert loud(sound, 0) == [(start + 5, end + 5) for start, end in heard]
    storage.is_away = False
    assert desk.finisher.finish(id)
    assert loud(desk.sound(tmp_path), 0) == [(5, 10), (15, 30)]


def test_a_file_that_cannot_be_deleted_yet_is_deleted_later_and_never_given_out(
    sqlite_database: Database, sample: Any, write: Callable[..., None], tmp_path: Path
) -> None:
    write(sample.conversation())
    storage = Away(tmp_path / "recordings", None)
    storage.is_away = False
    desk = Desk(sqlite_database, tmp_path / "recordings", storage)
    id = sample.conversation_id
    desk.part(id, 0, beep(2000, 0))
    assert desk.finisher.finish(id)
    storage.deletes = False
    desk.silence(id, 0, 1000)
    assert not desk.finisher.finish(id)
    with sqlite_database.read() as session:
        found = find_recording(session, id, desk.folder)
    assert len(desk.rows()) == len(list(desk.folder.rglob("*.ogg"))) == 2
    storage.deletes = True
    assert desk.new_finisher().finish_all() == 0
    (row,) = desk.rows()
    assert row.location == found.location
    assert loud(desk.sound(tmp_path), 0) == [(10, 20)]
    assert len([file for file in desk.folder.rglob("*.ogg") if "unfinished" not in file.parts]) == 1


def test_what_is_erased_while_it_is_finished_does_not_come_back(
    sqlite_database: Database, sample: Any, write: Callable[..., None], tmp_path: Path
) -> None:
    write(sample.conversation())
    folder = tmp_path / "recordings"
    desk = Desk(sqlite_database, folder, Erased(folder, None))
    desk.part(sample.conversation_id, 0, beep(500, 0))
    assert desk.finisher.finish(sample.conversation_id)
    assert desk.rows() == []
    assert not [path for path in folder.rglob("*") if path.is_file()]


class Interrupting(Shelves):
    """Storage that takes a file, and something happens before its row is written."""

    happens: Callable[[], None] = staticmethod(lambda: None)

    def put(self, key: str, file: Path) -> str:
        location = super().put(key, file)
        self.happens()
        return location


def test_a_file_that_no_row_leads_to_is_taken_back(
    sqlite_database: Database, sample: Any, write: Callable[..., None], tmp_path: Path
) -> None:
    write(sample.conversation())
    folder, id = tmp_path / "recordings", sample.conversation_id
    storage = Interrupting(folder, None)
    desk = Desk(sqlite_database, folder, storage)

    def kept() -> list[Path]:
        return [file for file in folder.rglob("*.ogg") if "unfinished" not in file.parts]

    def lose_table() -> None:
        with sqlite_database.write() as session:
            session.execute(text("ALTER TABLE recordings RENAME TO elsewhere"))

    storage.happens = lose_table
    desk.part(id, 0, beep(500, 0))
    assert not desk.finisher.finish(id)
    assert kept() == []
    with sqlite_database.write() as session:
        session.execute(text("ALTER TABLE elsewhere RENAME TO recordings"))
    storage.happens = lambda: None
    assert desk.finisher.finish(id)
    assert len(kept()) == 1

    def erase() -> None:
        delete_recordings(sqlite_database, storage, folder, id)
        with sqlite_database.write() as session:
            delete_conversation(session, id)

    storage.happens = erase
    desk.silence(id, 0, 100)
    assert not desk.finisher.finish(id)
    assert kept() == []


def test_silences_that_no_recording_needs_are_forgotten(desk: Desk, sample: Any) -> None:
    desk.silence(sample.conversation_id, 500, 1000)
    desk.finisher.finish_all()
    with desk.database.read() as session:
        assert session.scalar(select(RecordingSilence.id)) is not None
    desk.clock.advance(SILENCE_FOR.total_seconds() + 1)
    desk.finisher.finish_all()
    with desk.database.read() as session:
        assert session.scalar(select(RecordingSilence.id)) is None


def test_a_part_of_a_conversation_that_is_not_on_record_waits_for_it_and_then_goes(
    sqlite_database: Database, sample: Any, write: Callable[..., None], tmp_path: Path
) -> None:
    desk = Desk(sqlite_database, tmp_path / "recordings")
    gone, late = uuid7(), sample.conversation_id
    for id in (gone, late):
        desk.part(id, 0, beep(500, 0))
        assert not desk.finisher.finish(id)
    assert desk.told == []
    write(sample.conversation())
    assert desk.finisher.finish(late)
    (part,) = left_parts(desk.folder)
    old = desk.clock.utc() - timedelta(hours=2)
    os.utime(part.path, (old.timestamp(), old.timestamp()))
    assert desk.finisher.finish(gone)
    assert left_parts(desk.folder) == []


KILLED = """
import os, signal, sys
from pathlib import Path
from agent_service.clock import SystemClock
from agent_service.recording.finishing import Finisher
from agent_service.recording.storage import Shelves
from agent_service.store.database import Database

class Deadly(Shelves):
    def put(self, key, file):
        super().put(key, file)
        os.kill(os.getpid(), signal.SIGKILL)

folder = Path(sys.argv[1])
storage = Deadly(folder, None)
Finisher(folder, storage, Database(sys.argv[2]), SystemClock(), print).finish(sys.argv[3])
"""


def test_a_process_that_is_killed_while_it_finishes_leaves_all_to_the_next(
    desk: Desk, sample: Any, sqlite_url: str, tmp_path: Path
) -> None:
    desk.part(sample.conversation_id, 0, beep(500, 0))
    command = [sys.executable, "-c", KILLED, str(desk.folder), sqlite_url, sample.conversation_id]
    assert subprocess.run(command, check=False).returncode == -9
    assert desk.rows() == []
    assert desk.finisher.finish_all() == 0
    desk.finisher.close()
    (row,) = desk.rows()
    files = [path for path in desk.folder.rglob("*") if path.is_file()]
    assert [f"local:{file.relative_to(desk.folder)}" for file in files] == [row.location]


def test_what_is_no_sound_leaves_an_empty_place(desk: Desk, sample: Any) -> None:
    PartWriter(desk.folder, sample.conversation_id, 0, "a").close()
    (part,) = left_parts(desk.folder)
    part.path.write_bytes(b"nothing that anybody can play")
    assert desk.finisher.finish(sample.conversation_id)
    assert desk.rows() == []
    assert left_parts(desk.folder) == []


def test_another_file_does_not_become_part_of_a_recording(
    sqlite_database: Database, write: Callable[..., None], sample: Any, tmp_path: Path
) -> None:
    desk, id = Desk(sqlite_database, tmp_path), sample.conversation_id
    write(sample.conversation())
    desk.part(id, 0, beep(2000, 0))
    assert desk.finisher.finish(id)
    (before,) = desk.rows()
    file = tmp_path / before.location.removeprefix("local:")
    was = file.read_bytes()
    soundfile.write(file, beep(2000, 1), 24_000, format="OGG", subtype="OPUS")
    desk.silence(id, 500, 1000)
    assert not desk.finisher.finish(id)
    assert [row.id for row in desk.rows()] == [before.id]
    file.write_bytes(was)
    assert desk.finisher.finish(id)
    assert [row.id for row in desk.rows()] != [before.id]
