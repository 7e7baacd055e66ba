"""A caller's sound in the order in which it was spoken, from packets that may come in another.

Pure. A packet that is missing is waited for until some later ones are there; then there is silence
in its place, so that whoever listens for the end of a turn hears one.
"""

from typing import Final

from agent_service.channels.carrier import CallerSound
from agent_service.channels.traits import AudioFormat

WAITS_FOR: Final = 3
"""Packets that may overtake one: 60 ms."""
LONGEST_GAP_MS: Final = 10_000
"""Longer than this nobody waits for a caller; a clock that was set may say anything."""


class Packets:
    def __init__(self, format: AudioFormat) -> None:
        self._format = format
        self._early: dict[int, CallerSound] = {}
        """What came before its turn; never more than ``WAITS_FOR``."""
        self._next: int | None = None
        self._until_ms: int | None = None
        """By the carrier's clock, where what was heard last ended."""

    def take(self, packet: CallerSound) -> bytes:
        """Return what can be heard now; nothing of a packet that came too late, or twice."""
        if packet.number is None:
            return self._heard(packet)
        if self._next is None:
            self._next = packet.number
        if packet.number < self._next:
            return b""
        self._early[packet.number] = packet
        if len(self._early) > WAITS_FOR:
            self._next = min(self._early)
        sound = b""
        while (following := self._early.pop(self._next, None)) is not None:
            sound += self._heard(following)
            self._next += 1
        return sound

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
