"""Conversation items: one model for every dialect, and how an item is shown."""

import base64
from dataclasses import dataclass, field
from enum import Enum
from typing import Any, Literal, TypeAlias

from agent_service.audio import BYTES_PER_MS
from agent_service.offline.protocol.dialects import Dialect
from agent_service.offline.protocol.formats import PCM16, AudioFormat, encode_whole

Status: TypeAlias = Literal["in_progress", "completed", "incomplete"]
Role: TypeAlias = Literal["system", "user", "assistant"]


class PartKind(Enum):
    """What a content part holds; the value is its beta name."""

    INPUT_TEXT = "input_text"
    INPUT_AUDIO = "input_audio"
    INPUT_IMAGE = "input_image"
    TEXT = "text"
    AUDIO = "audio"


_GA_NAMES = {PartKind.TEXT: "output_text", PartKind.AUDIO: "output_audio"}


@dataclass(frozen=True, slots=True)
class SpokenSpan:
    """Words of an assistant's audio and the stretch of it that says them."""

    text: str
    start_ms: int
    end_ms: int


@dataclass(slots=True)
class Part:
    """One content part of a message."""

    kind: PartKind
    text: str = ""
    """Of a text; transcript of an assistant's audio; what was recognised in a caller's audio."""
    transcript: str | None = None
    """Of a caller's audio, once the client was told of it."""
    pcm: bytearray = field(default_factory=bytearray)
    form: AudioFormat = PCM16
    spans: list[SpokenSpan] = field(default_factory=list)
    image_url: str = ""
    detail: str = "auto"
    is_cut: bool = False
    """Truncated: the transcript is gone and the text is what was heard."""

    @property
    def audio_ms(self) -> int:
        return len(self.pcm) // BYTES_PER_MS

    def cut(self, audio_end_ms: int) -> None:
        """Keep only the audio before ``audio_end_ms`` and the words that it says."""
        del self.pcm[audio_end_ms * BYTES_PER_MS :]
        heard: list[str] = []
        for span in self.spans:
            if span.end_ms <= audio_end_ms:
                heard.append(span.text)
            elif span.start_ms < audio_end_ms:
                share = (audio_end_ms - span.start_ms) / (span.end_ms - span.start_ms)
                heard.append(_whole_words(span.text, share))
        self.spans = [span for span in self.spans if span.start_ms < audio_end_ms]
        self.text = "".join(heard).rstrip()
        self.is_cut = True


def _whole_words(text: str, share: float) -> str:
    """Return the words that end within the first ``share`` of the text."""
    limit = int(len(text) * share)
    if limit >= len(text):
        return text
    end = max(text.rfind(" ", 0, limit + 1), 0)
    return text[:end]


@dataclass(slots=True)
class Item:
    """A message, a tool call, a tool's output, or one of the MCP kinds."""

    id: str
    type: str
    status: Status = "completed"
    role: Role | None = None
    parts: list[Part] = field(default_factory=list)
    name: str = ""
    call_id: str = ""
    arguments: str = ""
    output: str = ""
    extra: dict[str, Any] = field(default_factory=dict)
    """Members of the MCP kinds, shown as they are."""

    @property
    def audio_part(self) -> Part | None:
        """The assistant's audio, if the item has some."""
        return next((part for part in self.parts if part.kind is PartKind.AUDIO), None)


def render_item(item: Item, dialect: Dialect, *, with_audio: bool = False) -> dict[str, Any]:
    """Return the item as the dialect shows it; audio is shown on retrieval only."""
    shown: dict[str, Any] = {"id": item.id}
    if dialect.names_object:
        shown["object"] = "realtime.item"
    shown["type"] = item.type
    match item.type:
        case "message":
            shown |= {
                "status": item.status,
                "role": item.role,
                "content": [render_part(part, dialect, with_audio) for part in item.parts],
            }
        case "function_call":
            shown |= {
                "status": item.status,
                "name": item.name,
                "call_id": item.call_id,
                "arguments": item.arguments,
            }
        case "function_call_output":
            if dialect.describes_responses:
                shown["status"] = item.status
            shown |= {"call_id": item.call_id, "output": item.output}
        case _:
            shown |= item.extra
    return shown


def render_part(part: Part, dialect: Dialect, with_audio: bool = False) -> dict[str, Any]:
    """Return a content part as it stands inside an item."""
    kind = part.kind.value
    if dialect.is_nested:
        kind = _GA_NAMES.get(part.kind, kind)
    shown: dict[str, Any] = {"type": kind}
    match part.kind:
        case PartKind.INPUT_TEXT | PartKind.TEXT:
            shown["text"] = part.text
        case PartKind.INPUT_IMAGE:
            shown |= {"image_url": part.image_url, "detail": part.detail}
        case PartKind.INPUT_AUDIO:
            shown["transcript"] = part.transcript
        case PartKind.AUDIO:
            shown["transcript"] = None if part.is_cut else part.text
    if with_audio and part.kind in (PartKind.INPUT_AUDIO, PartKind.AUDIO):
        audio = encode_whole(bytes(part.pcm), part.form)
        shown["audio"] = base64.b64encode(audio).decode("ascii")
    return shown
