"""The provider's events as they lie on the wire: of each, the members that we read."""

from typing import Annotated, Any, TypeAlias, TypeVar

import msgspec
from msgspec import Meta, Raw, Struct

NOTHING = Raw(b"null")
Part = TypeVar("Part")


class Incoming(Struct, frozen=True, gc=False):
    """Other members are skipped; a missing or mistyped one makes the event malformed."""


def part(raw: Raw, shape: Any, otherwise: Part) -> Part:
    """Return what a member says, which the rest of its event does not depend on."""
    try:
        said: Part = msgspec.json.decode(raw, type=shape)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return otherwise
    return said


MaybeNumber: TypeAlias = float | None


class TurnDetection(Incoming, frozen=True):
    create_response: bool | None = None


class AudioInput(Incoming, frozen=True):
    turn_detection: TurnDetection | None = None


class Audio(Incoming, frozen=True):
    input: AudioInput | None = None


MaybeTurnDetection: TypeAlias = TurnDetection | None
MaybeAudio: TypeAlias = Audio | None


class SessionDetails(Incoming, frozen=True):
    model: str | None = None
    expires_at: Raw = NOTHING
    """Unix seconds."""
    turn_detection: Raw = NOTHING
    audio: Raw = NOTHING
    """Where the shape is nested, that is in here."""


class Session(Incoming, frozen=True):
    """``session.created``, ``session.updated``."""

    session: SessionDetails


class ErrorDetails(Incoming, frozen=True):
    type: str | None = None
    code: str | None = None
    message: str | None = None
    param: str | None = None


class Error(Incoming, frozen=True):
    error: ErrorDetails


class SpeechStart(Incoming, frozen=True):
    item_id: str
    audio_start_ms: int


class SpeechStop(Incoming, frozen=True):
    item_id: str
    audio_end_ms: int


class Committed(Incoming, frozen=True):
    item_id: str


class InputTranscriptDelta(Incoming, frozen=True):
    item_id: str
    delta: str = ""


class LogProbability(Incoming, frozen=True):
    """Of one token."""

    logprob: float


MaybeLogProbabilities: TypeAlias = list[LogProbability] | None


class InputTranscript(Incoming, frozen=True):
    item_id: str
    transcript: str | None = None
    logprobs: Raw = NOTHING
    usage: Raw = NOTHING


class InputTranscriptFailure(Incoming, frozen=True):
    item_id: str
    error: ErrorDetails


class AudioDelta(Incoming, frozen=True):
    response_id: str
    item_id: str
    delta: bytes
    """Base64 on the wire; undone while parsing, which is three times as fast as afterwards."""


class TextDelta(Incoming, frozen=True):
    response_id: str
    item_id: str
    delta: str


class ContentPart(Incoming, frozen=True):
    type: str = ""
    text: str | None = None
    transcript: str | None = None


class Item(Incoming, frozen=True):
    type: str
    id: str = ""
    status: str | None = None
    call_id: str = ""
    name: str = ""
    arguments: str = ""
    content: Raw = NOTHING


class ItemDone(Incoming, frozen=True):
    response_id: str
    item: Item


Count: TypeAlias = Annotated[int, Meta(ge=0, le=1_000_000_000)]
"""What the database can add up."""


class CachedTokens(Incoming, frozen=True):
    text_tokens: Count = 0
    audio_tokens: Count = 0


class InputTokens(Incoming, frozen=True):
    text_tokens: Count = 0
    audio_tokens: Count = 0
    cached_tokens: Count = 0
    cached_tokens_details: CachedTokens | None = None


class OutputTokens(Incoming, frozen=True):
    text_tokens: Count = 0
    audio_tokens: Count = 0


class UsageDetails(Incoming, frozen=True):
    input_token_details: InputTokens | None = None
    output_token_details: OutputTokens | None = None


MaybeUsage: TypeAlias = UsageDetails | None


class TranscriptionUsage(Incoming, frozen=True):
    """Of a model that is paid by tokens, or by the time that it hears."""

    input_tokens: Count = 0
    input_token_details: InputTokens | None = None
    output_tokens: Count = 0
    seconds: Annotated[float, Meta(ge=0, le=86_400)] = 0.0


MaybeTranscriptionUsage: TypeAlias = TranscriptionUsage | None


class StatusDetails(Incoming, frozen=True):
    reason: str | None = None
    error: ErrorDetails | None = None


MaybeDetails: TypeAlias = StatusDetails | None


class ResponseDetails(Incoming, frozen=True):
    id: str
    status: Raw = NOTHING
    status_details: Raw = NOTHING
    usage: Raw = NOTHING
    output: Raw = NOTHING


class Response(Incoming, frozen=True):
    """``response.created``, ``response.done``."""

    response: ResponseDetails


class RateLimit(Incoming, frozen=True):
    remaining: float | None = None
    reset_seconds: float | None = None


class RateLimits(Incoming, frozen=True):
    """``rate_limits.updated``."""

    rate_limits: list[RateLimit] = []
