"""A folder of notices: a sound file for each, and an index of what they say and who says it.

The index is what makes a sound trustworthy: one whose words have changed since, or whose file is
not the one that was put there, is not given out.
"""

import contextlib
import hashlib
import os
from functools import lru_cache
from pathlib import Path
from typing import Final

import msgspec

from agent_service.audio import decode_ogg, encode_ogg
from agent_service.conversation.spec import Notice
from agent_service.errors import AudioError, SettingsError

INDEX: Final = "index.json"


class Speaker(msgspec.Struct, frozen=True):
    """Who says the notices of a folder."""

    provider: str
    voice: str
    language: str

    def __str__(self) -> str:
        return f"voice {self.voice} of {self.provider} in {self.language}"


class Entry(msgspec.Struct, frozen=True):
    """One sound of the folder."""

    text: str
    sha256: str


class Index(msgspec.Struct, frozen=True):
    """All that is in the folder."""

    speaker: Speaker
    clips: dict[Notice, Entry]


class Shelf:
    def __init__(self, folder: Path) -> None:
        self.problem: str | None = None
        """Why nothing of the folder can be used, although something is there."""
        self._folder = folder
        self._index = self._read()

    @property
    def speaker(self) -> Speaker | None:
        """Who says them; None where nothing is kept."""
        return self._index.speaker if self._index else None

    def sound(self, notice: Notice, text: str) -> bytes | None:
        """Return how the text sounds, None if it was never put here; AudioError if it is bad."""
        entry = self._index.clips.get(notice) if self._index else None
        if entry is None:
            return None
        if entry.text != text:
            raise AudioError(f'{self.file(notice)} says "{entry.text}".')
        try:
            data = self.file(notice).read_bytes()
        except OSError as error:
            raise AudioError(f"{self.file(notice)} cannot be read: {error.strerror}.") from error
        if hashlib.sha256(data).hexdigest() != entry.sha256:
            raise AudioError(f"{self.file(notice)} is not the file that was recorded.")
        return _decoded(data, str(self.file(notice)))

    def put(self, speaker: Speaker, notice: Notice, text: str, pcm: bytes) -> None:
        """Keep a sound; those of another speaker are forgotten. SettingsError: there is no room."""
        data = encode_ogg(pcm)
        kept = self._index.clips if self._index and self._index.speaker == speaker else {}
        entry = Entry(text, hashlib.sha256(data).hexdigest())
        self._index = Index(speaker, {**kept, notice: entry})
        index = msgspec.json.encode(self._index, order="sorted")
        try:
            self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            _write(self.file(notice), data)
            _write(self._folder / INDEX, msgspec.json.format(index, indent=2) + b"\n")
        except OSError as error:
            raise SettingsError(
                [f"data_dir: {self._folder} cannot be written: {error.strerror}"]
            ) from error

    def file(self, notice: Notice) -> Path:
        return self._folder / f"{notice.value}.ogg"

    def _read(self) -> Index | None:
        path = self._folder / INDEX
        try:
            return msgspec.json.decode(path.read_bytes(), type=Index)
        except FileNotFoundError:
            return None
        except (OSError, msgspec.DecodeError) as error:
            self.problem = f"{path} cannot be read: {error}."
            return None


@lru_cache(maxsize=64)
def _decoded(data: bytes, name: str) -> bytes:
    """Decode once what agents of one language share."""
    return decode_ogg(data, name)


def _write(path: Path, data: bytes) -> None:
    """Put a file in the place of an older one, whole or not at all, for this user's eyes only."""
    new = path.with_name(f".{path.name}.new")
    with contextlib.suppress(FileNotFoundError):
        new.unlink()
    with os.fdopen(os.open(new, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        file.write(data)
    new.replace(path)
