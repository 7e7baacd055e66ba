"""While the service runs, the chain of the whole log goes on, and earlier conversations join."""

import asyncio
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Any

from proof_desk import check_all, records_of
from sqlalchemy import text, update

from agent_service.clock import SystemClock
from agent_service.runtime.anchoring import Anchoring
from agent_service.store.database import Database
from agent_service.store.proof.form import START
from agent_service.store.proof.keeping import keep_last_anchor
from agent_service.store.proof.tables import ProofHead
from agent_service.store.writer import write_records


def test_what_moved_is_anchored_and_what_is_older_adopted(
    sqlite_database: Database, new_sample: Any
) -> None:
    older = new_sample()
    with sqlite_database.write() as session:
        write_records(session, records_of(older))
    with sqlite_database.write() as session:
        session.execute(text("DELETE FROM proof_links"))
        session.execute(update(ProofHead).values(position=0, head=START))
    with sqlite_database.write() as session:
        write_records(session, records_of(new_sample()))

    async def run() -> None:
        clock = CountingClock(3)  # the third anchor comes after all was adopted
        anchoring = Anchoring(sqlite_database, clock, None, pause_s=0.01)
        async with asyncio.timeout(60), asyncio.TaskGroup() as tasks:
            running = tasks.create_task(anchoring.run())
            await clock.reached.wait()
            running.cancel()
        await anchoring.anchor()

    asyncio.run(run())
    findings, tally = check_all(sqlite_database)
    assert (findings, tally.uncovered, tally.links) == ([], 0, 24)
    assert tally.anchors >= 2


class CountingClock(SystemClock):
    """Says when it was asked for the time so many times."""

    def __init__(self, times: int) -> None:
        self._left = times
        self.reached = asyncio.Event()

    def utc(self) -> datetime:
        self._left -= 1
        if self._left == 0:
            self.reached.set()
        return super().utc()


def test_a_database_that_is_away_ends_nothing(sqlite_database: Database, new_sample: Any) -> None:
    with sqlite_database.write() as session:
        write_records(session, records_of(new_sample()))
        session.commit()
        session.execute(text("DROP TABLE proof_anchors"))
    asyncio.run(Anchoring(sqlite_database, SystemClock(), None, pause_s=1).anchor())


def test_the_last_anchor_is_noted_and_what_stands_in_its_way_ends_nothing(
    sqlite_database: Database, new_sample: Any, tmp_path: Path
) -> None:
    def anchor(file: Path) -> None:
        with sqlite_database.write() as session:
            write_records(session, records_of(new_sample()))
        keep = partial(keep_last_anchor, file=file)
        asyncio.run(Anchoring(sqlite_database, SystemClock(), None, pause_s=1, keep=keep).anchor())

    note = tmp_path / "note"
    for number in ("1", "2"):
        anchor(note)
        assert note.read_text().split()[0] == number
    note.write_text(f"2 {START}")  # which is none of this chain's
    anchor(note)
    assert note.read_text() == f"2 {START}"
    anchor(tmp_path / "no folder" / "note")
