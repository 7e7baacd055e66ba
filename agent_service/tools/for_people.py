"""The tools that a representative may have run in a conversation, and why not the others."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass

from agent_service.conversation.records import Caller
from agent_service.errors import ToolError
from agent_service.tools.checks import check_level
from agent_service.tools.registry import Registry
from agent_service.tools.schemas import JsonType
from agent_service.tools.tool import Tool


@dataclass(frozen=True, slots=True)
class Offer:
    name: str
    title: str
    arguments: JsonType
    """JSON Schema."""
    refusal: str
    """Why it may not run now; empty if it may."""


def offers(
    registry: Registry, names: Iterable[str], caller: Caller, switched_off: Collection[str]
) -> list[Offer]:
    """Return the tools of those names, those that may run first."""
    tools = [tool for name in names if (tool := registry.get(name)) is not None]
    found = [
        Offer(tool.name, tool.title, tool.schema(), _refusal(tool, caller, switched_off))
        for tool in tools
    ]
    return sorted(found, key=lambda one: bool(one.refusal))


def _refusal(tool: Tool, caller: Caller, switched_off: Collection[str]) -> str:
    if tool.rings_team:
        return "A person is there already."
    if tool.name in switched_off:
        return "It is switched off."
    try:
        check_level(tool, caller)
    except ToolError as error:
        level, needed = caller.level.replace("_", " "), str(error.needs).replace("_", " ")
        return f"The caller is {level}, and has to be {needed}."
    return ""
