"""docs/your-own-company.md makes a company that runs: each of its blocks, and its commands."""

import contextlib
import os
import re
import shlex
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

PROJECT = Path(__file__).parents[2]
PAGE = PROJECT / "docs" / "your-own-company.md"
FIRST = "clinic/__init__.py"


def blocks(kind: str) -> list[str]:
    """Return the page's blocks of a kind."""
    found: list[str] = re.findall(rf"^```{kind}\n(.*?)^```$", PAGE.read_text(), re.M | re.S)
    return found


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Write what the page shows into a folder, as a reader does."""
    folder = tmp_path_factory.mktemp("own")
    for kind in ("toml", "python"):
        for block in blocks(kind):
            named = re.match(r"# (\S+)\n", block)
            file = folder / (named[1] if named else FIRST)
            file.parent.mkdir(parents=True, exist_ok=True)
            with file.open("a") as opened:
                opened.write(block + "\n\n")
    return folder


def words_of(*words: str) -> tuple[list[str], dict[str, str]]:
    """Return a command of a module of ours, and the environment that it runs in."""
    variables = dict(os.environ)  # noqa: TID251  the child needs ours
    variables |= {"PYTHONPATH": str(PROJECT), "AGENT_SERVICE_SERVER__PORT": "0"}
    variables.pop("AGENT_SERVICE_CONFIG", None)  # it is found where the reader stands
    return [sys.executable, "-m", *words], variables


def run(folder: Path, *words: str) -> str:
    """Run a command to its end in the folder; return what it printed."""
    line, variables = words_of(*words)
    done = subprocess.run(
        line, cwd=folder, env=variables, capture_output=True, text=True, check=False, timeout=240
    )
    assert done.returncode == 0, (words, done.stdout, done.stderr)
    return done.stdout


@pytest.fixture(scope="module")
def printed(folder: Path) -> dict[str, str]:
    """Run the page's commands in their order; return what each of them printed."""
    printed: dict[str, str] = {}
    with contextlib.ExitStack() as stack:
        for block in blocks("sh"):
            for line in block.splitlines():
                program, *words = shlex.split(line)
                assert program == "agent-service"
                if words == ["up"]:
                    printed["up"] = stack.enter_context(up(folder))
                    continue
                url = re.findall(r"http://\S+", printed["up"])[-1] if words[0] == "call" else ""
                more = ["--url", url] if url else []
                printed[words[0]] = run(folder, "agent_service", *words, *more)
    return printed


@contextlib.contextmanager
def up(folder: Path) -> Iterator[str]:
    """Have the company served; yields what was said until it was."""
    line, variables = words_of("agent_service", "up")
    with subprocess.Popen(
        line,
        cwd=folder,
        env=variables,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
    ) as serving:
        assert serving.stderr is not None
        try:
            said = ""
            while "Talk to the agent" not in said:
                more = serving.stderr.readline()
                assert more, said
                said += more
            yield said
            serving.send_signal(signal.SIGTERM)
            serving.stderr.read()
            assert serving.wait(60) == 0
        finally:
            serving.kill()


def test_its_commands_find_nothing_wrong(printed: dict[str, str], folder: Path) -> None:
    (revision,) = (folder / "clinic" / "migrations" / "versions").glob("*.py")
    assert revision.name == "0001_the_first_tables.py"
    assert "tables: patients, visits" in printed["doctor"]
    assert "BAD" not in printed["doctor"]
    assert "the clinic: filled" in printed["up"]
    assert '"say": "The visit is cancelled."' in printed["tools"]
    assert "Your next visit is on " in printed["call"]
    assert "nothing to write" in run(folder, "agent_service", "migrate", "--new", "more")


def test_its_tests_pass(printed: dict[str, str], folder: Path) -> None:
    assert "2 passed" in run(folder, "pytest", "-q", "-p", "no:cacheprovider", "test_clinic.py")


def test_it_is_typed(folder: Path) -> None:
    files = ("clinic/__init__.py", "test_clinic.py")
    assert "Success" in run(folder, "mypy", "--strict", *files)
