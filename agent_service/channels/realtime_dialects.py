"""The dialects of the Realtime protocol as its clients speak them to us, as data."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Final

from agent_service.channels.traits import AudioFormat

SUBPROTOCOL: Final = "realtime"
BETA_SUBPROTOCOL: Final = "openai-beta.realtime-v1"
FIRST_API_VERSION: Final = "2024-10-01-preview"
PATHS: Final = ("/v1/realtime", "/openai/v1/realtime", "/openai/realtime")


@dataclass(frozen=True, slots=True)
class Dialect:
    """What differs between the generations of the protocol."""

    is_nested: bool
    """The session has its sound under ``audio``, and says its ``type``."""
    item_events: tuple[str, ...]
    """With what an item of the caller's is announced; the last of two says that it is whole."""
    text: str
    audio: str
    transcript: str
    """How the events of an answer's text, sound and words begin."""
    text_part: str
    audio_part: str
    """Of an agent's item."""
    announces_conversation: bool = False
    tells_words_as_they_come: bool = True
    """Of the caller's, before the whole is known."""


GA: Final = Dialect(
    is_nested=True,
    item_events=("conversation.item.added", "conversation.item.done"),
    text="response.output_text",
    audio="response.output_audio",
    transcript="response.output_audio_transcript",
    text_part="output_text",
    audio_part="output_audio",
)
BETA: Final = Dialect(
    is_nested=False,
    item_events=("conversation.item.created",),
    text="response.text",
    audio="response.audio",
    transcript="response.audio_transcript",
    text_part="text",
    audio_part="audio",
    announces_conversation=True,
)
FIRST: Final = replace(BETA, announces_conversation=False, tells_words_as_they_come=False)
"""Azure's first preview, whose clients close at an event that they do not know."""


def dialect_of(path: str, api_version: str | None, *, asks_for_beta: bool) -> Dialect:
    """Return what a client speaks, by where it knocks and what it says of itself."""
    match path:
        case "/openai/v1/realtime":
            return GA
        case "/openai/realtime":
            return FIRST if api_version == FIRST_API_VERSION else BETA
        case _:
            return BETA if asks_for_beta else GA


FORMATS: Final[Mapping[str, AudioFormat]] = {
    "audio/pcm": AudioFormat("pcm16", 24_000),
    "audio/pcmu": AudioFormat("mulaw", 8_000),
    "audio/pcma": AudioFormat("alaw", 8_000),
}
"""By the name that nested sessions give them."""
FLAT_NAMES: Final[Mapping[str, str]] = {
    "pcm16": "audio/pcm",
    "g711_ulaw": "audio/pcmu",
    "g711-ulaw": "audio/pcmu",
    "g711_alaw": "audio/pcma",
    "g711-alaw": "audio/pcma",
}
"""By the names of flat ones; of two the first is ours."""
