"""Showing a session in a dialect: every member of its shape, null where nothing is set."""

from typing import Any

from agent_service.offline.protocol.dialects import Dialect
from agent_service.offline.protocol.session import SessionConfig, TurnDetection


def render_session(
    config: SessionConfig, dialect: Dialect, *, session_id: str, expires_at: int
) -> dict[str, Any]:
    """Return the full effective session as the dialect shows it."""
    if config.kind == "transcription":
        return _transcription_session(config, dialect, session_id, expires_at)
    if dialect.is_nested:
        return _nested_session(config, dialect, session_id, expires_at)
    return _flat_session(config, dialect, session_id, expires_at)


def render_modalities(config: SessionConfig) -> list[str]:
    """Return the nested shape's one output modality."""
    return ["audio"] if config.speaks else ["text"]


def _flat_session(
    config: SessionConfig, dialect: Dialect, session_id: str, expires_at: int
) -> dict[str, Any]:
    session: dict[str, Any] = {
        "id": session_id,
        "object": "realtime.session",
        "model": config.model,
        "expires_at": expires_at,
        "modalities": list(config.modalities),
        "instructions": config.instructions,
        "voice": config.voice,
        "turn_detection": _turn_detection(config.turn_detection, dialect),
        "input_audio_format": config.input_format.flat_name,
        "output_audio_format": config.output_format.flat_name,
        "input_audio_transcription": _transcription(config, dialect),
        "tools": list(config.tools),
        "tool_choice": config.tool_choice,
        "temperature": config.temperature,
        "max_response_output_tokens": config.max_output_tokens,
    }
    if dialect.has_turn_flags:
        session |= {
            "input_audio_noise_reduction": config.noise_reduction,
            "speed": config.speed,
            "tracing": config.tracing,
            "prompt": config.prompt,
            "include": None if config.include is None else list(config.include),
            "client_secret": None,
        }
    return session


def _nested_session(
    config: SessionConfig, dialect: Dialect, session_id: str, expires_at: int
) -> dict[str, Any]:
    session: dict[str, Any] = {
        "type": "realtime",
        "object": "realtime.session",
        "id": session_id,
        "model": config.model,
        "output_modalities": render_modalities(config),
        "instructions": config.instructions,
        "tools": list(config.tools),
        "tool_choice": config.tool_choice,
        "max_output_tokens": config.max_output_tokens,
        "tracing": config.tracing,
        "truncation": config.truncation,
        "prompt": config.prompt,
        "expires_at": expires_at,
        "audio": {
            "input": _nested_input(config, dialect),
            "output": {
                "format": config.output_format.nested(),
                "voice": config.voice,
                "speed": config.speed,
            },
        },
        "include": None if config.include is None else list(config.include),
    }
    if config.parallel_tool_calls is not None:
        session["parallel_tool_calls"] = config.parallel_tool_calls
    if config.reasoning is not None:
        session["reasoning"] = config.reasoning
    return session


def _nested_input(config: SessionConfig, dialect: Dialect) -> dict[str, Any]:
    shown: dict[str, Any] | None = None
    if config.transcription is not None:
        shown = {"model": config.transcription.model, "prompt": None}
        shown |= config.transcription.as_sent
    return {
        "format": config.input_format.nested(),
        "transcription": shown,
        "noise_reduction": config.noise_reduction,
        "turn_detection": _turn_detection(config.turn_detection, dialect),
    }


def _transcription_session(
    config: SessionConfig, dialect: Dialect, session_id: str, expires_at: int
) -> dict[str, Any]:
    include = None if config.include is None else list(config.include)
    if dialect.is_nested:
        return {
            "type": "transcription",
            "object": "realtime.transcription_session",
            "id": session_id,
            "expires_at": expires_at,
            "audio": {"input": _nested_input(config, dialect)},
            "include": include,
        }
    return {
        "id": session_id,
        "object": "realtime.transcription_session",
        "expires_at": expires_at,
        "modalities": list(config.modalities),
        "turn_detection": _turn_detection(config.turn_detection, dialect),
        "input_audio_format": config.input_format.flat_name,
        "input_audio_transcription": _transcription(config, dialect),
        "input_audio_noise_reduction": config.noise_reduction,
        "include": include,
        "client_secret": None,
    }


def _transcription(config: SessionConfig, dialect: Dialect) -> dict[str, Any] | None:
    if config.transcription is None:
        return None
    if not dialect.streams_transcription:
        return dict(config.transcription.as_sent)
    return {
        "model": config.transcription.model,
        "language": None,
        "prompt": None,
        **config.transcription.as_sent,
    }


def _turn_detection(detection: TurnDetection | None, dialect: Dialect) -> dict[str, Any] | None:
    if detection is None:
        return None
    shown: dict[str, Any] = {"type": detection.type}
    if detection.type == "semantic_vad":
        shown["eagerness"] = detection.eagerness
    else:
        shown |= {
            "threshold": detection.threshold,
            "prefix_padding_ms": detection.prefix_padding_ms,
            "silence_duration_ms": detection.silence_duration_ms,
        }
        if dialect.is_nested:
            shown["idle_timeout_ms"] = detection.idle_timeout_ms
    if dialect.has_turn_flags:
        shown |= {
            "create_response": detection.create_response,
            "interrupt_response": detection.interrupt_response,
        }
    return shown
