"""Days are added up while the service runs, and a database that is away ends nothing."""

import asyncio
from typing import Any

import pytest
import structlog
from sqlalchemy import select

from agent_service.clock import SystemClock
from agent_service.errors import StoreError
from agent_service.runtime.day_keeper import DayKeeper
from agent_service.store.database import Database
from agent_service.store.rollups import StatsDay
from agent_service.store.writer import write_records


def ready(database: Database) -> list[int]:
    with database.read() as session:
        return list(session.scalars(select(StatsDay.day).where(StatsDay.is_ready)))


def test_days_that_are_over_are_added_up(
    sqlite_database: Database, sample: Any, hand_clock: Any
) -> None:
    with sqlite_database.write() as session:
        write_records(session, [sample.conversation(), sample.turn(1)])
    keeper = DayKeeper(sqlite_database, hand_clock, pause_s=0)
    asyncio.run(keeper.add_up())
    assert len(ready(sqlite_database)) == 3  # of 1 to 3 March; the 4th goes on


def test_a_database_that_is_away_is_tried_again(
    sqlite_database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    keeper = DayKeeper(sqlite_database, SystemClock(), round_s=0)
    tries = 0

    async def refuse() -> None:
        nonlocal tries
        tries += 1
        if tries == 3:
            raise asyncio.CancelledError
        raise StoreError("It is away.")

    monkeypatch.setattr(keeper, "add_up", refuse)
    with structlog.testing.capture_logs() as lines, pytest.raises(asyncio.CancelledError):
        asyncio.run(keeper.run())
    assert [line["event"] for line in lines] == ["days_not_added_up"] * 2
