"""What of the caller's sound a provider session was sent, and what was not heard as it was spoken.

A provider counts what it is sent, from zero in each of its sessions; here its numbers become
milliseconds since the conversation began.
"""

from collections import deque
from dataclasses import dataclass
from enum import StrEnum

import numpy as np

from agent_service.audio import PIECE_MS, bytes_to_ms, ms_to_bytes, sounding, swings
from agent_service.conversation.arrivals import Place
from agent_service.conversation.output import Output

KEPT_STRETCHES = 500
"""Of what a provider session was sent; its numbers speak of the last minute."""


KEPT_MS = 2_000
"""Of the sound itself: a provider tells that speech began a little after it has."""

QUIETEST_SWING = 64
"""Of 65,536: words that move less than this are not heard as any."""

ABOVE_NOISE = 2.5
"""So many times as far as the line's own noise."""

NOISE_SHARE = 0.2
"""So much of what came before is no speech, whoever speaks."""

CLOSURE_MS = 80
"""Within a word, before a T or a P, nothing sounds for so long."""

LEAST_SOUND_MS = 20
"""What is shorter is a click."""


def onset(sound: bytes, at_ms: float) -> float:
    """Return since when it sounds without a break, of what sounds at that moment; both in ms.

    Who finds speech finds its vowels: an F, an S or an H before them is soft.
    """
    end = first = int(at_ms / PIECE_MS)
    for start, until in reversed(_runs(sound, end)):
        if (first - until) * PIECE_MS > CLOSURE_MS:
            break
        first = start
    return min(at_ms, float(first * PIECE_MS))


def last_sound(sound: bytes, at_ms: float) -> float | None:
    """Return where the last of it that sounds before that moment ends; None if nothing does."""
    runs = _runs(sound, int(at_ms / PIECE_MS))
    return float(runs[-1][1] * PIECE_MS) if runs else None


def _runs(sound: bytes, end: int) -> list[tuple[int, int]]:
    """Return from where to where it sounds, in pieces, before the one with that number."""
    moves = swings(sound)
    if not 0 < end <= len(moves):
        return []
    noise = float(np.quantile(moves, NOISE_SHARE))
    is_sound = moves[:end] >= max(QUIETEST_SWING, noise * ABOVE_NOISE)
    edges = np.flatnonzero(np.diff(np.concatenate(([False], is_sound, [False]))))
    runs = [(int(edges[at]), int(edges[at + 1])) for at in range(0, len(edges), 2)]
    least = LEAST_SOUND_MS // PIECE_MS
    return [(start, until) for start, until in runs if until - start >= least or until == end]


@dataclass(frozen=True, slots=True)
class Moment:
    """A place within a frame."""

    frame: Place
    offset_ms: float

    @property
    def ms(self) -> int:
        return round(self.frame.start_ms + self.offset_ms)


class SentSound:
    """What one provider session was sent, by its own count."""

    def __init__(self, *, finds_words: bool) -> None:
        """``finds_words``: nobody else tells where in an item there is something to hear."""
        self._finds_words = finds_words
        self._words: tuple[Moment, Moment] | None = None
        """From where to where it sounds in what is in no item yet."""
        self.committed_words: tuple[Moment, Moment] | None = None
        self._stretches: deque[tuple[float, Place]] = deque(maxlen=KEPT_STRETCHES)
        """From which of its milliseconds on, and the first frame."""
        self._ms = 0.0
        self._first: Place | None = None
        """Of what is in no item yet."""
        self._last: Place | None = None
        self.committed: tuple[Place, Place] | None = None
        """The first and the last frame of the last item that was made by a commit."""
        self._kept: deque[bytes] = deque()
        self._kept_bytes = 0

    def add(self, place: Place, audio: bytes) -> None:
        if self._last is None or not place.goes_on_from(self._last):
            self._stretches.append((self._ms, place))
        self._ms += place.length_ms
        self._note_words(place, audio)
        self._kept.append(audio)
        self._kept_bytes += len(audio)
        while self._kept_bytes - len(self._kept[0]) >= ms_to_bytes(KEPT_MS):
            self._kept_bytes -= len(self._kept.popleft())
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

    def onset(self, provider_ms: float) -> float:
        """Return since when it sounds without a break, of what sounds at that millisecond."""
        from_ms = self._kept_from_ms
        return from_ms + onset(b"".join(self._kept), provider_ms - from_ms)

    def last_sound(self, provider_ms: float) -> float | None:
        """Return where the last of it that sounds before that millisecond ends, if it is known."""
        from_ms = self._kept_from_ms
        found_ms = last_sound(b"".join(self._kept), provider_ms - from_ms)
        return None if found_ms is None else from_ms + found_ms

    @property
    def _kept_from_ms(self) -> float:
        return self._ms - bytes_to_ms(self._kept_bytes)

    @property
    def uncommitted(self) -> tuple[Place, Place] | None:
        """The first and the last frame of what is in no item yet."""
        first, last = self._first, self._last
        return None if first is None or last is None else (first, last)

    def commit(self) -> None:
        """Make an item of what was sent since the last."""
        self.committed, self._first = self.uncommitted, None
        self.committed_words, self._words = self._words, None

    def _note_words(self, place: Place, audio: bytes) -> None:
        if not self._finds_words:
            return
        sounds = sounding(audio)
        if sounds.ms:
            first = self._words[0] if self._words else Moment(place, sounds.lead_ms)
            self._words = first, Moment(place, place.length_ms - sounds.tail_ms)


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
