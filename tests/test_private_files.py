"""Private whatever the umask, also what stood open before; and nobody else's folder is closed."""

import os
import stat
from collections.abc import Iterator
from pathlib import Path

import pytest

from agent_service.errors import SettingsError
from agent_service.private_files import (
    close_folder,
    close_to_others,
    make_file,
    make_folder,
    read_file,
    write_file,
)


@pytest.fixture(params=[0o000, 0o022, 0o277], ids=oct)
def _umask(request: pytest.FixtureRequest) -> Iterator[None]:
    before = os.umask(request.param)
    yield
    os.umask(before)


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


@pytest.mark.usefixtures("_umask")
def test_what_is_made_is_private_whatever_the_umask(tmp_path: Path) -> None:
    folder = tmp_path / "data"
    make_folder(folder)
    make_file(folder / "empty")
    write_file(folder / "text", "words")
    assert mode(folder) == 0o700
    assert [(path.name, mode(path)) for path in sorted(folder.iterdir())] == [
        ("empty", 0o600),
        ("text", 0o600),
    ]


def test_what_stood_open_is_closed(tmp_path: Path) -> None:
    tmp_path.chmod(0o755)
    (tmp_path / "outbox").mkdir()
    database = tmp_path / "agent_service.db"
    database.touch()
    database.chmod(0o664)
    make_folder(tmp_path)
    close_to_others(database)
    assert (mode(tmp_path), mode(database)) == (0o700, 0o600)


@pytest.mark.parametrize("rights", [0o755, 0o1777])
def test_folder_that_others_need_stays_as_it_is(tmp_path: Path, rights: int) -> None:
    if rights == 0o755:
        (tmp_path / "agent_service.db").touch()
        (tmp_path / "bash").touch()
    tmp_path.chmod(rights)
    make_folder(tmp_path)
    assert mode(tmp_path) == rights


def test_folder_that_is_not_there_is_nothing_to_close(tmp_path: Path) -> None:
    close_folder(tmp_path / "nowhere")
    close_to_others(tmp_path / "nowhere")
    assert list(tmp_path.iterdir()) == []


def test_file_that_exists_keeps_what_it_holds(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("words")
    make_file(tmp_path / "file")
    assert read_file(tmp_path / "file") == "words"
    write_file(tmp_path / "file", "others")
    assert read_file(tmp_path / "file") == "others"
    assert [path.name for path in tmp_path.iterdir()] == ["file"]


@pytest.mark.parametrize("place", ["/dev/null", "/dev/null/data", "/proc/data"])
def test_folder_that_cannot_be_made_says_why_and_what_to_do(place: str) -> None:
    with pytest.raises(SettingsError, match=rf"{place}: cannot be made \(.+\): mend its "):
        make_folder(Path(place))


def test_file_that_cannot_be_written_or_read_says_why(tmp_path: Path) -> None:
    (tmp_path / "folder").mkdir()
    (tmp_path / "bytes").write_bytes(b"\xff")
    with pytest.raises(SettingsError, match="folder: cannot be written"):
        write_file(tmp_path / "folder", "words")
    assert [path.name for path in tmp_path.iterdir() if path.name[0] == "."] == []
    with pytest.raises(SettingsError, match="folder: cannot be read"):
        read_file(tmp_path / "folder")
    with pytest.raises(SettingsError, match="bytes: is not text"):
        read_file(tmp_path / "bytes")


@pytest.mark.skipif(os.geteuid() == 0, reason="the superuser may write everywhere")
def test_folder_that_cannot_be_written_to_says_so(tmp_path: Path) -> None:
    tmp_path.chmod(0o500)
    with pytest.raises(SettingsError, match="cannot be written to"):
        make_folder(tmp_path)
