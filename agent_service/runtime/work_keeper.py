"""Has conversations that wait for a time, or for their customer, come back open to the team."""

import asyncio
from typing import Final

import structlog

from agent_service.clock import Clock
from agent_service.errors import StoreError
from agent_service.store.database import Database
from agent_service.store.work.standing import come_back, is_any_due

ROUND_S: Final = 20.0

_log = structlog.get_logger()


class WorkKeeper:
    """Looks every now and then; of several processes each does what it finds."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock

    async def run(self) -> None:
        """Go on until cancelled; a database that is away is tried again."""
        while True:
            try:
                await self.look()
            except StoreError as error:
                _log.warning("work_not_looked_at", code=error.code)
            await asyncio.sleep(ROUND_S)

    async def look(self) -> None:
        """Have all that is due come back, once; the database is only written to if there is any."""
        now = self._clock.utc()
        if await self._database.run(lambda session: is_any_due(session, now)):
            await self._database.run(lambda session: come_back(session, now), is_write=True)
