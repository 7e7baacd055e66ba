"""How fast a caller may send audio: real time with room for bursts, not a flood."""

from typing import Final

from agent_service.audio import BYTES_PER_MS
from agent_service.clock import Clock
from agent_service.errors import CallerError

BURST_S: Final = 20.0
"""A client that was held up may catch up by this much."""
SPEED: Final = 1.5
"""Times real time, in the long run."""

_BYTES_PER_S: Final = BYTES_PER_MS * 1000


class AudioPace:
    """Counts one caller's audio against the clock, which it reads only when credit runs out."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._credit: float = BURST_S * _BYTES_PER_S
        self._earned_until = clock.now()

    def check(self, count: int) -> None:
        """Take note of ``count`` bytes; raise CallerError if they come too fast to be speech."""
        if self._credit < count:
            now = self._clock.now()
            earned = (now - self._earned_until) * SPEED * _BYTES_PER_S
            self._credit = min(self._credit + earned, BURST_S * _BYTES_PER_S)
            self._earned_until = now
            if self._credit < count:
                raise CallerError(
                    "The audio comes faster than real time: this frame was dropped.",
                    code="too_fast",
                )
        self._credit -= count
