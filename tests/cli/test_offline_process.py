"""The offline provider's process is started again when it ends, until that does not help."""

import asyncio
import sys
from pathlib import Path

import pytest

from agent_service.cli.offline_process import MOST_ENDS, offline_provider
from agent_service.cli.serving import serve
from agent_service.errors import OfflineError
from agent_service.settings import OfflineSettings, Settings
from agent_service.store import migrating

DYING_PROVIDER = """\
#!{python} -IS
import json, sys
sys.stdin.readline()
port = int(sys.argv[sys.argv.index("--port") + 1]) or 4711
print(f"offline provider: asked for port {{port}}", file=sys.stderr, flush=True)
print(json.dumps({{"event": "ready", "url": f"http://127.0.0.1:{{port}}"}}), flush=True)
sys.exit(7)
"""


@pytest.fixture
def dying_provider(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Put a program in the provider's place that is ready, and then ends at once."""
    program = tmp_path / "provider"
    program.write_text(DYING_PROVIDER.format(python=sys.executable), encoding="utf-8")
    program.chmod(0o700)
    monkeypatch.setattr(sys, "executable", str(program))


@pytest.mark.usefixtures("dying_provider")
def test_a_provider_that_ends_again_and_again_is_given_up() -> None:
    told: list[str] = []

    async def scenario() -> None:
        async with asyncio.timeout(60), offline_provider(OfflineSettings(), told.append) as kept:
            with pytest.raises(OfflineError, match=r"ends again and again \(status 7\)"):
                await kept.keep()

    asyncio.run(scenario())
    started = "asked for port 4711"
    again = ["ended unexpectedly (status 7); starting it again", started, "is back"]
    # What the program says and what is said of it come by different ways.
    assert sorted(told) == sorted([started, *again * (MOST_ENDS - 1)])


@pytest.mark.usefixtures("dying_provider")
def test_a_service_ends_with_a_provider_that_is_given_up(tmp_path: Path) -> None:
    parts = {"data_dir": tmp_path, "provider": {"kind": "offline"}, "server": {"port": 0}}
    settings = Settings.model_validate(parts)
    migrating.upgrade(settings.database_url)

    async def scenario() -> None:
        async with asyncio.timeout(60):
            await serve(settings, progress=lambda text: None, on_ready=lambda url: None)

    with pytest.raises(OfflineError, match="ends again and again"):
        asyncio.run(scenario())
