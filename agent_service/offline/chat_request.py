"""What a chat model is asked: the session and the conversation as a chat completions request."""

from collections.abc import Mapping
from typing import Any

from agent_service.offline.ports import (
    ContextMessage,
    ContextToolCall,
    ContextToolOutput,
    ResponseContext,
)

_SILENCE = "(The caller says nothing.)"
_NO_RESULT = "There is no result yet."


def chat_request(context: ResponseContext, model: str) -> dict[str, Any]:
    """Return the request that asks a chat model for this response."""
    request: dict[str, Any] = {
        "model": model,
        "stream": True,
        "temperature": context.temperature,
        "messages": _messages(context),
    }
    if context.max_output_tokens is not None:
        # Speech takes more tokens than its words: this only keeps a model from writing in vain.
        request["max_tokens"] = context.max_output_tokens
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
    if not messages or messages[-1]["role"] == "assistant":
        # A server may continue a last message of its own in place of answering, or refuse two of
        # them; and many chat templates need a word of the user.
        messages.append({"role": "user", "content": _SILENCE})
    if context.instructions:
        messages.insert(0, {"role": "system", "content": context.instructions})
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
            "content": outputs.get(call.call_id, _NO_RESULT),
        }
        for call in calls
    ]
    return [{"role": "assistant", "content": None, "tool_calls": made}, *answered]
