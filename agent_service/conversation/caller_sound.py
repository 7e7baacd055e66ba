"""What of the caller's sound a provider session was sent, and what was not heard as it was spoken.

A provider counts what it is sent, from zero in each of its sessions; here its numbers become
milliseconds since the conversation began.
"""

from collections import deque
from dataclasses import dataclass
from enum import StrEnum

from agent_service.conversation.arrivals import Place
from agent_service.conversation.output import Output

KEPT_STRETCHES = 500
"""Of what a provider session was sent; its numbers speak of the last minute."""


class SentSound:
    """What one provider session was sent, by its own count."""

    def __init__(self) -> None:
        self._stretches: deque[tuple[float, Place]] = deque(maxlen=KEPT_STRETCHES)
        """From which of its milliseconds on, and the first frame."""
        self._ms = 0.0
        self._first: Place | None = None
        """Of what is in no item yet."""
        self._last: Place | None = None
        self.committed: tuple[Place, Place] | None = None
        """The first and the last frame of the last item that was made by a commit."""

    def add(self, place: Place) -> None:
        if self._last is None or not place.goes_on_from(self._last):
            self._stretches.append((self._ms, place))
        self._ms += place.length_ms
        self._first, self._last = self._first or place, place

    def at(self, provider_ms: float, *, lead_ms: float = 0.0) -> float | None:
        """Return where that millisecond lies; None where nothing was sent.

        It leads by so much to what lies in one stretch with it: it is not before a gap.
        """
        sent_ms = min(provider_ms + lead_ms, self._ms)
        for start_ms, place in reversed(self._stretches):
            if start_ms <= sent_ms:
                return place.start_ms + max(min(provider_ms, sent_ms) - start_ms, 0.0)
        return None

    @property
    def uncommitted(self) -> tuple[Place, Place] | None:
        """The first and the last frame of what is in no item yet."""
        first, last = self._first, self._last
        return None if first is None or last is None else (first, last)

    def commit(self) -> None:
        """Make an item of what was sent since the last."""
        self.committed, self._first = self.uncommitted, None


class Loss(StrEnum):
    """How sound missed the model: the code of an incident."""

    DROPPED = "caller_audio_dropped"
    LATE = "caller_audio_late"
    MUTED = "caller_audio_muted"


_WHY = {
    Loss.DROPPED: "never reached the provider: it was away or took nothing, or it came too fast.",
    Loss.LATE: "reached the provider late, which had been away.",
    Loss.MUTED: "was kept from the provider: the line returns the agent's own voice.",
}


@dataclass(slots=True)
class _Stretch:
    loss: Loss
    first: Place
    last: Place
    length_ms: float = 0.0


class Losses:
    """Puts on record which stretches of the sound the model did not hear as they were spoken."""

    def __init__(self, output: Output) -> None:
        self._output = output
        self._open: _Stretch | None = None

    def mark(self, loss: Loss, first: Place, last: Place | None = None) -> None:
        """Take note of a frame, or of all from one to another."""
        last = last or first
        if self._open is None or self._open.loss is not loss:
            self.close()
            self._open = _Stretch(loss, first, last)
        self._open.last = last
        self._open.length_ms += last.end_ms - first.start_ms

    def close(self) -> None:
        """What comes now is heard, or nothing comes any more."""
        lost, self._open = self._open, None
        if lost is not None:
            self._output.incident(
                lost.loss.value,
                f"{round(lost.length_ms)} ms of the caller's audio {_WHY[lost.loss]}",
                started_ms=round(lost.first.start_ms),
                ended_ms=round(lost.last.end_ms),
            )
