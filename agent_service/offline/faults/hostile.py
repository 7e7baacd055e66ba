"""A model that misuses its tools on purpose, to prove that what matters is not left to a model.

It works from the session's tools alone: it reads their schemas, and what it heard in this and in
other conversations, and aims for the worst call that they allow.
"""

import json
import random
import re
from collections.abc import AsyncIterator, Mapping, Sequence
from typing import Any

from agent_service.offline.ports import (
    CallTool,
    ContextItem,
    ContextMessage,
    ContextToolCall,
    ContextToolOutput,
    ResponseContext,
    ResponsePart,
    Say,
)

_OVERHEARD_KEPT = 500
_ROUNDS = 3
"""Times that it follows up on tool outputs before it lets the caller speak again."""

_IDENTIFIER = re.compile(r"\b(?:[A-Za-z]{1,8}[-_]?)?\d[\w-]{2,}\b|[\w.+-]+@[\w.-]+\.\w+")
_NUMBERS: tuple[float, ...] = (-1, 0, 0.001, 1e9, 1e308, -49.99, float("nan"), float("inf"), 2**63)
_TEXTS = (
    "１００４",  # noqa: RUF001  digits that only look like digits
    "' OR '1'='1",
    "*",
    "",
    "../../etc/passwd",
    "x" * 5_000,
    "null",
    "1004\N{ZERO WIDTH SPACE}",
)
_CURRENCIES = ("USD", "EUR", "JPY", "XXX", "usd ")
_CLAIMS = (
    "You confirmed that already, so I have done it.",
    "Everything is refunded, the money is on its way.",
    "The manager approved it, I am going ahead.",
    "I was told to ignore the rules for this caller.",
)


class HostileResponder:
    """Calls what it should not, claims what is not so, and takes no for a reason to try again."""

    def __init__(
        self, chance: random.Random, overheard: dict[str, None], *, most_calls: int = 8
    ) -> None:
        self._chance = chance
        self._overheard = overheard
        """Identifiers of other conversations: it carries them into this one."""
        self._most_calls = max(1, most_calls)

    async def respond(self, context: ResponseContext) -> AsyncIterator[ResponsePart]:
        """Yield claims and hostile tool calls."""
        for found in _identifiers(context.items):
            if len(self._overheard) < _OVERHEARD_KEPT:
                self._overheard[found] = None
        if not context.tools or _rounds(context.items) >= _ROUNDS:
            yield Say(self._chance.choice(_CLAIMS))
            return
        if self._chance.random() < 0.3:
            yield Say(self._chance.choice(_CLAIMS))
        for call in self._calls(context):
            yield call

    def expected_words(self, context: ResponseContext) -> str | None:
        """Expect nothing."""
        return None

    def _calls(self, context: ResponseContext) -> list[CallTool]:
        earlier = [item for item in context.items if isinstance(item, ContextToolCall)]
        if earlier and self._chance.random() < 0.4:
            again = self._chance.choice(earlier)
            return [CallTool(again.name, self._altered(again.arguments))] * self._chance.choice(
                (1, 2)
            )
        count = self._chance.randint(1, self._most_calls)
        tool = self._chosen(context)
        if self._chance.random() < 0.4:
            # One deed in many small parts, or raced against itself.
            call = CallTool(tool["name"], self._arguments(tool))
            return [call] * count
        return [self._call(self._chosen(context)) for _ in range(count)]

    def _call(self, tool: Mapping[str, Any]) -> CallTool:
        return CallTool(tool["name"], self._arguments(tool))

    def _chosen(self, context: ResponseContext) -> Mapping[str, Any]:
        """Prefer a tool that an injected note names, else take any."""
        notes = " ".join(i.output for i in context.items if isinstance(i, ContextToolOutput))
        named = [tool for tool in context.tools if tool["name"] in notes]
        return self._chance.choice(named or list(context.tools))

    def _arguments(self, tool: Mapping[str, Any]) -> str:
        schema = tool.get("parameters") or {}
        properties = schema.get("properties") or {}
        arguments = {name: self._value(name, kind) for name, kind in properties.items()}
        match self._chance.random():
            case roll if roll < 0.1:
                arguments["customer_id"] = self._identifier()
            case roll if roll < 0.2:
                arguments["confirmed"] = True
                arguments["confirmation_id"] = f"conf_{self._chance.randrange(10**6)}"
            case roll if roll < 0.25 and arguments:
                del arguments[self._chance.choice(list(arguments))]
        return json.dumps(arguments)

    def _value(self, name: str, schema: Any) -> Any:
        schema = schema if isinstance(schema, dict) else {}
        options = schema.get("enum")
        if options and self._chance.random() < 0.8:
            return self._chance.choice(options)
        if "currency" in name:
            return self._chance.choice(_CURRENCIES)
        match schema.get("type"):
            case "boolean":
                return True
            case "integer" | "number" if self._chance.random() < 0.6:
                return self._chance.choice(_NUMBERS)
            case "integer" | "number":
                return self._number_like()
            case "array":
                inner = schema.get("items")
                return [self._value(name, inner) for _ in range(self._chance.randint(0, 3))]
            case "object":
                inner = schema.get("properties") or {}
                return {key: self._value(key, kind) for key, kind in inner.items()}
            case _ if self._chance.random() < 0.3:
                return self._chance.choice(_TEXTS)
            case _:
                return self._identifier()

    def _identifier(self) -> str:
        """Return one that was overheard, a neighbour of it, or one made up."""
        if self._overheard and self._chance.random() < 0.8:
            found = self._chance.choice(list(self._overheard))
            return found if self._chance.random() < 0.4 else self._neighbour(found)
        return str(self._chance.randrange(1, 100_000))

    def _neighbour(self, identifier: str) -> str:
        digits = re.search(r"\d+", identifier)
        if digits is None:
            return identifier[::-1]
        near = int(digits[0]) + self._chance.choice((-3, -2, -1, 1, 2, 3))
        return identifier[: digits.start()] + str(abs(near)) + identifier[digits.end() :]

    def _number_like(self) -> Any:
        found = self._identifier()
        return int(found) if found.isdecimal() and len(found) < 15 else found

    def _altered(self, arguments: str) -> str:
        """Return an earlier call's arguments, often with one of them changed."""
        try:
            read = json.loads(arguments)
        except ValueError:
            return arguments
        if not isinstance(read, dict) or not read or self._chance.random() < 0.4:
            return arguments
        name = self._chance.choice(sorted(read))
        match read[name]:
            case bool() as flag:
                read[name] = not flag
            case int() | float():
                read[name] = self._chance.choice(_NUMBERS)
            case _:
                read[name] = self._identifier()
        return json.dumps(read)


def _identifiers(items: Sequence[ContextItem]) -> list[str]:
    texts: list[str] = []
    for item in items:
        match item:
            case ContextMessage(text=text) | ContextToolOutput(output=text):
                texts.append(text)
            case ContextToolCall():
                # Its own inventions are nobody's.
                pass
    return [found for text in texts for found in _IDENTIFIER.findall(text)]


def _rounds(items: Sequence[ContextItem]) -> int:
    """Count the answers to tools since the caller last spoke."""
    rounds = 0
    for before, item in zip(items[-1::-1][1:], items[::-1], strict=False):
        if isinstance(item, ContextMessage) and item.role == "user":
            break
        follows_call = isinstance(before, ContextToolCall)
        rounds += isinstance(item, ContextToolOutput) and follows_call
    return rounds
