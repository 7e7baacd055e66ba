"""How often a password may be tried: counted in this process, whether the name exists or not."""

from collections import OrderedDict
from dataclasses import dataclass
from typing import Final

from agent_service.clock import Clock
from agent_service.errors import TryLater

WINDOW_S: Final = 900.0
PER_NAME_AND_SOURCE: Final = 10
PER_SOURCE: Final = 50
PER_NAME: Final = 100
"""From everywhere: high, so that a stranger does not shut a user out with it."""
_MOST_COUNTED: Final = 20_000


@dataclass(slots=True)
class _Count:
    since: float
    tries: int = 0


class Tries:
    """Counts tries by name and by where they come from; bounded, the oldest are forgotten."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._counts: OrderedDict[tuple[str, str], _Count] = OrderedDict()

    def begin(self, name: str, source: str) -> None:
        """Count a try; raise TryLater when there were too many."""
        counts = [(self._count(key), most) for key, most in _limits(name, source)]
        if any(count.tries >= most for count, most in counts):
            raise TryLater(
                f"Too many tries: wait {WINDOW_S / 60:.0f} minutes.", code="too_many_sign_ins"
            )
        for count, _ in counts:
            count.tries += 1

    def forgive(self, name: str, source: str) -> None:
        """Take a try back: it was the right password, and many may sign in from one place."""
        for key, _ in _limits(name, source):
            count = self._count(key)
            count.tries = max(0, count.tries - 1)
        self._counts.pop((name, source), None)

    def _count(self, key: tuple[str, str]) -> _Count:
        now = self._clock.now()
        count = self._counts.get(key)
        if count is None or now - count.since >= WINDOW_S:
            count = self._counts[key] = _Count(now)
        self._counts.move_to_end(key)
        if len(self._counts) > _MOST_COUNTED:
            self._counts.popitem(last=False)
        return count


def _limits(name: str, source: str) -> tuple[tuple[tuple[str, str], int], ...]:
    """Return what a try counts for, and how many each may have."""
    return (
        ((name, source), PER_NAME_AND_SOURCE),
        (("", source), PER_SOURCE),
        ((name, ""), PER_NAME),
    )
