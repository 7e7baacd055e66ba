"""Folders and files that only their owner may read, whatever the umask says.

What stood open before is closed; what belongs to somebody else is left to them.
"""

import os
import stat
import tempfile
from contextlib import suppress
from pathlib import Path
from typing import Final

from agent_service.errors import SettingsError

_FOLDER: Final = stat.S_IRWXU
_FILE: Final = stat.S_IRUSR | stat.S_IWUSR
_OTHERS: Final = stat.S_IRWXG | stat.S_IRWXO
_OURS: Final = (
    "agent_service.db",
    "admin-token",
    "ticket-secret",
    "outbox",
    "recordings",
    "last-anchor",
)
"""How the names in a data folder begin. What else is in one was put there by somebody who may need
it: somebody who named a folder of the system by mistake, perhaps."""
_ADVICE: Final = "mend its rights, or name another folder (data_dir, --data-dir)"


def make_folder(folder: Path) -> None:
    """Make the folder if need be and close it to others; SettingsError says why it cannot be."""
    try:
        is_new = not folder.exists()
        folder.mkdir(mode=_FOLDER, parents=True, exist_ok=True)
        if is_new:
            folder.chmod(_FOLDER)  # a umask may take rights from the owner too
    except OSError as error:
        raise SettingsError([f"{folder}: cannot be made ({error.strerror}): {_ADVICE}"]) from error
    close_folder(folder)
    if not os.access(folder, os.W_OK | os.X_OK):
        raise SettingsError([f"{folder}: cannot be written to: {_ADVICE}"])


def close_folder(folder: Path) -> None:
    """Close a folder to others if nothing is in it but what the service put there."""
    with suppress(OSError):
        is_shared = folder.stat().st_mode & stat.S_ISVTX
        if not is_shared and all(name.startswith(_OURS) for name in os.listdir(folder)):
            close_to_others(folder)


def make_file(path: Path) -> None:
    """Make an empty file that only its owner may read, unless there is one; may raise OSError."""
    with suppress(FileExistsError):
        descriptor = os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, _FILE)
        os.fchmod(descriptor, _FILE)
        os.close(descriptor)


def close_to_others(path: Path) -> None:
    """Take the rights of everybody but the owner, where there are any and they are ours to take."""
    with suppress(OSError):
        mode = stat.S_IMODE(path.stat().st_mode)
        if mode & _OTHERS:
            path.chmod(mode & ~_OTHERS)


def write_file(path: Path, text: str) -> None:
    """Write the file so that readers find it whole or not at all; SettingsError if it cannot be."""
    try:
        descriptor, unfinished = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
        try:
            with open(descriptor, "w", encoding="utf-8") as file:
                os.fchmod(descriptor, _FILE)
                file.write(text)
            Path(unfinished).replace(path)
        except BaseException:
            Path(unfinished).unlink()
            raise
    except OSError as error:
        raise SettingsError([f"{path}: cannot be written ({error.strerror}): {_ADVICE}"]) from error


def read_file(path: Path) -> str:
    """Return what the file holds; SettingsError if it cannot be read."""
    try:
        return path.read_text(encoding="utf-8")
    except OSError as error:
        raise SettingsError([f"{path}: cannot be read ({error.strerror}): {_ADVICE}"]) from error
    except UnicodeDecodeError as error:
        raise SettingsError([f"{path}: is not text: remove it, and another is made"]) from error
