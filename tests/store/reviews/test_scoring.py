"""Reviews: weighted, never seen before one's own is given, and each wanted only so often."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select, update

from agent_service.settings.reviews import CriterionSettings
from agent_service.store.auditing import TAKEN_OVER, audit
from agent_service.store.database import Database
from agent_service.store.forgetting import EXPIRED, delete_conversation, expire_text
from agent_service.store.queries import CONVERSATIONS
from agent_service.store.reviews.numbers import review_numbers
from agent_service.store.reviews.sampling import Rule, draw, enqueue
from agent_service.store.reviews.scoring import (
    Standing,
    give_review,
    review_of,
    total_of,
    waiting_for,
)
from agent_service.store.reviews.tables import Review, ReviewScore
from agent_service.store.tables import Conversation
from agent_service.store.work.errors import UnknownWork, WorkChanged, WorkError

Begin = Callable[..., str]
SOLVED = CriterionSettings(name="solved", title="Solved", weight=3, highest=3)
MANNER = CriterionSettings(name="manner", title="Manner", weight=1, highest=2)
RULES = CriterionSettings(name="rules", title="Rules", weight=1, highest=1, critical=True)
FORM = (SOLVED, MANNER, RULES)
GOOD = {"solved": 3, "manner": 1, "rules": 1}


def test_a_total_is_the_weighted_mean_of_what_applies() -> None:
    assert total_of(FORM, GOOD) == ((3 + 0.5 + 1) / 5, False)
    assert total_of(FORM, GOOD | {"manner": None}) == (1.0, False)
    assert total_of(FORM, GOOD | {"solved": 0}) == ((0 + 0.5 + 1) / 5, False)


def test_what_is_critical_fails_all_of_it() -> None:
    assert total_of(FORM, GOOD | {"rules": 0}) == (0.0, True)
    assert total_of(FORM, GOOD | {"rules": None}) == ((3 + 0.5) / 4, False)


class Reviewers:
    """People who review, each in a transaction of their own."""

    def __init__(self, database: Database, clock: Any) -> None:
        self.database, self.clock = database, clock

    def give(self, who: str, id: str, version: int = 0, **scores: Any) -> Standing:
        comment = scores.pop("comment", "")
        with self.database.write() as session:
            return give_review(
                session,
                id,
                GOOD | scores,
                comment,
                version,
                self.clock.utc(),
                by=f"user:{who}",
                criteria=FORM,
            )

    def sees(self, who: str, id: str) -> list[str]:
        with self.database.read() as session:
            found = review_of(session, id, f"user:{who}")
            assert found is not None
            return [one.reviewer for one in (found.own, *found.others) if one]

    def waits(self, who: str) -> set[str]:
        with self.database.read() as session:
            found = waiting_for(session, f"user:{who}", 10)
            return {one.conversation_id for one in found}


@pytest.fixture
def team(database: Database, clock: Any) -> Reviewers:
    return Reviewers(database, clock)


@pytest.fixture
def drawn(database: Database, begin: Begin, clock: Any) -> list[str]:
    """Three conversations, each to be reviewed by two people."""
    ids = [begin() for _ in range(3)]
    with database.write() as session:
        over = update(Conversation).values(ended_at=clock.utc() + timedelta(minutes=1))
        session.execute(over)
        rule = Rule(share=1.0, seed="x", reviewers=2)
        enqueue(session, rule, draw(session, rule), clock.utc(), by="user:sam")
    return ids


def test_nobody_sees_anothers_before_all_are_given(team: Reviewers, drawn: list[str]) -> None:
    id = drawn[0]
    assert team.waits("sam") == team.waits("sue") == set(drawn)
    first = team.give("sam", id, comment="well done")
    assert first.complete_at is None
    assert (team.sees("sam", id), team.sees("sue", id)) == (["user:sam"], [])
    assert team.waits("sam") == set(drawn[1:])
    assert team.waits("sue") == set(drawn)
    second = team.give("sue", id, solved=0)
    assert second.complete_at is not None
    assert [one.comment for one in second.others] == ["well done"]
    assert set(team.sees("sam", id)) == set(team.sees("ann", id)) == {"user:sam", "user:sue"}
    assert id not in team.waits("ann")


def test_nobody_reviews_what_they_took_part_in(
    team: Reviewers, drawn: list[str], database: Database, clock: Any
) -> None:
    id = drawn[0]
    with database.write() as session:
        audit(session, "user:sam", TAKEN_OVER, clock.utc(), conversation_id=id)
        audit(session, "user:sam", "conversation.listened", clock.utc(), conversation_id=drawn[1])
    assert (team.waits("sam"), team.waits("sue")) == (set(drawn[1:]), set(drawn))
    with pytest.raises(WorkError, match="took part in this conversation yourself"):
        team.give("sam", id)
    assert not team.give("sue", id).took_part
    with database.read() as session:
        found = review_of(session, id, "user:sam")
    assert found is not None
    assert (found.took_part, found.given) == (True, 1)


def test_no_question_and_no_number_tells_of_a_review_that_is_not_shown(
    team: Reviewers, drawn: list[str], database: Database
) -> None:
    def found(**asked: str) -> set[str]:
        with database.read() as session:
            page = CONVERSATIONS.page(session, CONVERSATIONS.parse(asked.items()))
            return {row.id for row in page.items}

    def number() -> int:
        with database.read() as session:
            return review_numbers(session, CONVERSATIONS.parse(())).reviews

    id = drawn[0]
    team.give("sam", id, rules=0)
    asked: tuple[dict[str, str], ...] = (
        {"reviewer": "user:sam"},
        {"is_review_failed": "true"},
        {"review_total__lt": "0.5"},
        {"criterion": "rules", "criterion_score": "0"},
        {"is_reviewed": "true"},
    )
    assert [found(**one) for one in asked] == [set()] * 5
    assert (number(), found(is_reviewed="false")) == (0, set(drawn))
    team.give("sue", id)
    assert [found(**one) for one in asked] == [{id}] * 5
    assert found(reviewer="user:sue", is_review_failed="true") == set()
    assert found(reviewer="user:sue", criterion="rules", criterion_score="0") == set()
    assert number() == 2


def test_ones_own_is_changed_until_all_are_given(team: Reviewers, drawn: list[str]) -> None:
    id = drawn[0]
    team.give("sam", id)
    with pytest.raises(WorkChanged, match="elsewhere"):
        team.give("sam", id)
    changed = team.give("sam", id, 1, solved=None)
    assert changed.own is not None
    assert changed.own.scores == {"solved": None, "manner": 1, "rules": 1}
    team.give("sue", id)
    with pytest.raises(WorkChanged, match="none is changed any more"):
        team.give("sam", id, 2)


def test_who_comes_after_the_last_is_told_so(team: Reviewers, drawn: list[str]) -> None:
    team.give("sam", drawn[0])
    team.give("sue", drawn[0])
    with pytest.raises(WorkChanged, match=r"reviewed by s.., s.."):
        team.give("ann", drawn[0])
    with pytest.raises(UnknownWork):
        team.give("ann", "nothing")


@pytest.mark.parametrize(
    ("scores", "words"),
    [
        ({"solved": 4}, "solved: should be between 0 and 3"),
        ({"rules": -1}, "rules: should be between"),
        ({"x": 1}, "x: is no criterion"),
        ({"solved": None, "manner": None, "rules": None}, "Nothing applies"),
        ({"comment": "x" * 4_001}, "comment"),
    ],
)
def test_a_form_that_is_filled_in_wrongly_is_refused(
    sqlite_database: Database, hand_clock: Any, scores: dict[str, Any], words: str
) -> None:
    with pytest.raises(WorkError, match=words):
        Reviewers(sqlite_database, hand_clock).give("sam", "any", **scores)


def test_numbers_are_by_agent_reviewer_and_criterion(
    team: Reviewers, drawn: list[str], database: Database
) -> None:
    for id, sam, sue in zip(drawn, (3, 0, 2), (3, 0, 1), strict=True):
        team.give("sam", id, solved=sam)
        team.give("sue", id, solved=sue, rules=0 if sue == 0 else 1)
    with database.read() as session:
        found = review_numbers(session, CONVERSATIONS.parse([("agent", "support")]))
        nothing = review_numbers(session, CONVERSATIONS.parse([("agent", "sales")]))
    assert (found.reviews, found.conversations, found.compared, found.failed) == (6, 3, 3, 1)
    assert [(one.name, one.reviews, one.failed) for one in found.agents] == [("support", 6, 1)]
    assert [one.name for one in found.reviewers] == ["user:sam", "user:sue"]
    solved = next(one for one in found.criteria if one.name == "solved")
    assert (solved.scores, solved.zeros) == (6, 2)
    assert solved.mean == pytest.approx((3 + 3 + 0 + 0 + 2 + 1) / 18)
    assert solved.agreement is not None
    assert solved.agreement > 0.8
    manner = next(one for one in found.criteria if one.name == "manner")
    assert manner.agreement is None, "all are the same: there is nothing to tell apart"
    assert (nothing.reviews, nothing.mean, nothing.agreement) == (0, None, None)


def test_reviews_go_with_their_conversation_and_their_words_before(
    team: Reviewers, drawn: list[str], database: Database
) -> None:
    id = drawn[0]
    team.give("sam", id, comment="the okapi was ill")
    team.give("sue", id)
    with database.write() as session:
        assert expire_text(session, id)["reviews"] == 1
        comments = session.scalars(select(Review.comment).where(Review.conversation_id == id))
        assert sorted(comments) == ["", EXPIRED]
    with database.write() as session:
        gone = delete_conversation(session, id)
        assert (gone["reviews"], gone["review_items"]) == (2, 1)
        assert session.scalars(select(ReviewScore)).all() == []
