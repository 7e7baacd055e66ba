"""How often each tool was called lately, and with what outcome."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from agent_service.conversation.records import ToolCallStatus
from agent_service.store.facts import PLACES, earliest_number
from agent_service.store.tables import ToolCall


@dataclass(frozen=True, slots=True)
class ToolUse:
    """Calls of one tool."""

    calls: int
    failed: int


def tool_use(session: Session, since: datetime) -> dict[str, ToolUse]:
    """Return the use of each tool in conversations that began since then, by name."""
    # By the place of the conversation, which is in the index with all else that is asked for here.
    rows = session.execute(
        select(ToolCall.name, ToolCall.status, func.count())
        .where(ToolCall.place >= earliest_number(since) << PLACES)
        .group_by(ToolCall.name, ToolCall.status)
    )
    found: dict[str, ToolUse] = {}
    for name, status, count in rows:
        before = found.get(name, ToolUse(0, 0))
        is_failed = status == ToolCallStatus.FAILED
        found[name] = ToolUse(before.calls + count, before.failed + (count if is_failed else 0))
    return found
