"""Keeps to what was promised of data: takes out what is too old, and finishes erasures."""

import asyncio
from collections import Counter
from collections.abc import Iterator
from typing import Final

import structlog

from agent_service.clock import Clock
from agent_service.errors import StoreError
from agent_service.store.erasure import Erasing
from agent_service.store.retention import Retention, Rule

_log = structlog.get_logger()

BREATH_S: Final = 0.05
"""Between two transactions: others write meanwhile."""


class Upkeep:
    """Does it when the service begins, and then every ``pause_s`` seconds."""

    def __init__(
        self, retention: Retention, erasing: Erasing, clock: Clock, *, pause_s: float
    ) -> None:
        self._retention = retention
        self._erasing = erasing
        self._clock = clock
        self._pause_s = pause_s

    async def run(self) -> None:
        """Keep doing it until cancelled."""
        while True:
            await self.once()
            await asyncio.sleep(self._pause_s)

    async def once(self) -> None:
        """Take out all that is due, a little at a time."""
        try:
            for receipt in await asyncio.to_thread(self._erasing.resume):
                _log.info("erasure_finished", erasure_id=receipt.id)
            removed: Counter[str] = Counter()
            steps = self._retention.run(self._clock.utc())
            while (step := await asyncio.to_thread(_next, steps)) is not None:
                removed += step[1]
                await asyncio.sleep(BREATH_S)
            if removed:
                _log.info("retention_done", **removed)
        except StoreError as error:  # the next time goes on where this one stopped
            _log.error("retention_failed", code=error.code, message=error.message)
        except Exception:
            # The seam to a company's own erasing: a defect in it ends nothing else.
            _log.exception("retention_failed")


def _next(
    steps: Iterator[tuple[Rule, Counter[str]]],
) -> tuple[Rule, Counter[str]] | None:
    return next(steps, None)
