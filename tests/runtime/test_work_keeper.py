"""What waits comes back open by itself, while the service runs."""

import asyncio
from datetime import timedelta
from typing import Any

from agent_service.runtime.work_keeper import WorkKeeper
from agent_service.store.database import Database
from agent_service.store.work.standing import Change, change_work, standing_of
from agent_service.store.work.tables import WorkState
from agent_service.store.writer import write_records


def test_what_is_due_comes_back_and_nothing_else(
    sqlite_database: Database, hand_clock: Any, new_sample: Any
) -> None:
    samples = [new_sample() for _ in range(2)]
    now = hand_clock.utc()
    with sqlite_database.write() as session:
        write_records(session, [one.conversation(started_at=now) for one in samples])
        for hours, one in enumerate(samples, 1):
            until = now + timedelta(hours=hours)
            change = Change(state=WorkState.WAITING, waits_until=until)
            change_work(session, one.conversation_id, change, 0, now, by="user:sam")

    def states() -> list[WorkState | None]:
        with sqlite_database.read() as session:
            return [standing_of(session, one.conversation_id).state for one in samples]

    keeper = WorkKeeper(sqlite_database, hand_clock)
    asyncio.run(keeper.look())
    assert states() == [WorkState.WAITING, WorkState.WAITING]
    hand_clock.advance(3_600)
    asyncio.run(keeper.look())
    assert states() == [WorkState.OPEN, WorkState.WAITING]
