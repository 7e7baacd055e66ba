"""A chat model's streamed answer: its words, its tool calls, and how it ended."""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from agent_service.errors import OfflineError
from agent_service.offline.ports import CallTool, CutShort, ResponsePart, Say

_WHOLE_WORDS = re.compile(r".*\s", re.DOTALL)


@dataclass(slots=True)
class _Call:
    name: str = ""
    arguments: list[str] = field(default_factory=list)


class ChatStream:
    """Reads the lines of one answer as they come."""

    def __init__(self) -> None:
        self._word = ""
        """Not complete yet: models write pieces of words."""
        self._calls: dict[int, _Call] = {}
        self._ending: str | None = None

    def feed(self, line: str) -> str:
        """Take one line and return the words that it completed."""
        if not line.startswith("data:"):
            return ""
        data = line.removeprefix("data:").strip()
        if data == "[DONE]":
            self._ending = self._ending or "stop"
        if data in ("", "[DONE]"):
            return ""
        for choice in _chunk(data).get("choices") or []:
            self._take(choice)
        whole = _WHOLE_WORDS.match(self._word)
        words = whole.group() if whole else ""
        self._word = self._word.removeprefix(words)
        return words

    def close(self) -> Iterator[ResponsePart | CutShort]:
        """Yield what can only be known at the end: the last word, then tool calls or a cut."""
        if self._ending is None:
            raise OfflineError("The chat model's answer broke off before its end.")
        if self._word:
            yield Say(self._word)
        match self._ending:
            case "length":
                yield CutShort("max_output_tokens")
            case "content_filter":
                yield CutShort("content_filter")
            case _:
                for _, call in sorted(self._calls.items()):
                    yield CallTool(call.name, "".join(call.arguments) or "{}")

    def _take(self, choice: dict[str, Any]) -> None:
        delta = choice.get("delta") or {}
        self._word += delta.get("content") or ""
        for piece in delta.get("tool_calls") or []:
            call = self._calls.setdefault(piece.get("index", 0), _Call())
            function = piece.get("function") or {}
            call.name = call.name or function.get("name") or ""
            call.arguments.append(function.get("arguments") or "")
        self._ending = choice.get("finish_reason") or self._ending


def error_message(body: str) -> str:
    """Return what an error body says, without the JSON around it."""
    try:
        error = json.loads(body)["error"]
        return str(error["message"] if isinstance(error, dict) else error)
    except (ValueError, KeyError, TypeError):
        return body.strip()


def _chunk(data: str) -> dict[str, Any]:
    try:
        chunk = json.loads(data)
    except ValueError as error:
        raise OfflineError("The chat model sent a chunk that is not JSON.") from error
    if not isinstance(chunk, dict):
        raise OfflineError("The chat model sent a chunk that is not a JSON object.")
    if "error" in chunk:
        raise OfflineError(f"The chat model failed: {error_message(data)}")
    return chunk
