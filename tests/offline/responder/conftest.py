"""A responder loaded once, and a conversation that drives it with tools the test supplies."""

import asyncio
import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from agent_service.offline.ports import (
    CallTool,
    ContextItem,
    ContextMessage,
    ContextToolCall,
    ContextToolOutput,
    ResponseContext,
    Say,
)
from agent_service.offline.responder.engine import LocalResponder


class FixedClock:
    """Sunday, 22 November 2026, noon."""

    def now(self) -> float:
        return 0.0

    def utc(self) -> datetime:
        return datetime(2026, 11, 22, 12, tzinfo=UTC)


@dataclass
class Conversation:
    """Plays the provider's part: keeps the items, runs the tools, asks for responses."""

    responder: LocalResponder
    tools: Sequence[Mapping[str, Any]] = ()
    instructions: str = ""
    outputs: Callable[[str, dict[str, Any]], Any] | None = None
    """Returns a tool's output; without it calls stay open."""
    items: list[ContextItem] = field(default_factory=list)
    calls: list[tuple[str, dict[str, Any]]] = field(default_factory=list)

    def say(self, text: str, *, tool_choice: str = "auto", instructions: str | None = None) -> str:
        """Return all that the responder says to a turn of the caller, tool rounds included."""
        self.items.append(ContextMessage("user", text))
        return self.respond(tool_choice=tool_choice, instructions=instructions)

    def note(self, text: str) -> str:
        """Return all that the responder says after a note of the service."""
        self.items.append(ContextMessage("system", text))
        return self.respond()

    def respond(self, *, tool_choice: str = "auto", instructions: str | None = None) -> str:
        said: list[str] = []
        self.calls = []
        for _ in range(4):
            parts = self._parts(tool_choice, instructions)
            texts = [part.text for part in parts if isinstance(part, Say)]
            said += texts
            self.items += [ContextMessage("assistant", text) for text in texts]
            calls = [part for part in parts if isinstance(part, CallTool)]
            if not calls:
                break
            self._run(calls)
            if self.outputs is None:
                break
        return " ".join(said)

    def context(
        self, tool_choice: str = "auto", instructions: str | None = None
    ) -> ResponseContext:
        return ResponseContext(
            self.instructions if instructions is None else instructions,
            tuple(self.items),
            tuple(self.tools),
            tool_choice,
        )

    def _parts(self, tool_choice: str, instructions: str | None) -> list[Say | CallTool]:
        context = self.context(tool_choice, instructions)

        async def collect() -> list[Say | CallTool]:
            async with asyncio.timeout(60):
                return [part async for part in self.responder.respond(context)]

        return asyncio.run(collect())

    def _run(self, calls: list[CallTool]) -> None:
        first = len(self.items)
        for index, call in enumerate(calls):
            self.items.append(ContextToolCall(f"call_{first}_{index}", call.name, call.arguments))
            self.calls.append((call.name, json.loads(call.arguments)))
        if self.outputs is None:
            return
        for index, (name, arguments) in enumerate(self.calls[-len(calls) :]):
            output = json.dumps(self.outputs(name, arguments))
            self.items.append(ContextToolOutput(f"call_{first}_{index}", output))


@pytest.fixture(scope="session")
def responder() -> Iterator[LocalResponder]:
    loaded = LocalResponder.load(clock=FixedClock())
    yield loaded
    asyncio.run(loaded.aclose())


@pytest.fixture(scope="session")
def tool_sets() -> dict[str, list[dict[str, Any]]]:
    """Three sets of tools that have nothing in common: a shop's desk, a clinic, a library."""
    sets: dict[str, list[dict[str, Any]]] = json.loads(
        (Path(__file__).parent / "tool_sets.json").read_text()
    )
    return sets


@pytest.fixture(scope="session")
def converse(
    responder: LocalResponder, tool_sets: dict[str, list[dict[str, Any]]]
) -> Callable[..., Conversation]:
    """Start a conversation with the tools of a named set, or with those given."""

    def start(
        tools: str = "", *, tools_given: Sequence[Mapping[str, Any]] = (), **parts: Any
    ) -> Conversation:
        return Conversation(responder, tool_sets.get(tools, tools_given), **parts)

    return start
