"""What is written while a call goes on: playable at any moment, and nobody's twice."""

import os
import stat
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import soundfile

from agent_service.recording.parts import (
    PartWriter,
    claimed,
    delete_parts,
    is_recording,
    left_parts,
    read_part,
    silence_parts,
)

ID = "01990000-0000-7000-8000-000000000001"
SECOND = 24_000
MS = 24


def tone(seconds: float, hz: int = 440) -> np.ndarray:
    wave = np.sin(2 * np.pi * hz * np.arange(int(seconds * SECOND)) / SECOND) * 8000
    return np.stack([wave, np.zeros_like(wave)], axis=1).astype(np.int16)


def sound_of(path: Path) -> np.ndarray:
    return np.concatenate(list(read_part(path)))


def test_a_part_is_a_private_file_that_plays_and_says_where_it_begins(tmp_path: Path) -> None:
    writer = PartWriter(tmp_path, ID, 1500, "a")
    writer.write(0, tone(1))
    assert left_parts(tmp_path) == []
    assert is_recording(tmp_path, ID)
    assert np.array_equal(sound_of(writer.part.path), tone(1))
    writer.close()
    (part,) = left_parts(tmp_path)
    assert (part.conversation_id, part.started_ms) == (ID, 1500)
    assert stat.S_IMODE(part.path.stat().st_mode) == 0o600
    assert np.array_equal(sound_of(part.path), tone(1))
    info = soundfile.info(str(part.path))
    assert (info.format, info.samplerate, info.channels) == ("AU", SECOND, 2)


KILLED = f"""
import os, signal, sys
from pathlib import Path
import numpy as np
from agent_service.recording.parts import PartWriter
writer = PartWriter(Path(sys.argv[1]), "{ID}", 0, "a")
wave = (np.arange(48_000) % 200 * 50).astype(np.int16)
sound = np.stack([wave, wave], axis=1)
for start in range(0, 24_000 * 2, 4800):
    writer.write(start, sound[start:start + 4800])
os.kill(os.getpid(), signal.SIGKILL)
"""


def test_what_a_killed_process_leaves_plays_to_its_end(tmp_path: Path) -> None:
    killed = subprocess.run([sys.executable, "-c", KILLED, str(tmp_path)], check=False)
    assert killed.returncode == -9
    (part,) = left_parts(tmp_path)
    wave = np.arange(48_000) % 200 * 50
    sound = sound_of(part.path)
    assert len(sound) == 2 * SECOND
    assert np.array_equal(sound[:, 0], wave[: len(sound)])


def test_a_part_that_breaks_off_within_a_frame_is_read_up_to_there(tmp_path: Path) -> None:
    writer = PartWriter(tmp_path, ID, 0, "a")
    writer.write(0, tone(2))
    writer.close()
    (part,) = left_parts(tmp_path)
    os.truncate(part.path, part.path.stat().st_size * 3 // 4 + 1)
    sound = sound_of(part.path)
    assert len(sound) == pytest.approx(1.5 * SECOND, abs=10)
    assert np.array_equal(sound, tone(2)[: len(sound)])
    part.path.write_bytes(b"no sound at all")
    assert list(read_part(part.path)) == []


FULL = f"""
import resource, signal, sys
from pathlib import Path
import numpy as np
import soundfile
from agent_service.recording.encoding import Source, mix_down
from agent_service.recording.parts import PartWriter
resource.setrlimit(resource.RLIMIT_FSIZE, (200_000, 200_000))
folder = Path(sys.argv[1])
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
writer = PartWriter(folder, "{ID}", 0, "a")
noise = np.random.default_rng(1).integers(-8000, 8000, (6000, 2)).astype(np.int16)
failed = 0
try:
    for number in range(100):
        writer.write(number * len(noise), noise)
except OSError:
    failed += 1
writer.close()
try:
    mix_down([Source(0, iter([noise] * 400))], [], folder / "whole.ogg")
except soundfile.SoundFileError:
    failed += 1
sys.exit(failed)
"""


def test_what_there_was_room_for_is_kept_and_the_rest_is_a_failure_of_its_own_kind(
    tmp_path: Path,
) -> None:
    """A limit of the kernel stands for a full disk: files take no more than so many bytes."""
    full = subprocess.run([sys.executable, "-c", FULL, str(tmp_path)], check=False)
    assert full.returncode == 2
    (part,) = left_parts(tmp_path)
    assert len(sound_of(part.path)) == (200_000 - 24) // 4


def test_two_do_not_finish_the_same_part(tmp_path: Path) -> None:
    PartWriter(tmp_path, ID, 0, "a").close()
    (part,) = left_parts(tmp_path)
    with claimed(part) as is_mine:
        assert is_mine
        assert left_parts(tmp_path) == []
        with claimed(part) as is_theirs:
            assert not is_theirs
        part.path.unlink()
    with claimed(part) as is_mine:
        assert not is_mine


def test_parts_that_are_being_written_are_deleted_as_well(tmp_path: Path) -> None:
    writer = PartWriter(tmp_path, ID, 0, "a")
    PartWriter(tmp_path, ID, 900, "b").close()
    PartWriter(tmp_path, ID.replace("1990", "1991"), 0, "c").close()
    (tmp_path / "unfinished" / "notes.au").write_text("of somebody else")
    assert delete_parts(tmp_path, ID) == 2
    writer.write(0, tone(1))
    writer.close()
    assert not is_recording(tmp_path, ID)
    assert len(left_parts(tmp_path)) == 1


def test_what_nobody_may_hear_is_overwritten_where_it_lies_while_it_is_written_on(
    tmp_path: Path,
) -> None:
    PartWriter(tmp_path, ID, 0, "a").close()  # of a process that is gone
    writer = PartWriter(tmp_path, ID, 1000, "b")
    writer.write(0, tone(3))
    before = writer.part.path.stat().st_size
    silence_parts(tmp_path, ID, [(0, 1200), (2000, 3500), (3900, 60_000)])
    assert writer.part.path.stat().st_size == before
    writer.write(3 * SECOND, tone(1))
    writer.close()
    expected = np.concatenate([tone(3), tone(1)])
    for start, end in ((0, 200), (1000, 2500), (2900, 3000)):
        expected[start * MS : end * MS] = 0
    assert np.array_equal(sound_of(writer.part.path), expected)


def test_silence_of_a_conversation_without_parts_is_nothing(tmp_path: Path) -> None:
    silence_parts(tmp_path, ID, [(0, 1000)])
    assert list(tmp_path.iterdir()) == []


def test_the_agents_side_is_written_over_and_what_nobody_wrote_is_silent(tmp_path: Path) -> None:
    writer = PartWriter(tmp_path, ID, 0, "a")
    writer.write(SECOND, tone(1))
    agents = np.arange(SECOND, dtype=np.int16)
    writer.write_agent(SECOND // 2, agents)
    writer.write_agent(-10, agents[:20])
    writer.write_agent(2 * SECOND - 10, agents[:20])
    writer.close()
    expected = np.concatenate([np.zeros((SECOND, 2), np.int16), tone(1)])
    expected = np.concatenate([expected, np.zeros((10, 2), np.int16)])
    expected[SECOND // 2 : SECOND // 2 + SECOND, 1] = agents
    expected[:10, 1] = agents[10:20]
    expected[-20:, 1] = agents[:20]
    assert np.array_equal(sound_of(writer.part.path), expected)
