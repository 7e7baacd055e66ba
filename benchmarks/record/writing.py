"""What the database's triggers cost: the same turns written with them and without, by turns.

Meanwhile the database has no triggers: not for one that is in use.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import Final

from sqlalchemy import delete, text

from agent_service.clock import uuid7
from agent_service.conversation.records import (
    Caller,
    ConversationRecord,
    Modality,
    Role,
    TurnRecord,
)
from agent_service.store.database import Database
from agent_service.store.proof.chain import seal
from agent_service.store.tables import Conversation
from agent_service.store.writer import write_records
from benchmarks.record.processor_time import processor_time

SECONDS_A_TURN: Final = 5.0
"""In a call somebody speaks so often."""
LENGTHS: Final = (10, 100, 1_000)
TURNS: Final = 1_000
ROUNDS: Final = 3


def print_cost_of_triggers(database: Database) -> None:
    """Print what a turn costs in conversations of several lengths, with triggers and without."""
    print(f"\n{database.dialect}: milliseconds of processor time to write a turn\n")
    print("| Turns of the conversation | with triggers | without | ratio |")
    print("|---|---|---|---|")
    for length in LENGTHS:
        kept, bare = [], []
        for _ in range(ROUNDS):
            kept.append(_cost(database, length))
            with _without_triggers(database):
                bare.append(_cost(database, length))
        ratio = min(kept) / min(bare)
        print(f"| {length:,} | {min(kept):.2f} | {min(bare):.2f} | {ratio:.1f} |")


def _cost(database: Database, length: int) -> float:
    began = datetime.now(UTC)
    ids = [uuid7() for _ in range(TURNS // length)]
    with database.write_log() as session:
        write_records(session, [new_call(id, began) for id in ids])
    spent = 0.0
    for seq in range(1, length + 1):
        for id in ids:
            with database.write_log() as session:
                clock = processor_time(session)
                start = clock()
                write_records(session, [new_turn(id, began, seq)])
                seal(session)
                spent += clock() - start
    with database.write_log() as session:
        session.execute(delete(Conversation).where(Conversation.id.in_(ids)))
    return spent * 1000 / (length * len(ids))


@contextmanager
def _without_triggers(database: Database) -> Iterator[None]:
    """Have the log's connection write without triggers; on SQLite, the whole database."""
    if database.dialect != "sqlite":
        with database.write_log() as session:
            session.execute(text("SET session_replication_role = replica"))
        yield
        with database.write_log() as session:
            session.execute(text("SET session_replication_role = origin"))
        return
    kept = "SELECT name, sql FROM sqlite_master WHERE type = 'trigger'"
    with database.write_log() as session:
        triggers = session.execute(text(kept)).all()
        for name, _ in triggers:
            session.execute(text(f"DROP TRIGGER {name}"))
    yield
    with database.write_log() as session:
        for _, sql in triggers:
            session.connection().exec_driver_sql(sql)


def new_call(id: str, began: datetime) -> ConversationRecord:
    """Return a conversation that begins."""
    return ConversationRecord(
        conversation_id=id,
        agent="support",
        channel="widget",
        modality=Modality.AUDIO,
        caller=Caller(),
        provider="offline",
        model="offline",
        started_at=began,
    )


def new_turn(id: str, began: datetime, seq: int) -> TurnRecord:
    """Return one of its turns."""
    at = began + timedelta(seconds=SECONDS_A_TURN * seq)
    words = "Where is my order? It should be here by now."
    is_agent = seq % 2 == 0
    return TurnRecord(
        turn_id=uuid7(),
        conversation_id=id,
        seq=seq,
        role=Role.AGENT if is_agent else Role.CALLER,
        modality=Modality.AUDIO,
        text=words,
        heard_text=words,
        heard_ms=2000,
        is_interrupted=False,
        started_at=at,
        ended_at=at + timedelta(seconds=2),
        first_audio_ms=600 if is_agent else None,
    )
