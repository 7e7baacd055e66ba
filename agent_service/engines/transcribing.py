"""Whether what the caller says is written down in this session, and what is told where it is not.

A transcription model that is gone costs captions, not calls: the model itself hears the audio.
"""

from agent_service.conversation.events import (
    EngineEvent,
    EngineRefused,
    SpeechCommitted,
    TranscriptArrived,
    TranscriptFailed,
)

UNAVAILABLE = "transcription_unavailable"
_TRIED = 3
_NOT_WRITTEN = "Nothing that is said in this session is written down."


class SessionTranscripts:
    """The transcripts of one provider session."""

    def __init__(self) -> None:
        self.is_on = True
        self._failures = 0
        """In a row, before the first success."""

    def take(self, event: EngineEvent) -> tuple[EngineEvent, ...]:
        """Return the event and what follows from it."""
        match event:
            case SpeechCommitted(item_id) if not self.is_on:
                return (event, TranscriptFailed(item_id, _NOT_WRITTEN, is_expected=True))
            case TranscriptArrived(is_final=True):
                self._failures = -1
            case TranscriptFailed() if self._failures >= 0:
                return self._failed(event)
            case _:
                pass
        return (event,)

    def _failed(self, event: TranscriptFailed) -> tuple[EngineEvent, ...]:
        self._failures += 1
        if self._failures < _TRIED:
            return (event,)
        known = TranscriptFailed(event.item_id, event.message, is_expected=True)
        if self._failures > _TRIED:
            return (known,)
        told = f"None of the first {_TRIED} things said could be written down: {event.message}"
        return (known, EngineRefused(UNAVAILABLE, told))
