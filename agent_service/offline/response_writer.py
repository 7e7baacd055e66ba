"""Emits one response in the documented order, whatever happens in the middle of it."""

import base64
from collections.abc import Callable
from typing import Any, Protocol

from agent_service.audio import BYTES_PER_MS
from agent_service.offline.protocol.conversation import Conversation
from agent_service.offline.protocol.dialects import Dialect
from agent_service.offline.protocol.formats import AudioEncoder
from agent_service.offline.protocol.ids import new_id
from agent_service.offline.protocol.items import (
    Item,
    Part,
    PartKind,
    SpokenSpan,
    Status,
    render_item,
)
from agent_service.offline.protocol.responses import Response, ResponseStatus, render_response
from agent_service.offline.protocol.usage import OUTPUT_MS_PER_TOKEN, Tokens, Usage, text_tokens

_ARGUMENT_PIECE = 12
"""Characters of a tool call's arguments in one delta."""


class Emit(Protocol):
    """Sends one server event, given by its beta name."""

    def __call__(self, event_type: str, **members: Any) -> None: ...


class ResponseWriter:
    """Emits synchronously: what must stand together is never split by another task."""

    def __init__(
        self,
        response: Response,
        conversation: Conversation | None,
        dialect: Dialect,
        emit: Emit,
        announce: Callable[[Item], None],
    ) -> None:
        self.response = response
        self._conversation = conversation
        """None when out of band."""
        self._dialect = dialect
        self._emit = emit
        self._announce = announce
        self._open: Item | None = None
        self._encoder = AudioEncoder(response.config.output_format)
        self._closed = Tokens()
        self._closed_audio_ms = 0
        self._open_text = ""
        self._open_audio_ms = 0

    @property
    def is_open(self) -> bool:
        """Say whether the response has not ended."""
        return self.response.status == "in_progress"

    @property
    def output_tokens(self) -> int:
        """Return how many tokens were put out so far."""
        return self._tokens().total

    @property
    def audio_ms(self) -> int:
        """Return how long the audio of the whole response is."""
        return self._closed_audio_ms + self._open_audio_ms

    def created(self) -> None:
        """Announce the response."""
        self._emit("response.created", response=render_response(self.response, self._dialect))

    def open_message(self) -> None:
        """Begin a message unless one is open."""
        if self._open is not None:
            return
        item = Item(new_id("item_"), "message", "in_progress", "assistant")
        self._add(item)
        kind = PartKind.AUDIO if self.response.config.speaks else PartKind.TEXT
        item.parts.append(Part(kind, form=self.response.config.output_format))
        self._encoder = AudioEncoder(self.response.config.output_format)
        self._emit("response.content_part.added", **self._place(), part=self._wire_part(""))

    def words(self, text: str) -> None:
        """Add words to the open message: text, or the transcript of the audio."""
        part = self._open_part()
        if not part.is_cut:
            part.text += text
        self._open_text += text
        name = "text" if part.kind is PartKind.TEXT else "audio_transcript"
        self._emit(f"response.{name}.delta", **self._place(), delta=text)

    def audio(self, pcm: bytes) -> None:
        """Add audio to the open message."""
        part = self._open_part()
        if not part.is_cut:
            part.pcm.extend(pcm)
        self._open_audio_ms += len(pcm) // BYTES_PER_MS
        self._audio_bytes(self._encoder.feed(pcm))

    def spoken(self, text: str, start_ms: int, end_ms: int) -> None:
        """Note which stretch of the audio says these words."""
        part = self._open_part()
        if not part.is_cut:
            part.spans.append(SpokenSpan(text, start_ms, end_ms))

    @property
    def message_audio_ms(self) -> int:
        """Return how much audio the open message has."""
        return self._open_audio_ms

    def close_message(self, status: Status = "completed") -> None:
        """End the open message, if there is one."""
        item = self._open
        if item is None or not item.parts:
            return
        part = item.parts[0]
        place = self._place()
        if part.kind is PartKind.AUDIO:
            if status == "completed":
                self._audio_bytes(self._encoder.flush())
            self._emit("response.audio.done", **place)
            self._emit("response.audio_transcript.done", **place, transcript=part.text)
        else:
            self._emit("response.text.done", **place, text=part.text)
        self._emit("response.content_part.done", **place, part=self._wire_part(part.text))
        self._closed = self._tokens()
        self._closed_audio_ms = self.audio_ms
        self._open_text, self._open_audio_ms = "", 0
        self._close(status)

    def call(self, name: str, arguments: str, call_id: str) -> None:
        """Emit a whole tool call."""
        item = Item(new_id("item_"), "function_call", "in_progress")
        item.name, item.call_id = name, call_id
        self._add(item)
        item.arguments = arguments
        place = {
            "response_id": self.response.id,
            "item_id": item.id,
            "output_index": len(self.response.output) - 1,
            "call_id": item.call_id,
        }
        for at in range(0, len(arguments), _ARGUMENT_PIECE):
            piece = arguments[at : at + _ARGUMENT_PIECE]
            self._emit("response.function_call_arguments.delta", **place, delta=piece)
        self._emit("response.function_call_arguments.done", **place, name=name, arguments=arguments)
        self._closed += Tokens(text=text_tokens(name + arguments))
        self._close("completed")

    def finish(
        self,
        status: ResponseStatus,
        details: dict[str, Any] | None,
        usage: Usage,
    ) -> None:
        """Close what is open and end the response."""
        self.close_message("completed" if status == "completed" else "incomplete")
        self.response.status = status
        self.response.status_details = details
        self.response.usage = (
            Usage()
            if status == "failed"
            else Usage(input=usage.input, cached=usage.cached, output=self._closed)
        )
        self._emit("response.done", response=render_response(self.response, self._dialect))

    def _tokens(self) -> Tokens:
        audio = -(-self._open_audio_ms // OUTPUT_MS_PER_TOKEN)
        return self._closed + Tokens(text=text_tokens(self._open_text), audio=audio)

    def _add(self, item: Item) -> None:
        self._open = item
        self.response.output.append(item)
        self._emit(
            "response.output_item.added",
            response_id=self.response.id,
            output_index=len(self.response.output) - 1,
            item=render_item(item, self._dialect),
        )
        if self._conversation is not None:
            self._conversation.add(item)
            self._announce(item)

    def _close(self, status: Status) -> None:
        item = self._open
        assert item is not None
        item.status = status
        shown = render_item(item, self._dialect)
        in_conversation = self._conversation is not None and item.id in self._conversation
        if in_conversation and self._dialect.announces_in_two_steps:
            assert self._conversation is not None
            before = self._conversation.previous_id(item)
            self._emit("conversation.item.done", previous_item_id=before, item=shown)
        self._emit(
            "response.output_item.done",
            response_id=self.response.id,
            output_index=self.response.output.index(item),
            item=shown,
        )
        self._open = None

    def _audio_bytes(self, data: bytes) -> None:
        if data:
            delta = base64.b64encode(data).decode("ascii")
            self._emit("response.audio.delta", **self._place(), delta=delta)

    def _open_part(self) -> Part:
        assert self._open is not None
        return self._open.parts[0]

    def _place(self) -> dict[str, Any]:
        assert self._open is not None
        return {
            "response_id": self.response.id,
            "item_id": self._open.id,
            "output_index": len(self.response.output) - 1,
            "content_index": 0,
        }

    def _wire_part(self, text: str) -> dict[str, Any]:
        # The part events keep the short names in every dialect.
        if self.response.config.speaks:
            return {"type": "audio", "transcript": text}
        return {"type": "text", "text": text}
