"""Keeps the chain of the whole log going while the service runs."""

import asyncio
from collections.abc import Callable
from functools import partial
from typing import Final

import structlog
from sqlalchemy.orm import Session

from agent_service.clock import Clock
from agent_service.errors import SettingsError, StoreError
from agent_service.store.database import Database
from agent_service.store.proof.anchors import MOST_HEADS, Signer, adopt_some, anchor_heads

ADOPTION_PAUSE_S: Final = 0.2
"""Between the transactions that chain conversations from before there were chains."""

_log = structlog.get_logger()


class Anchoring:
    """Anchors heads every ``pause_s`` seconds; several processes may do it on one log."""

    def __init__(
        self,
        database: Database,
        clock: Clock,
        signer: Signer | None,
        *,
        pause_s: float,
        keep: Callable[[Session], bool] = lambda _: True,
    ) -> None:
        """``keep`` notes the last anchor where who can write to the database does not reach; it
        returns False when the one that was noted is gone."""
        self._database = database
        self._clock = clock
        self._signer = signer
        self._pause_s = pause_s
        self._keep = keep

    async def run(self) -> None:
        """Anchor until cancelled, and adopt what has no chain yet."""
        await self.anchor()
        await self._adopt()
        while True:
            await asyncio.sleep(self._pause_s)
            await self.anchor()

    async def _adopt(self) -> None:
        while True:
            if not await self._try(adopt_some):
                return
            await asyncio.sleep(ADOPTION_PAUSE_S)

    async def anchor(self) -> None:
        """Anchor all heads that have moved."""
        now, count = self._clock.utc(), MOST_HEADS
        while count == MOST_HEADS:
            count = await self._try(partial(anchor_heads, now=now, signer=self._signer))
            if count:
                await self._keep_last()

    async def _keep_last(self) -> None:
        try:
            if not await self._database.run(self._keep):
                _log.error("anchors_removed", remedy="agent-service logs verify")
        except (StoreError, SettingsError) as error:  # the next one is kept again
            _log.error("anchor_not_kept", reason=error.message)

    async def _try(self, work: Callable[[Session], int]) -> int:
        try:
            return await self._database.run(work, is_write=True)
        except StoreError as error:  # the next one takes in what this one could not
            _log.error("anchoring_failed", code=error.code)
            return 0
