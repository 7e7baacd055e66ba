"""Threads for heavy work, which take first what is due first."""

import asyncio
import heapq
import threading
from collections.abc import Callable
from concurrent.futures import Future
from itertools import count
from typing import Any, Final, TypeVar

from agent_service.errors import OfflineError

T = TypeVar("T")

_MOST_WAITING: Final = 256


class DuePool:
    """A few threads and the jobs that wait for them, the earliest due first.

    What a caller waits for is due at once. A later sentence is due when the sound before it will
    have been played. So first sentences and recognition go ahead of later sentences, nobody
    starves, and among equals whoever came first is served first.
    """

    def __init__(self, workers: int, *, most_waiting: int = _MOST_WAITING) -> None:
        self._most_waiting = most_waiting
        self._waiting: list[tuple[float, int, Future[Any], Callable[[], Any]]] = []
        self._numbers = count()
        self._changed = threading.Condition()
        self._is_closed = False
        self._threads = [
            threading.Thread(target=self._work, name=f"speech-{number}", daemon=True)
            for number in range(workers)
        ]
        for thread in self._threads:
            thread.start()

    async def run(self, job: Callable[[], T], *, due: float) -> T:
        """Run the job in a thread and return its result; cancelling forgets a waiting job.

        A full queue refuses: whoever asked has to shed load, since waiting makes all late.
        """
        future: Future[T] = Future()
        with self._changed:
            if self._is_closed:
                raise OfflineError("The speech engine was closed.")
            if len(self._waiting) >= self._most_waiting:
                raise OfflineError(
                    "The speech engine has more to do than it can: try again in a moment.",
                    code="offline_overloaded",
                )
            heapq.heappush(self._waiting, (due, next(self._numbers), future, job))
            self._changed.notify()
        return await asyncio.wrap_future(future)

    def close(self) -> None:
        """Finish what is running, cancel what waits and end the threads."""
        with self._changed:
            self._is_closed = True
            for _, _, future, _ in self._waiting:
                future.cancel()
            self._waiting.clear()
            self._changed.notify_all()
        for thread in self._threads:
            thread.join()

    def _work(self) -> None:
        while True:
            with self._changed:
                while not self._waiting and not self._is_closed:
                    self._changed.wait()
                if self._is_closed:
                    return
                _, _, future, job = heapq.heappop(self._waiting)
            if not future.set_running_or_notify_cancel():
                continue
            try:
                future.set_result(job())
            except BaseException as error:  # it belongs to whoever awaits the job
                future.set_exception(error)
