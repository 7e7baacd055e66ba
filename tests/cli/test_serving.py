"""``up`` and ``serve`` as processes: how they end, and that nobody has to read what they write."""

import os
import signal
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO, Any

import pytest

from agent_service.__main__ import main

GUARD_S = 60
PLAIN = str(Path(__file__).parents[1] / "data" / "plain_service")
SET = {
    "AZURE_OPENAI_ENDPOINT": "http://127.0.0.1:9",
    "AZURE_OPENAI_API_KEY": "none",
    "AGENT_SERVICE_CONFIG": PLAIN,
}

PIPES: dict[str, Any] = {
    "stdout": subprocess.PIPE,
    "stderr": subprocess.PIPE,
    "env": os.environ | SET,  # noqa: TID251  tests have no settings
}


@contextmanager
def started(*arguments: str, **streams: Any) -> Iterator[subprocess.Popen[str]]:
    """Run a command with a provider that is not needed until somebody calls."""
    program = subprocess.Popen(
        [sys.executable, "-m", "agent_service", *arguments],
        text=True,
        # A shell that runs the tests in the background has them ignore Ctrl-C.
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
        **(PIPES | streams),
    )
    with program:
        try:
            yield program
        finally:
            program.kill()


def line_with(text: str, stream: IO[str] | None) -> str:
    assert stream is not None
    return next(line for line in stream if text in line)


@pytest.mark.parametrize(("number", "status"), [(signal.SIGINT, 130), (signal.SIGTERM, 0)])
@pytest.mark.parametrize("command", ["up", "serve"])
def test_ctrl_c_ends_with_130_and_sigterm_with_0(
    tmp_path: Path, command: str, number: signal.Signals, status: int
) -> None:
    assert main(["migrate", "--config", PLAIN, "--data-dir", str(tmp_path)]) == 0
    with started(command, "--data-dir", str(tmp_path), "--port", "0") as program:
        if command == "up":
            line_with("Ctrl-C ends it", program.stderr)
        else:
            line_with("service_ready", program.stdout)
        program.send_signal(number)
        _, said = program.communicate(timeout=GUARD_S)
    assert program.returncode == status
    assert "Traceback" not in said


def test_ctrl_c_while_modules_are_imported_is_quiet(tmp_path: Path) -> None:
    slow = tmp_path / "httptools.py"
    slow.write_text("import sys, time\nsys.stderr.write('importing\\n')\ntime.sleep(60)\n")
    path = os.pathsep.join([str(tmp_path), *sys.path])
    with started("serve", env=os.environ | {"PYTHONPATH": path}) as program:  # noqa: TID251
        line_with("importing", program.stderr)
        program.send_signal(signal.SIGINT)
        assert program.communicate(timeout=GUARD_S) == ("", "")
    assert program.returncode == 130


@pytest.mark.parametrize("place", ["full", "gone"])
def test_log_that_nobody_takes_stops_nothing(tmp_path: Path, place: str) -> None:
    reading, writing = os.pipe()
    os.close(reading)
    with open("/dev/full", "w") as full, open(writing, "w") as gone:
        log: dict[str, Any] = {"stdout": full if place == "full" else gone}
        with started("up", "--data-dir", str(tmp_path), "--port", "0", **log) as program:
            url = line_with("Talk to the agent", program.stderr).split()[-1]
            for _ in range(3):
                with urllib.request.urlopen(f"{url}healthz", timeout=GUARD_S) as answer:
                    assert answer.status == 200
            program.send_signal(signal.SIGTERM)
            _, said = program.communicate(timeout=GUARD_S)
    assert program.returncode == 0
    assert "Traceback" not in said


def test_service_ends_although_nobody_reads_its_log(tmp_path: Path) -> None:
    reading, writing = os.pipe()
    os.set_blocking(writing, False)
    with suppress(BlockingIOError):
        while os.write(writing, b"." * 4096):
            pass
    os.set_blocking(writing, True)
    with started("up", "--data-dir", str(tmp_path), "--port", "0", stdout=writing) as program:
        line_with("Ctrl-C ends it", program.stderr)
        program.send_signal(signal.SIGTERM)
        program.communicate(timeout=GUARD_S)
    os.close(writing)
    os.close(reading)
    assert program.returncode == 0
