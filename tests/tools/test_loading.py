"""Tools of one's own come from the modules that the settings name; mistakes are all told."""

import sys
from types import ModuleType

import pytest

from agent_service.errors import SettingsError
from agent_service.tools.loading import load_tools
from agent_service.tools.shop_tools import TOOLS


@pytest.fixture
def module(monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    made = ModuleType("tools_of_a_test")
    monkeypatch.setitem(sys.modules, made.__name__, made)
    return made


def test_example_package_is_loaded() -> None:
    names = [tool.name for tool in load_tools(["examples.warranty_desk.tools"])]
    assert names == ["check_warranty", "request_repair"]


def test_module_is_loaded_once(module: ModuleType) -> None:
    module.__dict__["TOOLS"] = TOOLS[:1]
    assert load_tools([module.__name__, module.__name__]) == list(TOOLS[:1])


def test_all_mistakes_are_told_together(module: ModuleType) -> None:
    module.__dict__["TOOLS"] = (print,)
    with pytest.raises(SettingsError) as caught:
        load_tools([module.__name__, "no_such_module", "json"])
    found = "\n".join(caught.value.problems)
    assert "which is no tool: put @tool(...) above the function" in found
    assert "no_such_module cannot be used" in found
    assert "json cannot be used" in found
