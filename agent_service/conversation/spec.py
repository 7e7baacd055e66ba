"""What a conversation is set up with: the provider session's contents and each tool's policy."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any, Literal

from agent_service.conversation.records import Caller, Modality, Role


@dataclass(frozen=True, slots=True)
class TurnDetection:
    """How the end of the caller's turn is found (realtime-protocol.md 4.4)."""

    kind: Literal["server_vad", "semantic_vad", "push_to_talk"] = "server_vad"
    threshold: float = 0.5
    prefix_padding_ms: int = 300
    silence_duration_ms: int = 500
    eagerness: Literal["low", "medium", "high", "auto"] = "auto"


@dataclass(frozen=True, slots=True)
class ToolSpec:
    """A tool as the model sees it."""

    name: str
    description: str
    parameters: Mapping[str, Any]
    """JSON Schema."""


@dataclass(frozen=True, slots=True)
class ToolPolicy:
    """A tool as the dialogue sees it."""

    name: str
    title: str
    """For the caller: "Cancel an order"."""
    is_write: bool
    redacted: frozenset[str] = frozenset()
    """Arguments that no record or log line may hold."""


@dataclass(frozen=True, slots=True)
class HistoryTurn:
    """An earlier turn, replayed into a new provider session."""

    role: Role
    text: str


@dataclass(frozen=True, slots=True)
class HistoryToolRound:
    """An earlier tool call; ``output`` is None while it still runs."""

    tool_call_id: str
    name: str
    arguments: str
    output: str | None


@dataclass(frozen=True, slots=True)
class PendingCall:
    """A call from before this process took the conversation over; its outcome is still to come."""

    id: str
    tool_call_id: str
    name: str
    arguments: str
    output: str
    requested_at: datetime


@dataclass(frozen=True, slots=True)
class SessionTuning:
    """What a provider session may be told besides, where the dialect and the model take it."""

    languages: tuple[str, ...] = ()
    """ISO 639-1, beside the session's own."""
    transcription_prompt: str | None = None
    keywords: tuple[str, ...] = ()
    """Names that callers are likely to say."""
    noise_reduction: Literal["near_field", "far_field"] | None = None
    reasoning_effort: Literal["minimal", "low", "medium", "high", "xhigh"] | None = None
    parallel_tool_calls: bool | None = None
    retention_ratio: float | None = None
    """How much of a context that became too long is kept when it is cut."""


@dataclass(frozen=True, slots=True)
class SessionSpec:
    """What the provider session is given when it opens."""

    instructions: str
    voice: str
    modality: Modality
    language: str | None = None
    """ISO 639-1, region or not: a hint for the input transcript, where the dialect takes one."""
    transcription_model: str | None = None
    """None: the one of the dialect."""
    turn_detection: TurnDetection = field(default_factory=TurnDetection)
    tuning: SessionTuning = field(default_factory=SessionTuning)
    tools: tuple[ToolSpec, ...] = ()
    history: tuple[HistoryTurn | HistoryToolRound, ...] = ()


class Notice(StrEnum):
    """A sentence that the service can say without the provider."""

    DISCLOSURE = "disclosure"
    """That an AI speaks; only where the provider did not say it."""
    WAIT = "wait"
    """It takes a moment."""
    STILL_WAITING = "still_waiting"
    """It takes longer than a moment, and goes on."""
    REPEAT = "repeat"
    """What the caller said was lost: please say it again."""
    SORRY = "sorry"
    """There is no answer this time; the caller may ask again."""
    STILL_THERE = "still_there"
    """Nobody has said anything for a while."""
    GOODBYE = "goodbye"
    """Nobody answers, or the time is over."""
    GIVING_UP = "giving_up"
    """The provider stays away."""
    STOPPING = "stopping"
    """The service ends."""


@dataclass(frozen=True, slots=True)
class NoticeClip:
    """What a notice says, and how it sounds."""

    text: str
    audio: bytes = field(default=b"", repr=False)
    """PCM16 mono at 24 kHz; empty where the service has no recording of it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DialogueSettings:
    conversation_id: str
    agent: str
    channel: str
    modality: Modality
    caller: Caller
    provider: str
    model: str
    disclosure: str | None = None
    """Says that an AI speaks, on whose behalf; None where that is not to be said, or was."""
    greeting: str | None = None
    language: str | None = None
    turn_detection: TurnDetection = field(default_factory=TurnDetection)
    confirmation_s: float
    """How long a question to the caller can be answered."""
    yes_grace_s: float
    """How long after a yes its second half may come: "but not the ..."."""
    yes_confidence: float
    """How surely a spoken yes must have been heard, from 0 to 1."""
    transcript_s: float
    """How long a caller's turn waits for its words after it was committed."""
    grace_s: float
    """How long a dropped caller may take to come back."""
    max_duration_s: float
    idle_s: float
    """How long nobody may say anything."""
    tool_rounds: int
    """Responses in a row that only call tools before the model must speak."""
    notices: Mapping[Notice, NoticeClip] = field(default_factory=dict)
    """In the caller's language. What is missing is not said."""
    history: tuple[HistoryTurn | HistoryToolRound, ...] = ()
    """What was said and done before this process took the conversation over."""
    recorded_turns: int = 0
    pending: tuple[PendingCall, ...] = ()
    """Calls of that time whose outcome the caller was promised to hear."""

    @property
    def is_push_to_talk(self) -> bool:
        return self.turn_detection.kind == "push_to_talk"
