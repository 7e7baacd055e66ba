"""Where finished recordings are kept: the data folder, or an object store that a URL names.

A row of the record holds the location. It knows nothing of sound.
"""

import os
import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from datetime import datetime
from importlib import import_module
from pathlib import Path
from typing import Any, Final, Protocol

from agent_service.errors import SettingsError, StoreError
from agent_service.private_files import close_to_others, make_folder

LOCAL: Final = "local:"
"""How the locations of files in the data folder begin; others begin with the store's URL."""
LIMIT_S: Final = 60
"""What one request to the object store may take."""
CONNECT_LIMIT_S: Final = 5
_PANIC: Final = "PanicException"
"""What the library raises, beside all other exceptions, where it did not expect an option."""
RETRIES: Final = 1
"""What fails is tried again later anyway."""


_OF_THE_CLIENT: Final = frozenset(
    (
        *("allow_http", "allow_invalid_certificates", "connect_timeout", "default_content_type"),
        *("http1_only", "http2_keep_alive_interval", "http2_keep_alive_timeout"),
        *("http2_keep_alive_while_idle", "http2_only", "pool_idle_timeout"),
        *("pool_max_idle_per_host", "proxy_url", "proxy_ca_certificate", "proxy_excludes"),
        *("root_certificate", "timeout", "user_agent"),
    )
)
"""Options of the connection, which ``obstore`` takes apart from those of the store: among those of
the store they make it panic."""


class Storage(Protocol):
    """Keeps files. Raises RecordingAway where it cannot be reached, NoSuchRecording without one."""

    def put(self, key: str, file: Path) -> str:
        """Keep a copy of the file under the key; return its location."""
        ...

    def read(self, location: str, start: int, end: int) -> bytes:
        """Return the bytes from ``start`` to before ``end``; fewer where the file ends."""
        ...

    def delete(self, location: str) -> None:
        """Delete the file, if there is one."""
        ...


class RecordingAway(StoreError):
    """The recording's storage cannot be reached."""

    code = "recordings_away"


class NoSuchRecording(StoreError):
    """The recording's file is gone."""

    code = "recording_lost"

    def __init__(self, location: str) -> None:
        super().__init__(f"There is no file {location}.", is_retryable=False)


def key_of(name: str, at: datetime, suffix: str) -> str:
    """Return under what a recording is kept: by days, so that no folder holds too many."""
    return f"{at:%Y/%m/%d}/{name}{suffix}"


class LocalStorage:
    """Files in a folder that only the service's user may read."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def put(self, key: str, file: Path) -> str:
        path = self._folder / key
        with _local_failures(self._folder):
            make_folder(self._folder)
            path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            partly = path.with_name(f".{path.name}.partly")
            try:
                shutil.copyfile(file, partly)
                close_to_others(partly)
                with open(partly, "rb+") as written:
                    os.fsync(written.fileno())
                partly.replace(path)
            finally:
                partly.unlink(missing_ok=True)
        return f"{LOCAL}{key}"

    def read(self, location: str, start: int, end: int) -> bytes:
        with _local_failures(self._folder):
            try:
                with open(self._path(location), "rb") as file:
                    file.seek(start)
                    return file.read(end - start)
            except FileNotFoundError:
                raise NoSuchRecording(location) from None

    def delete(self, location: str) -> None:
        path = self._path(location)
        with _local_failures(self._folder):
            path.unlink(missing_ok=True)
            with suppress(OSError):  # of another recording of that day
                for folder in list(path.relative_to(self._folder).parents)[:-1]:
                    (self._folder / folder).rmdir()

    def _path(self, location: str) -> Path:
        path = self._folder / location.removeprefix(LOCAL)
        if ".." in path.parts or not path.is_relative_to(self._folder):
            raise NoSuchRecording(location)
        return path


@contextmanager
def _local_failures(folder: Path) -> Iterator[None]:
    try:
        yield
    except SettingsError as error:
        raise RecordingAway(error.message) from error
    except OSError as error:
        raise RecordingAway(f"{folder}: {error.strerror or error}.") from error


class ObjectStorage:
    """Objects in S3, or in what else ``obstore`` speaks with."""

    def __init__(self, url: str, options: Mapping[str, str]) -> None:
        """Raise SettingsError for what cannot be used; nothing is connected to yet."""
        try:
            self._client: Any = import_module("obstore")
            stores = import_module("obstore.store")
        except ImportError as error:
            problem = 'recording.storage_url: needs the extra: pip install "agent-service[storage]"'
            raise SettingsError([problem]) from error
        self._url = url.rstrip("/")
        is_local = url.startswith(("file:", "memory:"))
        if is_local and options:
            problem = f"recording.storage_options: {url.partition(':')[0]}: takes none"
            raise SettingsError([problem])
        client = {"timeout": f"{LIMIT_S}s", "connect_timeout": f"{CONNECT_LIMIT_S}s"}
        if options.get("endpoint", "").startswith("http://"):
            client["allow_http"] = "true"
        client |= {name: value for name, value in options.items() if name in _OF_THE_CLIENT}
        config = {name: value for name, value in options.items() if name not in _OF_THE_CLIENT}
        more: dict[str, Any] = {"config": config} if config else {}
        more |= {"client_options": client, "retry_config": {"max_retries": RETRIES}}
        try:
            self._store = stores.from_url(self._url, **({} if is_local else more))
        except BaseException as error:
            _pass_on_unless_of_library(error)
            raise SettingsError([_unusable(error, options)]) from error

    def probe(self) -> None:
        """Raise RecordingAway unless the store answers; nothing is changed."""
        with suppress(NoSuchRecording):
            self.read(f"{self._url}/is-this-there", 0, 1)

    def holds(self, location: str) -> bool:
        """Tell whether the location is one of this store's."""
        return location.startswith(f"{self._url}/")

    def put(self, key: str, file: Path) -> str:
        with self._failures(key):
            self._client.put(self._store, key, file)
        return f"{self._url}/{key}"

    def read(self, location: str, start: int, end: int) -> bytes:
        with self._failures(location):
            return bytes(
                self._client.get_range(self._store, self._key(location), start=start, end=end)
            )

    def delete(self, location: str) -> None:
        with suppress(NoSuchRecording), self._failures(location):
            self._client.delete(self._store, self._key(location))

    def _key(self, location: str) -> str:
        return location.removeprefix(f"{self._url}/")

    @contextmanager
    def _failures(self, location: str) -> Iterator[None]:
        try:
            yield
        except FileNotFoundError:
            raise NoSuchRecording(location) from None
        except BaseException as error:
            # Whatever the library says, the recording cannot be reached now.
            _pass_on_unless_of_library(error)
            raise RecordingAway(
                f"{self._url} cannot be reached ({type(error).__name__}): ask again later."
            ) from error


def _pass_on_unless_of_library(error: BaseException) -> None:
    """Raise what no library said: its panics are no ``Exception``."""
    if not isinstance(error, Exception) and type(error).__name__ != _PANIC:
        raise error


def _unusable(error: BaseException, options: Mapping[str, str]) -> str:
    """Return what the library has against its settings; its words may repeat a secret."""
    words = str(error).partition("\n")[0].strip()
    unknown = [name for name in options if name not in _OF_THE_CLIENT and f"'{name}'" in words]
    if unknown:
        return f"recording.storage_options: {unknown[0]} is no option of this store"
    if not words or any(value and value in words for value in options.values()):
        words = type(error).__name__
    return f"recording.storage_url: cannot be used with its storage_options: {words}"


class Shelves:
    """All storage in use: new recordings go to the object store if there is one."""

    def __init__(self, folder: Path, remote: ObjectStorage | None) -> None:
        self._local = LocalStorage(folder)
        self._remote = remote

    def put(self, key: str, file: Path) -> str:
        return (self._remote or self._local).put(key, file)

    def read(self, location: str, start: int, end: int) -> bytes:
        return self._of(location).read(location, start, end)

    def delete(self, location: str) -> None:
        self._of(location).delete(location)

    def probe(self) -> None:
        """Raise RecordingAway unless new recordings could be kept, as far as that can be seen."""
        if self._remote is not None:
            self._remote.probe()

    def _of(self, location: str) -> Storage:
        if location.startswith(LOCAL):
            return self._local
        if self._remote is not None and self._remote.holds(location):
            return self._remote
        raise RecordingAway("It is kept where recording.storage_url does not point any more.")


def storage_of(folder: Path, url: str | None, options: Mapping[str, str]) -> Shelves:
    """Return the storage that the settings name; raise SettingsError if it cannot be used."""
    return Shelves(folder, None if url is None else ObjectStorage(url, options))
