from collections.abc import Callable
from pathlib import Path

import pytest

AGENT = 'title = "Support"\ninstructions = "Help."\n'


@pytest.fixture
def config(tmp_path: Path) -> Callable[..., Path]:
    """Write a folder of settings with one agent, ``support``, or those given by file name."""

    def write(service: str = "", **agents: str) -> Path:
        (tmp_path / "agents").mkdir()
        (tmp_path / "service.toml").write_text(service)
        for name, text in (agents or {"support": AGENT}).items():
            (tmp_path / "agents" / f"{name}.toml").write_text(text)
        return tmp_path

    return write
