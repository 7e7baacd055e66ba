"""Where recordings are kept: files that others cannot read, and a real S3 server."""

import stat
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from agent_service.errors import SettingsError
from agent_service.recording.storage import (
    LocalStorage,
    NoSuchRecording,
    ObjectStorage,
    RecordingAway,
    Shelves,
    Storage,
    key_of,
    storage_of,
)

KEY = key_of("0199", datetime(2026, 11, 29, tzinfo=UTC), ".ogg")


@pytest.fixture
def sound(tmp_path: Path) -> Path:
    path = tmp_path / "sound"
    path.write_bytes(bytes(range(256)) * 8)
    return path


@pytest.fixture(params=["local", "s3"])
def storage(request: pytest.FixtureRequest, tmp_path: Path) -> Storage:
    if request.param == "local":
        return LocalStorage(tmp_path / "recordings")
    found: Storage = request.getfixturevalue("s3").storage()
    return found


def test_what_is_put_is_read_in_pieces_and_gone_when_deleted(storage: Storage, sound: Path) -> None:
    location = storage.put(KEY, sound)
    assert location.endswith("/2026/11/29/0199.ogg") or location == f"local:{KEY}"
    assert storage.read(location, 250, 260) == bytes(range(250, 256)) + bytes(range(4))
    assert len(storage.read(location, 2000, 9000)) == 48
    storage.delete(location)
    storage.delete(location)
    with pytest.raises(NoSuchRecording, match="no file"):
        storage.read(location, 0, 10)


def test_files_are_their_owners_alone_and_empty_folders_go(tmp_path: Path, sound: Path) -> None:
    folder = tmp_path / "recordings"
    storage = LocalStorage(folder)
    location = storage.put(KEY, sound)
    file = folder / KEY
    assert stat.S_IMODE(file.stat().st_mode) & 0o077 == 0
    assert stat.S_IMODE(folder.stat().st_mode) & 0o077 == 0
    assert [one.name for one in file.parent.iterdir()] == ["0199.ogg"]
    storage.delete(location)
    assert list(folder.iterdir()) == []


def test_a_location_cannot_lead_out_of_the_folder(tmp_path: Path, sound: Path) -> None:
    with pytest.raises(NoSuchRecording):
        LocalStorage(tmp_path / "recordings").read("local:../sound", 0, 10)


def test_a_folder_that_cannot_be_written_is_a_storage_that_is_away(
    tmp_path: Path, sound: Path
) -> None:
    (tmp_path / "recordings").write_text("a file")
    with pytest.raises(RecordingAway, match="recordings"):
        LocalStorage(tmp_path / "recordings").put(KEY, sound)


def test_a_server_that_is_not_there_is_a_storage_that_is_away(sound: Path) -> None:
    options = {"endpoint": "http://127.0.0.1:9", "access_key_id": "a", "secret_access_key": "b"}
    storage = ObjectStorage("s3://calls", options)
    with pytest.raises(RecordingAway):
        storage.put(KEY, sound)
    with pytest.raises(RecordingAway):
        storage.delete(f"s3://calls/{KEY}")


def test_recordings_of_before_are_found_when_new_ones_go_elsewhere(
    tmp_path: Path, sound: Path, s3: Any
) -> None:
    before = storage_of(tmp_path / "recordings", None, {})
    old = before.put(KEY, sound)
    now = storage_of(tmp_path / "recordings", s3.url, s3.options)
    new = now.put(KEY, sound)
    assert (old.partition(":")[0], new.partition(":")[0]) == ("local", "s3")
    assert now.read(old, 0, 4) == now.read(new, 0, 4) == bytes(range(4))
    now.delete(new)
    with pytest.raises(RecordingAway, match="storage_url"):
        before.read(new, 0, 4)


def test_options_that_nobody_knows_are_named_and_their_values_are_not(tmp_path: Path) -> None:
    with pytest.raises(SettingsError) as caught:
        storage_of(tmp_path, "s3://calls", {"no_such_option": "very secret"})
    assert "recording.storage_options: no_such_option is no option" in caught.value.message
    assert "very secret" not in caught.value.message
    assert isinstance(storage_of(tmp_path, None, {}), Shelves)


def test_options_of_the_connection_are_no_options_of_the_store(tmp_path: Path) -> None:
    options = {"endpoint": "http://127.0.0.1:9", "region": "us-east-1", "allow_http": "true"}
    storage = storage_of(tmp_path, "s3://calls", {**options, "timeout": "5s"})
    with pytest.raises(RecordingAway):
        storage.probe()


@pytest.mark.parametrize(
    ("url", "options", "words"),
    [
        ("s3://calls", {"aws_no_such": "very secret"}, "storage_options: aws_no_such is no option"),
        ("gs://calls", {"endpoint": "very secret"}, "storage_options: endpoint is no option"),
        ("az://calls", {}, "storage_options: .*Account must be specified"),
        ("s3://calls", {"timeout": "very secret"}, "storage_url: cannot be used"),
        ("s3://calls", {"allow_http": "very secret"}, "storage_url: cannot be used"),
        ("file:///tmp/calls", {"region": "very secret"}, "storage_options: file: takes none"),
        ("memory:///", {"timeout": "very secret"}, "storage_options: memory: takes none"),
    ],
)
def test_a_wrong_option_is_a_setting_to_be_mended(
    tmp_path: Path, url: str, options: dict[str, str], words: str
) -> None:
    with pytest.raises(SettingsError, match=words) as caught:
        storage_of(tmp_path, url, options)
    assert "very secret" not in caught.value.message
