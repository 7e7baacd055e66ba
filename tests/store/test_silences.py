"""What is taken out of a turn's row is not to be heard either, also what is taken out later."""

import asyncio
from collections.abc import Sequence
from typing import Any

from sqlalchemy import select

from agent_service.clock import SystemClock
from agent_service.conversation.records import Role
from agent_service.runtime.recorder import Recorder
from agent_service.store.database import Database
from agent_service.store.silences import MARGIN_MS
from agent_service.store.tables import RecordingSilence

CARD = "4111 1111 1111 1111"


def keep(database: Database, *records: Any) -> Sequence[tuple[int, int]]:
    """Have them recorded; return the stretches that are to be silent, of which we were told."""
    told: list[tuple[int, int]] = []

    async def scenario() -> None:
        recorder = Recorder(database, clock=SystemClock())
        recorder.on_silenced = lambda one: told.append((one.started_ms, one.ended_ms))
        recorder.open()
        for record in records:
            recorder.record(record)
        await recorder.close()

    asyncio.run(scenario())
    with database.read() as session:
        rows = session.scalars(select(RecordingSilence).order_by(RecordingSilence.started_ms))
        kept = [(row.started_ms, row.ended_ms) for row in rows]
    assert sorted(told) == sorted(kept)
    return kept


def placed(start_ms: int, end_ms: int, said: str) -> dict[str, Any]:
    return {
        "audio_start_ms": start_ms,
        "audio_end_ms": end_ms,
        "text": said,
        "heard_text": said,
    }


def test_turns_with_a_card_are_silent_on_either_side_and_others_are_not(
    database: Database, sample: Any
) -> None:
    silences = keep(
        database,
        sample.conversation(),
        sample.turn(1, **placed(100, 5_000, f"my card is {CARD}")),
        sample.turn(2, **placed(6_000, 9_000, f"So {CARD}"), role=Role.AGENT),
        sample.turn(3, **placed(10_000, 11_000, "order 1004")),
        sample.turn(4, text=CARD, heard_text=CARD),  # which was typed
        sample.tool_call(output=f'"{CARD}"'),
    )
    assert silences == [(0, 5_000 + MARGIN_MS), (6_000 - MARGIN_MS, 9_000 + MARGIN_MS)]


def test_pieces_that_turn_out_to_be_of_a_card_silence_the_turns_that_had_them(
    database: Database, sample: Any
) -> None:
    silences = keep(
        database,
        sample.conversation(),
        sample.turn(1, **placed(1_000, 2_000, "4111 1111")),
        sample.turn(2, **placed(3_000, 4_000, "Yes?")),
        sample.turn(3, **placed(5_000, 6_000, "1111 1111")),
    )
    around = [(start - MARGIN_MS, start + 1_000 + MARGIN_MS) for start in (1_000, 5_000)]
    assert sorted(set(silences)) == around
