"""How long the conversation may go on: who is still there, and when it has lasted long enough."""

import math
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
    HELD = auto()
    """The caller has put the conversation on hold: they may take their time."""


class PresenceEvent(Enum):
    SIGN = auto()
    """The caller said, typed or did something."""
    SILENCE = auto()
    LEFT = auto()
    CAME_BACK = auto()
    HELD = auto()
    TAKEN_UP = auto()
    """The hold is over."""


MOVES: Moves[PresenceEvent, Presence] = {
    PresenceEvent.SIGN: {Presence.THERE: Presence.THERE, Presence.ASKED: Presence.THERE},
    PresenceEvent.SILENCE: {Presence.THERE: Presence.ASKED},
    PresenceEvent.LEFT: dict.fromkeys(Presence, Presence.AWAY),
    PresenceEvent.CAME_BACK: dict.fromkeys(Presence, Presence.THERE),
    PresenceEvent.HELD: {
        Presence.THERE: Presence.HELD,
        Presence.ASKED: Presence.HELD,
        Presence.HELD: Presence.HELD,
    },
    PresenceEvent.TAKEN_UP: {Presence.HELD: Presence.THERE},
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
        self._answer_s = min(ANSWER_S, self._idle_s)
        self._grace_s = settings.limits.grace_s
        self._ends_at = now + settings.agent.limits.max_duration_s
        self._presence = Presence.THERE
        self._until = now + self._idle_s
        self._is_held = False

    @property
    def is_away(self) -> bool:
        """Nobody hears what is said now, and nobody will answer it."""
        return self._presence in (Presence.AWAY, Presence.HELD)

    @property
    def is_gone(self) -> bool:
        """Their line is gone: they see nothing, either."""
        return self._presence is Presence.AWAY

    def sign(self, now: float) -> None:
        """The caller said, typed or did something; a sound without words is no sign of them."""
        if not self.is_away:
            self._move(PresenceEvent.SIGN, now + self._idle_s)

    def agent_heard(self, now: float) -> None:
        """The agent is heard, which answers nothing: the caller has their time from then on."""
        if not self.is_away:
            wait_s = self._idle_s if self._presence is Presence.THERE else self._answer_s
            self._until = max(self._until, now + wait_s)

    def hold(self, *, is_held: bool) -> None:
        """Wait, while there is a sound of the caller's of which no words are known yet."""
        self._is_held = is_held and not self.is_away

    def leave(self, now: float) -> None:
        self._move(PresenceEvent.LEFT, now + self._grace_s)

    def come_back(self, now: float) -> None:
        self._move(PresenceEvent.CAME_BACK, now + self._idle_s)

    def put_on_hold(self) -> None:
        if self._presence is not Presence.AWAY:
            self._move(PresenceEvent.HELD, math.inf)

    def take_up(self, now: float) -> bool:
        """The hold is over; False where there is none."""
        if self._presence is not Presence.HELD:
            return False
        self._move(PresenceEvent.TAKEN_UP, now + self._idle_s)
        return True

    def deadline(self) -> float:
        return self._ends_at if self._is_held else min(self._ends_at, self._until)

    def expire(self, now: float) -> None:
        if now >= self._ends_at:
            self._is_due(Due.TIME_LIMIT)
        elif now >= self._until and not self._is_held:
            due = DUE[self._presence]
            if due is Due.SILENT:
                self._move(PresenceEvent.SILENCE, now + self._answer_s)
            self._is_due(due)

    def _move(self, event: PresenceEvent, until: float) -> None:
        self._presence = after(MOVES, self._presence, event, "caller")
        self._until = until
