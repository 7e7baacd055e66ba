"""Nobody waits for a reader that stands still; what is dropped is counted; order is kept."""

import fcntl
import io
import os
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TextIO

import pytest

from agent_service.line_writer import LineWriter

GUARD_S = 5.0
PIPE_BYTES = 4096


@contextmanager
def pipe() -> Iterator[tuple[int, TextIO]]:
    """Yield a pipe's end to read from, unread so far, and its end to write to."""
    reading, writing = os.pipe()
    fcntl.fcntl(writing, fcntl.F_SETPIPE_SZ, PIPE_BYTES)
    with open(writing, "w", encoding="ascii") as stream:
        yield reading, stream
    with suppress(OSError):
        os.close(reading)


def read_lines(reading: int, writer: LineWriter, last: str) -> list[str]:
    """Read until the line is there; the writer works meanwhile."""
    text = b""
    while not text.endswith(f"{last}\n".encode()):
        text += os.read(reading, PIPE_BYTES)
    assert writer.flush(GUARD_S)
    return text.decode().splitlines()


def test_lines_are_written_in_order_from_any_thread() -> None:
    stream = io.StringIO()
    writer = LineWriter(stream)

    def write(name: str) -> None:
        for number in range(500):
            writer.write(f"{name} {number}")

    threads = [threading.Thread(target=write, args=(name,)) for name in "abcd"]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert writer.flush(GUARD_S)
    lines = stream.getvalue().splitlines()
    for name in "abcd":
        mine = [line for line in lines if line.startswith(name)]
        assert mine == [f"{name} {number}" for number in range(500)]


def test_nobody_waits_for_a_reader_that_stands_still() -> None:
    with pipe() as (reading, stream):
        writer = LineWriter(stream, most_characters=20_000)
        started = time.monotonic()
        for number in range(5_000):
            writer.write(f"{number:>9}")
        assert time.monotonic() - started < GUARD_S
        assert not writer.flush(0)
        # All that is read then: lines in order, and where some are missing, how many.
        threading.Thread(target=until_flushed, args=(writer, "end")).start()
        lines = read_lines(reading, writer, "end")
    number = 0
    for line in lines[:-1]:
        if "dropped" in line:
            number += int(line.strip("(").split()[0])
        else:
            assert int(line) == number
            number += 1
    assert number == 5_000
    assert any("dropped" in line for line in lines)


def until_flushed(writer: LineWriter, line: str) -> None:
    writer.flush(GUARD_S)
    writer.write(line)


def test_reader_that_is_gone_harms_nobody() -> None:
    with pipe() as (reading, stream):
        os.close(reading)
        writer = LineWriter(stream)
        for _ in range(3):
            writer.write("line")
            assert writer.flush(GUARD_S)


def descriptors_of(path: str) -> list[int]:
    """Return the descriptors of a file, with those that a writer has made for itself."""
    folder = Path("/proc/self/fd")
    return [int(link.name) for link in folder.iterdir() if os.path.realpath(link) == path]


def test_full_disk_is_survived_and_told() -> None:
    with open("/dev/full", "w", encoding="ascii") as full:
        writer = LineWriter(full)
        writer.write("one")
        assert writer.flush(GUARD_S)
        with pipe() as (reading, stream):
            for number in descriptors_of("/dev/full"):  # there is room again
                os.dup2(stream.fileno(), number)
            writer.write("two")
            assert read_lines(reading, writer, "two") == ["(1 lines dropped)", "two"]


def test_line_cut_by_a_full_disk_is_not_glued_to_the_next() -> None:
    with pipe() as (reading, stream):
        os.set_blocking(stream.fileno(), False)
        writer = LineWriter(stream)
        writer.write("x" * (PIPE_BYTES + 100))  # more than there is room for
        while len(os.read(reading, PIPE_BYTES)) < 100:
            pass
        assert writer.flush(GUARD_S)
        writer.write("next")
        assert read_lines(reading, writer, "next")[-1] == "next"


def test_stream_that_does_not_wait_is_waited_for() -> None:
    with pipe() as (reading, stream):
        os.set_blocking(stream.fileno(), False)
        writer = LineWriter(stream)
        for number in range(2_000):
            writer.write(f"{number:>9}")
        assert len(read_lines(reading, writer, f"{1999:>9}")) == 2_000


def test_closing_waits_for_a_reader_no_longer_than_it_is_told() -> None:
    with pipe() as (reading, stream):
        writer = LineWriter(stream)
        writer.write("x" * 2 * PIPE_BYTES)
        writer.close(0.01)
        writer.write("too late")
        text = b""
        while not text.endswith(b"\n"):
            text += os.read(reading, PIPE_BYTES)
        assert writer.flush(GUARD_S)
    assert b"late" not in text


def test_closing_writes_what_waits() -> None:
    stream = io.StringIO()
    writer = LineWriter(stream)
    writer.write("line")
    writer.close(GUARD_S)
    assert stream.getvalue() == "line\n"


@pytest.mark.parametrize("text", ["h\udcffh", "\ud83d"])
def test_text_that_is_no_utf_8_is_written_anyhow(text: str) -> None:
    stream = io.StringIO()
    writer = LineWriter(stream)
    writer.write(text)
    writer.close(GUARD_S)
    assert stream.getvalue() == text.encode(errors="replace").decode() + "\n"


def test_stream_that_is_closed_harms_nobody() -> None:
    stream = io.StringIO()
    writer = LineWriter(stream)
    stream.close()
    writer.write("line")
    assert writer.flush(GUARD_S)


def test_no_stream_takes_everything() -> None:
    writer = LineWriter(None)
    writer.write("line")
    assert writer.flush(GUARD_S)
