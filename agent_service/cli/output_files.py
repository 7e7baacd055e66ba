"""Files that the user names for what a command writes: whole or not at all, and never in place of
a device or a pipe."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from shutil import copyfileobj
from tempfile import TemporaryDirectory
from typing import BinaryIO, Final

from agent_service.errors import FileError
from agent_service.private_files import make_file

_DESCRIPTORS: Final = Path("/proc")
"""Links in there lead to what is open already: standard output that goes to a file, perhaps."""


@contextmanager
def written_file(path: Path) -> Iterator[BinaryIO]:
    """Open a file that only its owner may read, and that has its name once it is whole.

    A device or a pipe is written to as it comes. Raises FileError.
    """
    with _failures(path):
        if _is_stream(path):
            with path.open("wb") as stream:
                yield stream
            return
        with _unfinished(path) as unfinished:
            make_file(unfinished)
            with unfinished.open("wb") as file:
                yield file


@contextmanager
def written_path(path: Path) -> Iterator[Path]:
    """Yield where to write what has its name once it is whole; raises FileError."""
    with _failures(path):
        if _is_stream(path):
            with TemporaryDirectory() as folder:
                whole = Path(folder) / path.name
                yield whole
                with whole.open("rb") as file, path.open("wb") as stream:
                    copyfileobj(file, stream)
            return
        with _unfinished(path) as unfinished:
            yield unfinished


def _is_stream(path: Path) -> bool:
    """Tell whether the path leads to what is no file, or to one that is open already."""
    if path.exists() and not path.is_file() and not path.is_dir():
        return True
    step = path
    while path.exists() and step.is_symlink():
        if step.parent.resolve().is_relative_to(_DESCRIPTORS):
            return True
        step = step.parent / step.readlink()
    return False


@contextmanager
def _unfinished(path: Path) -> Iterator[Path]:
    """Yield a file beside the one that is meant, which takes its place afterwards."""
    meant = path.resolve()  # a link stays, and leads to it
    unfinished = meant.with_name(f".{meant.name}.partly")
    unfinished.unlink(missing_ok=True)
    try:
        yield unfinished
        unfinished.replace(meant)
    finally:
        unfinished.unlink(missing_ok=True)


@contextmanager
def _failures(path: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise FileError(f"{path}: cannot be written ({error.strerror}).") from error
