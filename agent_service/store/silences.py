"""Stretches of conversations that no recording may hold, kept with what is taken out of the rows.

Whoever makes or finds a recording has to be silent there.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import ColumnElement, insert, select
from sqlalchemy.orm import Session

from agent_service.clock import uuid7
from agent_service.conversation.records import Record, TurnRecord
from agent_service.store.processes import database_now
from agent_service.store.tables import RecordingSilence, Turn

MARGIN_MS = 300
"""Given to a turn on both sides: where words begin and end is not known to the sample."""


@dataclass(frozen=True, slots=True)
class Silence:
    """What no recording of the conversation may hold."""

    conversation_id: str
    started_ms: int
    ended_ms: int


def silence_of(said: Record, kept: Record) -> Silence | None:
    """Return what a recording may not hold, because the turn's row does not."""
    if not isinstance(said, TurnRecord) or not isinstance(kept, TurnRecord):
        return None
    if (said.text, said.heard_text) == (kept.text, kept.heard_text):
        return None
    if said.audio_start_ms is None or said.audio_end_ms is None:
        return None
    return _around(said.conversation_id, said.audio_start_ms, said.audio_end_ms)


def keep_silences(session: Session, silences: Iterable[Silence]) -> None:
    """Put the stretches on record."""
    rows = [
        {
            "id": uuid7(),
            "conversation_id": one.conversation_id,
            "started_ms": one.started_ms,
            "ended_ms": one.ended_ms,
        }
        for one in silences
    ]
    if rows:
        now = session.scalars(select(database_now)).one()
        session.execute(insert(RecordingSilence), [row | {"created_at": now} for row in rows])


def silence_turns(session: Session, *which: ColumnElement[bool]) -> list[Silence]:
    """Silence the turns from whose rows something is taken out; return where that is."""
    turns = session.execute(
        select(Turn.conversation_id, Turn.audio_start_ms, Turn.audio_end_ms).where(*which)
    )
    silences = [
        _around(id, start, end) for id, start, end in turns if start is not None and end is not None
    ]
    keep_silences(session, silences)
    return silences


def _around(conversation_id: str, started_ms: int, ended_ms: int) -> Silence:
    return Silence(conversation_id, max(started_ms - MARGIN_MS, 0), ended_ms + MARGIN_MS)
