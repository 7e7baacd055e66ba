"""The demo shop taken out: what is left starts, migrates, serves and passes the core's tests."""

import json
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

PROJECT = Path(__file__).parents[2]
LEFT = ("agent_service", "migrations", "config", "tests", "pyproject.toml", "docs")
PLAIN = PROJECT / "tests" / "data" / "plain_service" / "agents" / "support.toml"
CORE = (
    "tests/test_layers.py",
    "tests/company/test_loading.py",
    "tests/store/test_migrating.py",
    "tests/tools/test_parallel_calls.py",
    "tests/runtime/test_tool_runner.py",
)

Run = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Copy the project without the shop, with an agent that names none of its tools."""
    folder = tmp_path_factory.mktemp("project")
    no_shop = shutil.ignore_patterns("demo_shop", "__pycache__")
    for name in LEFT:
        if (PROJECT / name).is_dir():
            shutil.copytree(PROJECT / name, folder / name, ignore=no_shop)
        else:
            shutil.copy(PROJECT / name, folder / name)
    shutil.copy(PLAIN, folder / "config" / "agents" / "support.toml")
    return folder


@pytest.fixture
def run(project: Path) -> Run:
    def call(*arguments: str, timeout: float = 240) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-m", *arguments],
            cwd=project,
            env=environment(project),
            capture_output=True,
            text=True,
            check=False,
            timeout=timeout,
        )

    return call


def environment(project: Path) -> dict[str, str]:
    variables = dict(os.environ)  # noqa: TID251  the child needs ours
    return variables | {"PYTHONPATH": str(project), "AGENT_SERVICE_SERVER__PORT": "0"}


def test_it_migrates_and_nothing_is_wrong(run: Run, tmp_path: Path) -> None:
    data = ("--data-dir", str(tmp_path))
    migrated = run("agent_service", "migrate", *data)
    assert (migrated.returncode, "shop" in migrated.stdout) == (0, False), migrated.stderr
    looked = run("agent_service", "doctor", "--json", *data)
    found = json.loads(looked.stdout)
    checks = {check["check"]: check["status"] for check in found["checks"]}
    assert checks["tools"] == checks["database"] == "ok"
    named = run("agent_service", "tools", "list", *data).stdout.split()
    assert "open_ticket" in named
    assert "cancel_order" not in named


@pytest.mark.parametrize("command", ["serve", "up"])
def test_it_serves(run: Run, project: Path, tmp_path: Path, command: str) -> None:
    data = ("--data-dir", str(tmp_path))
    if command == "serve":
        assert run("agent_service", "migrate", *data).returncode == 0
    variables = environment(project) | {
        "AZURE_OPENAI_ENDPOINT": "https://example.invalid",
        "AZURE_OPENAI_API_KEY": "no key",
        "AZURE_OPENAI_DEPLOYMENT": "nothing",
    }
    log = (tmp_path / "log").open("w+")
    serving = subprocess.Popen(
        [sys.executable, "-m", "agent_service", command, *data],
        cwd=project,
        env=variables,
        stdout=log,
        stderr=subprocess.STDOUT,
    )
    try:
        said = _wait_until_serving(serving, tmp_path / "log")
        assert "shop" not in said
        serving.send_signal(signal.SIGTERM)
        assert serving.wait(60) == 0
    finally:
        serving.kill()
        serving.wait()
        log.close()


def _wait_until_serving(serving: "subprocess.Popen[bytes]", log: Path) -> str:
    while True:
        said = log.read_text()
        if "http://127.0.0.1:" in said:
            return said
        with pytest.raises(subprocess.TimeoutExpired):
            serving.wait(0.2)  # an exit ends the test, with what it said


def test_tests_of_the_core_pass(run: Run) -> None:
    tested = run("pytest", "-q", "-x", "-p", "no:cacheprovider", "-k", "not postgresql", *CORE)
    assert tested.returncode == 0, tested.stdout
