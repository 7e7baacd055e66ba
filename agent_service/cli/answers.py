"""``agent-service answers``: how the service reads answers that a team has written."""

import argparse
import re
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Final, NamedTuple

from agent_service.conversation.answers import read_answer
from agent_service.conversation.read_back import says_the_same
from agent_service.errors import FileError

_LANGUAGE: Final = re.compile(r"([A-Za-z]{2,3}([-_][A-Za-z0-9]{2,8})*)?")


def register(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the command."""
    parser = commands.add_parser(
        "answers",
        help="show how answers to a read-back are understood",
        description=(
            "Print, for each line of a file, how the service understands what a caller answers to "
            "a read-back: yes, no or unclear. Lines have a language, the whole read-back and the "
            "answer, separated by tabs; an empty language is one that is not configured. Lines "
            "that begin with #, a header line and further columns are passed over."
        ),
    )
    parser.add_argument("file", metavar="FILE", help="the lines, in UTF-8; - is standard input")
    parser.add_argument(
        "--read-backs",
        action="store_true",
        help="the last column is what an agent said as the read-back: print same or different",
    )
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Print a word for each line, or nothing but every mistake of the file."""
    try:
        lines = list(_lines(_content(arguments.file)))
    except FileError as error:
        sys.stderr.write(f"agent-service: {error.message}\n")
        return 2
    for line in lines:
        print(_compared(line) if arguments.read_backs else _answered(line))
    return 0


class _Line(NamedTuple):
    language: str | None
    read_back: str
    said: str


def _answered(line: _Line) -> str:
    answer = read_answer(line.said, language=line.language, summary=line.read_back)
    return answer.name.lower()


def _compared(line: _Line) -> str:
    is_same = says_the_same(line.read_back, line.said, language=line.language)
    return "same" if is_same else "different"


def _content(name: str) -> bytes:
    if name == "-":
        return sys.stdin.buffer.read()
    try:
        return Path(name).read_bytes()
    except OSError as error:
        raise FileError(f"{name} cannot be read: {error.strerror}.") from error


def _lines(content: bytes) -> Iterator[_Line]:
    problems: list[str] = []
    is_first = True
    # Only a line feed ends a line: what callers type may hold other separators.
    for number, raw in enumerate(content.removeprefix(b"\xef\xbb\xbf").split(b"\n"), start=1):
        if not raw.strip() or raw.startswith(b"#"):
            continue
        is_header, is_first = is_first and raw.startswith(b"language\t"), False
        if is_header:
            continue
        try:
            yield _line(raw.removesuffix(b"\r"))
        except FileError as error:
            problems.append(f"line {number}: {error.message}")
    if problems:
        raise FileError("\n  ".join([f"{len(problems)} to correct:", *problems]))


def _line(raw: bytes) -> _Line:
    try:
        columns = raw.decode().split("\t")
    except UnicodeDecodeError as error:
        raise FileError("this is not UTF-8: save the file as UTF-8") from error
    if len(columns) < len(_Line._fields):
        raise FileError(
            f"{len(columns)} of 3 columns: write language, read-back and answer with a tab between"
        )
    language, read_back, spoken = columns[:3]
    if not _LANGUAGE.fullmatch(language):
        raise FileError(f"{language!r} is no language: write a code such as en or pt-BR, or none")
    return _Line(language or None, read_back, spoken)
