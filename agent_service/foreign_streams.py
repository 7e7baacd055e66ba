"""Stands in for the standard streams where code of others runs: tools, and what they start.

What they print becomes whole lines, which somebody else writes; whoever reads finds the end.
"""

import contextlib
import io
import os
import sys
import threading
from collections.abc import Callable, Iterator
from typing import Any, Final, TextIO

LONGEST_LINE: Final = 10_000
_STDOUT, _STDERR = 1, 2

TakeLine = Callable[[str], None]


@contextlib.contextmanager
def streams_taken(take_out: TakeLine, take_err: TakeLine) -> Iterator[None]:
    """For the block, give each line that is printed to one of these, and nothing to who reads.

    Programs that are started within it print to standard error.
    """
    out, err = _Lines(take_out), _Lines(take_err)
    stdin = sys.stdin
    sys.stdin = io.TextIOWrapper(io.BytesIO())
    try:
        with (
            _descriptor_moved(),
            contextlib.redirect_stdout(_text(out)),
            contextlib.redirect_stderr(_text(err)),
        ):
            yield
    finally:
        sys.stdin = stdin
        out.finish()
        err.finish()


def _text(lines: "_Lines") -> TextIO:
    return io.TextIOWrapper(
        lines,  # type: ignore[type-var]  # unbuffered, which write_through allows
        encoding="utf-8",
        errors="replace",
        write_through=True,
    )


class _Lines(io.RawIOBase):
    """Makes lines of what is written, whole ones: those that two threads print are not mixed."""

    def __init__(self, take: TakeLine) -> None:
        self._take = take
        self._begun: dict[int, str] = {}

    def writable(self) -> bool:
        return True

    def write(self, data: Any) -> int:
        written = bytes(data)
        thread = threading.get_ident()
        text = self._begun.pop(thread, "") + written.decode(errors="replace")
        *lines, rest = text.split("\n")
        if len(rest) > LONGEST_LINE:
            lines, rest = [*lines, rest], ""
        if rest:
            self._begun[thread] = rest
        for line in lines:
            self._give(line)
        return len(written)

    def finish(self) -> None:
        """Give away what has no line's end so far."""
        while self._begun:
            self._give(self._begun.popitem()[1])

    def _give(self, line: str) -> None:
        if line.strip():
            self._take(line)


@contextlib.contextmanager
def _descriptor_moved() -> Iterator[None]:
    """Let descriptor 1 mean standard error, for programs that inherit it."""
    try:
        kept = os.dup(_STDOUT)
    except OSError:  # it was closed before the program began
        yield
        return
    try:
        with contextlib.suppress(OSError):
            os.dup2(_STDERR, _STDOUT)
        yield
    finally:
        os.dup2(kept, _STDOUT)
        os.close(kept)
