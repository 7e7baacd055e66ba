"""The import contracts of pyproject.toml hold, and leave no module out."""

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


def test_every_module_has_a_layer() -> None:
    project = tomllib.loads(PYPROJECT.read_text())
    layers = project["tool"]["importlinter"]["contracts"][0]["layers"]
    placed = {name for layer in layers for name in layer.split(" | ")}
    optional = {name.strip("()") for name in placed if name.startswith("(")}
    folders = {path.parent.name for path in PACKAGE.glob("*/__init__.py")}
    modules = {path.stem for path in PACKAGE.glob("*.py")} - {"__init__"}
    found = {f"agent_service.{name}" for name in folders | modules}
    assert found - optional == {name for name in placed if not name.startswith("(")}
