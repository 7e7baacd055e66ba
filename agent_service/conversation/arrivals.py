"""Where the caller's sound lies on the conversation's time axis, frame by frame, as it came in."""

from dataclasses import dataclass

from agent_service.conversation.playback import BYTES_PER_MS

GAP_MS = 100.0
"""A frame that comes so much later than the one before it ended does not go on from there."""


@dataclass(slots=True)
class Run:
    """Sound that came without a gap."""

    earliest_ms: float
    """Where the run before it ended."""
    start_ms: float
    length_ms: float = 0.0

    @property
    def end_ms(self) -> float:
        return self.start_ms + self.length_ms


@dataclass(slots=True, eq=False)
class Place:
    """Where a frame lies; more exactly when more of its run has come.

    Not frozen, which takes three times as long to make: there are fifty a second.
    """

    run: Run
    offset_ms: float
    length_ms: float

    @property
    def start_ms(self) -> float:
        return self.run.start_ms + self.offset_ms

    @property
    def end_ms(self) -> float:
        return self.run.start_ms + self.offset_ms + self.length_ms

    def goes_on_from(self, other: "Place") -> bool:
        is_next = self.offset_ms == other.offset_ms + other.length_ms
        return self.run is other.run and is_next


NOWHERE = Place(Run(0.0, 0.0), 0.0, 0.0)
"""Of sound that belongs to no conversation."""


class Arrivals:
    def __init__(self) -> None:
        self._run = Run(0.0, float("-inf"))

    def place(self, audio: bytes, now_ms: float) -> Place:
        """Place a frame that has just come in."""
        length_ms = len(audio) / BYTES_PER_MS
        run = self._run
        start_ms = now_ms - length_ms
        if start_ms - run.end_ms > GAP_MS:
            run = self._run = Run(max(run.end_ms, 0.0), start_ms)
        place = Place(run, run.length_ms, length_ms)
        run.length_ms += length_ms
        # Nothing comes before it was spoken: what was held up on its way comes all at once.
        if run.end_ms > now_ms:
            run.start_ms = max(run.earliest_ms, now_ms - run.length_ms)
        return place
