"""Writes lines on a thread of its own, so that nobody waits for whoever reads them.

A stream may be a pipe whose reader stands still or is gone, or a file on a full disk. Lines then
wait here; when too many do, the newest are dropped and counted, and the count is told in their
place when lines flow again.
"""

import io
import os
import select
import threading
from collections import deque
from collections.abc import Callable
from typing import Final, TextIO

EXIT_LIMIT_S: Final = 2.0
"""How long a process that ends waits for whoever reads its last lines."""
MOST_CHARACTERS: Final = 8 * 1024 * 1024
"""What waits at most: some ten thousand lines."""
_BATCH_CHARACTERS: Final = 64 * 1024
"""What is written at once: joining more would hold up the other threads."""


class LineWriter:
    """Takes lines from any thread, without waiting and without failing.

    ``describe`` words the line that tells how many were dropped.
    """

    def __init__(
        self,
        stream: TextIO | None,
        *,
        describe: Callable[[int], str] = "({} lines dropped)".format,
        most_characters: int = MOST_CHARACTERS,
    ) -> None:
        self._write = _way_to(stream)
        self._describe = describe
        self._most_characters = most_characters
        self._changed = threading.Condition()
        self._waiting: deque[str | int] = deque()  # a number: so many were dropped at this place
        self._characters = 0
        self._lost = 0  # lines that the stream refused since it last took one
        self._is_writing = False
        self._has_thread = False
        self._is_closed = False

    def write(self, line: str) -> None:
        """Take one line, without its end; drop it when too much waits."""
        with self._changed:
            if self._is_closed:
                return
            if self._characters < self._most_characters:
                self._waiting.append(line)
                self._characters += len(line)
            elif self._waiting and isinstance(dropped := self._waiting[-1], int):
                self._waiting[-1] = dropped + 1
            else:
                self._waiting.append(1)
            if not self._has_thread:
                # Not before there is a line, since most commands have none to write. A daemon,
                # because a reader that stands still must not keep the process from ending.
                threading.Thread(target=self._run, name="lines", daemon=True).start()
                self._has_thread = True
            self._changed.notify_all()

    def flush(self, limit_s: float) -> bool:
        """Wait until every line has been written or refused, and return whether that is so."""
        with self._changed:
            return self._changed.wait_for(
                lambda: not self._waiting and not self._is_writing, limit_s
            )

    def close(self, limit_s: float) -> None:
        """Write what waits, for so long at most, and end the thread; drop what comes later."""
        self.flush(limit_s)
        with self._changed:
            self._is_closed = True
            self._waiting.clear()
            self._changed.notify_all()

    def _run(self) -> None:
        while batch := self._next_batch():
            self._write_batch(batch)
            with self._changed:
                self._is_writing = False
                self._changed.notify_all()

    def _next_batch(self) -> list[str | int]:
        batch: list[str | int] = []
        with self._changed:
            self._changed.wait_for(lambda: self._waiting or self._is_closed)
            characters = 0
            while self._waiting and characters < _BATCH_CHARACTERS:
                entry = self._waiting.popleft()
                characters += len(entry) if isinstance(entry, str) else 0
                batch.append(entry)
            self._characters -= characters
            self._is_writing = bool(batch)
        return batch

    def _write_batch(self, batch: list[str | int]) -> None:
        """Write the lines; remember how many the stream refused."""
        entries = [self._lost, *batch] if self._lost else batch
        lines = [self._line(entry) for entry in entries]
        written = self._write(b"".join(lines))
        self._lost = 0
        for entry, line in zip(entries, lines, strict=True):
            written -= len(line)
            if written < 0:
                self._lost += entry if isinstance(entry, int) else 1

    def _line(self, entry: str | int) -> bytes:
        text = self._describe(entry) if isinstance(entry, int) else entry
        return f"{text}\n".encode(errors="replace")


def _way_to(stream: TextIO | None) -> Callable[[bytes], int]:
    """Return how to write to the stream: it returns how many bytes were taken, and never raises."""
    if stream is None:  # closed before the program began
        return len
    try:
        # A descriptor of our own: the stream's may mean something else meanwhile.
        return _Descriptor(os.dup(stream.fileno())).write
    except (OSError, ValueError, AttributeError):  # text in memory
        return _Memory(stream).write


class _Descriptor:
    """A file of the operating system.

    Past Python's own buffer: whose lock, held by a thread that waits for a reader, ends the
    interpreter in a crash.
    """

    def __init__(self, number: int) -> None:
        self._number = number
        self._is_torn = False  # the last line has no end: the next must not be glued to it

    def write(self, data: bytes) -> int:
        start = b"\n" if self._is_torn else b""
        whole = memoryview(start + data)
        done = 0
        try:
            while done < len(whole):
                done += self._write_some(whole[done:])
        except OSError:  # nobody reads any more, or the disk is full
            pass
        self._is_torn = self._is_torn if done == 0 else whole[done - 1] != ord("\n")
        return max(0, done - len(start))

    def __del__(self) -> None:
        os.close(self._number)

    def _write_some(self, data: memoryview) -> int:
        try:
            return os.write(self._number, data)
        except BlockingIOError:  # another program has made it so
            poll = select.poll()
            poll.register(self._number, select.POLLOUT)
            poll.poll()
            return 0


class _Memory:
    """A stream that is no file; it gets UTF-8, whatever the locale."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream

    def write(self, data: bytes) -> int:
        try:
            if isinstance(self._stream, io.TextIOWrapper):
                self._stream.buffer.write(data)
            else:
                self._stream.write(data.decode())
            self._stream.flush()
        except (OSError, ValueError):  # closed meanwhile
            return 0
        return len(data)
