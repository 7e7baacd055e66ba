"""A response as clients see it."""

from dataclasses import dataclass, field
from typing import Any, Literal, TypeAlias

from agent_service.offline.protocol.dialects import Dialect
from agent_service.offline.protocol.items import Item, render_item
from agent_service.offline.protocol.session import SessionConfig
from agent_service.offline.protocol.session_render import render_modalities
from agent_service.offline.protocol.usage import Usage, render_usage

ResponseStatus: TypeAlias = Literal["in_progress", "completed", "cancelled", "incomplete", "failed"]


@dataclass(slots=True)
class Response:
    """One generation of the model."""

    id: str
    config: SessionConfig
    conversation_id: str | None
    """None when out of band."""
    metadata: dict[str, str] | None = None
    status: ResponseStatus = "in_progress"
    status_details: dict[str, Any] | None = None
    output: list[Item] = field(default_factory=list)
    usage: Usage | None = None


def cancelled(reason: Literal["turn_detected", "client_cancelled"]) -> dict[str, Any]:
    """Return the details of a cancelled response."""
    return {"type": "cancelled", "reason": reason}


def incomplete(reason: Literal["max_output_tokens", "content_filter"]) -> dict[str, Any]:
    """Return the details of an incomplete response."""
    return {"type": "incomplete", "reason": reason}


def failed(kind: str, code: str | None, message: str) -> dict[str, Any]:
    """Return the details of a failed response."""
    return {"type": "failed", "error": {"type": kind, "code": code, "message": message}}


def render_response(response: Response, dialect: Dialect) -> dict[str, Any]:
    """Return the response object of ``response.created`` and ``response.done``."""
    is_open = response.status == "in_progress"
    shown: dict[str, Any] = {
        "object": "realtime.response",
        "id": response.id,
        "status": response.status,
        "status_details": response.status_details,
        "output": [] if is_open else [render_item(item, dialect) for item in response.output],
    }
    if dialect.describes_responses:
        shown |= _description(response, dialect)
    shown["usage"] = None if response.usage is None else render_usage(response.usage, dialect)
    return shown


def _description(response: Response, dialect: Dialect) -> dict[str, Any]:
    config = response.config
    shown: dict[str, Any] = {
        "conversation_id": response.conversation_id,
        "max_output_tokens": config.max_output_tokens,
        "metadata": response.metadata,
    }
    if dialect.is_nested:
        output = {"format": config.output_format.nested(), "voice": config.voice}
        return shown | {"output_modalities": render_modalities(config), "audio": {"output": output}}
    return shown | {
        "modalities": list(config.modalities),
        "voice": config.voice,
        "output_audio_format": config.output_format.flat_name,
        "temperature": config.temperature,
    }
