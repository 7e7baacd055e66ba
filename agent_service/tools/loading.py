"""Tools of the company's own, from the Python modules that its settings name."""

import importlib
from collections.abc import Iterable

from agent_service.errors import SettingsError
from agent_service.tools.tool import Tool


def load_tools(modules: Iterable[str]) -> list[Tool]:
    """Return the tools of the modules' ``TOOLS`` tuples; raise SettingsError with every problem."""
    tools: list[Tool] = []
    problems = []
    for name in sorted(set(modules)):
        try:
            found = tuple(importlib.import_module(name).TOOLS)
        except (ImportError, AttributeError, TypeError) as error:
            problems.append(f"tool_modules: {name} cannot be used: {error}")
            continue
        wrong = [one for one in found if not isinstance(one, Tool)]
        if wrong:
            problems.append(
                f"tool_modules: {name}.TOOLS holds {wrong[0]!r}, which is no tool: put @tool(...)"
                " above the function"
            )
        else:
            tools.extend(found)
    if problems:
        raise SettingsError(problems)
    return tools
