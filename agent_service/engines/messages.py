"""Our commands as messages of the Realtime protocol. Every text is mended: none can fail."""

from collections.abc import Mapping
from typing import Any, assert_never

import msgspec

from agent_service.conversation.commands import (
    AddNote,
    CancelResponse,
    CommitAudio,
    EngineCommand,
    RequestResponse,
    SendAudio,
    SendText,
    SubmitToolResult,
    SwitchAnswering,
    SwitchModality,
    TruncateItem,
)
from agent_service.engines.dialects import Dialect
from agent_service.engines.mending import mended
from agent_service.engines.session_shape import (
    answering_update,
    caller_message,
    item_create,
    modality_update,
    note,
    picture_message,
    tool_output,
)


class _Append(msgspec.Struct, tag_field="type", tag="input_audio_buffer.append"):
    audio: bytes


_write = msgspec.json.Encoder().encode


def written(message: Mapping[str, Any]) -> bytes:
    """Return a message as it goes out."""
    return _write(mended(message))


def command_message(command: EngineCommand, dialect: Dialect) -> bytes:
    """Return the message that carries out a command."""
    if isinstance(command, SendAudio):
        return _write(_Append(command.audio))
    return written(_message(command, dialect))


def _message(
    command: CommitAudio
    | SendText
    | RequestResponse
    | CancelResponse
    | TruncateItem
    | SwitchAnswering
    | SwitchModality
    | AddNote
    | SubmitToolResult,
    dialect: Dialect,
) -> dict[str, Any]:
    match command:
        case CommitAudio():
            return {"type": "input_audio_buffer.commit"}
        case SendText(text, picture):
            if picture is None:
                return item_create(caller_message(text))
            return item_create(picture_message(text, picture, is_seen=dialect.knows_pictures))
        case AddNote(text):
            return item_create(note(text))
        case SubmitToolResult(tool_call_id, output):
            return item_create(tool_output(tool_call_id, output))
        case RequestResponse():
            return _response_create(command)
        case CancelResponse(response_id):
            if dialect.knows_cancel_by_id:
                return {"type": "response.cancel", "response_id": response_id}
            return {"type": "response.cancel"}
        case TruncateItem(item_id, audio_end_ms):
            return {
                "type": "conversation.item.truncate",
                "item_id": item_id,
                "content_index": 0,
                "audio_end_ms": audio_end_ms,
            }
        case SwitchAnswering(by_itself, detection):
            return answering_update(detection, dialect, by_itself=by_itself)
        case SwitchModality(modality):
            return modality_update(modality, dialect)
        case _:
            assert_never(command)


def _response_create(command: RequestResponse) -> dict[str, Any]:
    response: dict[str, Any] = {}
    if command.instructions is not None:
        response["instructions"] = command.instructions
    if not command.uses_tools:
        response["tool_choice"] = "none"
    message: dict[str, Any] = {"type": "response.create"}
    return message | {"response": response} if response else message
