"""A chat model's streamed answer: its words, its tool calls, and how it ended."""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import msgspec

from agent_service.errors import OfflineError
from agent_service.offline.ports import CallTool, CutShort, ResponsePart, Say

_WHOLE_WORDS = re.compile(r".*\s", re.DOTALL)


class _Function(msgspec.Struct, gc=False):
    name: str | None = None
    arguments: str | None = None


class _ToolCall(msgspec.Struct, gc=False):
    """A piece of a call; ``index`` says of which."""

    index: int | None = None
    function: _Function | None = None


class _Delta(msgspec.Struct, gc=False):
    content: str | None = None
    tool_calls: list[_ToolCall] | None = None


class _Choice(msgspec.Struct, gc=False):
    delta: _Delta | None = None
    finish_reason: str | None = None


class _Chunk(msgspec.Struct, gc=False):
    """Of what servers send, the members that are read."""

    choices: list[_Choice] | None = None
    error: Any = None


_read_chunk = msgspec.json.Decoder(_Chunk).decode


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
        for choice in _chunk(data).choices or ():
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

    def _take(self, choice: _Choice) -> None:
        delta = choice.delta or _Delta()
        self._word += delta.content or ""
        for piece in delta.tool_calls or ():
            call = self._calls.setdefault(piece.index or 0, _Call())
            function = piece.function or _Function()
            call.name = call.name or function.name or ""
            call.arguments.append(function.arguments or "")
        self._ending = choice.finish_reason or self._ending


def error_message(body: str) -> str:
    """Return what an error body says, without the JSON around it."""
    try:
        error = json.loads(body)["error"]
        return str(error["message"] if isinstance(error, dict) else error)
    except (ValueError, KeyError, TypeError):
        return body.strip()


def _chunk(data: str) -> _Chunk:
    try:
        chunk = _read_chunk(data)
    except (msgspec.DecodeError, UnicodeEncodeError, RecursionError) as error:
        raise OfflineError(f"The chat model sent a chunk that cannot be read: {error}.") from error
    if chunk.error is not None:
        raise OfflineError(f"The chat model failed: {error_message(data)}")
    return chunk
