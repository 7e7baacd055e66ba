"""The service under test, of this checkout or another, alone on its core."""

import os
import re
import subprocess
import sys
import threading
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from agent_service.clock import SystemClock
from agent_service.conversation.records import Caller, CallerLevel
from agent_service.store.connecting import connect
from agent_service.web.tickets import Grant, Tickets
from benchmarks.tools.company import BenchNote

HERE = Path(__file__).parents[2]
SERVICE_CORE = 1
START_S = 60.0
_SECRET = "a secret for measuring only, of no other use"
_AGENT = """
title = "Bench"
voice = "alloy"
instructions = "Measure."
tool_modules = ["benchmarks.tools.company"]
tools = ["read", "write"]
"""


@dataclass(frozen=True)
class Service:
    pid: int
    port: int
    tickets: list[str]

    def cpu_s(self) -> float:
        """Return the processor time that all its threads have used."""
        tasks = Path(f"/proc/{self.pid}/task").iterdir()
        return sum(int((task / "schedstat").read_text().split()[0]) for task in tasks) / 1e9

    def core_s(self) -> float:
        """Return how long its core has been at work, for whomever."""
        lines = Path("/proc/stat").read_text().splitlines()
        core = next(line for line in lines if line.startswith(f"cpu{SERVICE_CORE} "))
        user, nice, system, _idle, _waiting, *interrupts = map(int, core.split()[1:9])
        return (user + nice + system + sum(interrupts)) / os.sysconf("SC_CLK_TCK")


@contextmanager
def serving(
    checkout: Path, folder: Path, database_url: str, provider_port: int, callers: int
) -> Iterator[Service]:
    """Run the checkout's service on the database for the block; each caller is a customer."""
    environment = _environment(checkout, folder, database_url, provider_port, callers)
    command, config = [sys.executable, "-m", "agent_service"], ["--config", str(folder)]
    migrate = [*command, "migrate", *config]
    subprocess.run(migrate, env=environment, cwd=checkout, check=True, capture_output=True)
    _add_table(database_url)
    process = subprocess.Popen(
        ["taskset", "-c", str(SERVICE_CORE), *command, "serve", "--port", "0", *config],
        env=environment,
        cwd=checkout,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    try:
        yield Service(process.pid, _port(process), [_ticket(nth) for nth in range(callers)])
    finally:
        process.terminate()
        try:
            process.wait(15)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _environment(
    checkout: Path, folder: Path, database_url: str, provider_port: int, callers: int
) -> dict[str, str]:
    (folder / "agents").mkdir(parents=True, exist_ok=True)
    (folder / "agents" / "bench.toml").write_text(_AGENT)
    (folder / "service.toml").write_text('default_agent = "bench"\n')
    inherited = dict(os.environ)  # noqa: TID251 - the child needs our paths
    return inherited | {
        "PYTHONPATH": f"{checkout}:{HERE}",
        "AGENT_SERVICE_DATA_DIR": str(folder),
        "AGENT_SERVICE_DATABASE__URL": database_url,
        "AGENT_SERVICE_SERVER__MAX_CONVERSATIONS": str(callers + 10),
        "AGENT_SERVICE_SERVER__DRAIN_S": "0",
        "AGENT_SERVICE_TICKETS__SECRET": _SECRET,
        "AGENT_SERVICE_LOGS__FORMAT": "json",
        "AZURE_OPENAI_ENDPOINT": f"http://127.0.0.1:{provider_port}",
        "AZURE_OPENAI_API_KEY": "no-key-needed-here",
        "AZURE_OPENAI_DEPLOYMENT": "bench",
    }


def _add_table(database_url: str) -> None:
    engine = connect(database_url, pool_size=1).execution_options(writes=True)
    with engine.begin() as connection:
        BenchNote.metadata.create_all(connection, tables=[BenchNote.metadata.tables["bench_notes"]])
    engine.dispose()


def _ticket(nth: int) -> str:
    caller = Caller(f"B{nth:04d}", "Somebody", CallerLevel.VERIFIED)
    return Tickets(_SECRET, SystemClock()).mint(Grant("bench", caller))


def _port(process: subprocess.Popen[str]) -> int:
    """Return the port from the service's output, which then is read on for ever."""
    assert process.stdout is not None
    watchdog = threading.Timer(START_S, process.kill)
    watchdog.start()
    said = ""
    for line in process.stdout:
        said += line
        if found := re.search(r"service_ready.*http://127\.0\.0\.1:(\d+)", line):
            watchdog.cancel()
            threading.Thread(target=deque, args=(process.stdout, 0), daemon=True).start()
            return int(found[1])
    watchdog.cancel()
    raise RuntimeError(f"the service did not start:\n{said}")
