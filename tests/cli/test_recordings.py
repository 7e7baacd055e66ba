"""``recordings export`` writes a conversation's sound to a file, or says why it cannot."""

import argparse
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import soundfile
from hand_clock import HandClock

from agent_service.cli import recordings
from agent_service.clock import uuid7
from agent_service.errors import CallerError, FileError, TryLater
from agent_service.recording.finishing import Finisher
from agent_service.recording.parts import PartWriter
from agent_service.recording.storage import storage_of
from agent_service.store.database import Database
from agent_service.store.migrating import upgrade
from agent_service.store.writer import write_records


def run(folder: Path, *arguments: str) -> int:
    parser = argparse.ArgumentParser()
    recordings.register(parser.add_subparsers())
    parsed = parser.parse_args(["recordings", "export", *arguments, "--data-dir", str(folder)])
    status: int = parsed.run(parsed)
    return status


@pytest.fixture
def recorded(tmp_path: Path, sample: Any) -> Any:
    """A data folder with a conversation of two seconds, of which one turn is the second one."""
    url = f"sqlite:///{tmp_path / 'agent_service.db'}"
    upgrade(url)
    database = Database(url)
    turn = sample.turn(1, audio_start_ms=1000, audio_end_ms=1800)
    with database.write() as session:
        write_records(session, [sample.conversation(), turn])
    folder = tmp_path / "recordings"
    writer = PartWriter(folder, sample.conversation_id, 0, uuid7())
    writer.write(0, np.full((48_000, 2), 3000, np.int16))
    writer.close()
    storage = storage_of(folder, None, {})
    assert Finisher(folder, storage, database, HandClock(), lambda *_: None).finish_all() == 0
    database.close()
    return sample, turn


def test_a_recording_is_exported_in_the_form_that_the_name_says(
    recorded: Any, tmp_path: Path
) -> None:
    id = recorded[0].conversation_id
    for name, form in (("call.ogg", "OGG"), ("call.wav", "WAV"), ("call", "OGG")):
        assert run(tmp_path, id, "-o", str(tmp_path / name)) == 0
        info = soundfile.info(tmp_path / name)
        assert (info.format, info.channels, info.frames) == (form, 2, 48_000)
    assert run(tmp_path, id, "-o", str(tmp_path / "odd.ogg"), "--format", "wav") == 0
    assert soundfile.info(tmp_path / "odd.ogg").format == "WAV"


def test_one_turn_is_exported(recorded: Any, tmp_path: Path) -> None:
    sample, turn = recorded
    file = tmp_path / "turn.wav"
    run(tmp_path, sample.conversation_id, "-o", str(file), "--turn", turn.turn_id)
    assert soundfile.info(file).frames == 24 * (800 + 2 * 200)


def test_what_cannot_be_exported_says_why_and_leaves_no_file(
    recorded: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    id = recorded[0].conversation_id
    with pytest.raises(CallerError, match="no such conversation"):
        run(tmp_path, "nobody", "-o", str(tmp_path / "call.ogg"))
    with pytest.raises(CallerError, match="no such turn"):
        run(tmp_path, id, "-o", str(tmp_path / "call.ogg"), "--turn", "nobody's")
    with pytest.raises(FileError, match="cannot be written"):
        run(tmp_path, id, "-o", str(tmp_path / "nowhere" / "call.ogg"))
    assert not (tmp_path / "call.ogg").exists()


def test_one_that_is_still_written_is_waited_for_and_then_given_up(
    tmp_path: Path, sample: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(recordings, "FINISH_S", 0.0)
    url = f"sqlite:///{tmp_path / 'agent_service.db'}"
    upgrade(url)
    database = Database(url)
    with database.write() as session:
        write_records(session, [sample.conversation()])
    database.close()
    writer = PartWriter(tmp_path / "recordings", sample.conversation_id, 0, "a")
    with pytest.raises(TryLater, match="not finished"):
        run(tmp_path, sample.conversation_id, "-o", str(tmp_path / "call.ogg"))
    writer.close()
