"""This process as the others see it: a heartbeat, and conversations that it must let go of."""

import asyncio
from collections.abc import Collection
from functools import partial
from typing import Final, Protocol

import structlog
from sqlalchemy.orm import Session

from agent_service.clock import Clock, uuid7
from agent_service.errors import StoreError
from agent_service.store.claims import Claim, overtaken
from agent_service.store.database import Database
from agent_service.store.interrupted import Announce, end_lost
from agent_service.store.interruptions import note_ended_processes
from agent_service.store.processes import Mark, leave, renew

BEAT_S: Final = 5.0
"""A third of the lease: two beats may fail."""
BEAT_LIMIT_S: Final = 10.0
"""A beat that takes longer has failed; a busy database is waited for no longer than that."""
SWEEP_PAUSE_S: Final = 60.0

_log = structlog.get_logger()


class Serving(Protocol):
    """What this process serves."""

    def claims(self) -> list[Claim]: ...

    def lose(self, claim: Claim) -> None: ...


class Presence:
    """Says that this process is there: ``begin``, ``keep`` and ``sweep`` going, ``end``."""

    def __init__(self, database: Database, clock: Clock, announce: Announce | None = None) -> None:
        self.process_id = uuid7()
        self.is_well = True
        """False while the database takes no heartbeat."""
        self._database = database
        self._clock = clock
        self._announce = announce
        self._mark = Mark.own()

    def begin(self) -> None:
        """Register the process; note what ended processes have lost, and end what is too old.

        Raises StoreError.
        """
        with self._database.write() as session:
            renew(session, self.process_id, self._mark)
            self._end_lost(session, ())

    async def keep(self, serving: Serving) -> None:
        """Renew the lease until cancelled, and let go of what was taken over meanwhile."""
        while True:
            await asyncio.sleep(BEAT_S)
            await self.beat(serving)

    async def beat(self, serving: Serving) -> None:
        """Renew the lease once."""
        work = partial(self._renew, claims=serving.claims())
        try:
            async with asyncio.timeout(BEAT_LIMIT_S):
                lost = await self._database.run(work, is_write=True)
        except (StoreError, TimeoutError) as error:
            if self.is_well:
                _log.error("heartbeat_failed", code=getattr(error, "code", "timed_out"))
            self.is_well = False
            return
        self.is_well = True
        for claim in lost:
            serving.lose(claim)

    async def sweep(self, serving: Serving) -> None:
        """End the conversations that killed processes left, now and then, until cancelled."""
        while True:
            await asyncio.sleep(SWEEP_PAUSE_S)
            live = [claim.conversation_id for claim in serving.claims()]
            work = partial(self._end_lost, live=live)
            try:
                ended = await self._database.run(work, is_write=True)
            except StoreError as error:
                _log.error("conversation_sweep_failed", code=error.code)
            else:
                if ended:
                    _log.warning("conversations_lost", count=ended)

    def end(self) -> None:
        """Say that the process has ended; without a database that is seen soon enough."""
        try:
            with self._database.write() as session:
                leave(session, self.process_id)
        except StoreError as error:
            _log.error("process_not_signed_off", code=error.code)

    def _end_lost(self, session: Session, live: Collection[str]) -> int:
        note_ended_processes(session, self._clock.utc())
        return end_lost(session, self._clock.utc(), self.process_id, live, self._announce)

    def _renew(self, session: Session, claims: list[Claim]) -> set[Claim]:
        renew(session, self.process_id, self._mark)
        return overtaken(session, claims)
