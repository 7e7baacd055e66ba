"""One writer after another within the process, in the order in which they came.

SQLite has one writer at a time, and whoever finds the database busy sleeps and tries again, for
longer each time and in no order: with many writers some wait for seconds while others pass them.
"""

from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Lock

from agent_service.errors import StoreError


class Turnstile:
    """Lets one thread through at a time; raises StoreError for one that waits too long."""

    def __init__(self, limit_s: float) -> None:
        self._limit_s = limit_s
        self._guard = Lock()
        self._waiting: deque[Lock] = deque()
        self._is_taken = False

    @property
    def waiting(self) -> int:
        """Threads that stand in line."""
        return len(self._waiting)

    @contextmanager
    def turn(self) -> Iterator[None]:
        """Wait for the turn and have it for the block."""
        self._enter()
        try:
            yield
        finally:
            self._leave()

    def _enter(self) -> None:
        with self._guard:
            if not self._is_taken:
                self._is_taken = True
                return
            gate = Lock()
            gate.acquire()
            self._waiting.append(gate)
        if gate.acquire(timeout=self._limit_s):
            return
        with self._guard:
            if gate in self._waiting:
                self._waiting.remove(gate)
                raise StoreError("The database is busy with another writer.", code="storage_busy")
        # The turn came in the very moment in which the wait ended.

    def _leave(self) -> None:
        with self._guard:
            if self._waiting:
                self._waiting.popleft().release()
            else:
                self._is_taken = False
