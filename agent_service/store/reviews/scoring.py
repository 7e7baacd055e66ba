"""Giving a review, and who may see whose.

A review is shown to others once its conversation has all that were asked for: until then nobody's
judgement leans on another's.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import delete, func, literal, or_, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from agent_service.clock import uuid7
from agent_service.settings.reviews import CriterionSettings
from agent_service.store.auditing import CONVERSATION_READ, audit, took_part
from agent_service.store.reviews.tables import Review, ReviewItem, ReviewScore
from agent_service.store.tables import AuditEntry, Conversation
from agent_service.store.work.errors import UnknownWork, WorkChanged, WorkError

LONGEST_COMMENT: Final = 4_000
AT_IT: Final = timedelta(minutes=30)
"""So long after a look somebody may still be about to give a review."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Given:
    """A review as it is shown."""

    reviewer: str
    given_at: datetime
    total: float
    is_failed: bool
    comment: str
    scores: Mapping[str, int | None]
    """By criterion; nothing where it does not apply."""
    version: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """How the review of a conversation stands, for one person of the team."""

    reviewers: int
    given: int
    complete_at: datetime | None
    own: Given | None
    others: Sequence[Given]
    """Those that this person may see."""
    took_part: bool
    """This person spoke in it, or told the agent what to do: others judge it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiting:
    """A conversation that waits for a review."""

    conversation_id: str
    agent: str
    started_at: datetime
    added_at: datetime
    given: int
    reviewers: int


def total_of(
    criteria: Sequence[CriterionSettings], scores: Mapping[str, int | None]
) -> tuple[float, bool]:
    """Return the weighted mean of what applies, 0 to 1, and whether something critical failed."""
    applies = [(one, score) for one in criteria if (score := scores[one.name]) is not None]
    if any(one.critical and score == 0 for one, score in applies):
        return 0.0, True
    weight = sum(one.weight for one, _ in applies)
    return sum(one.weight * score / one.highest for one, score in applies) / weight, False


def give_review(
    session: Session,
    conversation_id: str,
    scores: Mapping[str, int | None],
    comment: str,
    version: int,
    now: datetime,
    *,
    by: str,
    criteria: Sequence[CriterionSettings],
) -> Standing:
    """Give or change one's own review; raise WorkError for what cannot be."""
    _check(criteria, scores, comment)
    item = session.get(ReviewItem, conversation_id, with_for_update=True)
    if item is None:
        raise UnknownWork("This conversation is not to be reviewed.")
    if _took_part(session, conversation_id, by):
        raise WorkError("You took part in this conversation yourself: others review it.")
    own = _own(session, conversation_id, by)
    if item.complete_at is not None:
        raise WorkChanged(_is_complete(session, item, own is not None))
    if (own.version if own else 0) != version:
        raise WorkChanged("You have changed your review elsewhere: look at it again.")
    total, is_failed = total_of(criteria, scores)
    if own is None:
        own = Review(id=uuid7(), conversation_id=conversation_id, reviewer=by, version=0)
    session.execute(delete(ReviewScore).where(ReviewScore.review_id == own.id))
    own.given_at, own.total, own.is_failed = now, total, is_failed
    own.comment, own.version, own.shown_at = comment.strip(), own.version + 1, None
    try:
        with session.begin_nested():
            session.add(own)
    except IntegrityError:  # the same person, from another page
        raise WorkChanged("You have given your review elsewhere: look at it again.") from None
    session.add_all(
        ReviewScore(
            review_id=own.id, criterion=one.name, score=scores[one.name], highest=one.highest
        )
        for one in criteria
    )
    session.flush()
    if _given(session, conversation_id) >= item.reviewers:
        item.complete_at = now
        of_it = Review.conversation_id == conversation_id
        session.execute(update(Review).where(of_it).values(shown_at=now))
    action = "review.given" if own.version == 1 else "review.changed"
    audit(session, by, action, now, conversation_id=conversation_id)
    session.flush()
    session.expire_all()
    found = review_of(session, conversation_id, by)
    assert found is not None, "it was just there"
    return found


def review_of(session: Session, conversation_id: str, member: str) -> Standing | None:
    """Return how the review of a conversation stands; None where it is not to be reviewed."""
    item = session.get(ReviewItem, conversation_id)
    if item is None:
        return None
    shown = or_(Review.reviewer == member, Review.shown_at.is_not(None))
    rows = session.scalars(
        select(Review)
        .where(Review.conversation_id == conversation_id, shown)
        .order_by(Review.given_at, Review.id)
    ).all()
    scores: dict[str, dict[str, int | None]] = {row.id: {} for row in rows}
    for score in session.scalars(select(ReviewScore).where(ReviewScore.review_id.in_([*scores]))):
        scores[score.review_id][score.criterion] = score.score
    given = [_facts(row, scores[row.id]) for row in rows]
    return Standing(
        reviewers=item.reviewers,
        given=_given(session, conversation_id),
        complete_at=item.complete_at,
        own=next((one for one in given if one.reviewer == member), None),
        others=[one for one in given if one.reviewer != member],
        took_part=_took_part(session, conversation_id, member),
    )


def others_at_it(session: Session, conversation_id: str, member: str, now: datetime) -> list[str]:
    """Return who else has looked at a conversation lately and has given no review of it."""
    looks = select(AuditEntry.actor).where(
        AuditEntry.conversation_id == conversation_id,
        AuditEntry.action == CONVERSATION_READ,
        AuditEntry.occurred_at > now - AT_IT,
        AuditEntry.actor.startswith("user:"),
        AuditEntry.actor != member,
        AuditEntry.actor.not_in(
            select(Review.reviewer).where(Review.conversation_id == conversation_id)
        ),
    )
    return sorted({one.removeprefix("user:") for one in session.scalars(looks)})


def waiting_for(session: Session, member: str, most: int) -> list[Waiting]:
    """Return what waits for a review of that person's, what was drawn first first."""
    has_own = select(Review.id).where(
        Review.conversation_id == ReviewItem.conversation_id, Review.reviewer == member
    )
    given = (
        select(func.count())
        .where(Review.conversation_id == ReviewItem.conversation_id)
        .scalar_subquery()
    )
    rows = session.execute(
        select(ReviewItem, Conversation.agent, Conversation.started_at, given)
        .join(Conversation, Conversation.id == ReviewItem.conversation_id)
        .where(
            ReviewItem.complete_at.is_(None),
            ~has_own.exists(),
            ~took_part(member, ReviewItem.conversation_id),
        )
        .order_by(ReviewItem.added_at, ReviewItem.conversation_id)
        .limit(most)
    )
    return [
        Waiting(
            conversation_id=item.conversation_id,
            agent=agent,
            started_at=started_at,
            added_at=item.added_at,
            given=count,
            reviewers=item.reviewers,
        )
        for item, agent, started_at, count in rows
    ]


def _check(
    criteria: Sequence[CriterionSettings], scores: Mapping[str, int | None], comment: str
) -> None:
    named = {one.name for one in criteria}
    for one in criteria:
        if one.name not in scores:
            raise WorkError(f"{one.name}: is missing; what does not apply is said to be so.")
        score = scores[one.name]
        if score is not None and not 0 <= score <= one.highest:
            raise WorkError(f"{one.name}: should be between 0 and {one.highest}.")
    if unknown := sorted(scores.keys() - named):
        raise WorkError(f"{unknown[0][:40]}: is no criterion of the form.")
    if all(score is None for score in scores.values()):
        raise WorkError("Nothing applies: at least one criterion has to.")
    if len(comment) > LONGEST_COMMENT:
        raise WorkError(f"comment: should be at most {LONGEST_COMMENT} characters.")


def _own(session: Session, conversation_id: str, member: str) -> Review | None:
    return session.scalar(
        select(Review).where(Review.conversation_id == conversation_id, Review.reviewer == member)
    )


def _took_part(session: Session, conversation_id: str, member: str) -> bool:
    return bool(session.scalar(select(took_part(member, literal(conversation_id)))))


def _given(session: Session, conversation_id: str) -> int:
    count = select(func.count()).where(Review.conversation_id == conversation_id)
    return session.scalar(count) or 0


def _is_complete(session: Session, item: ReviewItem, has_own: bool) -> str:
    if has_own:
        return "All reviews of this conversation are shown: none is changed any more."
    reviewers = session.scalars(
        select(Review.reviewer).where(Review.conversation_id == item.conversation_id)
    )
    names = (one.removeprefix("user:") for one in reviewers)
    return f"This conversation has been reviewed by {', '.join(names)}: none is wanted any more."


def _facts(row: Review, scores: Mapping[str, int | None]) -> Given:
    return Given(
        reviewer=row.reviewer,
        given_at=row.given_at,
        total=row.total,
        is_failed=row.is_failed,
        comment=row.comment,
        scores=scores,
        version=row.version,
    )
