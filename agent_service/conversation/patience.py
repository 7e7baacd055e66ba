"""Sees to it that nobody who waits for the agent hears nothing for long.

While something is owed to the caller and nothing sounds, a notice is due after a few seconds, and
again and again until there is sound or nothing is owed any more.
"""

SILENCE_S = 8.0
"""The longest that a caller is left without a word. What is promised is ten seconds."""


class Patience:
    def __init__(self) -> None:
        self._since: float | None = None
        self._sounds_until = 0.0
        self.notices = 0
        """How many were said since the agent last spoke."""

    def watch(self, now: float, *, is_owed: bool, sounds_until: float) -> None:
        """Look at how things are after an event, and until when what was sent sounds."""
        self._sounds_until = sounds_until
        if not is_owed:
            self._since, self.notices = None, 0
        elif self._since is None:
            self._since = now

    def notified(self, now: float) -> None:
        """The service has said something itself."""
        self.notices += 1
        if self._since is not None:
            self._since = now

    def deadline(self) -> float | None:
        if self._since is None:
            return None
        return max(self._since, self._sounds_until) + SILENCE_S

    def is_over(self, now: float) -> bool:
        """Return whether something is to be said now; the next time is as long again."""
        due = self.deadline()
        if due is None or now < due:
            return False
        self._since = now
        return True
