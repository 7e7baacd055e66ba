"""The caller's audio of one session: buffer, voice activity, and where turns begin and end.

Time is counted in the audio itself, from its first sample; nothing here waits or awaits.
"""

from dataclasses import dataclass, replace
from typing import TypeAlias

from agent_service.audio import BYTES_PER_MS
from agent_service.offline.phrasing import looks_finished
from agent_service.offline.ports import (
    Speech,
    SpeechBegan,
    SpeechEnded,
    SpeechPaused,
    VoiceActivity,
    VoiceDetector,
)
from agent_service.offline.protocol.formats import AudioDecoder, AudioFormat
from agent_service.offline.protocol.ids import new_id
from agent_service.offline.protocol.session import TurnDetection

_MARGIN_MS = 1_000
"""Silence kept beyond the padding: voice is reported a little after it began."""
_SEMANTIC_SILENCE_MS = 250


@dataclass(frozen=True, slots=True)
class Patience:
    """How long semantic detection waits after the caller fell silent."""

    finished_ms: int
    """When the words look finished."""
    longest_ms: int


_EAGERNESS = {
    "low": Patience(finished_ms=1_000, longest_ms=8_000),
    "medium": Patience(finished_ms=500, longest_ms=4_000),
    "auto": Patience(finished_ms=500, longest_ms=4_000),
    "high": Patience(finished_ms=_SEMANTIC_SILENCE_MS, longest_ms=2_000),
}


@dataclass(frozen=True, slots=True)
class TurnBegan:
    item_id: str
    start_ms: int


@dataclass(frozen=True, slots=True)
class TurnPaused:
    """The caller fell silent: what was said so far may be all."""

    item_id: str
    pcm: bytes
    at_ms: int


@dataclass(frozen=True, slots=True)
class TurnEnded:
    item_id: str
    pcm: bytes
    end_ms: int
    quiet_from_ms: int
    """Nothing was said after this."""


@dataclass(frozen=True, slots=True)
class CallerIdle:
    """Nobody spoke for the idle time after an answer."""

    item_id: str
    pcm: bytes
    start_ms: int
    end_ms: int


def _finding(detection: TurnDetection | None) -> TurnDetection | None:
    """Return how turns are found, whatever follows from them."""
    return detection and replace(detection, create_response=True, interrupt_response=True)


ListeningEvent: TypeAlias = TurnBegan | TurnPaused | TurnEnded | CallerIdle


class Listener:
    """Feeds on wire audio and tells turns apart, when turn detection is on."""

    def __init__(self, speech: Speech, form: AudioFormat, detection: TurnDetection | None) -> None:
        self._speech = speech
        self._form = form
        self._decoder = AudioDecoder(form)
        self._detection = detection
        self._audio = bytearray()
        self._audio_from = 0
        """Bytes dropped so far."""
        self._detector: VoiceDetector | None = None
        self._detector_from_ms = 0
        self._item_id: str | None = None
        """Of the turn under way."""
        self._turn_start_ms = 0
        self._silent_since_ms: int | None = None
        """Semantic detection: the caller stopped, and may go on."""
        self._said = ""
        self._idle_at_ms: int | None = None
        self._watch()

    @property
    def now_ms(self) -> int:
        """Return how much audio has come in."""
        return (self._audio_from + len(self._audio)) // BYTES_PER_MS

    @property
    def buffered_ms(self) -> int:
        """Return how much audio waits to be committed."""
        return len(self._audio) // BYTES_PER_MS + self._decoder.behind_ms

    def configure(self, form: AudioFormat, detection: TurnDetection | None) -> None:
        """Take over changed settings; audio already buffered stays."""
        if form != self._form:
            self._form = form
            self._decoder = AudioDecoder(form)
        before, self._detection = self._detection, detection
        if _finding(detection) != _finding(before):
            self._watch()

    def feed(self, data: bytes) -> list[ListeningEvent]:
        """Take wire audio and return what it brought about."""
        pcm = self._decoder.feed(data)
        self._audio.extend(pcm)
        if self._detector is None:
            return []
        events: list[ListeningEvent] = []
        for activity in self._detector.feed(pcm):
            events += self._react(activity)
        events += self._waited()
        events += self._idle()
        self._trim()
        return events

    def understood(self, item_id: str, said: str) -> list[ListeningEvent]:
        """Take the words recognised in the turn under way: they may show that it is finished."""
        if item_id == self._item_id:
            self._said = said
        return self._waited()

    def answering(self) -> None:
        """Do not wait for the caller: an answer is on its way."""
        self._idle_at_ms = None

    def answered(self, playing_ms: int) -> int | None:
        """Start to wait for the caller once an answer of this length is played.

        Returns how long in all, if there is a limit. The time is over when so much audio came in
        without a voice, or when ``idled`` is called.
        """
        limit = self._detection.idle_timeout_ms if self._detection else None
        if limit is None or self._item_id is not None:
            return None
        self._idle_at_ms = self.now_ms + playing_ms + limit
        return playing_ms + limit

    def idled(self) -> list[ListeningEvent]:
        """Note that the waiting time is over by the clock, however little audio came in."""
        return self._idle_until(self.now_ms)

    def commit(self) -> tuple[str, bytes]:
        """Empty the buffer by the client's wish; returns the item's id and its audio."""
        item_id, pcm = self._item_id or new_id("item_"), bytes(self._audio)
        self.clear()
        return item_id, pcm

    def clear(self) -> None:
        """Drop what was not committed."""
        self._drop_before(self._audio_from + len(self._audio))
        self._watch()

    def _watch(self) -> None:
        """Begin voice detection afresh, from the present on."""
        self._item_id = None
        self._silent_since_ms = None
        self._idle_at_ms = None
        self._detector = None
        if self._detection is None:
            return
        is_semantic = self._detection.type == "semantic_vad"
        self._detector = self._speech.detector(
            threshold=self._detection.threshold,
            prefix_padding_ms=self._detection.prefix_padding_ms,
            silence_duration_ms=_SEMANTIC_SILENCE_MS
            if is_semantic
            else self._detection.silence_duration_ms,
        )
        self._detector_from_ms = self.now_ms

    def _react(self, activity: VoiceActivity) -> list[ListeningEvent]:
        assert self._detection is not None
        match activity:
            case SpeechBegan(start_ms):
                return self._began(self._detector_from_ms + start_ms)
            case SpeechPaused(end_ms) if self._item_id is not None:
                at_ms = self._detector_from_ms + end_ms
                return [TurnPaused(self._item_id, self._heard(), at_ms)]
            case SpeechEnded(end_ms) if self._item_id is not None:
                end_ms += self._detector_from_ms
                if self._detection.type == "semantic_vad":
                    self._silent_since_ms = end_ms - _SEMANTIC_SILENCE_MS
                    return [TurnPaused(self._item_id, self._heard(), end_ms)]
                return [self._end(end_ms, end_ms - self._detection.silence_duration_ms)]
            case _:
                return []

    def _began(self, start_ms: int) -> list[ListeningEvent]:
        self._idle_at_ms = None
        self._silent_since_ms = None
        self._said = ""
        if self._item_id is not None:
            return []
        self._item_id = new_id("item_")
        self._turn_start_ms = max(start_ms, self._audio_from // BYTES_PER_MS)
        return [TurnBegan(self._item_id, self._turn_start_ms)]

    def _waited(self) -> list[ListeningEvent]:
        """Semantic detection: end the turn when the silence was long enough for its words."""
        if self._silent_since_ms is None or self._detection is None:
            return []
        patience = _EAGERNESS[self._detection.eagerness]
        is_finished = bool(self._said) and looks_finished(self._said)
        needed_ms = patience.finished_ms if is_finished else patience.longest_ms
        if self.now_ms - self._silent_since_ms < needed_ms:
            return []
        return [self._end(self.now_ms, self._silent_since_ms)]

    def _idle(self) -> list[ListeningEvent]:
        if self._idle_at_ms is None or self.now_ms < self._idle_at_ms:
            return []
        return self._idle_until(self._idle_at_ms)

    def _idle_until(self, end_ms: int) -> list[ListeningEvent]:
        if self._idle_at_ms is None:
            return []
        assert self._detection is not None
        assert self._detection.idle_timeout_ms is not None
        start_ms = min(end_ms, self._idle_at_ms - self._detection.idle_timeout_ms)
        self._idle_at_ms = None
        pcm = self._between(start_ms, end_ms)
        return [CallerIdle(new_id("item_"), pcm, start_ms, end_ms)]

    def _end(self, end_ms: int, quiet_from_ms: int) -> TurnEnded:
        assert self._item_id is not None
        pcm = self._between(self._turn_start_ms, end_ms)
        event = TurnEnded(self._item_id, pcm, end_ms, quiet_from_ms)
        self._item_id = None
        self._silent_since_ms = None
        self._said = ""
        self._drop_before(end_ms * BYTES_PER_MS)
        return event

    def _heard(self) -> bytes:
        return self._between(self._turn_start_ms, self.now_ms)

    def _between(self, start_ms: int, end_ms: int) -> bytes:
        first = max(0, start_ms * BYTES_PER_MS - self._audio_from)
        return bytes(self._audio[first : max(0, end_ms * BYTES_PER_MS - self._audio_from)])

    def _trim(self) -> None:
        """With detection on, silence between turns is not kept."""
        if self._item_id is not None or self._detection is None:
            return
        kept_ms = max(self._detection.prefix_padding_ms, self._detection.idle_timeout_ms or 0)
        kept = (kept_ms + _MARGIN_MS) * BYTES_PER_MS
        self._drop_before(self._audio_from + len(self._audio) - kept)

    def _drop_before(self, position: int) -> None:
        count = min(len(self._audio), position - self._audio_from)
        if count > 0:
            del self._audio[:count]
            self._audio_from += count
