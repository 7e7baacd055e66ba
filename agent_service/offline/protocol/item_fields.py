"""Reading the items that clients create."""

import base64
import binascii
from collections.abc import Callable
from itertools import chain
from typing import Any, TypeAlias, cast

from agent_service.offline.protocol.dialects import Dialect
from agent_service.offline.protocol.errors import (
    ProtocolError,
    invalid_value,
    missing_parameter,
)
from agent_service.offline.protocol.formats import AudioFormat, decode_whole
from agent_service.offline.protocol.ids import new_id
from agent_service.offline.protocol.items import Item, Part, PartKind, Role
from agent_service.offline.protocol.members import (
    Members,
    boolean,
    list_of,
    listed,
    nullable,
    one_of,
    string,
)

_LONGEST_ID = 32
_LONGEST_AUDIO = 15 * 1024 * 1024
_TYPES = ("message", "function_call", "function_call_output")
_GA_TYPES = (*_TYPES, "mcp_approval_response")
_STATUSES = ("in_progress", "completed", "incomplete")

Find: TypeAlias = Callable[[str], Item | None]
"""Finds an item of the conversation by its id."""


def client_id(value: Any, path: str) -> str:
    """Read an identifier chosen by the client."""
    given = string(value, path)
    if len(given) > _LONGEST_ID:
        raise ProtocolError(
            "string_above_max_length",
            f"Invalid '{path}': string too long. Expected a string with maximum length "
            f"{_LONGEST_ID}, but got a string with length {len(given)} instead.",
            param=path,
        )
    return given


def base64_audio(value: Any, path: str) -> bytes:
    """Read base64 audio of at most 15 MiB."""
    given = string(value, path)
    if len(given) > _LONGEST_AUDIO:
        raise invalid_value(
            path, "Invalid audio: an event may carry at most 15 MiB. Send it in smaller pieces."
        )
    try:
        return base64.b64decode(given, validate=True)
    except (binascii.Error, ValueError):
        raise invalid_value(
            path, f"Invalid '{path}': expected base64-encoded bytes, standard alphabet, padded."
        ) from None


def is_reference(value: Any) -> bool:
    """Say whether a client names an item that is there in place of describing one."""
    return isinstance(value, dict) and value.get("type") == "item_reference"


def referenced_item(value: Any, path: str, find: Find) -> Item:
    """Return the item that a reference names."""
    members = Members(value, path)
    members.ignore("type")
    item_id = members.required("id", string)
    members.finish()
    found = find(item_id)
    if found is None:
        raise invalid_value(f"{path}.id", f"Item with id '{item_id}' not found in conversation.")
    return found


def read_item(
    value: Any, path: str, dialect: Dialect, form: AudioFormat, find: Find | None = None
) -> Item:
    """Return the item that a client describes; audio is in the session's input format.

    With ``find``, the content of a message may refer to other items.
    """
    members = Members(value, path)
    kinds = _GA_TYPES if dialect.is_nested else _TYPES
    kind = members.required("type", one_of(*kinds))
    item_id = members.optional("id", nullable(client_id), None) or new_id("item_")
    members.optional("object", nullable(string), None)
    # Given back by clients that copy items; what is created by a client is complete.
    members.optional("status", nullable(one_of(*_STATUSES)), None)
    item = Item(item_id, kind)
    match kind:
        case "message":
            _read_message(item, members, dialect, form, find)
        case "function_call":
            item.name = members.required("name", string)
            item.arguments = members.required("arguments", string)
            item.call_id = members.optional("call_id", nullable(string), None) or new_id("call_")
        case "function_call_output":
            item.call_id = members.required("call_id", string)
            item.output = members.required("output", string)
        case _:
            item.extra = {
                "approval_request_id": members.required("approval_request_id", string),
                "approve": members.required("approve", boolean),
                "reason": members.optional("reason", nullable(string), None),
            }
    members.finish()
    return item


def _read_message(
    item: Item, members: Members, dialect: Dialect, form: AudioFormat, find: Find | None
) -> None:
    role = cast(Role, members.required("role", one_of("system", "user", "assistant")))
    item.role = role

    def parts(value: Any, path: str) -> list[Part]:
        if find is not None and is_reference(value):
            return referenced_item(value, path, find).parts
        return [_read_part(value, path, role, dialect, form)]

    item.parts = list(chain.from_iterable(members.required("content", list_of(parts))))


def _allowed(role: Role, dialect: Dialect) -> dict[str, PartKind]:
    match role:
        case "system":
            return {"input_text": PartKind.INPUT_TEXT}
        case "user":
            kinds = {"input_text": PartKind.INPUT_TEXT, "input_audio": PartKind.INPUT_AUDIO}
            if dialect.counts_images:
                kinds["input_image"] = PartKind.INPUT_IMAGE
            return kinds
        case "assistant":
            return {"output_text" if dialect.is_nested else "text": PartKind.TEXT}


def _read_part(value: Any, path: str, role: Role, dialect: Dialect, form: AudioFormat) -> Part:
    members = Members(value, path)
    kind_name = members.required("type", string)
    kinds = _allowed(role, dialect)
    if kind_name not in kinds:
        if role == "assistant" and not members.has("text"):
            # Audio of an assistant cannot be put in; the service asks for the text.
            raise missing_parameter(f"{path}.text")
        raise ProtocolError(
            "unsupported_content_type",
            f"Invalid value: '{kind_name}'. Content of a {role} message may be "
            f"{listed(tuple(kinds))}.",
            param=f"{path}.type",
        )
    part = Part(kinds[kind_name], form=form)
    match part.kind:
        case PartKind.INPUT_AUDIO:
            audio = members.required("audio", base64_audio)
            part.pcm = bytearray(decode_whole(audio, form))
            part.transcript = members.optional("transcript", nullable(string), None)
        case PartKind.INPUT_IMAGE:
            part.image_url = members.required("image_url", _data_uri)
            part.detail = members.optional("detail", one_of("auto", "low", "high"), "auto")
        case _:
            part.text = members.required("text", string)
    members.finish()
    return part


def _data_uri(value: Any, path: str) -> str:
    given = string(value, path)
    if not given.startswith(("data:image/png;base64,", "data:image/jpeg;base64,")):
        raise invalid_value(
            path, f"Invalid '{path}': expected a base64 data URI of a PNG or JPEG picture."
        )
    return given
