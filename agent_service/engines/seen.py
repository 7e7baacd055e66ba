"""What came of each response so far: events that got lost are made up for, doubled ones dropped.

A provider tells everything twice: piece by piece, and listed where an item or a response ends.
"""

from collections import deque
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import TypeAlias

from agent_service.conversation.events import (
    AgentAudio,
    AgentItemFinished,
    AgentText,
    EngineEvent,
    ResponseFinished,
    ResponseStarted,
    ResponseStatus,
    ToolCallRequested,
)
from agent_service.engines import incoming
from agent_service.engines.mending import LONGEST_TEXT, cut

Events: TypeAlias = tuple[EngineEvent, ...]

_ENDED_REMEMBERED = 64


@dataclass(slots=True)
class _Item:
    pieces: list[str] = field(default_factory=list)
    length: int = 0
    is_finished: bool = False


@dataclass(slots=True)
class _Response:
    items: dict[str, _Item] = field(default_factory=dict)
    calls: set[str] = field(default_factory=set)


class SeenResponses:
    """The responses of one provider session."""

    def __init__(self) -> None:
        self._open: dict[str, _Response] = {}
        self._ended: deque[str] = deque(maxlen=_ENDED_REMEMBERED)

    def begun(self, response_id: str) -> Events:
        """Take a sign of a response: the first one is its beginning, whichever event got lost."""
        if response_id in self._open or response_id in self._ended:
            return ()
        self._open[response_id] = _Response()
        return (ResponseStarted(response_id),)

    def audio(self, event: AgentAudio) -> Events:
        """Take sound of an item."""
        if event.response_id in self._open:
            return (event,)
        return (*self.begun(event.response_id), event)

    def text(self, event: AgentText) -> Events:
        """Take words of an item, as far as one item may have so many."""
        begun = self.begun(event.response_id)
        item = self._item(event.response_id, event.item_id)
        if item is None or item.length > LONGEST_TEXT:
            return begun
        delta = cut(event.delta, LONGEST_TEXT - item.length)
        item.pieces.append(delta)
        item.length += len(event.delta)
        return (*begun, replace(event, delta=delta))

    def item_done(self, response_id: str, item: incoming.Item) -> Events:
        """Take the end of an item."""
        return (*self.begun(response_id), *self._listed(response_id, item))

    def ended(self, finished: ResponseFinished, output: Sequence[incoming.Item]) -> Events:
        """Take the end of a response, once; what it lists and nobody has seen comes before it."""
        response_id = finished.response_id
        if response_id in self._ended:
            return ()
        events = list(self.begun(response_id))
        for item in output:
            if item.call_id not in self._open[response_id].calls:
                events += self._listed(response_id, item)
        del self._open[response_id]
        self._ended.append(response_id)
        return (*events, finished)

    def ended_unreadably(self, response_id: str | None) -> Events:
        """Take an end of which nothing but perhaps the name can be read."""
        if response_id not in self._open:
            if len(self._open) != 1:
                return ()
            (response_id,) = self._open
        seen = self._open[response_id]
        finished = [item.is_finished for item in seen.items.values()]
        is_whole = all(finished) and bool(finished or seen.calls)
        status = ResponseStatus.COMPLETED if is_whole else ResponseStatus.FAILED
        code = None if is_whole else "malformed_event"
        return self.ended(ResponseFinished(response_id, status, code=code), ())

    def _listed(self, response_id: str, item: incoming.Item) -> Iterator[EngineEvent]:
        seen = self._open.get(response_id)
        match item.type:
            case "message" if seen is not None and item.id:
                yield from self._message(response_id, item, seen)
            case "function_call" if item.status == "completed" and item.call_id and item.name:
                # A call that was cut off must not run: its arguments are not whole.
                if seen is not None:
                    seen.calls.add(item.call_id)
                yield ToolCallRequested(response_id, item.call_id, item.name, cut(item.arguments))
            case _:
                pass

    def _message(
        self, response_id: str, listed: incoming.Item, seen: _Response
    ) -> Iterator[EngineEvent]:
        item = seen.items.setdefault(listed.id, _Item())
        if item.is_finished:
            return
        is_complete = listed.status == "completed"
        if is_complete:
            yield from self._rest(response_id, listed, item)
        item.is_finished = True
        yield AgentItemFinished(response_id, listed.id, is_complete)

    def _rest(self, response_id: str, listed: incoming.Item, item: _Item) -> Events:
        """Return the words that were said last and did not come."""
        parts: list[incoming.ContentPart] = incoming.part(
            listed.content, list[incoming.ContentPart], []
        )
        is_spoken = any(part.transcript is not None for part in parts)
        whole = "".join(part.transcript or part.text or "" for part in parts)
        said = "".join(item.pieces)
        if len(whole) <= len(said) or not whole.startswith(said):
            return ()
        return self.text(AgentText(response_id, listed.id, whole[len(said) :], is_spoken))

    def _item(self, response_id: str, item_id: str) -> _Item | None:
        seen = self._open.get(response_id)
        return None if seen is None else seen.items.setdefault(item_id, _Item())
