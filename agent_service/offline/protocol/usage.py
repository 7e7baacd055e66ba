"""Token counts of a response: what went in, what of it was cached, what came out.

Text is counted at about four characters a token; audio exactly as the service bills it.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from agent_service.offline.protocol.dialects import Dialect
from agent_service.offline.protocol.items import Item, PartKind
from agent_service.offline.protocol.session import SessionConfig

INPUT_MS_PER_TOKEN = 100
OUTPUT_MS_PER_TOKEN = 50
_CHARACTERS_PER_TOKEN = 4
_TOKENS_AROUND_ITEM = 3
_IMAGE_TOKENS = {"low": 85, "high": 765, "auto": 765}
_CACHE_STEP = 64
"""Prompts are cached in whole steps of this many tokens."""


@dataclass(frozen=True, slots=True)
class Tokens:
    """Tokens by kind."""

    text: int = 0
    audio: int = 0
    image: int = 0

    @property
    def total(self) -> int:
        return self.text + self.audio + self.image

    def __add__(self, other: "Tokens") -> "Tokens":
        return Tokens(self.text + other.text, self.audio + other.audio, self.image + other.image)


@dataclass(frozen=True, slots=True)
class Usage:
    """What one response cost."""

    input: Tokens = Tokens()
    cached: Tokens = Tokens()
    """Part of the input."""
    output: Tokens = Tokens()


@dataclass(frozen=True, slots=True)
class CountedPiece:
    """One piece of a prompt: the same key means the same content."""

    key: str
    tokens: Tokens


def text_tokens(text: str) -> int:
    """Return about how many tokens a text is."""
    return -(-len(text) // _CHARACTERS_PER_TOKEN)


def count_session(config: SessionConfig) -> CountedPiece:
    """Count instructions and tools, which open every prompt."""
    text = config.instructions + "".join(str(tool) for tool in config.tools)
    return CountedPiece(text, Tokens(text=text_tokens(text)))


def count_item(item: Item) -> CountedPiece:
    """Count one item as input."""
    tokens = Tokens(text=_TOKENS_AROUND_ITEM)
    words = item.name + item.arguments + item.output
    tokens += Tokens(text=text_tokens(words))
    for part in item.parts:
        match part.kind:
            case PartKind.INPUT_AUDIO:
                tokens += Tokens(audio=-(-part.audio_ms // INPUT_MS_PER_TOKEN))
            case PartKind.AUDIO:
                audio = -(-part.audio_ms // OUTPUT_MS_PER_TOKEN)
                tokens += Tokens(text=text_tokens(part.text), audio=audio)
            case PartKind.INPUT_IMAGE:
                tokens += Tokens(image=_IMAGE_TOKENS[part.detail])
            case _:
                tokens += Tokens(text=text_tokens(part.text))
    lengths = ",".join(str(part.audio_ms) for part in item.parts)
    return CountedPiece(f"{item.id}|{lengths}|{words}", tokens)


def cached_tokens(before: Sequence[CountedPiece], now: Sequence[CountedPiece]) -> Tokens:
    """Return what of a prompt is cached: the unchanged beginning, in whole steps."""
    same = Tokens()
    for old, new in zip(before, now, strict=False):
        if old.key != new.key:
            break
        same += new.tokens
    spare = same.total % _CACHE_STEP
    # The remainder of the last step is not cached; it is taken from the kind that has most.
    if same.audio >= same.text and same.audio >= spare:
        return Tokens(same.text, same.audio - spare, same.image)
    return Tokens(max(0, same.text - spare), same.audio, same.image)


def render_usage(usage: Usage, dialect: Dialect) -> dict[str, Any]:
    """Return the ``usage`` member of a finished response."""
    incoming: dict[str, Any] = {
        "text_tokens": usage.input.text,
        "audio_tokens": usage.input.audio,
        "cached_tokens": usage.cached.total,
    }
    if dialect.details_cache:
        details = {"text_tokens": usage.cached.text, "audio_tokens": usage.cached.audio}
        if dialect.counts_images:
            details["image_tokens"] = usage.cached.image
        incoming["cached_tokens_details"] = details
    if dialect.counts_images:
        incoming["image_tokens"] = usage.input.image
    return {
        "total_tokens": usage.input.total + usage.output.total,
        "input_tokens": usage.input.total,
        "output_tokens": usage.output.total,
        "input_token_details": incoming,
        "output_token_details": {
            "text_tokens": usage.output.text,
            "audio_tokens": usage.output.audio,
        },
    }


def render_transcription_usage(model: str, audio_ms: int, text: str) -> dict[str, Any]:
    """Return the ``usage`` member of a finished transcription."""
    if model == "whisper-1":
        return {"type": "duration", "seconds": -(-audio_ms // 1000)}
    audio, words = -(-audio_ms // INPUT_MS_PER_TOKEN), text_tokens(text)
    return {
        "type": "tokens",
        "total_tokens": audio + words,
        "input_tokens": audio,
        "input_token_details": {"text_tokens": 0, "audio_tokens": audio},
        "output_tokens": words,
    }
