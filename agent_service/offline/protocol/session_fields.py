"""Reading sessions and response overrides from the wire: which member goes where, and its limits.

Changes are all or nothing: a mistake anywhere leaves the configuration as it was.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from agent_service.offline.protocol.dialects import Dialect
from agent_service.offline.protocol.errors import (
    ProtocolError,
    invalid_type,
    invalid_value,
    missing_parameter,
)
from agent_service.offline.protocol.formats import flat_format, nested_format
from agent_service.offline.protocol.members import (
    Members,
    Reader,
    anything,
    boolean,
    integer,
    json_object,
    list_of,
    listed,
    nullable,
    number,
    one_of,
    string,
)
from agent_service.offline.protocol.session import (
    SessionConfig,
    Transcription,
    TurnDetection,
    largest_output,
)

# Shown in every session, so clients that send a session back include them.
_READ_ONLY = ("id", "object", "model", "expires_at", "client_secret")

_NOISE = nullable(json_object)
_TRANSCRIPTION_EXTRAS = ("language", "prompt", "languages", "keywords", "delay")


@dataclass(frozen=True, slots=True)
class SessionRules:
    """What the state of the conversation forbids."""

    has_spoken: bool = False
    """The assistant has produced audio, so the voice stands."""


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
    return changed


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
    changes: dict[str, Any] = {}
    for name in names.split():
        if members.has(name):
            attribute, reader = fields[name]
            changes[attribute] = members.required(name, reader)
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
        "modalities": ("modalities", _flat_modalities),
        "instructions": ("instructions", string),
        "voice": ("voice", one_of(*dialect.voices)),
        "input_audio_format": ("input_format", flat_format),
        "output_audio_format": ("output_format", flat_format),
        "input_audio_transcription": ("transcription", _transcription(dialect)),
        "turn_detection": ("turn_detection", _turn_detection(dialect)),
        "tools": ("tools", list_of(_function_tool)),
        "tool_choice": ("tool_choice", _tool_choice),
        "temperature": ("temperature", number(0.6, 1.2)),
        "max_response_output_tokens": ("max_output_tokens", _tokens(largest)),
    }
    if dialect.has_turn_flags:
        fields |= {
            "input_audio_noise_reduction": ("noise_reduction", _noise_reduction),
            "speed": ("speed", number(0.25, 1.5)),
            "tracing": ("tracing", _tracing),
            "include": ("include", nullable(list_of(string))),
            "prompt": ("prompt", nullable(json_object)),
        }
    return fields


def _nested_fields(config: SessionConfig, dialect: Dialect) -> Fields:
    fields: Fields = {
        "audio": ("*", _audio(config, dialect)),
        "include": ("include", nullable(list_of(string))),
    }
    if config.kind == "transcription":
        return fields
    largest = largest_output(dialect, config.model)
    return fields | {
        "output_modalities": ("modalities", _nested_modalities),
        "instructions": ("instructions", string),
        "tools": ("tools", list_of(_tool)),
        "tool_choice": ("tool_choice", _tool_choice),
        "max_output_tokens": ("max_output_tokens", _tokens(largest)),
        "tracing": ("tracing", _tracing),
        "truncation": ("truncation", _truncation),
        "prompt": ("prompt", nullable(json_object)),
        "parallel_tool_calls": ("parallel_tool_calls", boolean),
        "reasoning": ("reasoning", json_object),
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
            "transcription": ("transcription", _transcription(dialect)),
            "noise_reduction": ("noise_reduction", _noise_reduction),
            "turn_detection": ("turn_detection", _turn_detection(dialect)),
        }
    )


def _output_settings(dialect: Dialect) -> Reader[dict[str, Any]]:
    return _group(
        {
            "format": ("output_format", nested_format),
            "voice": ("voice", _voice(dialect)),
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


def _flat_modalities(value: Any, path: str) -> tuple[str, ...]:
    given = list_of(string)(value, path)
    if sorted(given) not in (["text"], ["audio", "text"]):
        raise invalid_value(
            path,
            f"Invalid modalities: {list(given)}. "
            "Supported combinations are: ['text'] and ['audio', 'text'].",
        )
    return given


def _nested_modalities(value: Any, path: str) -> tuple[str, ...]:
    given = list_of(string)(value, path)
    if given == ("audio",):
        return ("audio", "text")
    if given == ("text",):
        return given
    raise invalid_value(
        path,
        f"Invalid modalities: {list(given)}. Supported combinations are: ['text'] and ['audio'].",
    )


def _voice(dialect: Dialect) -> Reader[str | dict[str, Any]]:
    def read(value: Any, path: str) -> str | dict[str, Any]:
        if isinstance(value, dict):
            members = Members(value, path)
            custom = members.required("id", string)
            members.finish()
            return {"id": custom}
        return one_of(*dialect.voices)(value, path)

    return read


def _tokens(largest: int) -> Reader[Any]:
    def read(value: Any, path: str) -> Any:
        if value in ("inf", None):
            return "inf"
        return integer(1, largest)(value, path)

    return read


def _noise_reduction(value: Any, path: str) -> dict[str, Any] | None:
    if value is None:
        return None
    members = Members(value, path)
    kind = members.required("type", one_of("near_field", "far_field"))
    members.finish()
    return {"type": kind}


def _tracing(value: Any, path: str) -> str | dict[str, Any] | None:
    if value is None or value == "auto":
        return value  # type: ignore[no-any-return]  # None or "auto", as just compared
    if isinstance(value, str):
        raise invalid_value(path, f"Invalid value: '{value}'. Supported values are: 'auto'.")
    members = Members(value, path)
    for name, reader in (
        ("workflow_name", string),
        ("group_id", string),
        ("metadata", json_object),
    ):
        members.optional(name, reader, None)
    members.finish()
    return dict(value)


def _truncation(value: Any, path: str) -> str | dict[str, Any]:
    if isinstance(value, str):
        return one_of("auto", "disabled")(value, path)
    members = Members(value, path)
    members.required("type", one_of("retention_ratio"))
    members.required("retention_ratio", number(0.0, 1.0))
    limits = members.optional("token_limits", nullable(json_object), None)
    if limits is not None:
        inner = Members(limits, f"{path}.token_limits")
        inner.optional("post_instructions", integer(0, 1_000_000), 0)
        inner.finish()
    members.finish()
    return dict(value)


def _transcription(dialect: Dialect) -> Reader[Transcription | None]:
    extras: Mapping[str, Reader[Any]] = dict.fromkeys(_TRANSCRIPTION_EXTRAS, anything)
    if not dialect.streams_transcription:
        extras = {}

    def read(value: Any, path: str) -> Transcription | None:
        if value is None:
            return None
        members = Members(value, path)
        model = members.optional("model", one_of(*dialect.transcribers), dialect.transcribers[0])
        shown = {"model": model}
        for name, reader in extras.items():
            if members.has(name):
                shown[name] = members.required(name, reader)
        members.finish()
        return Transcription(model, shown)

    return read


def _turn_detection(dialect: Dialect) -> Reader[TurnDetection | None]:
    kinds = ("server_vad", "semantic_vad") if dialect.has_turn_flags else ("server_vad",)

    def read(value: Any, path: str) -> TurnDetection | None:
        # The first preview's clients switch detection off with a type of their own.
        if value is None or value == {"type": "none"}:
            return None
        members = Members(value, path)
        fallback = TurnDetection()
        kind = members.optional("type", one_of(*kinds), "server_vad")
        creates = interrupts = True
        if dialect.has_turn_flags:
            creates = members.optional("create_response", boolean, True)
            interrupts = members.optional("interrupt_response", boolean, True)
        if kind == "semantic_vad":
            eagerness = members.optional(
                "eagerness", one_of("low", "medium", "high", "auto"), "auto"
            )
            members.finish()
            return TurnDetection(
                type="semantic_vad",
                eagerness=eagerness,
                create_response=creates,
                interrupt_response=interrupts,
            )
        read_ms = integer(0, 60_000)
        detection = TurnDetection(
            threshold=members.optional("threshold", number(0.0, 1.0), fallback.threshold),
            prefix_padding_ms=members.optional(
                "prefix_padding_ms", read_ms, fallback.prefix_padding_ms
            ),
            silence_duration_ms=members.optional(
                "silence_duration_ms", read_ms, fallback.silence_duration_ms
            ),
            idle_timeout_ms=members.optional(
                "idle_timeout_ms", nullable(integer(5_000, 30_000)), None
            )
            if dialect.has_idle_timeout
            else None,
            create_response=creates,
            interrupt_response=interrupts,
        )
        members.finish()
        return detection

    return read


def _tool(value: Any, path: str) -> dict[str, Any]:
    if isinstance(value, dict) and value.get("type") == "mcp":
        Members(value, path).required("server_label", string)
        return dict(value)
    return _function_tool(value, path)


def _function_tool(value: Any, path: str) -> dict[str, Any]:
    members = Members(value, path)
    members.optional("type", one_of("function"), "function")
    members.required("name", string)
    members.optional("description", nullable(string), None)
    members.optional("parameters", nullable(json_object), None)
    members.optional("strict", nullable(boolean), None)
    members.finish()
    return {"type": "function", **value}


def _tool_choice(value: Any, path: str) -> str | dict[str, Any]:
    if isinstance(value, str):
        if value in ("auto", "none", "required"):
            return value
        known = listed(("none", "auto", "required"))
        raise invalid_value(path, f"Invalid value: '{value}'. Supported values are: {known}.")
    if not isinstance(value, dict):
        raise invalid_type(path, "a string or an object", value)
    match value:
        case {"type": "function", "name": str()} | {"type": "function", "function": str()}:
            return value
        case {"type": "function", "function": {"name": str()}}:
            return value
        case {"type": "mcp", "server_label": str()}:
            return value
        case {"type": "function"}:
            raise missing_parameter(f"{path}.name")
        case _:
            raise invalid_value(f"{path}.type", "A tool choice names a function or an MCP server.")
