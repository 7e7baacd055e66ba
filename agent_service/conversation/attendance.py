"""How long the conversation may go on: who is still there, and when it has lasted long enough."""

from collections.abc import Callable
from enum import Enum, auto

from agent_service.conversation.spec import DialogueSettings

ANSWER_S = 15.0
"""How long the caller has to answer "are you still there?"."""


class Due(Enum):
    CALLER_LOST = auto()
    """The caller dropped and did not come back."""
    TIME_LIMIT = auto()
    SILENT = auto()
    """Nobody has said anything for a while: ask."""
    IDLE = auto()
    """Nobody has answered that."""


class Attendance:
    def __init__(
        self, settings: DialogueSettings, now: float, *, is_due: Callable[[Due], None]
    ) -> None:
        """``is_due`` is told once of each thing that has come."""
        self._settings = settings
        self._is_due = is_due
        self._ends_at = now + settings.agent.limits.max_duration_s
        self._idle_at = now + settings.agent.limits.idle_timeout_s
        self._away_until: float | None = None
        self._is_asked = False

    @property
    def is_away(self) -> bool:
        return self._away_until is not None

    def touch(self, now: float) -> None:
        """Somebody speaks, types or is heard."""
        self._idle_at = now + self._settings.agent.limits.idle_timeout_s
        self._is_asked = False

    def leave(self, now: float) -> None:
        """The caller's line is gone; they may come back, and until then they are not asked."""
        self._away_until = now + self._settings.limits.grace_s

    def come_back(self, now: float) -> None:
        self._away_until = None
        self.touch(now)

    def deadline(self) -> float:
        waits_until = self._idle_at if self._away_until is None else self._away_until
        return min(self._ends_at, waits_until)

    def expire(self, now: float) -> None:
        due = self._due(now)
        if due is not None:
            self._is_due(due)

    def _due(self, now: float) -> Due | None:
        """Return what has come, having moved on from it."""
        if self._away_until is not None and now >= self._away_until:
            return Due.CALLER_LOST
        if now >= self._ends_at:
            return Due.TIME_LIMIT
        if self._away_until is not None or now < self._idle_at:
            return None
        if self._is_asked:
            return Due.IDLE
        self._is_asked = True
        self._idle_at = now + min(ANSWER_S, self._settings.agent.limits.idle_timeout_s)
        return Due.SILENT
