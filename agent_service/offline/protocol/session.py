"""The configuration of a session, independent of how a dialect writes it."""

from dataclasses import dataclass, field
from typing import Any, Literal

from agent_service.offline.protocol.dialects import Dialect
from agent_service.offline.protocol.formats import PCM16, AudioFormat

STOCK_INSTRUCTIONS = (
    "You are a helpful, witty, and friendly assistant who speaks with callers. Keep your answers "
    "short and to the point, talk in the caller's language, and use a tool whenever one fits."
)

LOGPROBS = "item.input_audio_transcription.logprobs"
"""The one thing that ``include`` may ask for."""


@dataclass(frozen=True, slots=True)
class TurnDetection:
    """When the server takes a caller's turn as ended, and what it does then."""

    type: Literal["server_vad", "semantic_vad"] = "server_vad"
    threshold: float = 0.5
    prefix_padding_ms: int = 300
    silence_duration_ms: int = 200
    eagerness: str = "auto"
    create_response: bool = True
    interrupt_response: bool = True
    idle_timeout_ms: int | None = None


@dataclass(frozen=True, slots=True)
class Transcription:
    """How input audio is transcribed for the client."""

    model: str
    as_sent: dict[str, Any]
    """Everything the client gave, to be shown back."""

    @property
    def prompt(self) -> str | None:
        prompt = self.as_sent.get("prompt")
        return prompt if isinstance(prompt, str) and prompt else None


@dataclass(frozen=True, slots=True)
class SessionConfig:
    """All that ``session.update`` can change; a response may override parts of it."""

    model: str
    kind: Literal["realtime", "transcription"] = "realtime"
    modalities: tuple[str, ...] = ("audio", "text")
    """In the flat shape's words; the nested shape names only the first that applies."""
    instructions: str = STOCK_INSTRUCTIONS
    voice: str | dict[str, Any] = "alloy"
    input_format: AudioFormat = PCM16
    output_format: AudioFormat = PCM16
    transcription: Transcription | None = None
    turn_detection: TurnDetection | None = field(default_factory=TurnDetection)
    noise_reduction: dict[str, Any] | None = None
    tools: tuple[dict[str, Any], ...] = ()
    tool_choice: str | dict[str, Any] = "auto"
    """As the client wrote it."""
    temperature: float = 0.8
    max_output_tokens: int | Literal["inf"] = "inf"
    speed: float = 1.0
    tracing: str | dict[str, Any] | None = None
    include: tuple[str, ...] | None = None
    prompt: dict[str, Any] | None = None
    truncation: str | dict[str, Any] = "auto"
    parallel_tool_calls: bool | None = None
    reasoning: dict[str, Any] | None = None

    @property
    def speaks(self) -> bool:
        """Say whether answers are audio."""
        return "audio" in self.modalities

    @property
    def wants_logprobs(self) -> bool:
        return LOGPROBS in (self.include or ())

    def chosen_tool(self) -> str:
        """Return the tool choice in one word; a forced tool as ``function:NAME``."""
        match self.tool_choice:
            # Three spellings: the service's, the preview documents', and the first sample client's.
            case {"type": "function", "name": str(name)}:
                return f"function:{name}"
            case {"type": "function", "function": {"name": str(name)}}:
                return f"function:{name}"
            case {"type": "function", "function": str(name)}:
                return f"function:{name}"
            case str(word):
                return word
            case _:
                return "auto"


def largest_output(dialect: Dialect, model: str) -> int:
    """Return the most output tokens that a client may ask for."""
    return 32_000 if dialect.is_nested and model.startswith("gpt-realtime-2") else 4_096
