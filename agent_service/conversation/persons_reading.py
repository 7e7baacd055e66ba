"""What a representative says while a question of theirs is open: it may be its read-back.

A read-back has pauses, so it is one turn or some of them. The words of each are known later than
the caller may answer, so what the caller had heard is noted when they begin to.
"""

from datetime import datetime
from typing import Final

from agent_service.conversation.playback import AgentItem
from agent_service.conversation.read_back import says_the_same

MOST_PARTS: Final = 8
"""Of how many turns a read-back may be."""


class PersonsReading:
    def __init__(self) -> None:
        self._said: list[AgentItem] = []
        self._answered: list[AgentItem] = []
        """What had been said when the caller began to answer."""
        self._key: list[tuple[str, bool]] = []
        self.heard_at: datetime | None = None
        """When the caller began to answer what they had heard to its end."""

    def say(self, item: AgentItem) -> None:
        self._said = [*self._said, item][-MOST_PARTS:]

    def overtake(self) -> None:
        """Something else was said to the caller, or answered: it has to be read back anew."""
        self._said = []

    def is_answered_anew(self, began_at: float, now: datetime) -> bool:
        """The caller began to speak then: tell whether anything was said since they last did."""
        key = [(item.item_id, item.is_complete) for item in self._said]
        if key == self._key and self.is_in_time:
            return False
        self._answered, self._key = self._said, key
        self.heard_at = now if self._is_heard(began_at) else None
        return True

    @property
    def is_in_time(self) -> bool:
        """All of what is answered had been said, and heard, before."""
        return self.heard_at is not None

    def _is_heard(self, began_at: float) -> bool:
        return bool(self._answered) and all(
            item.is_complete and item.is_sound_heard and item.sounding_span(began_at)[1] <= began_at
            for item in self._answered
        )

    def is_read_back(self, text: str, *, language: str | None) -> bool | None:
        """Tell whether the last of what is answered says just this; None: not known yet."""
        words = ""
        for item in reversed(self._answered):
            if item.is_unwritten:
                return None
            if item.is_only_written or item.is_mute:
                return False  # who listens need not have read it
            words = f"{item.text} {words}".strip()
            if says_the_same(text, words, language=language):
                return True
        return False
