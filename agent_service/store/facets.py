"""How the conversations that a question is about part by what they can be asked for.

Of the newest alone, so that it costs the same however many there are.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, TypeAlias

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from agent_service.conversation.records import ToolCallStatus
from agent_service.store.facts import FactsOfConversation
from agent_service.store.filters import Question
from agent_service.store.queries import conditions_of
from agent_service.store.tables import ToolCall

LOOKED_AT: Final = 1_000
"""Conversations, the newest."""
MOST_VALUES: Final = 6
"""Of one facet, those that most have."""
FAILED_TOOL: Final = "failed_tool"
"""A tool that failed; what is of the others is asked for under the facet's own name."""

Values: TypeAlias = Sequence[tuple[str, int]]

_Facts: Final = FactsOfConversation
_COLUMNS: Final[Mapping[str, Any]] = {
    "agent": _Facts.agent,
    "channel": _Facts.channel,
    "language": _Facts.language,
    "level": _Facts.caller_level,
    "rating": _Facts.rating,
    "end_reason": _Facts.end_reason,
}


@dataclass(frozen=True, slots=True)
class Facets:
    """How many have which value, by facet; what all have in common is none."""

    values: Mapping[str, Values]
    is_capped: bool
    """There are more than were looked at."""


def find_facets(session: Session, question: Question) -> Facets:
    """Return the facets of what a question is about, whatever its order and page."""
    newest = (
        select(_Facts.conversation_id, *_COLUMNS.values())
        .where(*conditions_of(question, session.get_bind().dialect.name))
        .order_by(_Facts.number.desc())
        .limit(LOOKED_AT + 1)
    )
    rows = session.execute(newest).all()
    failed = (
        select(ToolCall.name, func.count(ToolCall.conversation_id.distinct()))
        .where(
            ToolCall.status == ToolCallStatus.FAILED,
            ToolCall.conversation_id.in_([row[0] for row in rows[:LOOKED_AT]]),
        )
        .group_by(ToolCall.name)
    )
    found: dict[str, Values] = {
        FAILED_TOOL: _most((name, count) for name, count in session.execute(failed))
    }
    for place, name in enumerate(_COLUMNS, 1):
        values = Counter(str(row[place]) for row in rows[:LOOKED_AT] if row[place] is not None)
        if len(values) > 1 or 0 < values.total() < min(len(rows), LOOKED_AT):
            found[name] = _most(values.items())
    return Facets({name: some for name, some in found.items() if some}, len(rows) > LOOKED_AT)


def _most(values: Iterable[tuple[str, int]]) -> Values:
    return sorted(values, key=lambda one: (-one[1], one[0]))[:MOST_VALUES]
