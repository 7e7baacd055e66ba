"""Single use of tickets, in every process of the database."""

from datetime import timedelta
from functools import partial
from typing import Final

from agent_service.clock import Clock
from agent_service.store.database import Database
from agent_service.store.used_tickets import use_ticket
from agent_service.web.tickets import MAX_VALID_S

KEPT: Final = timedelta(seconds=MAX_VALID_S, days=1)
"""How long a used ticket is remembered: also by a clock that is put forward, and back, by a day."""


class UsedTickets:
    """Remembers which tickets were used for as long as one could be shown again."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock

    async def use(self, ticket_id: str) -> bool:
        """Use the ticket up; False when it was used before. Raises StoreError."""
        now = self._clock.utc()
        work = partial(use_ticket, ticket_id=ticket_id, now=now, forget_at=now + KEPT)
        return await self._database.run(work, is_write=True)
