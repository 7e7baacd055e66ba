"""Tells the team that a caller asks for a person, with what they need to know before they come."""

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any, TypeAlias

from sqlalchemy.orm import Session

from agent_service.clock import Clock
from agent_service.store.briefings import briefing_of
from agent_service.store.database import Database
from agent_service.store.office_hours import is_team_there

Tell: TypeAlias = Callable[[str, Mapping[str, Any]], None]
"""Hears of which conversation, and what is to be known of it."""


class TeamBell:
    def __init__(self, database: Database, clock: Clock, tell: Tell) -> None:
        self._database = database
        self._clock = clock
        self._tell = tell

    async def ring(self, conversation_id: str, reason: str) -> bool:
        """Ring, unless it is outside the opening hours, when nobody is there to come."""
        work = partial(self._look, conversation_id=conversation_id)
        briefing = await self._database.run(work)
        if briefing is None:
            return False
        self._tell(conversation_id, {"reason": reason, **briefing})
        return True

    def _look(self, session: Session, conversation_id: str) -> dict[str, Any] | None:
        if not is_team_there(session, self._clock.utc()):
            return None
        return briefing_of(session, conversation_id)
