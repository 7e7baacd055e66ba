"""The three naming variants of the protocol, as data, and how a connection's variant is known."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Literal, TypeAlias

DialectName: TypeAlias = Literal["a1", "beta", "ga"]

_GA_NAMES = {
    "response.text.delta": "response.output_text.delta",
    "response.text.done": "response.output_text.done",
    "response.audio.delta": "response.output_audio.delta",
    "response.audio.done": "response.output_audio.done",
    "response.audio_transcript.delta": "response.output_audio_transcript.delta",
    "response.audio_transcript.done": "response.output_audio_transcript.done",
}

_BETA_VOICES = ("alloy", "ash", "ballad", "coral", "echo", "sage", "shimmer", "verse")
_TRANSCRIBERS = ("whisper-1", "gpt-4o-transcribe", "gpt-4o-mini-transcribe")

_CLIENT_EVENTS = frozenset(
    {
        "session.update",
        "input_audio_buffer.append",
        "input_audio_buffer.commit",
        "input_audio_buffer.clear",
        "conversation.item.create",
        "conversation.item.delete",
        "conversation.item.truncate",
        "response.create",
        "response.cancel",
    }
)


@dataclass(frozen=True, slots=True)
class Dialect:
    """Everything in which the variants differ."""

    name: DialectName
    client_events: frozenset[str]
    voices: tuple[str, ...]
    transcribers: tuple[str, ...]
    life_s: int
    """How long a connection may last."""
    context_tokens: int
    """Input tokens that the model can use."""
    event_names: Mapping[str, str] = field(default_factory=dict)
    """Renamed server events."""
    is_nested: bool = False
    """Session shape: nested below ``audio``, with a ``type``."""
    names_object: bool = True
    """Items carry ``object``."""
    announces_conversation: bool = True
    announces_in_two_steps: bool = False
    """New items: ``added`` and ``done`` in place of ``created``."""
    describes_responses: bool = True
    """Responses carry their conversation, metadata and output settings."""
    details_cache: bool = True
    counts_images: bool = False
    streams_transcription: bool = True
    """Transcription deltas and usage may be sent."""
    has_turn_flags: bool = True
    has_idle_timeout: bool = False
    rate_limits: Literal["with_created", "after_done"] = "after_done"
    limits_requests: bool = True
    """``rate_limits.updated`` names requests beside tokens."""

    def event_name(self, name: str) -> str:
        """Return this dialect's name of a server event given by its beta name."""
        return self.event_names.get(name, name)


A1 = Dialect(
    name="a1",
    client_events=_CLIENT_EVENTS,
    voices=("alloy", "shimmer", "echo"),
    transcribers=("whisper-1",),
    life_s=15 * 60,
    context_tokens=128_000,
    announces_conversation=False,
    describes_responses=False,
    details_cache=False,
    streams_transcription=False,
    has_turn_flags=False,
)

BETA = Dialect(
    name="beta",
    client_events=_CLIENT_EVENTS
    | {
        "conversation.item.retrieve",
        "output_audio_buffer.clear",
        "transcription_session.update",
    },
    voices=_BETA_VOICES,
    transcribers=_TRANSCRIBERS,
    life_s=30 * 60,
    context_tokens=128_000,
    rate_limits="with_created",
)

GA = Dialect(
    name="ga",
    client_events=_CLIENT_EVENTS | {"conversation.item.retrieve", "output_audio_buffer.clear"},
    voices=(*_BETA_VOICES, "marin", "cedar"),
    transcribers=(
        *_TRANSCRIBERS,
        "gpt-4o-mini-transcribe-2025-12-15",
        "gpt-4o-transcribe-diarize",
        "gpt-realtime-whisper",
        "gpt-transcribe",
        "gpt-live-transcribe",
    ),
    life_s=60 * 60,
    context_tokens=28_672,
    event_names=_GA_NAMES,
    is_nested=True,
    names_object=False,
    announces_conversation=False,
    announces_in_two_steps=True,
    counts_images=True,
    has_idle_timeout=True,
    limits_requests=False,
)

_FIRST_PREVIEW = "2024-10-01-preview"
_BETA_SUBPROTOCOL = "openai-beta.realtime-v1"


def choose_dialect(
    path: str, *, api_version: str | None, beta_header: str, subprotocols: Iterable[str]
) -> Dialect:
    """Return the dialect that a connection or request speaks."""
    if path.startswith("/openai/v1/"):
        return GA
    if path.startswith("/openai/"):
        return A1 if api_version == _FIRST_PREVIEW else BETA
    is_beta = "realtime=v1" in beta_header or _BETA_SUBPROTOCOL in subprotocols
    return BETA if is_beta else GA
