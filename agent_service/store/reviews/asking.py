"""What conversations can be asked for by of their reviews: of those that are shown alone."""

from collections.abc import Mapping
from typing import Final

from sqlalchemy import select

from agent_service.store.facts import FactsOfConversation
from agent_service.store.filters import FLAG, SHARE, TEXT, Field
from agent_service.store.reviews.tables import Review, ReviewScore

SHOWN_REVIEWS: Final = (
    select(Review.conversation_id)
    .join(ReviewScore, ReviewScore.review_id == Review.id)
    .where(Review.shown_at.is_not(None))
)
"""Of which conversation a score is."""
_IS_REVIEWED: Final = FactsOfConversation.conversation_id.in_(
    select(Review.conversation_id).where(Review.shown_at.is_not(None))
)

REVIEW_FIELDS: Final[Mapping[str, Field]] = {
    "is_reviewed": Field(FLAG, _IS_REVIEWED),
    "reviewer": Field(TEXT, Review.reviewer, of="review"),
    "review_total": Field(SHARE, Review.total, of="review"),
    "is_review_failed": Field(FLAG, Review.is_failed, of="review"),
    "criterion": Field(TEXT, ReviewScore.criterion, of="review"),
    "criterion_score": Field(SHARE, ReviewScore.score * 1.0 / ReviewScore.highest, of="review"),
}
