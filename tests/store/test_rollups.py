"""Sums of whole days answer as reading every conversation does, and are gone once one changes."""

import threading
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import delete, select, text, update

from agent_service.clock import uuid7
from agent_service.conversation.records import RatingRecord, Usage
from agent_service.store.database import Database
from agent_service.store.local_days import runs_of
from agent_service.store.rollups import (
    HOURLY,
    QUARTERLY,
    Rollup,
    StatsDay,
    add_up_day,
    add_up_days,
    days_to_add_up,
    forget_days,
)
from agent_service.store.stats import BY, find_stats, parse_stats
from agent_service.store.sums import Numbers
from agent_service.store.tables import Conversation
from agent_service.store.writer import write_records

FIRST = datetime(2026, 3, 26, tzinfo=UTC)
DAY = int(FIRST.timestamp()) // 86_400
NOW = datetime(2026, 4, 2, 1, tzinfo=UTC)


def conversation(database: Database, sample: Any, hours: int, **changes: Any) -> str:
    """Write a conversation that began so many hours after the first day did."""
    began = FIRST + timedelta(hours=hours, minutes=hours % 60)
    one = replace(sample, conversation_id=uuid7(), started_at=began)
    end = began + timedelta(seconds=90)
    with database.write() as session:
        write_records(
            session,
            [
                one.conversation(ended_at=end, end_reason="caller ended: ü", **changes),
                one.turn(1),
                one.turn(2, first_audio_ms=400 + hours, usage=Usage(3, 5, cost_usd=0.25)),
                one.tool_call(),
                RatingRecord(one.conversation_id, 1 + hours % 5, None, began),
            ],
        )
    return str(one.conversation_id)


def answers(database: Database, **narrower: str) -> list[Any]:
    """Return what is answered to every question, in zones of every kind."""
    found = []
    with database.read() as session:
        for zone in ("UTC", "Europe/Berlin", "Asia/Kathmandu"):
            for by in BY:
                asked = {"by": by, "tz": zone, **narrower}
                found.append(find_stats(session, parse_stats(asked.items())))
        found.append(find_stats(session, parse_stats(narrower.items())))
    return found


def turns_by_day(database: Database, zone: str) -> dict[Any, int]:
    with database.read() as session:
        found = find_stats(session, parse_stats([("by", "day"), ("tz", zone)]))
    return {one.key: one.turns for one in found.items if isinstance(one, Numbers)}


def ready(database: Database) -> list[int]:
    with database.read() as session:
        days = select(StatsDay.day).where(StatsDay.is_ready).order_by(StatsDay.day)
        return [day - DAY for day in session.scalars(days)]


SPANS: tuple[dict[str, str], ...] = (
    {},
    {"since": "2026-03-27"},
    {"since": "2026-03-26T13:30:00Z", "until": "2026-03-29T02:00:00Z"},
    {"until": "2026-03-27T00:00:00Z"},
    {"since": "2026-03-27T01:00:00Z", "until": "2026-03-27T02:00:00Z"},
)


@settings(
    max_examples=8, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    began=st.lists(st.integers(0, 150), min_size=1, max_size=9),
    days=st.sets(st.integers(0, 7), min_size=1),
    span=st.sampled_from(SPANS),
)
def test_sums_of_days_answer_as_reading_all_does(
    database: Database, sample: Any, began: Sequence[int], days: set[int], span: dict[str, str]
) -> None:
    with database.write() as session:
        session.execute(delete(Conversation))
    for hours in began:
        conversation(database, sample, hours, agent="sales" if hours % 3 else "support")
    with database.write() as session:
        forget_days(session)
    expected = answers(database, **span)
    for day in days:
        assert add_up_day(database, DAY + day)
    assert ready(database) == sorted(days)
    assert answers(database, **span) == expected


def test_every_day_that_is_over_is_added_up_once(database: Database, sample: Any) -> None:
    assert list(add_up_days(database, NOW)) == [0]
    for hours in (1, 30, 150):
        conversation(database, sample, hours)
    expected = answers(database)
    assert list(add_up_days(database, NOW)) == [7, 6, 5, 4, 3, 2, 1, 0]
    assert ready(database) == [0, 1, 2, 3, 4, 5, 6]
    assert list(add_up_days(database, NOW)) == [0]
    assert answers(database) == expected


CHOOSING: tuple[dict[str, str], ...] = (
    {"agent": "sales"},
    {"agent__not": "sales", "since": "2026-03-26T13:30:00Z"},
    {"agent__in": "sales,nobody", "until": "2026-03-29"},
    {"rating__gte": "2", "rating__lt": "5"},
    {"rating__not": "1"},
    {"language": "en"},
    {"language__not": "en"},
    {"end_reason__not": "caller ended: ü"},
    {"agent": "sales", "language": "en"},
    {"agent": "sales", "needed_person": "false"},
)
"""The last two choose none of the groups of which there are sums."""


def test_filters_that_choose_groups_are_answered_from_their_sums(
    database: Database, sample: Any
) -> None:
    for hours in range(0, 96, 9):
        agent, language = "sales" if hours % 2 else "support", None if hours % 4 else "en"
        conversation(database, sample, hours, agent=agent, language=language)

    def ask(chosen: dict[str, str], **others: str) -> Any:
        with database.read() as session:
            return find_stats(session, parse_stats({**chosen, **others}.items()))

    ways = [{}, {"by": "day"}, {"by": "agent"}, {"by": "rating"}, {"by": "day", "tz": "Asia/Tokyo"}]
    expected = [ask(chosen, **way) for chosen in CHOOSING for way in ways]
    list(add_up_days(database, NOW))
    assert [ask(chosen, **way) for chosen in CHOOSING for way in ways] == expected
    before = [ask(chosen, by="day").total.turns for chosen in CHOOSING]
    with database.write() as session:
        of_days = Rollup.dimension.not_in((HOURLY, QUARTERLY))
        session.execute(update(Rollup).where(of_days).values(turns=Rollup.turns * 1000))
    after = [ask(chosen, by="day").total.turns for chosen in CHOOSING]
    assert after[-2:] == before[-2:]
    assert all(few < many for few, many in zip(before[:-3], after[:-3], strict=True))


@pytest.mark.parametrize("zone", ["Asia/Kolkata", "Asia/Kathmandu", "Australia/Lord_Howe"])
def test_days_that_begin_within_an_hour_are_put_together_from_sums(
    database: Database, sample: Any, zone: str
) -> None:
    for hours in range(0, 96, 5):
        conversation(database, sample, hours)
    list(add_up_days(database, NOW))
    before = turns_by_day(database, zone)
    with database.write() as session:
        kept = Rollup.dimension.in_((HOURLY, QUARTERLY))
        session.execute(update(Rollup).where(kept).values(turns=Rollup.turns * 1000))
    assert turns_by_day(database, zone) == {day: 1000 * turns for day, turns in before.items()}


def test_a_day_is_added_up_only_after_its_last_conversations(
    database: Database, sample: Any
) -> None:
    conversation(database, sample, 1)
    with database.read() as session:
        just_over = FIRST + timedelta(days=1, minutes=9)
        assert days_to_add_up(session, just_over) == []
        assert days_to_add_up(session, just_over + timedelta(minutes=2)) == [DAY]


def test_what_is_changed_is_read_anew(database: Database, sample: Any) -> None:
    ids = [conversation(database, sample, hours) for hours in (1, 30, 60)]
    list(add_up_days(database, NOW))
    conversation(database, sample, 2)
    assert ready(database) == [1, 2, 3, 4, 5, 6]
    with database.write() as session:
        session.execute(update(Conversation).where(Conversation.id == ids[1]).values(agent="x"))
    assert ready(database) == [2, 3, 4, 5, 6]
    with database.write() as session:
        session.execute(delete(Conversation).where(Conversation.id == ids[2]))
    assert ready(database) == [3, 4, 5, 6]
    before = answers(database)
    with database.write() as session:
        session.execute(text("DELETE FROM stats_days"))
    assert answers(database) == before


def test_a_conversation_that_moves_concerns_both_days(database: Database, sample: Any) -> None:
    id = conversation(database, sample, 1)
    list(add_up_days(database, NOW))
    with database.write() as session:
        moved = update(Conversation).where(Conversation.id == id)
        session.execute(moved.values(started_at=FIRST + timedelta(days=3)))
    assert ready(database) == [1, 2, 4, 5, 6]


def test_what_is_changed_while_a_day_is_added_up_is_not_missed(
    database: Database, sample: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    conversation(database, sample, 1)
    from agent_service.store import rollups  # noqa: PLC0415  to get between its steps

    read = rollups._sums_of

    def read_and_change(*arguments: Any) -> Any:
        rows = list(read(*arguments))
        conversation(database, sample, 3)
        return rows

    monkeypatch.setattr(rollups, "_sums_of", read_and_change)
    assert not add_up_day(database, DAY)
    assert ready(database) == []


def test_who_writes_and_has_not_committed_is_waited_for_or_the_day_left(
    postgresql_database: Database, sample: Any
) -> None:
    database = postgresql_database
    id = conversation(database, sample, 1)
    with database.write() as session:
        session.execute(update(Conversation).where(Conversation.id == id).values(agent="x"))
        found: list[bool] = []
        other = threading.Thread(target=lambda: found.append(add_up_day(database, DAY)))
        other.start()
        other.join(60)
        assert found == [False]
    assert add_up_day(database, DAY)


def test_an_empty_day_has_no_sums(database: Database) -> None:
    assert add_up_day(database, DAY)
    with database.read() as session:
        assert session.scalars(select(Rollup)).all() == []


def test_rows_of_successive_days() -> None:
    assert list(runs_of([])) == []
    assert list(runs_of([3])) == [(3, 4)]
    assert list(runs_of([1, 2, 3, 7, 9, 10])) == [(1, 4), (7, 8), (9, 11)]
