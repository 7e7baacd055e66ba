"""How a session is written in each dialect: the flat shape of the beta, the nested one of GA."""

import base64
from collections.abc import Mapping
from typing import Any, Final

from agent_service.agent import TurnDetectionSettings
from agent_service.conversation.records import Modality, Role
from agent_service.conversation.spec import (
    HistoryToolRound,
    HistoryTurn,
    SessionSpec,
    ToolSpec,
)
from agent_service.engines.dialects import Dialect
from agent_service.engines.extras import Extra
from agent_service.errors import EngineError
from agent_service.pictures import MEDIA_TYPE

UNSEEN: Final = (
    "(The caller sent this picture. You cannot see it. Say so, and offer to open a ticket: the team"
    " finds the picture with the conversation.)"
)

_FLAT_NAMES = {
    Extra.NOISE_REDUCTION: "input_audio_noise_reduction",
    Extra.LOGPROBS: "include",
}
_INPUT_NAMES = {Extra.NOISE_REDUCTION: "noise_reduction"}
_NESTED_NAMES = {
    Extra.LOGPROBS: "include",
    Extra.TRUNCATION: "truncation",
    Extra.REASONING: "reasoning",
    Extra.PARALLEL_TOOL_CALLS: "parallel_tool_calls",
}


def check_supported(spec: SessionSpec, dialect: Dialect) -> None:
    """Raise EngineError where the dialect lacks what the session cannot do without."""
    if spec.agent.turn_detection.kind == "semantic_vad" and not dialect.knows_semantic_vad:
        raise EngineError(
            f"The dialect {dialect.name} has no semantic_vad: "
            "set turn detection to server_vad or push_to_talk, or use a later API version.",
            code="provider_unsupported",
        )


def session_update(
    spec: SessionSpec, dialect: Dialect, extras: Mapping[Extra, Any]
) -> dict[str, Any]:
    """Return the event that configures a provider session; ``extras`` as of ``extras.extras``."""
    shape = {"flat": _flat, "nested": _nested}[dialect.names.session_shape]
    return {"type": "session.update", "session": shape(spec, dialect, extras)}


def answering_update(
    detection: TurnDetectionSettings, dialect: Dialect, *, by_itself: bool
) -> dict[str, Any]:
    """Return the event that tells a session whether it answers the caller's turns by itself."""
    rendered = _turn_detection(detection, dialect, answers_by_itself=by_itself)
    session: dict[str, Any] = {"turn_detection": rendered}
    if dialect.names.session_shape == "nested":
        session = {"type": "realtime", "audio": {"input": session}}
    return {"type": "session.update", "session": session}


def modality_update(modality: Modality, dialect: Dialect) -> dict[str, Any]:
    """Return the event that has a session speak its answers, or write them."""
    session: dict[str, Any]
    if dialect.names.session_shape == "nested":
        session = {"type": "realtime", "output_modalities": _nested_modalities(modality)}
    else:
        session = {"modalities": _flat_modalities(modality)}
    return {"type": "session.update", "session": session}


def history_items(spec: SessionSpec, dialect: Dialect) -> list[dict[str, Any]]:
    """Return the events that put earlier turns and tool rounds into a new provider session."""
    items: list[dict[str, Any]] = []
    for entry in spec.history:
        match entry:
            case HistoryTurn():
                items.append(_message(entry, dialect))
            case _:
                items.append(_tool_call(entry))
                if entry.output is not None:
                    items.append(tool_output(entry.tool_call_id, entry.output))
    return [item_create(item) for item in items]


def item_create(item: dict[str, Any]) -> dict[str, Any]:
    """Return the event that appends an item to the provider's conversation."""
    return {"type": "conversation.item.create", "item": item}


def caller_message(text: str) -> dict[str, Any]:
    """Return the item of a typed turn."""
    content = [{"type": "input_text", "text": text}]
    return {"type": "message", "role": "user", "content": content}


def picture_message(name: str, picture: bytes, *, is_seen: bool) -> dict[str, Any]:
    """Return the item of a picture that the caller shows, in words where the model sees none."""
    if not is_seen:
        return caller_message(f"{name} {UNSEEN}")
    url = f"data:{MEDIA_TYPE};base64,{base64.b64encode(picture).decode()}"
    content = [
        {"type": "input_text", "text": name},
        {"type": "input_image", "image_url": url},
    ]
    return {"type": "message", "role": "user", "content": content}


def note(text: str) -> dict[str, Any]:
    """Return the item of something that the service tells the model."""
    return {"type": "message", "role": "system", "content": [{"type": "input_text", "text": text}]}


def tool_output(tool_call_id: str, output: str) -> dict[str, Any]:
    """Return the item of a tool result."""
    return {"type": "function_call_output", "call_id": tool_call_id, "output": output}


def _message(turn: HistoryTurn, dialect: Dialect) -> dict[str, Any]:
    match turn.role:
        case Role.CALLER:
            return caller_message(turn.text)
        case Role.AGENT:
            content = [{"type": dialect.names.agent_text_part, "text": turn.text}]
            return {"type": "message", "role": "assistant", "content": content}
        case Role.REPRESENTATIVE:
            # Said by a person of the team: the agent must know of it but did not say it.
            return note(f"A representative said to the caller: {turn.text}")
        case _:
            return note(turn.text)  # of the service itself


def _tool_call(entry: HistoryToolRound) -> dict[str, Any]:
    return {
        "type": "function_call",
        "call_id": entry.tool_call_id,
        "name": entry.name,
        "arguments": entry.arguments,
    }


def _flat(spec: SessionSpec, dialect: Dialect, extras: Mapping[Extra, Any]) -> dict[str, Any]:
    return {
        "modalities": _flat_modalities(spec.modality),
        "instructions": spec.agent.instructions,
        "voice": spec.agent.voice,
        "input_audio_format": "pcm16",
        "output_audio_format": "pcm16",
        "input_audio_transcription": _transcription(extras),
        "turn_detection": _turn_detection(spec.agent.turn_detection, dialect),
        "tools": [_tool(tool) for tool in spec.tools],
        "tool_choice": "auto",
        **_named(extras, _FLAT_NAMES),
    }


def _nested(spec: SessionSpec, dialect: Dialect, extras: Mapping[Extra, Any]) -> dict[str, Any]:
    pcm = {"type": "audio/pcm", "rate": 24000}
    return {
        "type": "realtime",
        "output_modalities": _nested_modalities(spec.modality),
        "instructions": spec.agent.instructions,
        "audio": {
            "input": {
                "format": pcm,
                "transcription": _transcription(extras),
                "turn_detection": _turn_detection(spec.agent.turn_detection, dialect),
                **_named(extras, _INPUT_NAMES),
            },
            "output": {"format": pcm, "voice": spec.agent.voice},
        },
        "tools": [_tool(tool) for tool in spec.tools],
        "tool_choice": "auto",
        **_named(extras, _NESTED_NAMES),
    }


def _flat_modalities(modality: Modality) -> list[str]:
    return ["audio", "text"] if modality is Modality.AUDIO else ["text"]


def _nested_modalities(modality: Modality) -> list[str]:
    return ["audio"] if modality is Modality.AUDIO else ["text"]


def _named(extras: Mapping[Extra, Any], names: Mapping[Extra, str]) -> dict[str, Any]:
    return {name: extras[extra] for extra, name in names.items() if extra in extras}


def _transcription(extras: Mapping[Extra, Any]) -> dict[str, Any] | None:
    transcription: dict[str, Any] | None = extras.get(Extra.TRANSCRIPTION)
    if transcription is None:
        return None
    return {**transcription, **extras.get(Extra.HINTS, {})}


def _turn_detection(
    detection: TurnDetectionSettings, dialect: Dialect, *, answers_by_itself: bool = True
) -> dict[str, Any] | None:
    rendered: dict[str, Any]
    match detection.kind:
        case "push_to_talk":
            return None
        case "semantic_vad":
            rendered = {"type": "semantic_vad", "eagerness": detection.eagerness}
        case _:
            rendered = {
                "type": "server_vad",
                "threshold": detection.threshold,
                "prefix_padding_ms": detection.prefix_padding_ms,
                "silence_duration_ms": detection.silence_duration_ms,
            }
    if dialect.knows_create_response:
        rendered["create_response"] = answers_by_itself
    if dialect.knows_interrupt_response:
        rendered["interrupt_response"] = True
    return rendered


def _tool(tool: ToolSpec) -> dict[str, Any]:
    return {
        "type": "function",
        "name": tool.name,
        "description": tool.description,
        "parameters": dict(tool.parameters),
    }
