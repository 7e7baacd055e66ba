"""Which values what conversations are asked for by has on record: for people to choose from."""

from collections.abc import Mapping
from typing import Any, Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from agent_service.store.facts import FactsOfConversation
from agent_service.store.reviews.tables import Review, ReviewScore
from agent_service.store.team_tables import DeskUser
from agent_service.store.work.tables import Label

MOST: Final = 200
"""Values: where there are more, one is typed."""
_LOOKED_AT: Final = 5_000
"""Conversations whose sets of texts are looked through, the newest."""

_Facts: Final = FactsOfConversation
_COLUMNS: Final[Mapping[str, Any]] = {
    "agent": _Facts.agent,
    "channel": _Facts.channel,
    "language": _Facts.language,
    "provider": _Facts.provider,
    "end_reason": _Facts.end_reason,
    "assignee": DeskUser.name,
    "label": Label.name,
    "reviewer": Review.reviewer,
    "criterion": ReviewScore.criterion,
}
_SETS: Final[Mapping[str, Any]] = {"incident": _Facts.incidents, "flag": _Facts.flags}


def known_values(session: Session, field: str) -> list[str]:
    """Return the values of a field in their order; none where anything may be asked for."""
    column = _COLUMNS.get(field)
    if column is not None:
        some = select(column).where(column.is_not(None)).distinct().order_by(column)
        return [*session.scalars(some.limit(MOST + 1))]
    texts = _SETS.get(field)
    if texts is None:
        return []
    newest = select(texts).order_by(_Facts.number.desc()).limit(_LOOKED_AT).subquery()
    found = session.scalars(select(newest.c[0]).distinct())
    return sorted({value for text in found for value in text.split()})
