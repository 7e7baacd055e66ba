"""The tables of the team's work on conversations. All of it goes with its conversation."""

from datetime import datetime
from enum import StrEnum
from typing import Final

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from agent_service.store.schema import CleanText, SaidText, Table
from agent_service.store.tables import ConversationId

LONGEST_LABEL: Final = 40


class WorkState(StrEnum):
    """How far the team is with a conversation."""

    OPEN = "open"
    WAITING = "waiting"
    """For a time, or for the customer: it comes back open by itself."""
    SOLVED = "solved"


class LabelColour(StrEnum):
    """The colours that a label can have, each readable on light and dark."""

    GREY = "grey"
    RED = "red"
    ORANGE = "orange"
    GREEN = "green"
    BLUE = "blue"
    PURPLE = "purple"


def folded_label(text: str) -> str:
    """Return the name of a label as it is kept: nothing parts it but what it is made of."""
    return "-".join(text.split()).casefold()


class ConversationWork(Table):
    """How the team's work on a conversation stands; there is none until somebody begins it."""

    __tablename__ = "conversation_work"
    __table_args__ = (
        Index(None, "assignee", "state"),
        Index(None, "state"),
    )

    conversation_id: Mapped[str] = mapped_column(
        CleanText(36), ForeignKey("conversations.id", ondelete="CASCADE"), primary_key=True
    )
    state: Mapped[WorkState]
    waits_until: Mapped[datetime | None]
    """Without a time, it waits for the customer's next contact alone."""
    assignee: Mapped[str | None]
    """The name of a user of the desk."""
    version: Mapped[int]
    """Grows with each change: who changes it says which one they saw."""
    changed_at: Mapped[datetime]
    changed_by: Mapped[str]


class Label(Table):
    """A word by which the team finds conversations again."""

    __tablename__ = "labels"

    id: Mapped[str] = mapped_column(CleanText(36), primary_key=True)
    name: Mapped[str] = mapped_column(CleanText(LONGEST_LABEL), unique=True)
    """In lower case and without spaces: none differs from another by these."""
    colour: Mapped[LabelColour]
    made_at: Mapped[datetime]
    made_by: Mapped[str]


class ConversationLabel(Table):
    """A label that a conversation has."""

    __tablename__ = "conversation_labels"
    __table_args__ = (Index(None, "label_id"),)

    conversation_id: Mapped[str] = mapped_column(
        CleanText(36), ForeignKey("conversations.id", ondelete="CASCADE"), primary_key=True
    )
    label_id: Mapped[str] = mapped_column(
        CleanText(36), ForeignKey("labels.id", ondelete="CASCADE"), primary_key=True
    )
    added_at: Mapped[datetime]
    added_by: Mapped[str]


class Note(Table):
    """What somebody of the team wrote about a conversation, for the team."""

    __tablename__ = "notes"
    __table_args__ = (
        Index(None, "conversation_id", "written_at"),
        Index(None, "written_at", "id"),
    )

    id: Mapped[str] = mapped_column(CleanText(36), primary_key=True)
    conversation_id: Mapped[ConversationId]
    text: Mapped[SaidText]
    written_by: Mapped[str]
    """As the audit log has it: ``user:<name>`` or ``admin:<token name>``."""
    written_at: Mapped[datetime]
    edited_at: Mapped[datetime | None]
    version: Mapped[int]
    """Grows with each edit."""
