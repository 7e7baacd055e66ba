"""Samples: the same rule draws the same, fairly by agent and day, and nothing twice."""

import random
from collections import Counter
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import select, update

from agent_service.errors import QueryError
from agent_service.store.database import Database
from agent_service.store.erasure import Erasing
from agent_service.store.reviews.sampling import (
    Found,
    Rule,
    draw,
    enqueue,
    list_rounds,
    sample,
)
from agent_service.store.reviews.tables import ReviewItem, ReviewRound
from agent_service.store.tables import Conversation

Begin = Callable[..., str]
DAYS = (date(2026, 3, 1), date(2026, 3, 2))
FOUND = [Found(f"c{n}", "support" if n < 60 else "sales", DAYS[n % 2]) for n in range(81)]


def rule(**said: Any) -> Rule:
    return Rule(**{"seed": "march", "reviewers": 1, **said})


def test_the_same_rule_draws_the_same_in_whatever_order() -> None:
    shuffled = random.Random(1).sample(FOUND, len(FOUND))
    for drawn in (rule(count=10), rule(share=0.1)):
        assert sample(shuffled, drawn) == sample(FOUND, drawn)
        assert sample(FOUND, drawn) != sample(FOUND, rule(count=10, seed="april"))


def test_a_larger_sample_has_the_smaller_one_in_it() -> None:
    assert sample(FOUND, rule(count=30))[:10] == sample(FOUND, rule(count=10))
    assert set(sample(FOUND, rule(share=0.1))) < set(sample(FOUND, rule(share=0.3)))


def test_a_share_is_taken_of_each_agents_days_and_rounded_up() -> None:
    chosen = set(sample(FOUND, rule(share=0.1)))
    counts = Counter((one.agent, one.day) for one in FOUND if one.id in chosen)
    of_all = Counter((one.agent, one.day) for one in FOUND)
    assert sorted(of_all.values()) == [10, 11, 30, 30]
    assert {key: counts[key] for key in of_all} == {
        key: {10: 1, 11: 2, 30: 3}[many] for key, many in of_all.items()
    }
    assert len(sample(FOUND, rule(share=1.0))) == len(FOUND)


def test_every_conversation_has_the_same_chance() -> None:
    drawn = Counter(
        id for seed in range(400) for id in sample(FOUND, rule(count=20, seed=str(seed)))
    )
    # 400 draws of 20 of 81: each is expected 98.8 times, with a deviation of 8.6.
    assert min(drawn.values()) > 98.8 - 5 * 8.6
    assert max(drawn.values()) < 98.8 + 5 * 8.6


@pytest.fixture
def ended(database: Database, begin: Begin, clock: Any) -> list[str]:
    """Six conversations that have ended, and one that goes on."""
    ids = [begin(f"C-{number % 2}") for number in range(6)]
    with database.write() as session:
        over = update(Conversation).values(ended_at=clock.utc() + timedelta(minutes=1))
        session.execute(over)
    begin()
    return ids


def test_what_was_drawn_is_not_drawn_again(
    database: Database, ended: list[str], clock: Any
) -> None:
    def drawn(**said: Any) -> tuple[int, int]:
        with database.write() as session:
            wanted = rule(**said)
            drawn = draw(session, wanted)
            made = enqueue(session, wanted, drawn, clock.utc(), by="user:sam")
            return made.found, made.chosen

    assert drawn(question="customer=C-1", count=2) == (3, 2)
    assert drawn(question="customer=C-1", count=2) == (3, 0)
    assert drawn(share=1.0, reviewers=2) == (6, 4)
    with database.read() as session:
        reviewers = Counter(session.scalars(select(ReviewItem.reviewers)))
        assert reviewers == {1: 2, 2: 4}
        assert len(list_rounds(session, 2)) == 2


@pytest.mark.parametrize(
    ("said", "field"),
    [
        ({}, "share"),
        ({"share": 0.5, "count": 3}, "share"),
        ({"share": 1.5}, "share"),
        ({"count": 0}, "count"),
        ({"count": 3, "reviewers": 9}, "reviewers"),
        ({"count": 3, "seed": " "}, "seed"),
        ({"count": 3, "question": "x" * 3_000}, "question"),
        ({"count": 3, "question": "nothing=1"}, "nothing"),
        ({"count": 3, "question": "limit=1"}, "limit"),
    ],
)
def test_every_mistake_in_a_rule_is_named(
    sqlite_database: Database, said: dict[str, Any], field: str
) -> None:
    with sqlite_database.write() as session, pytest.raises(QueryError) as refused:
        draw(session, rule(**said))
    assert refused.value.problems[0].field == field


def test_a_sample_does_not_name_who_was_erased(
    database: Database, ended: list[str], clock: Any
) -> None:
    with database.write() as session:
        wanted = rule(count=1, question="customer=C-1")
        enqueue(session, wanted, draw(session, wanted), clock.utc(), by="user:sam")
    receipt = Erasing(database, clock, lambda _: 0).erase("C-1", requested_by="operator")
    assert receipt.removed["review_items"] == 1
    with database.read() as session:
        assert session.scalars(select(ReviewRound.question)).all() == ["erased"]
