"""Reading ``response.create``: what a client wants to be different about one response."""

from dataclasses import dataclass
from typing import Any

from agent_service.offline.protocol.conversation import Conversation
from agent_service.offline.protocol.dialects import Dialect
from agent_service.offline.protocol.errors import invalid_value
from agent_service.offline.protocol.item_fields import is_reference, read_item, referenced_item
from agent_service.offline.protocol.items import Item
from agent_service.offline.protocol.members import (
    Members,
    Reader,
    boolean,
    json_object,
    list_of,
    nullable,
    one_of,
    string,
)
from agent_service.offline.protocol.session import SessionConfig
from agent_service.offline.protocol.session_fields import SessionRules, read_overrides

_MOST_PAIRS, _LONGEST_KEY, _LONGEST_VALUE = 16, 64, 512


@dataclass(frozen=True, slots=True)
class AskedResponse:
    """``response.create``, read and checked."""

    config: SessionConfig
    is_out_of_band: bool = False
    input: tuple[Item, ...] | None = None
    extra: tuple[Item, ...] = ()
    metadata: dict[str, str] | None = None
    cancels_previous: bool = False
    commits: bool = False


def read_response_request(
    event: Members,
    config: SessionConfig,
    dialect: Dialect,
    rules: SessionRules,
    conversation: Conversation,
) -> AskedResponse:
    """Return what a ``response.create`` event asks for."""

    def read(value: Any, path: str) -> AskedResponse:
        if value is None:
            return AskedResponse(config)
        members = Members(value, path)
        changed = read_overrides(config, members, dialect, rules)
        items = list_of(_item_reader(conversation, dialect, config))
        asked = (
            _read_extras(members, changed, items)
            if dialect.describes_responses
            else _read_first_preview_extras(members, changed, items)
        )
        members.finish()
        return asked

    asked = event.optional("response", read, AskedResponse(config))
    event.finish()
    return asked


def _read_extras(
    members: Members, config: SessionConfig, items: Reader[tuple[Item, ...]]
) -> AskedResponse:
    where = members.optional("conversation", nullable(one_of("auto", "none")), None)
    return AskedResponse(
        config,
        is_out_of_band=where == "none",
        input=members.optional("input", nullable(items), None),
        metadata=members.optional("metadata", nullable(_metadata), None),
    )


def _read_first_preview_extras(
    members: Members, config: SessionConfig, items: Reader[tuple[Item, ...]]
) -> AskedResponse:
    # Both flags are described as true by default. They take effect only when they are sent: the
    # service was seen to answer a second request with an error, and to commit nothing by itself.
    return AskedResponse(
        config,
        input=members.optional("input_items", nullable(items), None),
        extra=members.optional("append_input_items", items, ()),
        cancels_previous=members.optional("cancel_previous", nullable(boolean), None) or False,
        commits=members.optional("commit", nullable(boolean), None) or False,
    )


def _item_reader(
    conversation: Conversation, dialect: Dialect, config: SessionConfig
) -> Reader[Item]:
    # Messages of the beta may have parts that refer to items.
    refers = dialect.describes_responses and not dialect.is_nested
    find = conversation.find if refers else None

    def read(value: Any, path: str) -> Item:
        if is_reference(value):
            return referenced_item(value, path, conversation.find)
        return read_item(value, path, dialect, config.input_format, find)

    return read


def _metadata(value: Any, path: str) -> dict[str, str]:
    pairs = json_object(value, path)
    if len(pairs) > _MOST_PAIRS:
        raise invalid_value(path, f"Metadata may hold at most {_MOST_PAIRS} pairs.")
    for key, text in pairs.items():
        if len(key) > _LONGEST_KEY or len(string(text, f"{path}.{key}")) > _LONGEST_VALUE:
            raise invalid_value(
                f"{path}.{key}",
                f"Metadata keys may be {_LONGEST_KEY} and values {_LONGEST_VALUE} characters long.",
            )
    return pairs
