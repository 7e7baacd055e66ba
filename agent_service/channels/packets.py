"""A caller's sound in the order in which it was spoken, from packets that may come in another.

Pure. A packet that is missing is waited for until some later ones are there; then there is silence
in its place, so that whoever listens for the end of a turn hears one.
"""

from collections.abc import Iterator
from typing import Final, Generic, TypeVar

from agent_service.channels.carrier import CallerSound
from agent_service.channels.traits import AudioFormat

WAITS_FOR: Final = 3
"""Packets that may overtake one: 60 ms."""
LONGEST_GAP_MS: Final = 10_000
"""Longer than this nobody waits for a caller; a clock that was set may say anything."""


P = TypeVar("P")


class InOrder(Generic[P]):
    """Packets by their numbers, each one more than the one before."""

    def __init__(self, first: int, waits_for: int) -> None:
        """``waits_for``: so many may overtake one before it is given up."""
        self.next = first
        self._waits_for = waits_for
        self._early: dict[int, P] = {}
        """What came before its turn."""

    def take(self, number: int, packet: P) -> Iterator[P]:
        """Yield what has its turn now; nothing of a packet that came too late, or twice."""
        if number < self.next:
            return
        self._early[number] = packet
        if len(self._early) > self._waits_for:
            self.next = min(self._early)
        while (following := self._early.pop(self.next, None)) is not None:
            self.next += 1
            yield following


class Packets:
    """A caller's packets as a telephone carrier sends them."""

    def __init__(self, format: AudioFormat) -> None:
        self._format = format
        self._order: InOrder[CallerSound] | None = None
        self._until_ms: int | None = None
        """By the carrier's clock, where what was heard last ended."""

    def take(self, packet: CallerSound) -> bytes:
        """Return what can be heard now; nothing of a packet that came too late, or twice."""
        if packet.number is None:
            return self._heard(packet)
        if self._order is None:
            self._order = InOrder(packet.number, WAITS_FOR)
        return b"".join(map(self._heard, self._order.take(packet.number, packet)))

    def silence(self, ms: int) -> bytes:
        """Return silence that is heard in place of packets that do not come."""
        if self._until_ms is not None:
            self._until_ms += ms
        return self._format.silence(ms * self._format.bytes_per_ms)

    def _heard(self, packet: CallerSound) -> bytes:
        if packet.at_ms is None:
            return packet.audio
        ms = len(packet.audio) // self._format.bytes_per_ms
        gap_ms = 0 if self._until_ms is None else packet.at_ms - self._until_ms
        self._until_ms = packet.at_ms + ms
        if gap_ms < max(ms, 1):
            return packet.audio
        missing = min(gap_ms, LONGEST_GAP_MS) * self._format.bytes_per_ms
        return self._format.silence(missing) + packet.audio
