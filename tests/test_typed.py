"""Companies that import the service have its types checked."""

import tomllib
from pathlib import Path

import agent_service

PYPROJECT = Path(__file__).parents[1] / "pyproject.toml"


def test_package_says_that_it_is_typed() -> None:
    assert (Path(agent_service.__file__).parent / "py.typed").is_file()


def test_examples_are_checked_as_strictly_as_the_service() -> None:
    mypy = tomllib.loads(PYPROJECT.read_text())["tool"]["mypy"]
    assert mypy["strict"] is True
    assert {"agent_service", "examples"} <= set(mypy["files"])
