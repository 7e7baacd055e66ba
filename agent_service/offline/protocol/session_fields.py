"""Reading sessions and response overrides from the wire: which member goes where, and its limits.

Changes are all or nothing: a mistake anywhere leaves the configuration as it was.
"""

from dataclasses import dataclass, replace
from typing import Any

from agent_service.offline.protocol.dialects import Dialect
from agent_service.offline.protocol.errors import (
    ProtocolError,
    invalid_value,
)
from agent_service.offline.protocol.formats import flat_format, nested_format
from agent_service.offline.protocol.members import (
    Members,
    Reader,
    boolean,
    list_of,
    nullable,
    number,
    one_of,
    string,
)
from agent_service.offline.protocol.session import LOGPROBS, SessionConfig, largest_output
from agent_service.offline.protocol.session_values import (
    flat_modalities,
    nested_modalities,
    noise_reduction,
    prompt,
    reasoning,
    token_cap,
    tracing,
    transcription_of,
    truncation,
    turn_detection_of,
    voice_of,
)
from agent_service.offline.protocol.tool_values import any_tool, function_tool, tool_choice

_COMMITTED_BY_CLIENTS = ("gpt-realtime-whisper", "gpt-live-transcribe")
"""Transcription models that find no turns by themselves."""
# Shown in every session, so clients that send a session back include them.
_READ_ONLY = ("id", "object", "model", "expires_at", "client_secret")


@dataclass(frozen=True, slots=True)
class SessionRules:
    """What the state of the conversation forbids."""

    has_spoken: bool = False
    """The assistant has produced audio, so the voice stands."""
    is_answering: bool = False
    """A response runs, so the speed stands."""


def read_session(
    config: SessionConfig, value: Any, dialect: Dialect, rules: SessionRules
) -> SessionConfig:
    """Return the configuration after ``session.update``."""
    members = Members(value, "session")
    members.ignore(*_READ_ONLY)
    if dialect.is_nested:
        kind = members.required("type", one_of("realtime", "transcription"))
        config = replace(config, kind=kind)  # type: ignore[arg-type]  # one of the two just above
        changed = _read(config, members, _nested_fields(config, dialect))
    else:
        changed = _read(config, members, _flat_fields(config, dialect))
    _check(config, changed, dialect, rules)
    if rules.is_answering and changed.speed != config.speed:
        raise invalid_value(
            "session.audio.output.speed" if dialect.is_nested else "session.speed",
            "The speed can only be changed between responses. Wait for 'response.done'.",
        )
    return _without_detection(config, changed)


def _without_detection(config: SessionConfig, changed: SessionConfig) -> SessionConfig:
    """Leave the turns to the client where the transcription model asks for it."""
    model = changed.transcription.model if changed.transcription else None
    if changed.kind != "transcription" or model not in _COMMITTED_BY_CLIENTS:
        return changed
    if changed.turn_detection is not None and changed.turn_detection is not config.turn_detection:
        raise invalid_value(
            "session.audio.input.turn_detection",
            f"Turn detection is not supported with '{model}'. Set it to null and commit each turn.",
        )
    return replace(changed, turn_detection=None)


def read_transcription_session(
    config: SessionConfig, value: Any, dialect: Dialect
) -> SessionConfig:
    """Return the configuration after the beta's ``transcription_session.update``."""
    members = Members(value, "session")
    members.ignore(*_READ_ONLY)
    fields = _flat_fields(config, dialect)
    names = (
        "modalities",
        "input_audio_format",
        "input_audio_transcription",
        "turn_detection",
        "input_audio_noise_reduction",
        "include",
    )
    return _read(config, members, {name: fields[name] for name in names})


def read_overrides(
    config: SessionConfig, members: Members, dialect: Dialect, rules: SessionRules
) -> SessionConfig:
    """Return the configuration of one response; takes its members and leaves the others."""
    if dialect.is_nested:
        names = (
            "output_modalities instructions tools tool_choice max_output_tokens prompt "
            "parallel_tool_calls reasoning"
        )
        fields = _nested_fields(config, dialect)
    else:
        names = (
            "modalities instructions voice output_audio_format tools tool_choice temperature "
            "max_response_output_tokens prompt"
        )
        fields = _flat_fields(config, dialect)
        if not dialect.has_turn_flags:
            names = names.removesuffix(" prompt")
        fields["max_output_tokens"] = fields["max_response_output_tokens"]
        names += " max_output_tokens"
    # Clients that have none for this response send null, and the service takes it.
    fields["instructions"] = ("instructions", nullable(string))
    changes: dict[str, Any] = {}
    for name in names.split():
        if members.has(name):
            attribute, reader = fields[name]
            changes[attribute] = members.required(name, reader)
    if changes.get("instructions", "") is None:
        del changes["instructions"]
    if dialect.is_nested and members.has("audio"):
        changes |= members.required("audio", _output_audio(config, dialect))
    changed = replace(config, **changes)
    _check(config, changed, dialect, rules)
    return changed


Fields = dict[str, tuple[str, Reader[Any]]]


def _read(config: SessionConfig, members: Members, fields: Fields) -> SessionConfig:
    changes: dict[str, Any] = {}
    for name, (attribute, reader) in fields.items():
        if not members.has(name):
            continue
        read = members.required(name, reader)
        if attribute == "*":
            changes |= read
        else:
            changes[attribute] = read
    members.finish()
    return replace(config, **changes)


def _flat_fields(config: SessionConfig, dialect: Dialect) -> Fields:
    largest = largest_output(dialect, config.model)
    fields: Fields = {
        "modalities": ("modalities", flat_modalities),
        "instructions": ("instructions", string),
        "voice": ("voice", one_of(*dialect.voices)),
        "input_audio_format": ("input_format", flat_format),
        "output_audio_format": ("output_format", flat_format),
        "input_audio_transcription": ("transcription", transcription_of(dialect)),
        "turn_detection": ("turn_detection", turn_detection_of(dialect)),
        "tools": ("tools", list_of(function_tool)),
        "tool_choice": ("tool_choice", tool_choice),
        "temperature": ("temperature", number(0.6, 1.2)),
        "max_response_output_tokens": ("max_output_tokens", token_cap(largest)),
    }
    if dialect.has_turn_flags:
        fields |= {
            "input_audio_noise_reduction": ("noise_reduction", noise_reduction),
            "speed": ("speed", number(0.25, 1.5)),
            "tracing": ("tracing", tracing),
            "include": ("include", nullable(list_of(one_of(LOGPROBS)))),
            "prompt": ("prompt", prompt),
        }
    return fields


def _nested_fields(config: SessionConfig, dialect: Dialect) -> Fields:
    fields: Fields = {
        "audio": ("*", _audio(config, dialect)),
        "include": ("include", nullable(list_of(one_of(LOGPROBS)))),
    }
    if config.kind == "transcription":
        return fields
    largest = largest_output(dialect, config.model)
    return fields | {
        "output_modalities": ("modalities", nested_modalities),
        "instructions": ("instructions", string),
        "tools": ("tools", list_of(any_tool)),
        "tool_choice": ("tool_choice", tool_choice),
        "max_output_tokens": ("max_output_tokens", token_cap(largest)),
        "tracing": ("tracing", tracing),
        "truncation": ("truncation", truncation),
        "prompt": ("prompt", prompt),
        "parallel_tool_calls": ("parallel_tool_calls", boolean),
        "reasoning": ("reasoning", reasoning),
    }


def _audio(config: SessionConfig, dialect: Dialect) -> Reader[dict[str, Any]]:
    """Read the nested ``audio`` member; what it leaves out stays as it is."""

    def read(value: Any, path: str) -> dict[str, Any]:
        members = Members(value, path)
        changes: dict[str, Any] = {}
        if members.has("input"):
            changes |= members.required("input", _input_audio(dialect))
        if config.kind == "realtime" and members.has("output"):
            changes |= members.required("output", _output_settings(dialect))
        members.finish()
        return changes

    return read


def _output_audio(config: SessionConfig, dialect: Dialect) -> Reader[dict[str, Any]]:
    def read(value: Any, path: str) -> dict[str, Any]:
        members = Members(value, path)
        changes: dict[str, Any] = {}
        if members.has("output"):
            changes = members.required("output", _output_settings(dialect))
        members.finish()
        return changes

    return read


def _input_audio(dialect: Dialect) -> Reader[dict[str, Any]]:
    return _group(
        {
            "format": ("input_format", nested_format),
            "transcription": ("transcription", transcription_of(dialect)),
            "noise_reduction": ("noise_reduction", noise_reduction),
            "turn_detection": ("turn_detection", turn_detection_of(dialect)),
        }
    )


def _output_settings(dialect: Dialect) -> Reader[dict[str, Any]]:
    return _group(
        {
            "format": ("output_format", nested_format),
            "voice": ("voice", voice_of(dialect)),
            "speed": ("speed", number(0.25, 1.5)),
        }
    )


def _group(fields: Fields) -> Reader[dict[str, Any]]:
    def read(value: Any, path: str) -> dict[str, Any]:
        members = Members(value, path)
        changes = {
            attribute: members.required(name, reader)
            for name, (attribute, reader) in fields.items()
            if members.has(name)
        }
        members.finish()
        return changes

    return read


def _check(
    before: SessionConfig, after: SessionConfig, dialect: Dialect, rules: SessionRules
) -> None:
    if rules.has_spoken and after.voice != before.voice:
        raise ProtocolError(
            "cannot_update_voice",
            "Cannot update a conversation's voice if assistant audio is present.",
        )
    # Setting what is set already is how clients that resend their whole session behave.
    if before.tracing is not None and after.tracing != before.tracing:
        raise invalid_value(
            "session.tracing", "Tracing cannot be changed once it is set for a session."
        )
