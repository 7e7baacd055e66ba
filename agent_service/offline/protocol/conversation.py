"""The linked order of items in one conversation."""

from collections.abc import Iterator

from agent_service.offline.protocol.errors import ProtocolError, invalid_value
from agent_service.offline.protocol.items import Item, PartKind


class Conversation:
    """Items in order, found by id."""

    def __init__(self, conversation_id: str) -> None:
        self.id = conversation_id
        self._items: list[Item] = []

    def __iter__(self) -> Iterator[Item]:
        return iter(self._items)

    def __contains__(self, item_id: str) -> bool:
        return any(item.id == item_id for item in self._items)

    def last_id(self) -> str | None:
        """Return the id of the last item."""
        return self._items[-1].id if self._items else None

    def find(self, item_id: str) -> Item | None:
        """Return an item by its id."""
        return next((item for item in self._items if item.id == item_id), None)

    def previous_id(self, item: Item) -> str | None:
        """Return the id of the item before, or None for the first."""
        at = self._items.index(item)
        return self._items[at - 1].id if at else None

    def add(self, item: Item, after: str | None = None) -> None:
        """Put an item at the end, at the beginning (``root``), or after another item."""
        if item.id in self:
            raise ProtocolError(
                "item_create_invalid_item_id",
                f"Error adding item: an item with id '{item.id}' already exists.",
                param="item.id",
            )
        if after is None:
            self._items.append(item)
        elif after == "root":
            self._items.insert(0, item)
        else:
            before = self.find(after)
            if before is None:
                raise ProtocolError(
                    "item_create_invalid_item_id",
                    f"Error adding item: the previous item with id '{after}' does not exist.",
                    param="previous_item_id",
                )
            self._items.insert(self._items.index(before) + 1, item)

    def has_call(self, call_id: str) -> bool:
        """Say whether a tool call with this id was made."""
        return any(i.type == "function_call" and i.call_id == call_id for i in self._items)

    def retrieve(self, item_id: str) -> Item:
        """Return an item, or raise as ``conversation.item.retrieve`` does."""
        return self._known(item_id, "retrieve", "retrieving")

    def delete(self, item_id: str) -> None:
        """Remove an item."""
        self._items.remove(self._known(item_id, "delete", "deleting"))

    def truncate(self, item_id: str, content_index: int, audio_end_ms: int) -> Item:
        """Cut an assistant's audio to what was heard, and its words with it."""
        item = self._known(item_id, "truncate", "truncating")
        if item.type != "message" or item.role != "assistant":
            raise ProtocolError(
                "item_truncate_invalid_item_id",
                "Only model output audio messages can be truncated.",
                param="item_id",
            )
        if content_index >= len(item.parts):
            raise invalid_value(
                "content_index", f"Content part {content_index} of the item does not exist."
            )
        part = item.parts[content_index]
        if part.kind is not PartKind.AUDIO:
            raise ProtocolError(
                "item_truncate_invalid_item_id",
                "Only model output audio messages can be truncated.",
                param="item_id",
            )
        # A client that counts 8 kHz samples may round the last one up.
        if audio_end_ms > part.audio_ms + 1:
            raise invalid_value(
                "audio_end_ms",
                f"Audio content of {part.audio_ms}ms is already shorter than {audio_end_ms}ms",
            )
        part.cut(audio_end_ms)
        return item

    def _known(self, item_id: str, verb: str, doing: str) -> Item:
        item = self.find(item_id)
        if item is None:
            raise ProtocolError(
                f"item_{verb}_invalid_item_id",
                f"Error {doing} item: the item with id '{item_id}' does not exist.",
                param="item_id",
            )
        return item
