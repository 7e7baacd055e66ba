"""Recordings that are not finished: files that are written while their conversations go on.

Each holds what one process recorded without a break, as FLAC: what a killed process leaves plays
up to its last whole frame, a sixth of a second. A lock tells whether somebody still writes one.
"""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np
import soundfile
from numpy.typing import NDArray

from agent_service.audio import SAMPLE_RATE_HZ
from agent_service.private_files import make_folder

CHANNELS: Final = 2
"""Left the caller, right the agent."""
FOLDER: Final = "unfinished"
WORK: Final = ".finishing-"
"""How folders within begin in which parts become finished files."""
READ_MS: Final = 100
"""Of a damaged file, what is read at once and lost at its end."""

Sound = NDArray[np.int16]


class _Stream(soundfile.SoundFile):  # type: ignore[misc]  # it has no types
    """Written and read from its beginning to its end.

    In a file that nobody finished, seeking fails; and soundfile seeks after each piece.
    """

    def seekable(self) -> bool:
        return False


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
        if not rest.endswith(".flac") or not started.isdigit():
            return None
        return cls(path, conversation_id, int(started))


class PartWriter:
    """Writes a part; whoever asks is told that it is being written, until ``close``."""

    def __init__(self, folder: Path, conversation_id: str, started_ms: int, id: str) -> None:
        """Make the file; raise OSError or SoundFileError."""
        make_folder(folder / FOLDER)
        path = folder / FOLDER / f"{conversation_id}.{started_ms}.{id}.flac"
        self.part = Part(path, conversation_id, started_ms)
        self._descriptor = os.open(path, os.O_CREAT | os.O_EXCL | os.O_RDWR | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(self._descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            self._file = _Stream(
                self._descriptor,
                "w",
                samplerate=SAMPLE_RATE_HZ,
                channels=CHANNELS,
                format="FLAC",
                subtype="PCM_16",
                closefd=False,
            )
        except BaseException:
            os.close(self._descriptor)
            path.unlink(missing_ok=True)
            raise

    def write(self, sound: Sound) -> None:
        """Append sound; raise OSError or SoundFileError, after which only ``close`` may follow."""
        self._file.write(sound)

    def close(self) -> None:
        """Finish the file as far as that is possible, and let go of it."""
        try:
            with suppress(soundfile.SoundFileError):
                self._file.close()
        finally:
            os.close(self._descriptor)


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


def read_part(path: Path) -> Iterator[Sound]:
    """Yield a part's sound, up to where it breaks off."""
    with suppress(soundfile.SoundFileError), _Stream(str(path)) as file:
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
    pattern = "*.flac" if conversation_id is None else f"{conversation_id}.*.flac"
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
