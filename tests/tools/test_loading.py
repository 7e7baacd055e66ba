"""Tools of one's own come from the modules that the settings name; mistakes are all told."""

import sys
from pathlib import Path
from types import ModuleType

import pytest
from workshop import TOOLS

from agent_service.errors import SettingsError
from agent_service.tools.loading import load_tools

AGENT = "agents/support.toml"


@pytest.fixture
def module(monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    made = ModuleType("tools_of_a_test")
    monkeypatch.setitem(sys.modules, made.__name__, made)
    return made


def test_a_package_is_loaded() -> None:
    assert load_tools({"workshop": AGENT}) == list(TOOLS)


def test_all_mistakes_are_told_together(module: ModuleType) -> None:
    module.__dict__["TOOLS"] = (print,)
    with pytest.raises(SettingsError) as caught:
        load_tools(dict.fromkeys((module.__name__, "no_such_module", "json"), AGENT))
    found = "\n".join(caught.value.problems)
    assert "which is no tool: put @tool(...) above the function" in found
    assert "no_such_module cannot be used" in found
    assert "json cannot be used" in found


@pytest.mark.parametrize(
    ("source", "reason"),
    [
        ("def broken(:\n", "SyntaxError: invalid syntax"),
        ("\n\nprices = {}['list']\n", "KeyError: 'list'"),
        ("raise ValueError('password=hunter2secret')\n", "ValueError: password=[redacted]"),
        ("import sys\nsys.exit('no license')\n", "SystemExit: no license"),
        ("def f(): return f()\nf()\n", "RecursionError: "),
        ("TOOLS = (one for one in [1 / 0])\n", "ZeroDivisionError: "),
        ("import no_such_module_at_all\n", "No module named 'no_such_module_at_all'"),
        ("TOOL = ()\n", "has no attribute 'TOOLS'"),
        ("TOOLS = None\n", "TypeError: 'NoneType' object is not iterable"),
    ],
    ids=lambda text: text.split("(")[0].strip()[:20],
)
def test_module_that_breaks_is_one_line_among_what_is_to_correct(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, source: str, reason: str
) -> None:
    monkeypatch.syspath_prepend(tmp_path)
    name = f"broken_tools_{abs(hash(source))}"
    (tmp_path / f"{name}.py").write_text(source)
    with pytest.raises(SettingsError) as caught:
        load_tools({name: AGENT, "no_such_module": AGENT})
    first, second = caught.value.problems
    assert first.startswith(f"{AGENT}: tool_modules: {name} cannot be used: ")
    assert reason in first
    assert "\n" not in first
    assert second.startswith(f"{AGENT}: tool_modules: no_such_module cannot be used")


def test_line_that_broke_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.syspath_prepend(tmp_path)
    (tmp_path / "tools_with_a_line.py").write_text("\n\nprices = {}['list']\n")
    with pytest.raises(SettingsError, match=r"tools_with_a_line\.py, line 3\)"):
        load_tools({"tools_with_a_line": AGENT})
