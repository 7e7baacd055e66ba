"""A TOML file that knows on which line each of its keys stands."""

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

KeyPath = tuple[str | int, ...]


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
        text = path.read_bytes().decode()
        return TomlFile(path, text, tomllib.loads(text))
    except OSError as error:
        return TomlFile(path, problem=f"{path}: cannot be read: {error.strerror}")
    except UnicodeDecodeError:
        return TomlFile(path, problem=f"{path}: is not UTF-8 text: save it as UTF-8")
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
    """Find the key by parsing ever longer beginnings of the file: quoting is left to the parser."""
    lines = text.splitlines()
    first_of_statement = 1
    for number in range(1, len(lines) + 1):
        try:
            values = tomllib.loads("\n".join(lines[:number]))
        except tomllib.TOMLDecodeError:
            continue  # inside a value of several lines
        if _contains(values, keys):
            break
        first_of_statement = number + 1
    return first_of_statement
