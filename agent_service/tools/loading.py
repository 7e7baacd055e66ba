"""Tools of the company's own, from the Python modules that its settings name."""

import contextlib
import importlib
import sys
from collections.abc import Mapping
from types import ModuleType

from agent_service.errors import SettingsError
from agent_service.foreign_code import reason_of
from agent_service.tools.tool import Tool


def load_tools(modules: Mapping[str, str]) -> list[Tool]:
    """Return the tools of the modules' ``TOOLS`` tuples; raise SettingsError with every problem.

    ``modules`` have each the place where it is named.
    """
    tools: list[Tool] = []
    problems = []
    for name, place in sorted(modules.items()):
        try:
            found = tuple(import_module(name).TOOLS)
        except (Exception, SystemExit) as error:
            # A stranger's module may fail in any way; it is one more line of what to correct.
            problems.append(f"{place}: tool_modules: {name} cannot be used: {reason_of(error)}")
            continue
        wrong = [one for one in found if not isinstance(one, Tool)]
        if wrong:
            problems.append(
                f"{place}: tool_modules: {name}.TOOLS holds {wrong[0]!r}, which is no tool: put"
                " @tool(...) above the function"
            )
        else:
            tools.extend(found)
    if problems:
        raise SettingsError(problems)
    return tools


def import_module(name: str) -> ModuleType:
    """Import a module of the company's; what it prints is not the answer of the command."""
    try:
        with contextlib.redirect_stdout(sys.stderr):
            return importlib.import_module(name)
    except ModuleNotFoundError as error:
        if error.name is None or not f"{name}.".startswith(f"{error.name}."):
            raise  # another one, which the module imports
        raise ModuleNotFoundError(
            f"{error}, is it installed beside the service? (pip install -e FOLDER, or start it"
            " by python -m agent_service in the folder that holds it)",
            name=error.name,
        ) from error
