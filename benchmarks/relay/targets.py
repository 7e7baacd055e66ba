"""The processes under test, each alone on its core, and what they used of it."""

import os
import re
import shutil
import subprocess
import sys
import tempfile
import threading
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from agent_service.clock import SystemClock
from agent_service.conversation.records import Caller
from agent_service.web.tickets import Grant, Tickets

TARGET_CORE = 1
START_S = 30.0
_SECRET = "a secret for measuring only, of no other use"
HERE = Path(__file__).parents[2]


@dataclass(frozen=True)
class Target:
    process: subprocess.Popen[str]
    port: int
    tickets: list[str] | None

    def cpu_ns(self) -> int:
        """Return the processor time that all its threads have used."""
        tasks = Path(f"/proc/{self.process.pid}/task")
        return sum(int((task / "schedstat").read_text().split()[0]) for task in tasks.iterdir())

    def memory_kb(self) -> int:
        status = Path(f"/proc/{self.process.pid}/status").read_text()
        found = re.search(r"VmRSS:\s+(\d+) kB", status)
        assert found is not None
        return int(found[1])


@contextmanager
def running(
    checkout: Path | None, provider_port: int, calls: int, *, is_recorded: bool
) -> Iterator[Target]:
    """Start the service of a checkout for the block, or without one the bare relay."""
    with tempfile.TemporaryDirectory() as directory:
        process, port = _start(checkout, provider_port, calls, Path(directory), is_recorded)
        tickets = None
        if checkout is not None:
            grant = Grant("support", Caller())
            minter = Tickets(_SECRET, SystemClock())
            tickets = [minter.mint(grant) for _ in range(calls)]
        try:
            yield Target(process, port, tickets)
        finally:
            process.terminate()
            try:
                process.wait(15)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


def _start(
    checkout: Path | None, provider_port: int, calls: int, directory: Path, is_recorded: bool
) -> tuple[subprocess.Popen[str], int]:
    if checkout is None:
        program = ["-m", "benchmarks.relay.bare", f"ws://127.0.0.1:{provider_port}"]
        process = _spawn(program, dict(os.environ), HERE)  # noqa: TID251 - it needs our paths
        return process, int(_line(process, r"^(\d+)$"))
    environment = dict(os.environ) | {  # noqa: TID251 - the child needs our paths
        "PYTHONPATH": str(checkout),
        "AGENT_SERVICE_DATA_DIR": str(directory / "data"),
        "AGENT_SERVICE_CONFIG": str(_config(checkout, directory, is_recorded)),
        "AGENT_SERVICE_SERVER__MAX_CONVERSATIONS": str(calls + 10),
        "AGENT_SERVICE_TICKETS__SECRET": _SECRET,
        "AGENT_SERVICE_SERVER__DRAIN_S": "0",
        "AGENT_SERVICE_LOGS__FORMAT": "json",
        "AZURE_OPENAI_ENDPOINT": f"http://127.0.0.1:{provider_port}",
        "AZURE_OPENAI_API_KEY": "no-key-needed-here",
        "AZURE_OPENAI_DEPLOYMENT": "bench",
    }
    (directory / "data").mkdir()
    subprocess.run(
        [sys.executable, "-m", "agent_service", "migrate"],
        env=environment,
        cwd=checkout,
        check=True,
        capture_output=True,
    )
    process = _spawn(["-m", "agent_service", "serve", "--port", "0"], environment, checkout)
    return process, int(_line(process, r"service_ready.*http://127\.0\.0\.1:(\d+)"))


def _config(checkout: Path, directory: Path, is_recorded: bool) -> Path:
    """Return a copy of the checkout's settings whose agents are recorded or are not."""
    config = directory / "config"
    shutil.copytree(checkout / "config", config)
    mode = "on" if is_recorded else "off"
    for agent in (config / "agents").glob("*.toml"):
        text = agent.read_text()
        agent.write_text(re.sub(r"(?<=\[recording\]\nmode = )\"\w+\"", f'"{mode}"', text))
    return config


def _spawn(program: list[str], environment: dict[str, str], folder: Path) -> subprocess.Popen[str]:
    return subprocess.Popen(
        ["taskset", "-c", str(TARGET_CORE), sys.executable, *program],
        env=environment,
        cwd=folder,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )


def _line(process: subprocess.Popen[str], pattern: str) -> str:
    """Return what the pattern finds in the target's output, which then is read on for ever."""
    assert process.stdout is not None
    watchdog = threading.Timer(START_S, process.kill)
    watchdog.start()
    said = ""
    for line in process.stdout:
        said += line
        if found := re.search(pattern, line):
            watchdog.cancel()
            threading.Thread(target=deque, args=(process.stdout, 0), daemon=True).start()
            return found[1]
    watchdog.cancel()
    raise RuntimeError(f"the target did not start:\n{said}")
