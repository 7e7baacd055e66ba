"""How far the samples are: what of each has been reviewed, and for whom the rest waits."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from agent_service.store.auditing import TAKEN_OVER, WHISPERED
from agent_service.store.members import Right, roles_with
from agent_service.store.reviews.tables import Review, ReviewItem
from agent_service.store.tables import AuditEntry
from agent_service.store.team_tables import DeskUser


@dataclass(slots=True)
class Progress:
    """The conversations that one sample has put in the queue."""

    done: int = 0
    for_you: int = 0
    for_others: int = 0
    for_nobody: int = 0
    """More reviews are wanted than people are left who may give one."""


def progress_of(session: Session, rounds: Sequence[str], member: str) -> dict[str, Progress]:
    """Return how far samples are, by their identifier, as one person of the team sees it."""
    found: defaultdict[str, Progress] = defaultdict(Progress)
    item = ReviewItem
    is_open = item.complete_at.is_(None) & item.round_id.in_(rounds)
    done = select(item.round_id, func.count()).where(
        item.complete_at.is_not(None), item.round_id.in_(rounds)
    )
    for id, count in session.execute(done.group_by(item.round_id)):
        found[id].done = count
    given: defaultdict[str, set[str]] = defaultdict(set)
    rows = select(Review.conversation_id, Review.reviewer).join(
        item, item.conversation_id == Review.conversation_id
    )
    for id, reviewer in session.execute(rows.where(is_open)):
        given[id].add(reviewer)
    in_it: defaultdict[str, set[str]] = defaultdict(set)
    acts = select(item.conversation_id, AuditEntry.actor).join(
        AuditEntry, AuditEntry.conversation_id == item.conversation_id
    )
    acted = AuditEntry.action.in_((TAKEN_OVER, WHISPERED))
    for id, actor in session.execute(acts.where(is_open, acted)):
        in_it[id].add(actor)
    may_review = DeskUser.is_disabled.is_(False) & DeskUser.role.in_(roles_with(Right.WORK))
    team = {f"user:{name}" for name in session.scalars(select(DeskUser.name).where(may_review))}
    for id, round_id, wanted in session.execute(
        select(item.conversation_id, item.round_id, item.reviewers).where(is_open)
    ):
        of, left = found[round_id], team - given[id] - in_it[id]
        if member in left:
            of.for_you += 1
        elif len(left) < wanted - len(given[id]):
            of.for_nobody += 1
        else:
            of.for_others += 1
    return found
