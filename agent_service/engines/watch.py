"""Keeps an eye on what of the provider's is about to be switched off, while the service runs."""

import asyncio
from collections.abc import Mapping

import structlog

from agent_service.engines.endings import Ending, ListedModel, endings, uses
from agent_service.engines.line import Line
from agent_service.engines.model_list import listed_models

_FIRST_AFTER_S = 300.0
"""The first calls after a start have the provider to themselves."""
_EVERY_S = 86_400.0

_log = structlog.get_logger(__name__)


class EndingsWatch:
    """Looks once a day into the provider's list of models, and at any time into the table."""

    def __init__(
        self, line: Line, transcription_model: str | None, *, first_after_s: float = _FIRST_AFTER_S
    ) -> None:
        self._line = line
        self._first_after_s = first_after_s
        self._uses = uses(line.choice, line.choice.model, transcription_model)
        self._listed: Mapping[str, ListedModel] | None = None

    def endings(self) -> list[Ending]:
        """Return what has ended, or ends so soon that somebody has to act."""
        today = self._line.clock.utc().date()
        return endings(self._line.choice, self._uses, self._listed, today)

    async def run(self) -> None:
        """Write warnings into the log and ask the provider, day after day."""
        self._warn()
        await asyncio.sleep(self._first_after_s)
        while True:
            if self._line.choice.kind != "offline":
                self._listed = await listed_models(self._line) or self._listed
                self._warn()
            await asyncio.sleep(_EVERY_S)

    def _warn(self) -> None:
        for ending in self.endings():
            _log.warning(
                ending.code,
                kind=ending.use.kind,
                name=ending.use.name,
                ends=ending.ends and ending.ends.isoformat(),
                remedy=ending.remedy,
            )
