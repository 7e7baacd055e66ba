"""What a conversation is set up with: the provider session's contents and each tool's policy."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from agent_service.conversation.records import Modality, Role


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
class SessionSpec:
    """What the provider session is given when it opens."""

    instructions: str
    voice: str
    modality: Modality
    language: str | None = None
    """ISO 639-1 hint for the input transcript, where the dialect takes one."""
    transcription_model: str = "whisper-1"
    turn_detection: TurnDetection = field(default_factory=TurnDetection)
    tools: tuple[ToolSpec, ...] = ()
    history: tuple[HistoryTurn | HistoryToolRound, ...] = ()
