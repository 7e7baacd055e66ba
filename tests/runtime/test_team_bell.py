"""The team is rung with what it has to know, unless nobody is there."""

import asyncio
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from hand_clock import HandClock

from agent_service.runtime.team_bell import TeamBell
from agent_service.store.availability import set_available
from agent_service.store.database import Database
from agent_service.store.members import UserRole
from agent_service.store.requests import OpeningHours
from agent_service.store.users import add_user
from agent_service.store.writer import write_records
from agent_service.tools.registry import Registry


def test_it_rings_in_the_opening_hours(sqlite_database: Database, sample: Any) -> None:
    rung: list[tuple[str, Mapping[str, Any]]] = []
    clock = HandClock()
    with sqlite_database.write() as session:
        write_records(session, [sample.conversation(), sample.turn(1, text="Hello")])
    bell = TeamBell(
        sqlite_database,
        clock,
        lambda id, told: rung.append((id, told)),
        Registry(()),
        busy=tuple,
        ring_s=30,
    )
    assert asyncio.run(bell.ring(sample.conversation_id, "a person, please"))
    ((conversation_id, told),) = rung
    assert conversation_id == sample.conversation_id
    assert told["reason"] == "a person, please"
    assert told["said"] == ["Hello"]
    assert told["rings_until"] == (clock.utc() + timedelta(seconds=30)).isoformat()
    weekday = (clock.utc() + timedelta(days=2)).weekday()
    with sqlite_database.write() as session:
        session.add(
            OpeningHours(weekday=weekday, opens_minute=0, closes_minute=1440, time_zone="UTC")
        )
    assert not asyncio.run(bell.ring(sample.conversation_id, ""))
    assert len(rung) == 1


def test_it_does_not_ring_where_all_are_away_or_busy(
    sqlite_database: Database, sample: Any
) -> None:
    clock, busy = HandClock(), set[str]()
    now = clock.utc()
    with sqlite_database.write() as session:
        write_records(session, [sample.conversation()])
        for name in ("ana", "ben"):
            add_user(session, name, UserRole.SUPERVISOR, None, now, by="operator")
    bell = TeamBell(
        sqlite_database, clock, lambda id, told: None, Registry(()), busy=lambda: busy, ring_s=30
    )

    def says(name: str, is_available: bool) -> None:
        with sqlite_database.write() as session:
            set_available(session, name, now, is_available=is_available, by="user:ana")

    async def scenario() -> None:
        async def rings() -> bool:
            return await bell.ring(sample.conversation_id, "")

        assert await rings()  # nobody has ever said whether they can come
        assert not await bell.is_anybody_left(frozenset({"ana"}))
        says("ana", True)
        assert await rings()
        busy.add("ana")
        assert not await rings()
        says("ben", True)
        assert await rings()
        assert not await bell.is_anybody_left(frozenset({"ben"}))
        busy.clear()
        assert await bell.is_anybody_left(frozenset({"ben"}))
        says("ana", False)
        says("ben", False)
        assert not await rings()

    asyncio.run(scenario())
