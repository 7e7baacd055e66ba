"""What conversations were about, as far as a row of a list can tell: the caller's first words.

Read for the rows of one page alone, by the index on a conversation's turns.
"""

from collections.abc import Sequence
from typing import Final

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from agent_service.conversation.records import Role
from agent_service.store.tables import Turn

LOOKED_AT: Final = 12
"""Turns of each conversation, the first."""
FEW_WORDS: Final = 3
"""Who says no more than so many may only be greeting."""
MOST_CHARACTERS: Final = 160


def first_words(session: Session, ids: Sequence[str]) -> dict[str, str]:
    """Return by conversation the first that its caller said in more than a few words.

    Where all that they said first is short, it is the longest of it.
    """
    text = func.substr(Turn.verbatim, 1, MOST_CHARACTERS)
    asked = (
        select(Turn.conversation_id, text)
        .where(
            Turn.conversation_id.in_(ids),
            Turn.seq <= LOOKED_AT,
            Turn.role == Role.CALLER,
        )
        .order_by(Turn.conversation_id, Turn.seq)
    )
    found: dict[str, str] = {}
    for id, words in session.execute(asked):
        known = found.get(id, "")
        if len(known.split()) <= FEW_WORDS and len(words.split()) > len(known.split()):
            found[id] = words
    return found
