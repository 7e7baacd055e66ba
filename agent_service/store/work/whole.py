"""All of the team's work on one conversation, as its page and the API show it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from agent_service.store.answers import NoteRow
from agent_service.store.tables import Conversation
from agent_service.store.work.errors import unknown_conversation
from agent_service.store.work.labels import Worn, labels_of
from agent_service.store.work.notes import notes_of
from agent_service.store.work.standing import Related, Standing, related_work, standing_of


@dataclass(frozen=True, slots=True, kw_only=True)
class Work:
    """The team's work on a conversation."""

    standing: Standing
    labels: Sequence[Worn]
    notes: Sequence[NoteRow]
    related: Sequence[Related]
    """Other conversations of the same customer that are open, wait, or were lately solved."""


def work_on(session: Session, conversation_id: str, now: datetime) -> Work:
    """Return the team's work on a conversation; raise WorkError if there is no such."""
    conversation = session.get(Conversation, conversation_id)
    if conversation is None:
        raise unknown_conversation()
    return Work(
        standing=standing_of(session, conversation_id),
        labels=labels_of(session, [conversation_id])[conversation_id],
        notes=notes_of(session, conversation_id),
        related=related_work(session, conversation.customer_id, now, without=conversation_id),
    )
