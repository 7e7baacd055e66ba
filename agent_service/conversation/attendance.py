"""How long the conversation may go on: who is still there, and when it has lasted long enough."""

from collections.abc import Callable
from enum import Enum, auto

from agent_service.conversation.moves import Moves, after
from agent_service.conversation.spec import DialogueSettings

ANSWER_S = 15.0
"""How long the caller has to answer "are you still there?"."""


class Presence(Enum):
    THERE = auto()
    ASKED = auto()
    """Whether they are still there."""
    AWAY = auto()
    """The caller's line is gone; they may come back, and until then they are not asked."""


class PresenceEvent(Enum):
    SIGN = auto()
    """Somebody speaks, types or is heard."""
    SILENCE = auto()
    LEFT = auto()
    CAME_BACK = auto()


MOVES: Moves[PresenceEvent, Presence] = {
    PresenceEvent.SIGN: {Presence.THERE: Presence.THERE, Presence.ASKED: Presence.THERE},
    PresenceEvent.SILENCE: {Presence.THERE: Presence.ASKED},
    PresenceEvent.LEFT: dict.fromkeys(Presence, Presence.AWAY),
    PresenceEvent.CAME_BACK: dict.fromkeys(Presence, Presence.THERE),
}


class Due(Enum):
    CALLER_LOST = auto()
    """The caller dropped and did not come back."""
    TIME_LIMIT = auto()
    SILENT = auto()
    """Nobody has said anything for a while: ask."""
    IDLE = auto()
    """Nobody has answered that."""


DUE = {Presence.THERE: Due.SILENT, Presence.ASKED: Due.IDLE, Presence.AWAY: Due.CALLER_LOST}
"""What has come when nothing has happened for as long as it may."""


class Attendance:
    def __init__(
        self, settings: DialogueSettings, now: float, *, is_due: Callable[[Due], None]
    ) -> None:
        """``is_due`` is told of what has come."""
        self._is_due = is_due
        self._idle_s = settings.agent.limits.idle_timeout_s
        self._grace_s = settings.limits.grace_s
        self._ends_at = now + settings.agent.limits.max_duration_s
        self._presence = Presence.THERE
        self._until = now + self._idle_s

    @property
    def is_away(self) -> bool:
        return self._presence is Presence.AWAY

    def touch(self, now: float) -> None:
        """Somebody speaks, types or is heard."""
        if self._presence in MOVES[PresenceEvent.SIGN]:
            self._move(PresenceEvent.SIGN, now + self._idle_s)

    def leave(self, now: float) -> None:
        self._move(PresenceEvent.LEFT, now + self._grace_s)

    def come_back(self, now: float) -> None:
        self._move(PresenceEvent.CAME_BACK, now + self._idle_s)

    def deadline(self) -> float:
        return min(self._ends_at, self._until)

    def expire(self, now: float) -> None:
        if now >= self._ends_at:
            self._is_due(Due.TIME_LIMIT)
        elif now >= self._until:
            due = DUE[self._presence]
            if due is Due.SILENT:
                self._move(PresenceEvent.SILENCE, now + min(ANSWER_S, self._idle_s))
            self._is_due(due)

    def _move(self, event: PresenceEvent, until: float) -> None:
        self._presence = after(MOVES, self._presence, event, "caller")
        self._until = until
