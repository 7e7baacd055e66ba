"""Tells the team that a caller asks for a person, with what they need to know before they come."""

from collections.abc import Callable, Collection, Mapping
from datetime import timedelta
from functools import partial
from typing import Any, TypeAlias

from sqlalchemy.orm import Session

from agent_service.clock import Clock
from agent_service.store.availability import is_anybody_there
from agent_service.store.briefings import briefing_of
from agent_service.store.database import Database
from agent_service.tools.registry import Registry

Tell: TypeAlias = Callable[[str, Mapping[str, Any]], None]
"""Hears of which conversation, and what is to be known of it."""


class TeamBell:
    def __init__(
        self,
        database: Database,
        clock: Clock,
        tell: Tell,
        registry: Registry,
        *,
        busy: Callable[[], Collection[str]],
        ring_s: float,
    ) -> None:
        """``busy`` names who speaks with callers already; it rings for ``ring_s``."""
        self._rings_for = timedelta(seconds=ring_s)
        self._database = database
        self._clock = clock
        self._tell = tell
        self._title_of = registry.title_of
        self._ringing = [tool.name for tool in registry if tool.rings_team]
        self._busy = busy

    async def ring(self, conversation_id: str, reason: str) -> bool:
        """Ring, unless nobody is there to come: it is outside the opening hours, or all are away
        or busy."""
        work = partial(self._look, conversation_id=conversation_id, busy=self._busy())
        briefing = await self._database.run(work)
        if briefing is None:
            return False
        until = (self._clock.utc() + self._rings_for).isoformat()
        self._tell(conversation_id, {"reason": reason, "rings_until": until, **briefing})
        return True

    async def is_anybody_left(self, declined: frozenset[str]) -> bool:
        """Tell whether somebody may still come when these have said that they do not."""
        without = declined.union(self._busy())
        work = partial(is_anybody_there, now=self._clock.utc(), without=without)
        # Of a team that has never said who can come, whoever declines speaks for all.
        return await self._database.run(work) is True

    def _look(
        self, session: Session, conversation_id: str, busy: Collection[str]
    ) -> dict[str, Any] | None:
        now = self._clock.utc()
        if is_anybody_there(session, now, without=busy) is False:
            return None
        return briefing_of(
            session, conversation_id, now, title_of=self._title_of, without=self._ringing
        )
