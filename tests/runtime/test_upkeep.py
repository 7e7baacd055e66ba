"""The service keeps to what was promised of data by itself, and goes on after a failure."""

import asyncio
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select
from structlog.testing import capture_logs

from agent_service.conversation.records import Caller
from agent_service.errors import StoreError
from agent_service.runtime.upkeep import Upkeep
from agent_service.store.database import Database
from agent_service.store.erasure import Erasing, Erasure
from agent_service.store.forgetting import EXPIRED
from agent_service.store.retention import Kept, Retention, Rule
from agent_service.store.tables import Turn
from agent_service.store.writer import write_records


def upkeep(database: Database, clock: Any, delete_sound: Any) -> Upkeep:
    retention = Retention(database, [Rule(Kept.TEXT, 30, "support")], delete_sound)
    erasing = Erasing(database, clock, delete_sound)
    return Upkeep(retention, erasing, clock, pause_s=3_600)


def test_it_takes_out_what_is_old_and_finishes_erasures(
    database: Database, new_sample: Any, hand_clock: Any
) -> None:
    now = hand_clock.utc()
    with database.write_log() as session:
        for caller in (Caller("C1"), Caller("C2")):
            one = new_sample()
            one.started_at = now - timedelta(days=31)
            ended = one.conversation(caller=caller, ended_at=one.started_at)
            write_records(session, [ended, one.turn(1)])

    def away(_: str) -> int:
        raise StoreError("The storage is away.")

    with pytest.raises(StoreError):
        Erasing(database, hand_clock, away).erase("C1", requested_by="operator:eve")
    with capture_logs() as lines:
        asyncio.run(upkeep(database, hand_clock, away).once())
    assert [line["event"] for line in lines] == ["retention_failed"]
    with capture_logs() as lines:
        asyncio.run(upkeep(database, hand_clock, lambda _: 0).once())
    assert [line["event"] for line in lines] == ["erasure_finished", "retention_done"]
    with database.read() as session:
        assert session.scalars(select(Turn.verbatim)).all() == [EXPIRED]
        assert session.scalars(select(Erasure.customer_id)).all() == [None]
