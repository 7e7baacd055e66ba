"""What the record says of whether a caller heard the outcome of a call that was decided later.

A doubt counts as not heard: to be told a second time, in writing, harms nobody.
"""

import re
from datetime import datetime
from typing import Final

from sqlalchemy import ColumnElement, exists, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from agent_service.conversation.phrases import spoken_part
from agent_service.conversation.records import Role
from agent_service.store.tables import Conversation, ToolCall, Turn

_WORD: Final = re.compile(r"\w+")
_ENOUGH: Final = 0.6
"""Of the sentence's words: agents say it in words of their own. Numbers must all be there."""


def is_over(conversation_id: InstrumentedAttribute[str | None]) -> ColumnElement[bool]:
    """Tell of a row whether its conversation has ended."""
    return exists().where(Conversation.id == conversation_id, Conversation.ended_at.is_not(None))


def was_heard(session: Session, conversation_id: str, tool_call_id: str, since: datetime) -> bool:
    """Tell whether the agent has told the call's outcome since then, so that it was heard."""
    output = session.scalar(
        select(ToolCall.output).where(
            ToolCall.conversation_id == conversation_id, ToolCall.tool_call_id == tool_call_id
        )
    )
    sentence = spoken_part(output or "") or ""
    heard = session.scalars(
        select(Turn.heard_text).where(
            Turn.conversation_id == conversation_id,
            Turn.role == Role.AGENT,
            Turn.ended_at >= since,
        )
    )
    return any(_says(turn, sentence) for turn in heard)


def _says(heard: str, sentence: str) -> bool:
    words, found = _words(sentence), _words(heard)
    numbers = {word for word in words if any(map(str.isdigit, word))}
    return bool(words) and numbers <= found and len(words & found) >= _ENOUGH * len(words)


def _words(text: str) -> set[str]:
    return set(_WORD.findall(text.casefold()))
