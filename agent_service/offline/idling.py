"""Waiting by the clock for a caller who is silent, or sends no sound at all."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import TypeAlias

Wait: TypeAlias = Callable[[float], Awaitable[None]]
"""Returns after so many seconds."""


class IdleTimer:
    """One wait at a time: a new one takes the place of the one before."""

    def __init__(self, wait: Wait, tasks: asyncio.TaskGroup) -> None:
        self._wait = wait
        self._tasks = tasks
        self._running: asyncio.Task[None] | None = None

    def start(self, wait_ms: int, then: Callable[[], None]) -> None:
        """Call ``then`` once the time is over."""

        async def run() -> None:
            await self._wait(wait_ms / 1000)
            self._running = None
            then()

        self.stop()
        self._running = self._tasks.create_task(run())

    def stop(self) -> None:
        """Wait no longer."""
        if self._running is not None:
            self._running.cancel()
            self._running = None
