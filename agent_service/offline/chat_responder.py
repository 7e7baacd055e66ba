"""A chat model in the responder's place: any endpoint that speaks chat completions."""

import json
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import httpx

from agent_service.errors import OfflineError
from agent_service.offline.ports import (
    CallTool,
    ContextMessage,
    ContextToolCall,
    ContextToolOutput,
    ResponseContext,
    ResponsePart,
    Say,
)
from agent_service.offline.protocol.errors import ProtocolError

_CONNECT_S = 10.0
_SILENCE_S = 60.0
"""The longest that the model may take between two pieces of its answer."""


@dataclass(slots=True)
class _Call:
    name: str = ""
    arguments: list[str] = field(default_factory=list)


class ChatResponder:
    """Streams a chat model's answer; hearing and speaking stay here."""

    def __init__(self, url: str, model: str, key: str | None = None) -> None:
        headers = {"Authorization": f"Bearer {key}"} if key else {}
        self._model = model
        self._url = url.rstrip("/") + "/chat/completions"
        self._client = httpx.AsyncClient(
            headers=headers, timeout=httpx.Timeout(_SILENCE_S, connect=_CONNECT_S)
        )

    async def respond(self, context: ResponseContext) -> AsyncIterator[ResponsePart]:
        """Yield the words as they come, then the tool calls."""
        calls: dict[int, _Call] = {}
        request = chat_request(context, self._model)
        try:
            async with self._client.stream("POST", self._url, json=request) as response:
                await _check(response)
                async for line in response.aiter_lines():
                    for text in _take(line, calls):
                        yield Say(text)
        except httpx.HTTPError as error:
            raise OfflineError(
                f"The chat model at {self._url} cannot be reached: {type(error).__name__}."
            ) from error
        for _, call in sorted(calls.items()):
            yield CallTool(call.name, "".join(call.arguments) or "{}")

    def expected_words(self, context: ResponseContext) -> str | None:
        """Expect nothing particular."""
        return None

    async def aclose(self) -> None:
        """Close the connections."""
        await self._client.aclose()


def chat_request(context: ResponseContext, model: str) -> dict[str, Any]:
    """Return the request that asks a chat model for this response."""
    request: dict[str, Any] = {
        "model": model,
        "stream": True,
        "temperature": context.temperature,
        "messages": _messages(context),
    }
    if context.tools:
        request["tools"] = [{"type": "function", "function": _function(t)} for t in context.tools]
        name = context.tool_choice.removeprefix("function:")
        request["tool_choice"] = (
            context.tool_choice
            if name == context.tool_choice
            else {"type": "function", "function": {"name": name}}
        )
    return request


def _function(tool: Mapping[str, Any]) -> dict[str, Any]:
    shown = {key: tool[key] for key in ("name", "description") if tool.get(key)}
    return shown | {"parameters": tool.get("parameters") or {"type": "object", "properties": {}}}


def _messages(context: ResponseContext) -> list[dict[str, Any]]:
    messages: list[dict[str, Any]] = []
    if context.instructions:
        messages.append({"role": "system", "content": context.instructions})
    outputs = {i.call_id: i.output for i in context.items if isinstance(i, ContextToolOutput)}
    calls: list[ContextToolCall] = []
    for item in (*context.items, None):
        if isinstance(item, ContextToolCall):
            calls.append(item)
            continue
        if calls:
            messages += _tool_round(calls, outputs)
            calls = []
        if isinstance(item, ContextMessage):
            messages.append({"role": item.role, "content": item.text})
    return messages


def _tool_round(calls: list[ContextToolCall], outputs: Mapping[str, str]) -> list[dict[str, Any]]:
    """Return calls made together and, right after them as the API demands, their outputs."""
    made = [
        {
            "id": call.call_id,
            "type": "function",
            "function": {"name": call.name, "arguments": call.arguments},
        }
        for call in calls
    ]
    answered = [
        {
            "role": "tool",
            "tool_call_id": call.call_id,
            "content": outputs.get(call.call_id, "There is no result yet."),
        }
        for call in calls
    ]
    return [{"role": "assistant", "content": None, "tool_calls": made}, *answered]


def _take(line: str, calls: dict[int, _Call]) -> list[str]:
    """Read one line of the stream; returns words, collects tool calls."""
    if not line.startswith("data:"):
        return []
    data = line.removeprefix("data:").strip()
    if data in ("", "[DONE]"):
        return []
    try:
        chunk = json.loads(data)
    except ValueError as error:
        raise OfflineError("The chat model sent a chunk that is not JSON.") from error
    if "error" in chunk:
        raise OfflineError(f"The chat model failed: {chunk['error']}")
    words: list[str] = []
    for choice in chunk.get("choices") or []:
        delta = choice.get("delta") or {}
        if delta.get("content"):
            words.append(delta["content"])
        for piece in delta.get("tool_calls") or []:
            call = calls.setdefault(piece.get("index", 0), _Call())
            function = piece.get("function") or {}
            call.name = call.name or function.get("name") or ""
            call.arguments.append(function.get("arguments") or "")
    return words


async def _check(response: httpx.Response) -> None:
    if response.is_success:
        return
    body = (await response.aread())[:300].decode(errors="replace")
    if response.status_code == 429:
        retry = response.headers.get("retry-after", "a few")
        message = f"Rate limit reached for the chat model. Please try again in {retry} seconds."
        raise ProtocolError("rate_limit_exceeded", message, kind="tokens")
    raise OfflineError(f"The chat model answered HTTP {response.status_code}: {body}")
