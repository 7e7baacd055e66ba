"""The whole service as a user starts it: ``agent-service up`` in a process of its own."""

import importlib.util
import json
import os
import re
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any

import httpx
import pytest

START_S = 180
HAS_SHOP = importlib.util.find_spec("agent_service.demo_shop") is not None


@dataclass
class UpProcess:
    """A service that is up, with what it printed."""

    process: subprocess.Popen[str]
    data_dir: Path
    url: str
    token: str
    password: str
    """Of the user admin."""
    log_lines: list[str] = field(default_factory=list)
    said: list[str] = field(default_factory=list)
    """What it wrote for people after it was up."""
    readers: list[tuple[threading.Thread, IO[str]]] = field(default_factory=list)

    @property
    def provider_pid(self) -> int:
        """The process of its offline provider."""
        pid = self.process.pid
        return int(Path(f"/proc/{pid}/task/{pid}/children").read_text().split()[-1])

    def wait_until_said(self, words: str) -> None:
        """Wait until it has written a line for people with these words."""
        until = time.monotonic() + START_S
        while not any(words in line for line in list(self.said)):
            assert time.monotonic() < until, self.said
            time.sleep(0.05)

    def end(self) -> None:
        """End the service as Ctrl-C does, and what reads from it."""
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGINT)
        self.process.wait(60)
        for reader, stream in self.readers:
            reader.join(60)
            stream.close()

    def call(self, *arguments: str) -> "Call":
        """Place a call from the terminal; return what it reported."""
        command = [sys.executable, "-m", "agent_service", "call", "--json", "--url", self.url]
        done = subprocess.run(
            [*command, *arguments],
            capture_output=True,
            text=True,
            timeout=240,
            check=False,
            cwd=self.data_dir,  # for the reply
        )
        events = [json.loads(line) for line in done.stdout.splitlines()]
        return Call(done.returncode, events, done.stderr)

    def ask(self, path: str, **query: str) -> Any:
        """Ask the admin API."""
        answer = httpx.get(
            f"{self.url}{path}", params=query, headers={"Authorization": f"Bearer {self.token}"}
        )
        answer.raise_for_status()
        return answer.json()

    def logged(self, event: str, conversation_id: str) -> list[dict[str, Any]]:
        """Return the log's lines of one conversation."""
        lines = [json.loads(line) for line in list(self.log_lines)]
        return [
            line
            for line in lines
            if line["event"] == event and line.get("conversation_id") == conversation_id
        ]


@dataclass(frozen=True)
class Call:
    status: int
    events: list[dict[str, Any]]
    errors: str

    def of(self, kind: str) -> list[dict[str, Any]]:
        return [event for event in self.events if event["type"] == kind]

    @property
    def conversation_id(self) -> str:
        return str(self.of("ready")[0]["conversation_id"])

    @property
    def answer(self) -> str:
        """What the agent said last."""
        said = [event for event in self.of("transcript") if event["is_final"]]
        return str([event["text"] for event in said if event["role"] == "agent"][-1])


@pytest.fixture(scope="session")
def start_up(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[..., UpProcess]]:
    """Start services; all are ended when the tests are over."""
    started: list[UpProcess] = []

    def start(
        data_dir: Path | None = None, *, config: Path | None = None, **environment: str
    ) -> UpProcess:
        if config is None and not HAS_SHOP:
            pytest.skip("talks with the demo shop")
        data_dir = data_dir or tmp_path_factory.mktemp("data")
        command = [sys.executable, "-m", "agent_service", "up", "--port", "0"]
        places = ["--data-dir", str(data_dir), *(("--config", str(config)) if config else ())]
        process = subprocess.Popen(
            [*command, *places],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            env=os.environ | environment,  # noqa: TID251 - the child sees what we see, and more
        )
        up = _wait_until_up(process, data_dir)
        started.append(up)
        return up

    yield start
    for up in started:
        up.end()


def _wait_until_up(process: subprocess.Popen[str], data_dir: Path) -> UpProcess:
    assert process.stdout is not None
    assert process.stderr is not None
    guard = threading.Timer(START_S, process.kill)
    guard.start()
    said = ""
    for line in process.stderr:
        said += line
        if "Ctrl-C ends it" in line and "offline provider" not in line:
            break
    else:
        raise AssertionError(f"the service did not come up:\n{said}")
    guard.cancel()
    url = re.search(r"Talk to the agent +(\S+)/$", said, re.MULTILINE)
    token = re.search(r"Admin token +(\S+)$", said, re.MULTILINE)
    assert url is not None
    assert token is not None
    login = re.search(r"First login +name admin, password (\S+)$", said, re.MULTILINE)
    password = login[1] if login is not None else ""  # only the first time
    up = UpProcess(process, data_dir, url[1], token[1], password)
    for stream, lines in ((process.stdout, up.log_lines), (process.stderr, up.said)):
        reader = threading.Thread(target=lines.extend, args=(stream,), daemon=True)
        reader.start()
        up.readers.append((reader, stream))
    return up


@pytest.fixture(scope="session")
def up(start_up: Callable[..., UpProcess]) -> UpProcess:
    """One service for all tests that only talk to it."""
    return start_up()


@pytest.fixture(scope="session")
def speak(
    tmp_path_factory: pytest.TempPathFactory, program: Callable[[str], str]
) -> Callable[[str], str]:
    """Say words with a voice that nothing was tuned to; return the WAV's path."""
    folder = tmp_path_factory.mktemp("spoken")

    def say(text: str) -> str:
        path = folder / f"{abs(hash(text))}.wav"
        command = [program("espeak-ng"), "-v", "en-gb", "-s", "150", "-w", str(path), text]
        subprocess.run(command, check=True)
        return str(path)

    return say
