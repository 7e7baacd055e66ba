"""What a command writes is whole or not there, and takes the place of files alone."""

import os
import stat
import threading
from pathlib import Path

import pytest

from agent_service.cli.output_files import written_file, written_path
from agent_service.errors import FileError


def write(path: Path, content: bytes, *, by_path: bool) -> None:
    if by_path:
        with written_path(path) as whole:
            whole.write_bytes(content)
    else:
        with written_file(path) as file:
            file.write(content)


@pytest.mark.parametrize("by_path", [True, False])
def test_a_file_is_there_once_it_is_whole(tmp_path: Path, by_path: bool) -> None:
    path = tmp_path / "out"
    path.write_bytes(b"before")
    with pytest.raises(ZeroDivisionError), written_path(path) as whole:
        whole.write_bytes(b"half" * (1 // 0))
    assert path.read_bytes() == b"before"
    write(path, b"after", by_path=by_path)
    assert path.read_bytes() == b"after"
    assert list(tmp_path.iterdir()) == [path]


@pytest.mark.parametrize("by_path", [True, False])
def test_a_pipe_is_written_to_and_stays_one(tmp_path: Path, by_path: bool) -> None:
    pipe, came = tmp_path / "pipe", []
    os.mkfifo(pipe)
    reader = threading.Thread(target=lambda: came.append(pipe.read_bytes()))
    reader.start()
    write(pipe, b"content", by_path=by_path)
    reader.join(60)
    assert came == [b"content"]
    assert stat.S_ISFIFO(pipe.stat().st_mode)


@pytest.mark.parametrize("by_path", [True, False])
def test_a_link_stays_and_what_it_leads_to_changes(tmp_path: Path, by_path: bool) -> None:
    target, link = tmp_path / "target", tmp_path / "link"
    target.write_bytes(b"before")
    link.symlink_to(target)
    write(link, b"after", by_path=by_path)
    assert link.is_symlink()
    assert target.read_bytes() == b"after"


@pytest.mark.parametrize("by_path", [True, False])
def test_a_device_is_written_to_and_stays_one(by_path: bool) -> None:
    ours, theirs = os.openpty()
    try:
        terminal = Path(os.ttyname(theirs))
        write(terminal, b"content\n", by_path=by_path)
        assert os.read(ours, 100) == b"content\r\n"
        assert terminal.is_char_device()
    finally:
        os.close(ours)
        os.close(theirs)


def test_a_folder_is_none(tmp_path: Path) -> None:
    with pytest.raises(FileError, match="cannot be written"):
        write(tmp_path, b"content", by_path=False)


@pytest.mark.parametrize("by_path", [True, False])
def test_a_file_that_is_open_already_is_written_through_its_descriptor(
    tmp_path: Path, by_path: bool
) -> None:
    path, link = tmp_path / "standard-output", tmp_path / "link"
    with path.open("wb") as file:
        before = path.stat().st_ino
        link.symlink_to(f"/dev/fd/{file.fileno()}")
        write(link, b"content", by_path=by_path)
    assert (path.stat().st_ino, path.read_bytes()) == (before, b"content")
