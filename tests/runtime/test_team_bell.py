"""The team is rung with what it has to know, unless nobody is there."""

import asyncio
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from hand_clock import HandClock

from agent_service.runtime.team_bell import TeamBell
from agent_service.store.database import Database
from agent_service.store.requests import OpeningHours
from agent_service.store.writer import write_records


def test_it_rings_in_the_opening_hours(sqlite_database: Database, sample: Any) -> None:
    rung: list[tuple[str, Mapping[str, Any]]] = []
    clock = HandClock()
    with sqlite_database.write() as session:
        write_records(session, [sample.conversation(), sample.turn(1, text="Hello")])
    bell = TeamBell(sqlite_database, clock, lambda id, told: rung.append((id, told)))
    assert asyncio.run(bell.ring(sample.conversation_id, "a person, please"))
    ((conversation_id, told),) = rung
    assert conversation_id == sample.conversation_id
    assert told["reason"] == "a person, please"
    assert told["said"] == ["Hello"]
    weekday = (clock.utc() + timedelta(days=2)).weekday()
    with sqlite_database.write() as session:
        session.add(
            OpeningHours(weekday=weekday, opens_minute=0, closes_minute=1440, time_zone="UTC")
        )
    assert not asyncio.run(bell.ring(sample.conversation_id, ""))
    assert len(rung) == 1
