"""From what a conversation puts aside to a file, with a clock that is moved by hand."""

import asyncio
import errno
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hand_clock import HandClock
from sqlalchemy import func, select

from agent_service.clock import SystemClock
from agent_service.conversation import commands as cmd
from agent_service.conversation import events as ev
from agent_service.conversation.records import Role
from agent_service.recording.parts import left_parts, read_part
from agent_service.recording.recordings import Recordings
from agent_service.recording.storage import storage_of
from agent_service.recording.tape import MOST_WAITING, RETRY_MS, Tape
from agent_service.recording.timeline import MOST_UNPLAYED
from agent_service.store.database import Database
from agent_service.store.silences import Silence
from agent_service.store.tables import Recording

MS = 24
FRAME = (np.arange(20 * MS) % 48 * 200).astype(np.int16).tobytes()


class Studio:
    """Recordings that are advanced by hand."""

    def __init__(self, folder: Path, database: Database) -> None:
        self.folder = folder
        self.clock = HandClock()
        self.told: list[tuple[str, float]] = []
        self.gaps: list[tuple[float, float]] = []
        self.recordings = Recordings(
            folder, storage_of(folder, None, {}), database, self.clock, self._tell
        )

    def _tell(
        self,
        conversation_id: str,
        code: str,
        message: str,
        at_ms: float | None,
        ended_ms: float | None,
    ) -> None:
        self.told.append((code, round(at_ms or 0.0)))
        if ended_ms is not None:
            self.gaps.append((round(at_ms or 0.0), round(ended_ms)))

    def tape(self, id: str = "c-1", *, earlier_s: float = 0.0, is_on: bool = True) -> Tape:
        return self.recordings.tape(id, earlier_s=earlier_s, is_on=is_on)

    def put(self, tape: Tape, thing: Any) -> None:
        tape.put(self.clock.now(), thing)

    def speak(self, tape: Tape, seconds: float) -> None:
        for number in range(round(seconds * 50)):
            self.clock.advance(0.02)
            self.put(tape, ev.CallerAudio(FRAME))
            if number % 10 == 0:
                self.recordings.advance()

    def end(self, tape: Tape) -> None:
        tape.close(self.clock.now())
        self.recordings.advance()

    def parts(self) -> list[tuple[int, int, np.ndarray]]:
        """Return where each part begins and ends, in ms, and its sound."""
        found = []
        for part in left_parts(self.folder):
            sound = np.concatenate(list(read_part(part.path)))
            found.append((part.started_ms, part.started_ms + len(sound) // MS, sound))
        return found


@pytest.fixture
def studio(tmp_path: Path, sqlite_database: Database) -> Studio:
    return Studio(tmp_path / "recordings", sqlite_database)


def test_both_sides_are_written_while_they_speak_and_to_the_end(studio: Studio) -> None:
    tape = studio.tape()
    studio.put(tape, cmd.PlayAudio("out-1", 0, FRAME * 50))
    studio.speak(tape, 0.1)
    for played_ms in range(200, 1000, 200):
        studio.speak(tape, 0.2)
        studio.put(tape, ev.CallerPlayed("out-1", played_ms))
    studio.put(tape, cmd.ClearPlayback("out-1"))
    studio.put(tape, ev.CallerPlayed("out-1", 810))
    studio.speak(tape, 0.1)
    assert studio.recordings.live == 1
    studio.end(tape)
    assert studio.recordings.live == 0
    ((start, end, sound),) = studio.parts()
    assert (start, end) == (0, 1000)
    assert np.count_nonzero(sound[:, 0]) > 900 * MS
    heard = np.flatnonzero(sound[:, 1])
    assert heard[0] == pytest.approx(100 * MS, abs=2)


def test_the_end_of_an_item_that_its_turn_tells_of_is_in_the_recording(
    studio: Studio, sample: Any
) -> None:
    tape = studio.tape()
    studio.put(tape, cmd.PlayAudio("out-1", 0, FRAME * 50))
    studio.clock.advance(1)
    studio.put(tape, ev.CallerPlayed("out-1", 970))
    studio.put(tape, sample.turn(2, role=Role.AGENT, item_id="out-1", heard_ms=1000))
    studio.put(tape, sample.turn(1, item_id="in-1"))
    studio.clock.advance(1)
    studio.end(tape)
    ((_, _, sound),) = studio.parts()
    assert np.flatnonzero(sound[:, 1])[-1] == pytest.approx(1030 * MS, abs=50)


def test_nothing_is_written_before_the_caller_agreed(studio: Studio) -> None:
    tape = studio.tape(is_on=False)
    studio.speak(tape, 1.0)
    assert not studio.folder.exists()
    studio.put(tape, cmd.StartRecording())
    studio.put(tape, cmd.StartRecording())
    studio.speak(tape, 1.0)
    studio.end(tape)
    ((start, end, _),) = studio.parts()
    assert (start, end) == (1000, 2000)


def test_a_conversation_in_which_nobody_agreed_or_spoke_leaves_no_file(studio: Studio) -> None:
    unasked, silent = studio.tape("c-1", is_on=False), studio.tape("c-2")
    studio.speak(unasked, 0.5)
    studio.put(silent, ev.CallerAudio(bytes(960)))
    studio.clock.advance(5)
    studio.end(silent)
    studio.end(unasked)
    assert not studio.folder.exists()


def test_a_process_that_takes_over_goes_on_on_the_same_axis(studio: Studio) -> None:
    tape = studio.tape(earlier_s=60.0)
    studio.speak(tape, 1.0)
    studio.end(tape)
    ((start, end, _),) = studio.parts()
    assert (start, end) == (60_000, 61_000)


def test_what_is_held_is_silent(studio: Studio) -> None:
    tape = studio.tape()
    studio.speak(tape, 1.0)
    studio.put(tape, cmd.HoldRecording("caller", True))
    studio.speak(tape, 1.0)
    studio.put(tape, cmd.HoldRecording("caller", False))
    studio.speak(tape, 1.0)
    studio.end(tape)
    ((_, _, sound),) = studio.parts()
    assert not sound[1000 * MS : 2000 * MS].any()
    assert sound[900 * MS : 1000 * MS].any()
    assert sound[2000 * MS : 2100 * MS].any()


def test_what_is_taken_out_of_a_turn_is_silent_on_disk_while_the_call_goes_on(
    studio: Studio,
) -> None:
    tape, other = studio.tape(), studio.tape("c-2")
    studio.speak(tape, 2.0)
    studio.recordings.silence(Silence("c-1", 500, 2500))  # more of it is to come
    for _ in range(MOST_WAITING):
        studio.put(other, ev.CallerPlayed("out-1", 1))
    studio.recordings.silence(Silence("c-2", 0, 1000))
    assert not other.has_lost
    studio.speak(tape, 2.0)
    (file,) = (studio.folder / "unfinished").iterdir()
    sound = np.concatenate(list(read_part(file)))
    assert len(sound) > 3000 * MS
    is_silent = ~sound[:, 0].reshape(-1, MS).any(axis=1)
    assert np.flatnonzero(is_silent).tolist() == list(range(500, 2500))
    studio.end(tape)
    assert studio.told == []


def test_a_disk_that_cannot_be_written_to_is_told_of_when_it_has_to_be_silenced(
    studio: Studio,
) -> None:
    tape = studio.tape()
    studio.speak(tape, 1.0)
    (file,) = (studio.folder / "unfinished").iterdir()
    file.rename(studio.folder / "kept")
    file.mkdir()
    studio.recordings.silence(Silence("c-1", 0, 500))
    studio.speak(tape, 0.5)
    assert studio.told == [("recording_failed", 0)]


def test_a_disk_that_takes_nothing_is_told_once_and_tried_again(studio: Studio) -> None:
    studio.folder.parent.mkdir(exist_ok=True)
    studio.folder.write_text("where the folder should be")
    tape = studio.tape()
    studio.speak(tape, 5.0)
    assert [code for code, _ in studio.told] == ["recording_failed"]
    studio.folder.unlink()
    studio.speak(tape, RETRY_MS / 1000)
    studio.end(tape)
    ((start, end, sound),) = studio.parts()
    assert (start, end) == (0, 15_000)
    sounding = round(np.flatnonzero(sound[:, 0])[0] / MS)
    assert 9_000 < sounding < 11_000
    assert len(studio.told) == 2
    assert studio.gaps == [(0, sounding)]


def test_a_gap_that_lasts_to_the_end_ends_there(studio: Studio) -> None:
    studio.folder.parent.mkdir(exist_ok=True)
    studio.folder.write_text("where the folder should be")
    tape = studio.tape()
    studio.speak(tape, 2.0)
    studio.end(tape)
    assert studio.gaps == [(0, 2000)]


def test_what_has_no_room_is_left_out_and_told_once(studio: Studio) -> None:
    tape = studio.tape()
    for _ in range(MOST_WAITING + 10):
        studio.put(tape, ev.CallerAudio(FRAME))
    for _ in range(3):
        studio.clock.advance(1)
        studio.recordings.advance()
    assert tape.has_lost
    other = studio.tape("c-2")
    for _ in range(MOST_UNPLAYED // 960_000 + 1):
        studio.put(other, cmd.PlayAudio("out-1", 0, bytes(960_000)))
    studio.recordings.advance()
    assert [code for code, _ in studio.told] == ["recording_failed", "recording_failed"]


def test_a_defect_ends_one_recording_and_not_the_others(studio: Studio) -> None:
    broken, well = studio.tape("c-1"), studio.tape("c-2")
    studio.speak(broken, 1.0)
    studio.put(broken, ev.CallerAudio(b"odd"))
    studio.speak(well, 1.0)
    assert studio.parts() == []  # both conversations go on
    studio.recordings.silence(Silence("c-1", 0, 100))
    studio.put(broken, cmd.StartRecording())
    studio.end(broken)
    studio.end(well)
    assert not studio.parts()[0][2][: 100 * MS].any()
    assert [end for _, end, _ in studio.parts()] == [pytest.approx(700, abs=200), 2000]


def test_threads_write_finish_and_end_by_themselves(
    sqlite_database: Database, sample: Any, write: Callable[..., None], tmp_path: Path
) -> None:
    write(sample.conversation())
    folder = tmp_path / "recordings"
    clock = SystemClock()
    left = Studio(folder, sqlite_database)
    tape = left.tape(sample.conversation_id)
    left.speak(tape, 1.0)
    left.end(tape)

    async def scenario() -> None:
        recordings = Recordings(
            folder, storage_of(folder, None, {}), sqlite_database, clock, lambda *_: None
        )
        recordings.open()
        tape = recordings.tape(sample.conversation_id, earlier_s=2.0, is_on=True)
        for _ in range(50):
            tape.put(clock.now(), ev.CallerAudio(FRAME))
        await recordings.close()
        await recordings.close()

    asyncio.run(scenario())
    with sqlite_database.read() as session:
        assert session.scalar(select(func.count()).select_from(Recording)) == 1
        assert 1_900 < (session.scalar(select(Recording.duration_ms)) or 0) < 4_000
    assert left_parts(folder) == []
    assert not [one for one in threading.enumerate() if one.name.startswith("recording-")]


def test_a_late_report_of_the_player_is_set_right_in_what_is_written(studio: Studio) -> None:
    tape = studio.tape()
    studio.speak(tape, 1.0)
    studio.put(tape, cmd.PlayAudio("out-1", 0, FRAME * 150))
    for seconds, played_ms in ((0.5, 500), (1.5, 600), (0.5, 2500)):
        studio.speak(tape, seconds)
        studio.put(tape, ev.CallerPlayed("out-1", played_ms))
    studio.speak(tape, 1.0)
    studio.end(tape)
    ((_, _, sound),) = studio.parts()
    heard = np.flatnonzero(sound[:, 1]) / MS
    assert (heard[0], heard[-1]) == (pytest.approx(1000, abs=2), pytest.approx(3500, abs=2))
    assert len(heard) > 2400 * MS


def test_a_line_that_was_gone_is_a_gap_in_what_the_agent_said(studio: Studio) -> None:
    tape = studio.tape()
    studio.put(tape, cmd.PlayAudio("out-1", 0, FRAME * 50))
    studio.speak(tape, 0.6)
    studio.put(tape, ev.CallerPlayed("out-1", 600))
    studio.put(tape, ev.CallerHeld(True))
    studio.speak(tape, 2.0)
    studio.put(tape, ev.CallerHeld(False))
    studio.speak(tape, 0.4)
    studio.put(tape, ev.CallerPlayed("out-1", 1000))
    studio.speak(tape, 0.1)
    studio.end(tape)
    ((_, _, sound),) = studio.parts()
    heard = np.flatnonzero(sound[:, 1]) / MS
    assert not sound[600 * MS : 2600 * MS, 1].any()
    assert heard[-1] == pytest.approx(3000, abs=2)


def test_a_full_disk_in_mid_call_leaves_nothing_that_could_be_taken_for_the_whole(
    studio: Studio, monkeypatch: pytest.MonkeyPatch
) -> None:
    tape = studio.tape()
    studio.speak(tape, 2.0)
    with monkeypatch.context() as full:
        full.setattr("os.pwrite", no_room)
        studio.speak(tape, 2.0)
        assert studio.parts() == []  # nobody finishes it
    studio.speak(tape, 12.0)
    assert studio.parts() == []
    studio.end(tape)
    ((start, end, sound),) = studio.parts()
    assert (start, end) == (0, 16_000)
    ((gap, until),) = studio.gaps
    assert not sound[(gap + 1) * MS : (until - 1) * MS].any()
    assert sound[: (gap - 1) * MS, 0].any()
    assert sound[(until + 1) * MS :, 0].any()


def no_room(*_: object) -> int:
    raise OSError(errno.ENOSPC, "No space left on device")
