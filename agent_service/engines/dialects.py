"""The naming variants of the Realtime protocol, as data: addresses, names and what is known.

Nothing here sends or receives; a difference between providers is a field of the table, not a
branch elsewhere.
"""

from dataclasses import dataclass, replace
from typing import Literal

from agent_service.engines.provider import ProviderKind
from agent_service.errors import SettingsError


@dataclass(frozen=True, slots=True)
class Names:
    """What changed its name between the beta and the general availability of the protocol."""

    session_shape: Literal["flat", "nested"]
    audio_delta: str
    transcript_delta: str
    text_delta: str
    agent_text_part: str
    """Part type of an agent's message in the conversation."""
    transcription_model: str
    """What writes down what callers say where the settings name none."""


BETA = Names(
    session_shape="flat",
    audio_delta="response.audio.delta",
    transcript_delta="response.audio_transcript.delta",
    text_delta="response.text.delta",
    agent_text_part="text",
    transcription_model="whisper-1",
)
GA = Names(
    session_shape="nested",
    audio_delta="response.output_audio.delta",
    transcript_delta="response.output_audio_transcript.delta",
    text_delta="response.output_text.delta",
    agent_text_part="output_text",
    transcription_model="gpt-transcribe",
)

AZURE_PREVIEW_SCOPE = "https://cognitiveservices.azure.com/.default"
AZURE_GA_SCOPE = "https://ai.azure.com/.default"


@dataclass(frozen=True, slots=True)
class Dialect:
    """One row: how to reach a provider and what it understands."""

    name: str
    names: Names
    path: str
    model_parameter: Literal["deployment", "model"]
    api_version: str | None = None
    key_header: Literal["api-key", "Authorization"] = "Authorization"
    headers: tuple[tuple[str, str], ...] = ()
    """Sent with the handshake beside the key."""
    token_scope: str | None = None
    """Default scope of an Entra ID token; None where keyless is not possible."""
    knows_semantic_vad: bool = True
    hears_with_semantic_vad: bool = True
    """With it, the beginning of speech is told, and stops the agent (livekit/agents#6871)."""
    knows_create_response: bool = True
    """Turn detection may say whether it answers by itself."""
    knows_interrupt_response: bool = True
    knows_transcription_language: bool = True
    knows_transcription_prompt: bool = True
    knows_transcription_hints: bool = True
    """Keywords, and several languages, for models that take them."""
    knows_logprobs: bool = True
    """Transcripts may say how sure they are (``include``)."""
    knows_noise_reduction: bool = True
    knows_truncation: bool = True
    knows_reasoning: bool = True
    """How much a model that reasons does so, and whether it calls tools in parallel."""
    knows_cancel_by_id: bool = True
    knows_pictures: bool = True


_FIRST_PREVIEW = Dialect(
    name="azure-2024-10-01-preview",
    names=BETA,
    path="/openai/realtime",
    model_parameter="deployment",
    api_version="2024-10-01-preview",
    key_header="api-key",
    token_scope=AZURE_PREVIEW_SCOPE,
    knows_semantic_vad=False,
    knows_create_response=False,
    knows_interrupt_response=False,
    hears_with_semantic_vad=False,
    knows_transcription_language=False,
    knows_transcription_prompt=False,
    knows_transcription_hints=False,
    knows_logprobs=False,
    knows_noise_reduction=False,
    knows_truncation=False,
    knows_reasoning=False,
    knows_cancel_by_id=False,
    knows_pictures=False,
)
_SECOND_PREVIEW = replace(
    _FIRST_PREVIEW,
    name="azure-2024-12-17",
    api_version="2024-12-17",
    knows_create_response=True,
    knows_transcription_language=True,
    knows_cancel_by_id=True,
)
_LAST_PREVIEW = replace(
    _SECOND_PREVIEW,
    name="azure-2025-04-01-preview",
    api_version="2025-04-01-preview",
    knows_semantic_vad=True,
    knows_interrupt_response=True,
    knows_transcription_prompt=True,
    knows_logprobs=True,
    knows_noise_reduction=True,
)

DIALECTS: dict[str, Dialect] = {
    dialect.name: dialect
    for dialect in (
        _FIRST_PREVIEW,
        _SECOND_PREVIEW,
        _LAST_PREVIEW,
        Dialect(
            name="azure-ga",
            names=GA,
            path="/openai/v1/realtime",
            model_parameter="model",
            key_header="api-key",
            token_scope=AZURE_GA_SCOPE,
            hears_with_semantic_vad=False,
        ),
        Dialect(
            name="openai-beta",
            names=BETA,
            path="/v1/realtime",
            model_parameter="model",
            headers=(("OpenAI-Beta", "realtime=v1"),),
            knows_transcription_hints=False,
            knows_truncation=False,
            knows_reasoning=False,
            knows_pictures=False,
        ),
        Dialect(name="openai-ga", names=GA, path="/v1/realtime", model_parameter="model"),
    )
}


def dialect_name(kind: ProviderKind, api_version: str | None = None) -> str:
    """Return the dialect a provider speaks: on Azure by its API version, GA where none is given."""
    if kind != "azure":
        return "openai-ga"
    if not api_version:
        return "azure-ga"
    name = f"azure-{api_version}"
    if name not in DIALECTS:
        known = ", ".join(d.api_version for d in DIALECTS.values() if d.api_version)
        problem = (
            f"API version {api_version!r} is not known: use one of {known}, "
            "or leave it out for the GA protocol"
        )
        raise SettingsError([problem])
    return name


def dialect_of(name: str) -> Dialect:
    """Return the dialect of that name."""
    if name not in DIALECTS:
        raise SettingsError([f"dialect {name!r} is not known: use one of {', '.join(DIALECTS)}"])
    return DIALECTS[name]
