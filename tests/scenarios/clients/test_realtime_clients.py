"""Official clients of the Realtime protocol call an agent, unchanged: they ask, hear, interrupt,
and are told what they may not do.

Most live in environments of their own: ``python tests/offline/clients/install.py`` makes them.
"""

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx
import pytest

HERE = Path(__file__).parent
INSTALLED = HERE.parents[2] / "build" / "clients"
GUARD_S = 120
pytestmark = pytest.mark.clients


def installed(*path: str) -> str:
    found = INSTALLED.joinpath(*path)
    if not found.exists():
        pytest.fail(f"{found} is missing: run 'python tests/offline/clients/install.py' first.")
    return str(found)


@pytest.fixture
def drive(up: Any) -> Callable[..., dict[str, Any]]:
    """Have a driver call the agent as the demo's customer; return what it saw, and the record."""

    def run(*command: str, extra: tuple[str, ...] = ()) -> dict[str, Any]:
        caller = {"customer_id": "C0001", "name": "Jane Doe", "level": "verified"}
        minted = httpx.post(
            f"{up.url}/api/tickets",
            json={"agent": "support", **caller},
            headers={"Authorization": f"Bearer {up.token}"},
        )
        done = subprocess.run(
            [*command, up.url, minted.json()["ticket"], *extra],
            capture_output=True,
            text=True,
            timeout=GUARD_S,
            check=False,
            cwd=INSTALLED.parent.parent,
            env={"PATH": "/usr/bin:/bin", "NODE_NO_WARNINGS": "1"},
        )
        assert done.returncode == 0, done.stderr
        seen: dict[str, Any] = json.loads(done.stdout.strip().splitlines()[-1])
        (conversation,) = up.ask("/api/conversations", limit="1")["items"]
        assert conversation["channel"] == "realtime"
        return seen

    return run


def check(seen: dict[str, Any], **expected: str) -> None:
    assert "1004" in seen.pop("answer")
    assert seen == expected


def test_openai_python(drive: Any) -> None:
    driver = str(HERE / "drivers" / "openai_python.py")
    check(
        drive(sys.executable, driver, extra=("ga",)), interrupted="cancelled", error="not_allowed"
    )


def test_openai_python_in_the_beta(drive: Any) -> None:
    driver = str(HERE / "drivers" / "openai_python.py")
    seen = drive(installed("openai-1", "bin", "python"), driver, extra=("beta",))
    check(seen, interrupted="cancelled", error="not_allowed")


def test_openai_agents_python(drive: Any) -> None:
    driver = str(HERE / "drivers" / "agents_python.py")
    seen = drive(installed("agents", "bin", "python"), driver)
    check(seen, interrupted="cancelled", error="not_allowed")


@pytest.mark.parametrize(
    "driver", ["pydantic_ai_session.py", "pipecat_pipeline.py", "livekit_session.py"]
)
def test_frameworks(drive: Any, driver: str) -> None:
    check(drive(installed("frameworks", "bin", "python"), str(HERE / "drivers" / driver)))


@pytest.mark.parametrize("driver", ["openai_node.mjs", "agents_realtime.mjs"])
def test_node_clients(drive: Any, program: Callable[[str], str], driver: str) -> None:
    folder = Path(installed("node", "node_modules")).parent
    copy = folder / f"door_{driver}"
    copy.write_text((HERE / "drivers" / driver).read_text(encoding="utf-8"), encoding="utf-8")
    check(drive(program("node"), str(copy)), interrupted="cancelled", error="not_allowed")
