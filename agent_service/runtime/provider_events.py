"""Keeps what one conversation and its provider tell each other, bounded and without sound.

Pieces of words are left out, too: a number is only known for what it is once it is whole, and the
whole comes in an event of its own. Events that hold nothing else are counted together.
"""

from collections.abc import Callable
from dataclasses import replace
from typing import Any, Final

import msgspec

from agent_service.store.provider_events import LONGEST_KIND, ProviderEvent

MOST: Final = 2_000
"""Rows of one conversation in one process."""
LIMIT: Final = "not_kept"
"""The kind of the last row, behind which nothing is kept any more."""
LONGEST_TEXT: Final = 1_000
LONGEST_LIST: Final = 50
LONGEST_PAYLOAD: Final = 8_000

_SOUND: Final = frozenset({"audio", "delta"})
_COUNTED: Final = ("input_audio_buffer.append", ".delta")
"""How the kinds end that hold nothing but sound or pieces of words."""
_ENCODER: Final = msgspec.json.Encoder()


class ProviderEvents:
    """One conversation's; ``now_ms`` is its time axis, ``keep`` puts an event in the database."""

    def __init__(
        self,
        conversation_id: str,
        *,
        now_ms: Callable[[], int],
        keep: Callable[[ProviderEvent], None],
    ) -> None:
        self._conversation_id = conversation_id
        self._now_ms = now_ms
        self._keep = keep
        self._kept = 0
        self._counted: dict[str, ProviderEvent] = {}
        """What was counted since the last event with words in it, by kind."""

    def take(self, is_ours: bool, text: str) -> None:
        """Take an event as it was on the wire."""
        if self._kept > MOST:
            return
        try:
            value: Any = msgspec.json.decode(text)
            kind = str(value["type"])[:LONGEST_KIND]
        except (msgspec.DecodeError, UnicodeError, RecursionError, KeyError, TypeError):
            value, kind = {}, "unreadable"
        event = ProviderEvent(
            conversation_id=self._conversation_id,
            at_ms=self._now_ms(),
            is_ours=is_ours,
            kind=kind,
            size_bytes=len(text),
            payload="",
        )
        if kind.endswith(_COUNTED):
            before = self._counted.get(kind)
            self._counted[kind] = event if before is None else _together(before, event)
            return
        self.flush()
        self._put(replace(event, payload=_written(value)))

    def flush(self) -> None:
        """Keep what was only counted so far."""
        counted, self._counted = self._counted, {}
        for event in counted.values():
            self._put(event)

    def _put(self, event: ProviderEvent) -> None:
        self._kept += 1
        if self._kept <= MOST:
            self._keep(event)
        elif self._kept == MOST + 1:
            self._keep(replace(event, kind=LIMIT, payload=""))


def _together(first: ProviderEvent, more: ProviderEvent) -> ProviderEvent:
    return replace(first, count=first.count + 1, size_bytes=first.size_bytes + more.size_bytes)


def _written(value: Any) -> str:
    text = _ENCODER.encode(_shortened(value)).decode()
    return text if len(text) <= LONGEST_PAYLOAD else f'"[{len(text)} characters]"'


def _shortened(value: Any, name: str = "") -> Any:
    """Return JSON without sound, and without what is too long to be read."""
    match value:
        case str() if name in _SOUND or len(value) > LONGEST_TEXT:
            return f"[{len(value)} characters]"
        case dict():
            return {key: _shortened(one, str(key)) for key, one in value.items()}
        case list():
            rest = [f"[{len(value) - LONGEST_LIST} more]"] if len(value) > LONGEST_LIST else []
            return [*(_shortened(one, name) for one in value[:LONGEST_LIST]), *rest]
        case _:
            return value
