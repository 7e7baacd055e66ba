"""The import contracts of pyproject.toml hold, and leave no module out."""

import re
import tomllib
from pathlib import Path

import pytest
from importlinter.cli import lint_imports

import agent_service

PACKAGE = Path(agent_service.__file__).parent
PYPROJECT = Path(__file__).parents[1] / "pyproject.toml"


def test_imports_point_down(capsys: pytest.CaptureFixture[str]) -> None:
    status = lint_imports(config_filename=str(PYPROJECT), no_logo=True, no_cache=True)
    assert status == 0, capsys.readouterr().out


@pytest.mark.parametrize("package", ["conversation", "runtime"])
def test_what_runs_a_conversation_knows_no_close_code_and_no_subprotocol(package: str) -> None:
    known = re.compile(r"\b4[45]\d\d\b|subprotocol|websocket", re.IGNORECASE)
    texts = [path.read_text() for path in (PACKAGE / package).rglob("*.py")]
    assert [known.findall(text) for text in texts if known.search(text)] == []


def test_every_module_has_a_layer() -> None:
    project = tomllib.loads(PYPROJECT.read_text())
    layers = project["tool"]["importlinter"]["contracts"][0]["layers"]
    placed = {name for layer in layers for name in layer.split(" | ")}
    optional = {name.strip("()") for name in placed if name.startswith("(")}
    folders = {path.parent.name for path in PACKAGE.glob("*/__init__.py")}
    modules = {path.stem for path in PACKAGE.glob("*.py")} - {"__init__"}
    found = {f"agent_service.{name}" for name in folders | modules}
    assert found - optional == {name for name in placed if not name.startswith("(")}
