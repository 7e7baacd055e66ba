"""The tools of a service: looked up by name, given to agents by name, checked at start-up."""

import inspect
import re
from collections.abc import Iterable, Iterator
from typing import Any, Final

from pydantic import PydanticUserError

from agent_service.conversation.spec import ToolPolicy, ToolSpec
from agent_service.errors import SettingsError
from agent_service.store.money import Limit, amounts_of, limit_in
from agent_service.store.rows import OwnedRow, PartRow
from agent_service.tools.schemas import EndlessSchema, JsonType, part_of, unbounded
from agent_service.tools.tool import Approval, Tool

_SENTENCE_LIMIT: Final = 1000
_PLACE: Final = re.compile(r"\{(\w+)\}")
"""Characters of a tool's own description; the model reads all of them in every response."""


class Registry:
    """All tools that agents may be given. Raises SettingsError with every mistake in them."""

    def __init__(self, tools: Iterable[Tool], *, most_characters: int = 20_000) -> None:
        self.most_characters = most_characters
        """What a model is told of a result."""
        self._tools: dict[str, Tool] = {}
        problems: list[str] = []
        for tool in tools:
            if self._tools.get(tool.name) is tool:
                continue  # two modules bring the same one
            if tool.name in self._tools:
                problems.append(f"tool {tool.name}: {_twice(self._tools[tool.name], tool)}")
            self._tools[tool.name] = tool
            problems += [f"tool {tool.name}: {problem}" for problem in _problems(tool)]
        if problems:
            raise SettingsError(problems)

    def __iter__(self) -> Iterator[Tool]:
        return iter(self._tools.values())

    def get(self, name: str) -> Tool | None:
        return self._tools.get(name)

    def title_of(self, name: str) -> str:
        """Return what people call a tool; of one that is no more, its name in words."""
        tool = self._tools.get(name)
        return tool.title if tool else name.replace("_", " ")

    def specs(self, names: Iterable[str], *, has_examples: bool = False) -> tuple[ToolSpec, ...]:
        """Return the tools as the model sees them, with how callers ask for each if wanted."""
        return tuple(
            ToolSpec(tool.name, tool.told_description(has_examples), tool.schema())
            for tool in self._chosen(names)
        )

    def policies(self, names: Iterable[str]) -> tuple[ToolPolicy, ...]:
        """Return the tools as the dialogue sees them."""
        return tuple(
            ToolPolicy(
                tool.name,
                tool.title,
                tool.is_write,
                tool.redacted,
                tool.activity,
                tool.pauses_recording,
                tool.rings_team,
            )
            for tool in self._chosen(names)
        )

    def _chosen(self, names: Iterable[str]) -> list[Tool]:
        names = list(names)
        unknown = sorted(set(names) - self._tools.keys())
        if unknown:
            known = ", ".join(sorted(self._tools)) or "none: name your company, or its tool_modules"
            raise SettingsError(
                [f"tools: unknown tool {name!r} (known: {known})" for name in unknown]
            )
        return [self._tools[name] for name in names]


def _twice(first: Tool, second: Tool) -> str:
    if first.function is second.function:
        said = f"taken twice, as {first.where} has it and with other words (dataclasses.replace)"
        return f"{said}: leave one of them out"
    return f"declared twice, in {first.where} and {second.where}"


def _problems(tool: Tool) -> Iterator[str]:
    if not any(map(str.isalnum, tool.title)):
        yield "needs a title, which is what the caller is told of it"
    if not tool.description:
        yield "needs a docstring, which is what the model reads"
    if len(tool.description) > _SENTENCE_LIMIT:
        yield f"its docstring is longer than {_SENTENCE_LIMIT} characters"
    if tool.time_limit_s is not None and tool.time_limit_s <= 0:
        yield "time_limit_s must be above 0"
    if tool.is_write and tool.confirmation == "always" and tool.preview is None:
        yield "a write that the caller confirms needs a preview, the read-back"
    if not tool.is_write and (tool.confirmation == "always" or tool.preview or tool.approval):
        yield "a read changes nothing: it takes no confirmation, preview or approval"
    if tool.approval:
        yield from _approval_problems(tool.approval)
    yield from (f"{name} names a currency twice" for name in _doubled_limits(tool))
    try:
        schema = tool.schema()
    except EndlessSchema as error:
        yield f"its arguments hold {error}, which holds itself: their depth needs a bound"
        return
    except PydanticUserError as error:
        yield f"its arguments cannot be told to a model: {error.message}"
        return
    properties = schema.get("properties", {})
    for owned in tool.owned:
        part = part_of(schema, owned.argument)
        if part is None:
            yield f"owned: it has no argument {owned.argument!r}"
        elif not _names_rows(part):
            yield f"owned: {owned.argument!r} must be a text, a number, or a list of them"
        if not issubclass(owned.entity, OwnedRow | PartRow):
            yield f"owned: {owned.entity.__name__} is neither an OwnedRow nor a PartRow"
    for name in sorted(tool.redacted - properties.keys()):
        yield f"redacted: it has no argument {name!r}"
    for name in _PLACE.findall(tool.activity or ""):
        if name not in properties:
            yield f"activity: it has no argument {name!r}"
        elif name in tool.redacted:
            yield f"activity: {name!r} is redacted, so nobody reads it"
    if tool.preview is not None and _parameters(tool.preview) != _parameters(tool.function):
        yield "its preview must take the same parameters as the tool"
    for name, part in properties.items():
        if not part.get("description"):
            yield f"argument {name!r} needs a description: Annotated[..., Field(description=...)]"
        yield from (f"argument {where!r} {problem}" for where, problem in unbounded(name, part))


def _approval_problems(approval: Approval) -> Iterator[str]:
    for first in amounts_of(approval.above):
        second = limit_in(approval.second_above, first.currency)
        if second is not None and first.is_above(second):
            yield "a second approval starts above the first"


def _doubled_limits(tool: Tool) -> Iterator[str]:
    caps = tool.limits.conversation, tool.limits.customer_day, tool.limits.tenant_day
    limits = (tool.limits.call, *(cap.amount for cap in caps))
    if any(map(_is_doubled, limits)):
        yield "a limit"
    if tool.approval and any(map(_is_doubled, (tool.approval.above, tool.approval.second_above))):
        yield "approval"


def _is_doubled(limit: Limit | None) -> bool:
    currencies = [amount.currency for amount in amounts_of(limit)] if limit else []
    return len(set(currencies)) < len(currencies)


def _names_rows(schema: JsonType) -> bool:
    if schema.get("type") == "array":
        schema = schema.get("items", {})
    return schema.get("type") in ("string", "integer") or "enum" in schema


def _parameters(function: Any) -> list[str]:
    return list(inspect.signature(function).parameters)
