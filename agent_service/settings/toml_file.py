"""A TOML file that knows on which line each of its keys stands."""

import re
import tomllib
from bisect import bisect_left
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from itertools import count
from pathlib import Path
from typing import Any, Final

KeyPath = tuple[str | int, ...]

LARGEST: Final = 256 * 1024
"""Bytes of a file; the longest instructions of an agent are a fifth of it."""


@dataclass(frozen=True, slots=True)
class TomlFile:
    """A file as it was read; a file that cannot be read has a problem and no values."""

    path: Path
    text: str = ""
    values: Mapping[str, Any] = field(default_factory=dict)
    problem: str | None = None

    def place(self, keys: KeyPath) -> str:
        """Return ``file:line`` of the key, or of the nearest section around it that is written."""
        for length in range(len(keys), 0, -1):
            if _contains(self.values, keys[:length]):
                return f"{self.path}:{_line_of(self.text, keys[:length])}"
        return str(self.path)


def read(path: Path) -> TomlFile:
    """Read and parse the file."""
    try:
        if path.exists() and not path.is_file() and not path.is_dir():
            return TomlFile(path, problem=f"{path}: is not a file")  # a pipe would never end
        with path.open("rb") as file:
            raw = file.read(LARGEST + 1)
        if len(raw) > LARGEST:
            problem = f"{path}: is too large for settings: {LARGEST} bytes at most"
            return TomlFile(path, problem=problem)
        if b"\0" in raw:  # in every text of UTF-16
            return TomlFile(path, problem=f"{path}: is not UTF-8 text: save it as UTF-8")
        text = raw.decode("utf-8-sig")  # some editors of Windows mark UTF-8
        return TomlFile(path, text, tomllib.loads(text))
    except OSError as error:
        return TomlFile(path, problem=f"{path}: cannot be read: {error.strerror}")
    except UnicodeDecodeError:
        return TomlFile(path, problem=f"{path}: is not UTF-8 text: save it as UTF-8")
    except RecursionError:
        return TomlFile(path, problem=f"{path}: is not TOML: lists within lists without end")
    except tomllib.TOMLDecodeError as error:
        what, _, where = str(error).partition(" (at ")
        line = re.match(r"line (\d+)", where)
        place = f"{path}:{line[1] if line else text.count(chr(10)) + 1}"
        return TomlFile(path, problem=f"{place}: is not TOML: {what[:1].lower()}{what[1:]}")


def _contains(values: Any, keys: KeyPath) -> bool:
    for key in keys:
        match values:
            case dict() if key in values:
                values = values[key]
            case list() if isinstance(key, int) and key < len(values):
                values = values[key]
            case _:
                return False
    return True


def _line_of(text: str, keys: KeyPath) -> int:
    """Find the key by parsing beginnings of the file: quoting is left to the parser."""
    lines = text.split("\n")

    @cache
    def beginning(end: int) -> Mapping[str, Any] | None:
        try:
            return tomllib.loads("\n".join(lines[:end]) + "\n")
        except tomllib.TOMLDecodeError:
            return None  # inside a value of several lines

    def has_key(line: int) -> bool:
        """Tell whether the key is written up to the end of the statement of this line."""
        whole = (values for end in count(line) if (values := beginning(end)) is not None)
        return _contains(next(whole), keys)

    return bisect_left(range(1, len(lines) + 1), True, key=has_key) + 1
