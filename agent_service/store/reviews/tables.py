"""The tables of reviews. All but the rounds goes with its conversation."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from agent_service.store.schema import CleanText, SaidText, Table
from agent_service.store.tables import ConversationId


class ReviewRound(Table):
    """A sample that was drawn, and by which rule: the same rule draws the same again."""

    __tablename__ = "review_rounds"

    id: Mapped[str] = mapped_column(CleanText(36), primary_key=True)
    question: Mapped[SaidText]
    """Which conversations it was drawn from, as it stands in an address."""
    share: Mapped[float | None]
    """Of each agent's conversations of each day (UTC), rounded up."""
    count: Mapped[int | None]
    """Of all of them; where there is no share."""
    seed: Mapped[str]
    reviewers: Mapped[int]
    """How many people review each."""
    found: Mapped[int]
    """How many the question is about."""
    chosen: Mapped[int]
    """How many came into the queue that were not in it before."""
    drawn_at: Mapped[datetime]
    drawn_by: Mapped[str]


class ReviewItem(Table):
    """A conversation that is to be reviewed, or has been."""

    __tablename__ = "review_items"
    __table_args__ = (Index(None, "complete_at", "added_at"), Index(None, "round_id"))

    conversation_id: Mapped[str] = mapped_column(
        CleanText(36), ForeignKey("conversations.id", ondelete="CASCADE"), primary_key=True
    )
    round_id: Mapped[str] = mapped_column(CleanText(36), ForeignKey("review_rounds.id"))
    reviewers: Mapped[int]
    added_at: Mapped[datetime]
    complete_at: Mapped[datetime | None]
    """When the last of them had given theirs: from then on all are shown."""


class Review(Table):
    """What one person thinks of a conversation."""

    __tablename__ = "reviews"
    __table_args__ = (
        UniqueConstraint("conversation_id", "reviewer"),
        Index(None, "reviewer", "given_at"),
    )

    id: Mapped[str] = mapped_column(CleanText(36), primary_key=True)
    conversation_id: Mapped[ConversationId]
    reviewer: Mapped[str]
    """As the audit log has them."""
    given_at: Mapped[datetime]
    total: Mapped[float]
    """0 to 1."""
    is_failed: Mapped[bool]
    """A critical criterion has a 0."""
    comment: Mapped[SaidText]
    shown_at: Mapped[datetime | None]
    """Since when others than the reviewer may see it."""
    version: Mapped[int]


class ReviewScore(Table):
    """What one person thinks of one criterion, with the scale that it had then."""

    __tablename__ = "review_scores"

    review_id: Mapped[str] = mapped_column(
        CleanText(36), ForeignKey("reviews.id", ondelete="CASCADE"), primary_key=True
    )
    criterion: Mapped[str] = mapped_column(CleanText(40), primary_key=True)
    score: Mapped[int | None]
    """Nothing where it does not apply."""
    highest: Mapped[int]
