"""Adds up the days that are over, beside the conversations and at leisure."""

import asyncio
from typing import Final

import structlog

from agent_service.clock import Clock
from agent_service.errors import StoreError
from agent_service.store.database import Database
from agent_service.store.rollups import add_up_day, days_to_add_up

ROUND_S: Final = 60.0
PAUSE_S: Final = 0.2
"""Between two days: after an upgrade there may be years of them, and nobody waits for them."""

_log = structlog.get_logger()


class DayKeeper:
    """Keeps the sums of days; of several processes each does what it finds undone."""

    def __init__(
        self,
        database: Database,
        clock: Clock,
        *,
        round_s: float = ROUND_S,
        pause_s: float = PAUSE_S,
    ) -> None:
        self._database = database
        self._clock = clock
        self._round_s = round_s
        self._pause_s = pause_s

    async def run(self) -> None:
        """Go on until cancelled; a database that is away is tried again."""
        while True:
            try:
                await self.add_up()
            except StoreError as error:
                _log.warning("days_not_added_up", code=error.code)
            await asyncio.sleep(self._round_s)

    async def add_up(self) -> None:
        """Add up every day that is due, once."""
        now = self._clock.utc()
        days = await self._database.run(lambda session: days_to_add_up(session, now))
        for day in days:
            await asyncio.to_thread(add_up_day, self._database, day)
            await asyncio.sleep(self._pause_s)
