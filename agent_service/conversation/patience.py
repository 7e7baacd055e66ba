"""Sees to it that nobody who waits for the agent hears nothing for long.

While something is owed to the caller and nothing sounds, a notice is due after a few seconds, and
again and again until there is sound or nothing is owed any more.
"""

SILENCE_S = 8.0
"""The longest that a caller is left without a word. What is promised is ten seconds."""


class Patience:
    def __init__(self) -> None:
        self._since: float | None = None
        self.notices = 0
        """How many were said since the agent last spoke."""

    def watch(self, now: float, *, is_owed: bool) -> None:
        """Look at how things are after an event."""
        if not is_owed:
            self._since, self.notices = None, 0
        elif self._since is None:
            self._since = now

    def notified(self, now: float) -> None:
        """The service has said something itself."""
        self.notices += 1
        if self._since is not None:
            self._since = now

    def deadline(self, sounds_until: float) -> float | None:
        """Return when something is to be said, by until when there was something to hear."""
        return None if self._since is None else max(self._since, sounds_until) + SILENCE_S

    def is_over(self, now: float, sounds_until: float) -> bool:
        """Return whether something is to be said now; the next time is as long again."""
        due = self.deadline(sounds_until)
        if due is None or now < due:
            return False
        self._since = now
        return True
