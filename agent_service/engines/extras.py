"""What a session may be told besides what it needs: by dialect and model, and dropped on refusal.

A provider that does not know one of these fields, or has no such transcription model any more,
refuses the whole configuration; the conversation goes on without the field.
"""

import re
from collections.abc import Mapping
from enum import Enum
from typing import Any

from agent_service.conversation.languages import base_language
from agent_service.conversation.spec import SessionSpec
from agent_service.engines.dialects import Dialect
from agent_service.engines.transcribing import UNAVAILABLE


class Extra(Enum):
    """A field that a session can do without, and how refusals name it (a regular expression)."""

    HINTS = r"(?:input_audio_)?transcription\.(?:keywords|languages?|prompt)|keywords|languages"
    TRANSCRIPTION = r"(?:input_audio_)?transcription"
    LOGPROBS = "include"
    NOISE_REDUCTION = r"(?:input_audio_)?noise_reduction"
    TRUNCATION = "truncation"
    REASONING = "reasoning"
    PARALLEL_TOOL_CALLS = "parallel_tool_calls"


LOGPROBS = "item.input_audio_transcription.logprobs"

REASONING_MODELS = ("gpt-realtime-2", "offline")
"""How the names of models begin that reason (openai 3.54, RealtimeSessionCreateRequest)."""
HINTED_MODELS = ("gpt-transcribe", "gpt-live-transcribe")
"""Take keywords and several languages (openai 3.54, AudioTranscription)."""
_UNPROMPTED_MODELS = ("gpt-realtime-whisper", "gpt-4o-transcribe-diarize")


def extras(spec: SessionSpec, dialect: Dialect, model: str) -> dict[Extra, Any]:
    """Return the values of those fields that the dialect, the model and the settings have."""
    hearing, working = spec.agent.hearing, spec.agent.model
    reasons = dialect.knows_reasoning and model.startswith(REASONING_MODELS)
    noise = hearing.noise_reduction if dialect.knows_noise_reduction else "off"
    ratio = working.retention_ratio if dialect.knows_truncation else None
    effort = working.reasoning_effort if reasons else None
    values = {
        Extra.TRANSCRIPTION: {"model": transcriber(spec, dialect)},
        Extra.HINTS: _hints(spec, dialect),
        Extra.LOGPROBS: [LOGPROBS] if dialect.knows_logprobs else None,
        Extra.NOISE_REDUCTION: None if noise == "off" else {"type": noise},
        Extra.TRUNCATION: ratio and {"type": "retention_ratio", "retention_ratio": ratio},
        Extra.REASONING: effort and {"effort": effort},
        Extra.PARALLEL_TOOL_CALLS: working.parallel_tool_calls if reasons else None,
    }
    return {extra: value for extra, value in values.items() if value is not None}


def transcriber(spec: SessionSpec, dialect: Dialect) -> str:
    """Return the model that writes down what callers say."""
    return spec.transcription_model or dialect.names.transcription_model


def refused_extra(message: str, sent: Mapping[Extra, Any], model: str) -> Extra | None:
    """Return the field that a refusal of the configuration is about; None if it is another."""
    for extra in Extra:
        if extra in sent and _names(extra, message):
            return extra
    named = sent.get(Extra.TRANSCRIPTION, {}).get("model", model)
    return Extra.TRANSCRIPTION if named != model and _word(named, message) else None


def incident_code(extra: Extra) -> str:
    """Return by what an incident is known that says that a field was left out."""
    return UNAVAILABLE if extra is Extra.TRANSCRIPTION else "session_field_refused"


def _hints(spec: SessionSpec, dialect: Dialect) -> dict[str, Any]:
    """Return what the transcription model may know beforehand."""
    hearing, model = spec.agent.hearing, transcriber(spec, dialect)
    hints: dict[str, Any] = {}
    # Providers take bare languages: "de", not "de-AT".
    spoken = (spec.agent.language, *hearing.languages)
    if dialect.knows_transcription_hints and model.startswith(HINTED_MODELS):
        # These take several languages, and never both members.
        languages = dict.fromkeys(filter(None, map(base_language, spoken)))
        hints = {"languages": list(languages), "keywords": list(hearing.keywords)}
        prompt = hearing.prompt
    else:
        if dialect.knows_transcription_language and not hearing.languages:
            hints = {"language": base_language(spec.agent.language)}
        prompt = _prompt_with(hearing.prompt, hearing.keywords)
    if dialect.knows_transcription_prompt and not model.startswith(_UNPROMPTED_MODELS):
        hints["prompt"] = prompt
    return {name: hint for name, hint in hints.items() if hint}


def _prompt_with(prompt: str | None, keywords: tuple[str, ...]) -> str:
    """Return a prompt that names the keywords: for older models it is the one place for them."""
    return " ".join(filter(None, (prompt, ", ".join(keywords))))


def _names(extra: Extra, message: str) -> bool:
    """Tell whether a message names the field, as a path or in quotes; a mere word is none."""
    return bool(re.search(rf"(?:\bsession\.|['\"`(])(?:\w+\.)*(?:{extra.value})\b", message))


def _word(name: str, message: str) -> bool:
    return bool(re.search(rf"(?<![\w.-]){re.escape(name)}(?![\w-])", message))
