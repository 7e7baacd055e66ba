"""The responder: what to say and which tools to call, decided from the conversation alone, off
the event loop."""

import asyncio
import json
from collections import OrderedDict
from collections.abc import AsyncIterator, Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, replace

from agent_service.clock import Clock, SystemClock
from agent_service.offline.ports import (
    CallTool,
    ContextMessage,
    ContextToolOutput,
    ResponseContext,
    ResponsePart,
    Say,
)
from agent_service.offline.responder.answers import Answers
from agent_service.offline.responder.directives import directives, whispered
from agent_service.offline.responder.embedding import Embedder
from agent_service.offline.responder.expectation import expected_words
from agent_service.offline.responder.filling import Filler
from agent_service.offline.responder.meanings import Request
from agent_service.offline.responder.router import Router
from agent_service.offline.responder.slots import nested
from agent_service.offline.responder.toolset import Tool, tools_of
from agent_service.offline.responder.understanding import Listener
from agent_service.offline.speech.weights import PackageLocator, installed_folder

_TOOL_SETS_KEPT = 32


@dataclass(frozen=True, slots=True)
class _Prepared:
    tools: tuple[Tool, ...]
    router: Router


class LocalResponder:
    """Stands in for a language model with a sentence encoder and code; stateless between
    responses."""

    def __init__(self, embedder: Embedder, clock: Clock) -> None:
        self._embedder = embedder
        self._clock = clock
        # One thread: it owns the encoder, so turns wait for each other for milliseconds at most.
        self._executor = ThreadPoolExecutor(max_workers=1, thread_name_prefix="responder")
        self._prepared: OrderedDict[str, _Prepared] = OrderedDict()

    @classmethod
    def load(
        cls,
        progress: Callable[[str], None] = lambda step: None,
        *,
        clock: Clock | None = None,
        locate: PackageLocator = installed_folder,
    ) -> "LocalResponder":
        """Load the sentence encoder; raise OfflineError when a file of it is missing or altered."""
        progress("loading the sentence encoder")
        embedder = Embedder.load(locate)
        # Trains for an empty tool set: embeds the phrasings that every tool set shares.
        Router((), embedder)
        return cls(embedder, clock or SystemClock())

    async def respond(self, context: ResponseContext) -> AsyncIterator[ResponsePart]:
        """Yield what to say and the tools to call; nothing of it is remembered."""
        loop = asyncio.get_running_loop()
        for part in await loop.run_in_executor(self._executor, self._decide, context):
            yield part

    def expected_words(self, context: ResponseContext) -> str | None:
        """Return a prompt for the recogniser; also prepares the tool set while the caller is
        heard."""
        self._prepare_ahead(context)
        return expected_words(context.items, tools_of(context.tools))

    async def aclose(self) -> None:
        """End the thread."""
        await asyncio.to_thread(self._executor.shutdown, cancel_futures=True)

    def _prepare_ahead(self, context: ResponseContext) -> None:
        if _key(context) not in self._prepared:
            prepared: Future[_Prepared] = self._executor.submit(self._prepare, context)
            del prepared  # its result is kept in the cache; a failure shows again when it is needed

    def _prepare(self, context: ResponseContext) -> _Prepared:
        key = _key(context)
        if key not in self._prepared:
            tools = tools_of(context.tools)
            self._prepared[key] = _Prepared(tools, Router(tools, self._embedder))
            while len(self._prepared) > _TOOL_SETS_KEPT:
                self._prepared.popitem(last=False)
        self._prepared.move_to_end(key)
        return self._prepared[key]

    def _decide(self, context: ResponseContext) -> list[ResponsePart]:
        orders = directives(context.instructions)
        if orders.exactly is not None:
            return [Say(orders.exactly)]
        whisper = whispered(context.items)
        if whisper is not None:
            exactly = directives(whisper).exactly
            if exactly is not None:
                return [Say(exactly)]
            asked = (*context.items[:-1], ContextMessage("user", whisper))
            context = replace(context, items=asked)
        prepared = self._prepare(context)
        tools = prepared.tools if context.tool_choice != "none" else ()
        filler = Filler(self._embedder, lambda: self._clock.utc().date())
        router = prepared.router if tools else Router((), self._embedder)
        listener = Listener(tools, router, filler, always_searches=orders.searches)
        forced = _forced(context, listener, tools)
        if forced is not None:
            return [_call(forced)]
        answers = Answers(context, tools, listener, self._embedder, self._clock.utc().date())
        calls, text = answers.compose(orders)
        parts: list[ResponsePart] = [_call(request) for request in calls]
        return ([Say(text)] if text else []) + parts


def _key(context: ResponseContext) -> str:
    return json.dumps([dict(tool) for tool in context.tools], sort_keys=True, default=str)


def _forced(context: ResponseContext, listener: Listener, tools: Sequence[Tool]) -> Request | None:
    """Return the call that ``tool_choice`` demands, once the caller has spoken after the last
    output."""
    choice = context.tool_choice
    if (
        choice in {"auto", "none"}
        or not tools
        or (context.items and isinstance(context.items[-1], ContextToolOutput))
    ):
        return None
    if choice.startswith("function:"):
        tool = next((t for t in tools if t.name == choice.removeprefix("function:")), None)
    else:
        tool = listener.best_tool(context.items)
    return listener.request(tool, context.items) if tool is not None else None


def _call(request: Request) -> CallTool:
    known = {slot.name for slot in request.tool.slots}
    arguments = {name: value for name, value in request.values.items() if name in known}
    return CallTool(request.tool.name, json.dumps(nested(arguments), ensure_ascii=False))
