"""Drawing conversations to review: by a share of each agent's days, or so many of a question.

Which ones is decided by a hash of the seed and each conversation's identifier: the same rule over
the same conversations draws the same, on any database and in any order.
"""

import hashlib
import math
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final
from urllib.parse import parse_qsl

from sqlalchemy import select
from sqlalchemy.orm import Session

from agent_service.clock import uuid7
from agent_service.errors import QueryError, QueryProblem
from agent_service.store.auditing import audit
from agent_service.store.facts import FactsOfConversation
from agent_service.store.filters import Question
from agent_service.store.queries import CONVERSATIONS, conditions_of
from agent_service.store.reviews.tables import ReviewItem, ReviewRound
from agent_service.store.tables import Conversation

MOST_FOUND: Final = 200_000
"""Conversations that a sample is drawn from at most."""
MOST_CHOSEN: Final = 5_000
LONGEST_SEED: Final = 60
_LONGEST_QUESTION: Final = 2_000
_AT_ONCE: Final = 500
_OF_PAGES: Final = ("cursor", "limit", "count", "sort")


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """What is drawn: a share, or a count."""

    question: str = ""
    """Filters of conversations, as they stand in an address."""
    share: float | None = None
    count: int | None = None
    seed: str
    reviewers: int


@dataclass(frozen=True, slots=True)
class Drawn:
    """How many a question is about, and which of them were drawn."""

    found: int
    ids: Sequence[str]


@dataclass(frozen=True, slots=True)
class Found:
    """A conversation that may be drawn."""

    id: str
    agent: str
    day: date


def draw(session: Session, rule: Rule) -> Drawn:
    """Draw a sample; raise QueryError with everything that is wrong with the rule.

    Only conversations that have ended are drawn.
    """
    found = _matching(session, _read(rule))
    chosen = sample(found, rule)
    if len(chosen) > MOST_CHOSEN:
        raise _bad("share", f"draws {len(chosen)} conversations; at most {MOST_CHOSEN} at once")
    return Drawn(len(found), chosen)


def enqueue(session: Session, rule: Rule, drawn: Drawn, now: datetime, *, by: str) -> ReviewRound:
    """Put a sample in the queue; what was drawn before stays as it was."""
    known = _those(session, ReviewItem.conversation_id, drawn.ids)
    there = _those(session, Conversation.id, drawn.ids)
    new = [id for id in drawn.ids if id in there and id not in known]
    made = ReviewRound(
        id=uuid7(),
        question=rule.question,
        share=rule.share,
        count=rule.count,
        seed=rule.seed,
        reviewers=rule.reviewers,
        found=drawn.found,
        chosen=len(new),
        drawn_at=now,
        drawn_by=by,
    )
    session.add(made)
    session.flush()
    session.add_all(
        ReviewItem(
            conversation_id=id,
            round_id=made.id,
            reviewers=rule.reviewers,
            added_at=now,
            complete_at=None,
        )
        for id in new
    )
    audit(session, by, "reviews.drawn", now, subject=made.id, detail={"chosen": len(new)})
    session.flush()
    return made


def sample(found: Sequence[Found], rule: Rule) -> list[str]:
    """Return which of them the rule draws, in an order that is theirs alone."""
    ranked = sorted(found, key=lambda one: _rank(rule.seed, one.id))
    if rule.share is None:
        return [one.id for one in ranked[: rule.count]]
    groups: defaultdict[tuple[str, date], list[str]] = defaultdict(list)
    for one in ranked:
        groups[one.agent, one.day].append(one.id)
    chosen = {
        id for ids in groups.values() for id in ids[: math.ceil(round(len(ids) * rule.share, 9))]
    }
    return [one.id for one in ranked if one.id in chosen]


def list_rounds(session: Session, most: int) -> list[ReviewRound]:
    """Return the samples that were drawn last."""
    rounds = select(ReviewRound).order_by(ReviewRound.drawn_at.desc(), ReviewRound.id.desc())
    return [*session.scalars(rounds.limit(most))]


def round_facts(drawn: ReviewRound) -> dict[str, Any]:
    """Return a sample as the API answers with it."""
    return {column.key: getattr(drawn, column.key) for column in ReviewRound.__table__.columns}


def _rank(seed: str, id: str) -> bytes:
    return hashlib.sha256(f"{seed}:{id}".encode()).digest()


def _read(rule: Rule) -> Question:
    problems = []
    if (rule.share is None) == (rule.count is None):
        problems.append(QueryProblem("share", "give a share or a count"))
    if rule.share is not None and not 0 < rule.share <= 1:
        problems.append(QueryProblem("share", "should be above 0 and at most 1"))
    if rule.count is not None and not 1 <= rule.count <= MOST_CHOSEN:
        problems.append(QueryProblem("count", f"should be between 1 and {MOST_CHOSEN}"))
    if not 1 <= rule.reviewers <= 5:
        problems.append(QueryProblem("reviewers", "should be between 1 and 5"))
    if not rule.seed.strip() or len(rule.seed) > LONGEST_SEED:
        problems.append(QueryProblem("seed", f"should be 1 to {LONGEST_SEED} characters"))
    if len(rule.question) > _LONGEST_QUESTION:
        problems.append(QueryProblem("question", f"is over {_LONGEST_QUESTION} characters"))
        raise QueryError(problems)
    given = parse_qsl(rule.question.removeprefix("?"), keep_blank_values=True)
    problems += [QueryProblem(name, "is of pages") for name, _ in given if name in _OF_PAGES]
    own = [one for one in given if one[0] not in _OF_PAGES and one[0] != "is_open"]
    try:
        question = CONVERSATIONS.parse([*own, ("is_open", "false")])
    except QueryError as error:
        raise QueryError([*problems, *error.problems]) from None
    if problems:
        raise QueryError(problems)
    return question


def _matching(session: Session, question: Question) -> list[Found]:
    facts = FactsOfConversation
    rows = (
        select(facts.conversation_id, facts.agent, facts.started_at)
        .where(*conditions_of(question, session.get_bind().dialect.name))
        .limit(MOST_FOUND + 1)
    )
    found = [Found(id, agent, at.date()) for id, agent, at in session.execute(rows)]
    if len(found) > MOST_FOUND:
        raise _bad("question", f"is about over {MOST_FOUND} conversations: narrow it, by since")
    return found


def _those(session: Session, column: Any, ids: Sequence[str]) -> set[str]:
    """Return which of the identifiers a column has."""
    found: set[str] = set()
    for start in range(0, len(ids), _AT_ONCE):
        some = select(column).where(column.in_(ids[start : start + _AT_ONCE]))
        found.update(session.scalars(some))
    return found


def _bad(field: str, message: str) -> QueryError:
    return QueryError([QueryProblem(field, message)])
