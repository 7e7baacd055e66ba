"""What reviews add up to: by agent, by reviewer and by criterion, and how far reviewers agree.

Only those that are shown count: nobody reads another's judgement out of a mean.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from statistics import fmean
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from agent_service.errors import QueryError, QueryProblem
from agent_service.store.facts import FactsOfConversation
from agent_service.store.filters import Question
from agent_service.store.queries import conditions_of
from agent_service.store.reviews.agreement import alpha, interval, ordinal
from agent_service.store.reviews.tables import Review, ReviewScore

MOST: Final = 20_000
"""Reviews that are added up at once."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sum:
    """The reviews of one agent, or by one reviewer, or all."""

    name: str
    reviews: int
    mean: float
    failed: int


@dataclass(frozen=True, slots=True, kw_only=True)
class CriterionSum:
    """What was thought of one criterion."""

    name: str
    scores: int
    """Where it applied."""
    mean: float
    """0 to 1, of its highest score."""
    zeros: int
    agreement: float | None
    """Krippendorff's alpha, of scores in their order; nothing where no two can be compared."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReviewNumbers:
    """All of it."""

    reviews: int
    conversations: int
    compared: int
    """Conversations that two or more have reviewed."""
    mean: float | None
    failed: int
    agreement: float | None
    """Krippendorff's alpha, of the totals as numbers."""
    agents: Sequence[Sum]
    reviewers: Sequence[Sum]
    criteria: Sequence[CriterionSum]


def review_numbers(session: Session, question: Question) -> ReviewNumbers:
    """Add up the reviews of the conversations that a question is about."""
    facts = FactsOfConversation
    rows = session.execute(
        select(
            Review.id,
            Review.conversation_id,
            Review.reviewer,
            Review.total,
            Review.is_failed,
            facts.agent,
        )
        .join(facts, facts.conversation_id == Review.conversation_id)
        .where(
            Review.shown_at.is_not(None),
            *conditions_of(question, session.get_bind().dialect.name),
        )
        .limit(MOST + 1)
    ).all()
    if len(rows) > MOST:
        problem = QueryProblem("since", f"there are over {MOST} reviews: narrow the time")
        raise QueryError([problem])
    units: defaultdict[str, list[float]] = defaultdict(list)
    for row in rows:
        units[row.conversation_id].append(row.total)
    return ReviewNumbers(
        reviews=len(rows),
        conversations=len(units),
        compared=sum(len(values) > 1 for values in units.values()),
        mean=fmean(row.total for row in rows) if rows else None,
        failed=sum(row.is_failed for row in rows),
        agreement=alpha(units.values(), interval),
        agents=_sums((row.agent, row.total, row.is_failed) for row in rows),
        reviewers=_sums((row.reviewer, row.total, row.is_failed) for row in rows),
        criteria=_criteria(session, {row.id: row.conversation_id for row in rows}),
    )


def _sums(rows: Iterable[tuple[str, float, bool]]) -> list[Sum]:
    groups: defaultdict[str, list[tuple[float, bool]]] = defaultdict(list)
    for name, total, is_failed in rows:
        groups[name].append((total, is_failed))
    return [
        Sum(
            name=name,
            reviews=len(each),
            mean=fmean(total for total, _ in each),
            failed=sum(is_failed for _, is_failed in each),
        )
        for name, each in sorted(groups.items())
    ]


def _criteria(session: Session, reviews: Mapping[str, str]) -> list[CriterionSum]:
    """Return the sums of criteria; ``reviews`` are their conversations, by review."""
    scores: defaultdict[str, list[tuple[str, int, int]]] = defaultdict(list)
    ids = [*reviews]
    for start in range(0, len(ids), 500):
        some = ReviewScore.review_id.in_(ids[start : start + 500])
        for row in session.scalars(select(ReviewScore).where(some)):
            if row.score is not None:
                scores[row.criterion].append((reviews[row.review_id], row.score, row.highest))
    found = []
    for name, each in sorted(scores.items()):
        units: defaultdict[str, list[float]] = defaultdict(list)
        for conversation_id, score, highest in each:
            units[conversation_id].append(score / highest)  # a scale may have been changed since
        found.append(
            CriterionSum(
                name=name,
                scores=len(each),
                mean=fmean(score / highest for _, score, highest in each),
                zeros=sum(score == 0 for _, score, _ in each),
                agreement=alpha(units.values(), ordinal),
            )
        )
    return found
