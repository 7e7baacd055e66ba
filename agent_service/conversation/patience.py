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
        """How many were due in this silence."""

    def watch(self, now: float, *, is_owed: bool, is_audible: bool) -> None:
        """Look at how things are after an event."""
        if not is_owed:
            self._since, self.notices = None, 0
        elif is_audible or self._since is None:
            self._since = now

    def spoke(self, now: float) -> None:
        """The agent's own words begin: the silence is over."""
        self._since, self.notices = now, 0

    def deadline(self) -> float | None:
        return None if self._since is None else self._since + SILENCE_S

    def is_over(self, now: float) -> bool:
        """Return whether a notice is due now, and count it."""
        due = self.deadline()
        if due is None or now < due:
            return False
        self._since = now
        self.notices += 1
        return True
