"""A log with conversations of all kinds of rows, anchored, and a check of all of it."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy.orm import Session

from agent_service.conversation.records import RatingRecord, Record
from agent_service.store.database import Database
from agent_service.store.proof.anchors import Place, anchor_heads
from agent_service.store.proof.checking import check_conversations
from agent_service.store.proof.findings import Finding, Tally
from agent_service.store.proof.log_checking import CheckSignature, check_anchors
from agent_service.store.writer import write_records

NOW = datetime(2026, 3, 2, tzinfo=UTC)


def records_of(sample: Any, turns: int = 6) -> list[Record]:
    id = sample.conversation_id
    return [
        sample.conversation(),
        *(sample.turn(seq, text=f"{seq} ü 退款 {id}") for seq in range(1, turns + 1)),
        sample.tool_call(),
        sample.tool_call(tool_call_id="call_2", name="cancel_order"),
        sample.confirmation(),
        sample.incident(),
        RatingRecord(sample.conversation_id, 4, "Fine", sample.started_at),
    ]


def fill(database: Database, new_sample: Callable[[], Any], conversations: int) -> list[str]:
    """Write conversations in two commits each, anchored after each of them; return their ids."""
    samples = [new_sample() for _ in range(conversations)]
    for part in (0, 1):
        for sample in samples:
            records = records_of(sample)
            half = len(records) // 2
            with database.write() as session:
                write_records(session, records[half:] if part else records[:half])
        anchor(database, NOW + timedelta(seconds=part))
    return sorted(sample.conversation_id for sample in samples)


def anchor(database: Database, now: datetime = NOW) -> int:
    with database.write() as session:
        return anchor_heads(session, now, None)


def check(
    session: Session, is_signed: CheckSignature | None = None, key: str | None = None
) -> tuple[list[Finding], Tally]:
    """Check the whole log, as the command does."""
    tally, findings, after = Tally(), [], ""
    while True:
        found, after = check_conversations(session, after, tally)
        findings += found
        if not after:
            break
    place: Place | None = Place()
    while place is not None:
        found, place = check_anchors(session, place, tally, is_signed, key)
        findings += found
    return findings, tally


def check_all(database: Database) -> tuple[list[Finding], Tally]:
    with database.read() as session:
        return check(session)
