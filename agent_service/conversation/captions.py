"""The final captions of turns: the caller sees one once its turn is on record."""

from agent_service.conversation.commands import ShowTranscript
from agent_service.conversation.output import Output
from agent_service.conversation.records import Role, TurnRecord

CLOSING_S = 1.0
"""How long the end waits for the last turns to be on record."""


class Captions:
    def __init__(self, output: Output) -> None:
        self._output = output
        self._waiting: dict[str, ShowTranscript] = {}
        """By turn."""
        self._closes_at: float | None = None

    @property
    def are_done(self) -> bool:
        """No turn is waited for any more."""
        return not self._waiting

    def wait(self, record: TurnRecord, *, is_to_person: bool) -> None:
        is_persons = record.role is Role.REPRESENTATIVE
        is_noise = not record.text and (is_persons or is_to_person)
        self._waiting[record.turn_id] = _final_caption(record, is_noise=is_noise)

    def recorded(self, turn_id: str) -> None:
        caption = self._waiting.pop(turn_id, None)
        if caption is not None:
            self._output.order(caption)

    def close(self) -> None:
        """The conversation ends: wait for the last ones, but not for long."""
        self._closes_at = self._output.now + CLOSING_S

    def deadline(self) -> float | None:
        return self._closes_at

    def expire(self, now: float) -> None:
        if self._closes_at is not None and now >= self._closes_at:
            self._waiting.clear()


def _final_caption(record: TurnRecord, *, is_noise: bool) -> ShowTranscript:
    return ShowTranscript(
        turn_id=record.turn_id,
        role=record.role,
        text=record.text,
        is_final=True,
        item_id=record.item_id,
        heard_text=record.heard_text,
        is_interrupted=record.is_interrupted,
        first_audio_ms=record.first_audio_ms,
        is_noise=is_noise,
    )
