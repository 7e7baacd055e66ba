"""Recordings that are not finished: files that are written while their conversations go on.

Each holds what one process recorded without a break, as AU: whatever was written of it plays, and
what nobody may hear is overwritten where it lies. A lock tells whether somebody still writes one.
"""

import fcntl
import os
import struct
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from threading import Lock
from typing import Final

import numpy as np
import soundfile
from numpy.typing import NDArray

from agent_service.audio import SAMPLE_RATE_HZ
from agent_service.private_files import make_folder

CHANNELS: Final = 2
"""Left the caller, right the agent."""
CALLER, AGENT = range(CHANNELS)
FOLDER: Final = "unfinished"
WORK: Final = ".finishing-"
"""How folders within begin in which parts become finished files."""
SUFFIX: Final = ".au"
READ_MS: Final = 1000
"""What is read, or silenced, at once."""

Sound = NDArray[np.int16]

_BYTES_PER_SAMPLE: Final = CHANNELS * np.dtype(np.int16).itemsize
_BYTES_PER_MS: Final = SAMPLE_RATE_HZ // 1000 * _BYTES_PER_SAMPLE
_UNKNOWN_SIZE: Final = 0xFFFF_FFFF
_PCM16: Final = 3
_HEADER: Final = struct.pack(">4s5I", b".snd", 24, _UNKNOWN_SIZE, _PCM16, SAMPLE_RATE_HZ, CHANNELS)
_BIG_ENDIAN: Final = np.dtype(">i2")
_REWRITING: Final = Lock()
"""Held while what is written of the caller is read and written again: it may be silenced then."""


@dataclass(frozen=True, slots=True)
class Part:
    """One file, and where it begins on the conversation's time axis."""

    path: Path
    conversation_id: str
    started_ms: int

    @classmethod
    def named(cls, path: Path) -> "Part | None":
        """Return the part that the file is, by its name."""
        conversation_id, _, rest = path.name.partition(".")
        started, _, rest = rest.partition(".")
        if not rest.endswith(SUFFIX) or not started.isdigit():
            return None
        return cls(path, conversation_id, int(started))


class PartWriter:
    """Writes a part; whoever asks is told that it is being written, until ``close``.

    What nobody wrote is a hole in the file, which is silence, and takes no room.
    """

    def __init__(self, folder: Path, conversation_id: str, started_ms: int, id: str) -> None:
        """Make the file; raise OSError."""
        make_folder(folder / FOLDER)
        path = folder / FOLDER / f"{conversation_id}.{started_ms}.{id}{SUFFIX}"
        self.part = Part(path, conversation_id, started_ms)
        self._descriptor = os.open(path, os.O_CREAT | os.O_EXCL | os.O_RDWR | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(self._descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            self._write(0, _HEADER)
        except BaseException:
            os.close(self._descriptor)
            path.unlink(missing_ok=True)
            raise

    def write(self, at: int, sound: Sound) -> None:
        """Write sound, so many samples behind where the part begins; raise OSError."""
        self._write(_place(at), sound.astype(_BIG_ENDIAN).tobytes())

    def write_agent(self, at: int, sound: Sound) -> None:
        """Write the agent's channel alone, over what is there; raise OSError."""
        skipped = max(-at, 0)
        at, sound = at + skipped, sound[skipped:]
        size = len(sound) * _BYTES_PER_SAMPLE
        with _REWRITING:
            there = os.pread(self._descriptor, size, _place(at)).ljust(size, b"\0")
            both = np.frombuffer(there, _BIG_ENDIAN).reshape(-1, CHANNELS).copy()
            both[:, AGENT] = sound
            self._write(_place(at), both.tobytes())

    def close(self) -> None:
        """Let go of the file."""
        os.close(self._descriptor)

    def _write(self, place: int, content: bytes) -> None:
        left = memoryview(content)
        while left:
            count = os.pwrite(self._descriptor, left, place)
            place, left = place + count, left[count:]


def _place(samples: int) -> int:
    return len(_HEADER) + samples * _BYTES_PER_SAMPLE


def left_parts(folder: Path, conversation_id: str | None = None) -> list[Part]:
    """Return the parts that nobody writes any more, in the order in which they begin."""
    found = [part for part in _parts(folder, conversation_id) if not _is_written(part.path)]
    return sorted(found, key=lambda part: (part.conversation_id, part.started_ms))


def is_recording(folder: Path, conversation_id: str) -> bool:
    """Tell whether a part of the conversation is being written, or is not finished yet."""
    return any(_parts(folder, conversation_id))


def delete_parts(folder: Path, conversation_id: str) -> int:
    """Delete the conversation's parts, also those that are being written; return how many."""
    parts = list(_parts(folder, conversation_id))
    for part in parts:
        part.path.unlink(missing_ok=True)
    for file in (folder / FOLDER).glob(f"{WORK}*/{conversation_id}-*"):
        file.unlink(missing_ok=True)
    return len(parts)


def silence_parts(folder: Path, conversation_id: str, stretches: Iterable[tuple[int, int]]) -> None:
    """Overwrite stretches of the time axis, in ms, in what is written so far; raise OSError.

    It may be done by whoever does not write the parts, and again.
    """
    for part in _parts(folder, conversation_id):
        with suppress(FileNotFoundError), open(part.path, "r+b", buffering=0) as file:
            end = os.fstat(file.fileno()).st_size
            for started_ms, ended_ms in stretches:
                at, until = (
                    len(_HEADER) + max(ms - part.started_ms, 0) * _BYTES_PER_MS
                    for ms in (started_ms, ended_ms)
                )
                while at < min(until, end):
                    count = min(until, end, at + READ_MS * _BYTES_PER_MS) - at
                    with _REWRITING:
                        at += os.pwrite(file.fileno(), bytes(count), at)


def read_part(path: Path) -> Iterator[Sound]:
    """Yield a part's sound, up to where it breaks off."""
    # By its descriptor: by its name, whatever is in the file would be taken for sound.
    with (
        suppress(soundfile.SoundFileError),
        open(path, "rb") as opened,
        soundfile.SoundFile(opened.fileno(), closefd=False) as file,
    ):
        while len(block := file.read(READ_MS * SAMPLE_RATE_HZ // 1000, "int16", always_2d=True)):
            yield block


@contextmanager
def claimed(part: Part) -> Iterator[bool]:
    """Keep others from working on the part during the block; False where somebody does already."""
    try:
        descriptor = os.open(part.path, os.O_RDWR | os.O_CLOEXEC)
    except OSError:
        yield False
        return
    try:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            yield False
        else:
            yield part.path.exists()  # whoever had it before may be done with it
    finally:
        os.close(descriptor)


def _parts(folder: Path, conversation_id: str | None) -> Iterator[Part]:
    pattern = f"*{SUFFIX}" if conversation_id is None else f"{conversation_id}.*{SUFFIX}"
    for path in (folder / FOLDER).glob(pattern):
        part = Part.named(path)
        if part is not None:
            yield part


def _is_written(path: Path) -> bool:
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    except OSError:
        return True  # it is being finished, or was
    try:
        fcntl.flock(descriptor, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except OSError:
        return True
    finally:
        os.close(descriptor)
    return False
