"""What the record has of a conversation that is over, for a caller who comes back too late."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from agent_service.store.interrupted import RecordedTurn, recorded_turns, token_hash
from agent_service.store.past_steps import PastStep, past_steps
from agent_service.store.ratings import RATED_WITHIN
from agent_service.store.tables import Conversation, Rating, Resumption, Turn


@dataclass(frozen=True, slots=True)
class Ended:
    """A conversation that is over."""

    agent: str
    end_reason: str
    turns: tuple[RecordedTurn, ...]
    steps: tuple[PastStep, ...]
    shows_detail: bool
    """The caller's client is shown tools' arguments and outputs."""
    is_rated: bool


def find_ended(session: Session, id: str, token: str, now: datetime) -> Ended | None:
    """Return the conversation, if the resume token was its last and it may still be rated."""
    found = session.execute(
        select(Conversation, Resumption.shows_detail)
        .join(Resumption, Resumption.conversation_id == Conversation.id)
        .where(
            Conversation.id == id,
            Resumption.token_hash == token_hash(token),
            Conversation.ended_at > now - RATED_WITHIN,
        )
    ).one_or_none()
    if found is None:
        return None
    row, shows_detail = found
    turns = session.scalars(
        select(Turn).where(Turn.conversation_id == row.id).order_by(Turn.seq)
    ).all()
    steps = past_steps(session, row.id, turns, row.caller_level)
    return Ended(
        row.agent,
        row.end_reason or "",
        recorded_turns(turns),
        steps,
        shows_detail,
        is_rated=session.get(Rating, row.id) is not None,
    )
