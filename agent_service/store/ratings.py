"""Which conversation a caller may rate, with the token of its last line, also after its end."""

from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from agent_service.store.interrupted import token_hash
from agent_service.store.tables import Conversation, Resumption

RATED_WITHIN: Final = timedelta(days=1)
"""After the end: who comes later rates another day's memory."""


def rateable_conversation(session: Session, token: str, now: datetime) -> str | None:
    """Return the conversation that the resume token is of, unless it ended too long ago."""
    return session.scalar(
        select(Conversation.id)
        .join(Resumption, Resumption.conversation_id == Conversation.id)
        .where(
            Resumption.token_hash == token_hash(token),
            or_(Conversation.ended_at.is_(None), Conversation.ended_at > now - RATED_WITHIN),
        )
    )
