"""Time and identifiers, as the outside supplies them to the rest of the service."""

import secrets
import time
import uuid
from collections.abc import Callable
from datetime import UTC, datetime
from threading import Lock
from typing import Final, Protocol


class Clock(Protocol):
    """What the service needs to know about time."""

    def now(self) -> float:
        """Return monotonic seconds."""
        ...

    def utc(self) -> datetime:
        """Return the aware wall-clock time in UTC."""
        ...


class SystemClock:
    """The machine's own clock."""

    def now(self) -> float:
        return time.monotonic()

    def utc(self) -> datetime:
        return datetime.now(UTC)


class Uuid7:
    """Makes UUIDv7, each greater than the last, also when ``wall_s`` stands still or goes back.

    RFC 9562, section 6.2, method 2: the random bits after the milliseconds count on from the last
    identifier's, by a random step, for as long as the clock is not ahead of it.
    """

    def __init__(self, wall_s: Callable[[], float] = time.time) -> None:
        self._wall_s = wall_s
        self._lock = Lock()
        self._last = 0

    def __call__(self) -> str:
        fresh = int(self._wall_s() * 1000) << _RANDOM_BITS | secrets.randbits(_RANDOM_BITS)
        with self._lock:
            # When all the random bits are used up, the sum carries into the milliseconds.
            following = self._last + 1 + secrets.randbits(_STEP_BITS)
            self._last = value = max(fresh, following)
        low, middle, high = value & _LOW, value >> 62 & 0xFFF, value >> _RANDOM_BITS
        return str(uuid.UUID(int=high << 80 | 7 << 76 | middle << 64 | 2 << 62 | low))


_RANDOM_BITS: Final = 74
"""Of a UUIDv7: 12 after the version and 62 after the variant."""
_STEP_BITS: Final = 32
_LOW: Final = (1 << 62) - 1

uuid7: Final = Uuid7()
"""Return a new UUIDv7 (RFC 9562 section 5.7); within this process each is greater than the last."""
