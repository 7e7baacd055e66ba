"""Recordings in the proof: the hash of a conversation's file stands in the conversation's own row,
which is chained; here it is kept there, and compared with the row of the recording."""

from collections.abc import Iterator, Sequence
from typing import Any, Final

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from agent_service.store.proof.chain import RowKey, note_redacted, note_written
from agent_service.store.proof.findings import Finding, Wrong
from agent_service.store.proof.tables import RowKind
from agent_service.store.tables import Conversation, Recording

KIND: Final = "recording"
"""What findings call it."""
_ROW: Final = Recording.metadata.tables[Recording.__tablename__].c
_OF: Final = Conversation.metadata.tables[Conversation.__tablename__]


def note_recording(session: Session, conversation_id: str, sha256: str | None) -> None:
    """Put the hash of the conversation's new file into its chain."""
    _set(session, conversation_id, sha256)
    note_written(session, [_key(conversation_id)])


def note_no_recording(session: Session, conversation_id: str) -> None:
    """Have the chain say that the conversation's recording was erased by right."""
    _set(session, conversation_id, None)
    note_redacted(session, [_key(conversation_id)])


def _set(session: Session, conversation_id: str, sha256: str | None) -> None:
    new = update(_OF).where(_OF.c.id == conversation_id).values(recording_sha256=sha256)
    session.connection().execute(new)


def _key(conversation_id: str) -> RowKey:
    return RowKey(RowKind.CONVERSATION, conversation_id, conversation_id)


def live_recordings(session: Session, ids: Sequence[str]) -> dict[str, tuple[str, object]]:
    """Return the recording that is served of each conversation that has one: its id and hash."""
    rows = session.connection().execute(
        select(_ROW.conversation_id, _ROW.id, _ROW.sha256)
        .where(_ROW.conversation_id.in_(ids), _ROW.replaced_at.is_(None))
        .order_by(_ROW.created_at)
    )
    return {row.conversation_id: (row.id, row.sha256) for row in rows}


def wrong_recording(
    conversation_id: str, proved: Any, live: tuple[str, object] | None
) -> Iterator[Finding]:
    """Yield what is wrong with the row of a recording, whose hash the conversation's row has."""
    if live is None and proved is not None:
        yield finding(Wrong.MISSING, conversation_id, None, "its recording was removed")
    elif live is not None and proved is None:
        yield finding(Wrong.INSERTED, conversation_id, live[0], f"recording {live[0]} was put in")
    elif live is not None and live[1] != proved:
        what = f"recording {live[0]} has not the hash of the file that was made"
        yield finding(Wrong.EDITED, conversation_id, live[0], what)


def finding(wrong: Wrong, conversation_id: str, id: str | None, message: str) -> Finding:
    """Say what is wrong with a recording."""
    return Finding(
        wrong=wrong, message=message, conversation_id=conversation_id, kind=KIND, row_id=id
    )
