"""What the offline provider's server needs of its speech parts and of its responder.

Audio is PCM16 mono little endian at 24 kHz everywhere inside; other formats end at the wire.
"""

from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Final, Literal, Protocol, TypeAlias


@dataclass(frozen=True, slots=True)
class SpeechBegan:
    start_ms: int
    """Since the first sample ever fed; the padding is already taken off."""


@dataclass(frozen=True, slots=True)
class SpeechPaused:
    """A short silence inside or after speech: a good moment to recognise ahead of time.

    One always comes between the last voice and ``SpeechEnded``.
    """

    end_ms: int
    """Includes the silence so far."""


@dataclass(frozen=True, slots=True)
class SpeechEnded:
    end_ms: int
    """Includes the silence that ended it."""


VoiceActivity: TypeAlias = SpeechBegan | SpeechPaused | SpeechEnded


class VoiceDetector(Protocol):
    """Voice activity of one caller; cheap enough for the event loop (well under 1 ms per frame)."""

    def feed(self, pcm: bytes) -> list[VoiceActivity]: ...


@dataclass(frozen=True, slots=True)
class Recognition:
    text: str
    """As shown to people ("Where is order 1004?"); empty when no words were spoken."""
    spoken: str
    """As the recogniser wrote it ("Where is order one zero zero four?")."""
    confidence: float
    """Mean log probability of a token, 0 is best."""


@dataclass(frozen=True, slots=True)
class SpokenPiece:
    """A sentence and its audio."""

    text: str
    """With the space that follows it: all pieces joined are the text that was to be spoken."""
    pcm: bytes


class Speech(Protocol):
    """Recognition and synthesis, shared by all calls; heavy work runs outside the event loop."""

    def detector(
        self, *, threshold: float, prefix_padding_ms: int, silence_duration_ms: int
    ) -> VoiceDetector: ...

    async def recognise(self, pcm: bytes, *, prompt: str | None = None) -> Recognition:
        """Return the words in the audio; ``prompt`` holds words to expect."""
        ...

    def speak(self, text: str, *, speed: float = 1.0) -> AsyncIterator[SpokenPiece]:
        """Yield the text sentence by sentence, each as soon as its audio is ready."""
        ...


PICTURE: Final = "[a picture]"
"""What a picture is in the words of a message."""


@dataclass(frozen=True, slots=True)
class ContextMessage:
    role: Literal["system", "user", "assistant"]
    text: str


@dataclass(frozen=True, slots=True)
class ContextToolCall:
    call_id: str
    name: str
    arguments: str


@dataclass(frozen=True, slots=True)
class ContextToolOutput:
    call_id: str
    output: str


ContextItem: TypeAlias = ContextMessage | ContextToolCall | ContextToolOutput


@dataclass(frozen=True, slots=True)
class ResponseContext:
    """All a responder may look at. Tools are flat function tools, as on the wire."""

    instructions: str
    items: tuple[ContextItem, ...]
    tools: tuple[Mapping[str, Any], ...] = ()
    tool_choice: Literal["auto", "none", "required"] | str = "auto"
    """``auto``, ``none``, ``required``, or ``function:NAME`` for a forced one."""
    temperature: float = 0.8
    max_output_tokens: int | None = None
    """The most that the answer may have; whoever runs the responder sees to it as well."""
    metadata: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Say:
    """Words of the answer, ending where a word does; several in a row make one message."""

    text: str
    is_whole: bool = False
    """The message ends with them."""


@dataclass(frozen=True, slots=True)
class CallTool:
    name: str
    arguments: str
    """JSON."""


ResponsePart: TypeAlias = Say | CallTool


@dataclass(frozen=True, slots=True)
class CutShort:
    """The answer ends here although it is not complete; what was said stands."""

    reason: Literal["max_output_tokens", "content_filter"]


class Responder(Protocol):
    """Decides what to say and which tools to call."""

    def respond(self, context: ResponseContext) -> AsyncIterator[ResponsePart | CutShort]: ...

    def expected_words(self, context: ResponseContext) -> str | None:
        """Return a prompt for the recogniser: names and forms that the caller may say next."""
        ...
