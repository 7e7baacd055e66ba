"""Deleting recordings: the files first, then the rows that say where they are."""

from pathlib import Path

from sqlalchemy import delete, select

from agent_service.recording.parts import delete_parts
from agent_service.recording.storage import Storage
from agent_service.store.database import Database
from agent_service.store.proof.recordings import note_no_recording
from agent_service.store.tables import Recording


def delete_recordings(
    database: Database, storage: Storage, folder: Path, conversation_id: str
) -> int:
    """Delete all that is recorded of a conversation; return how many files there were.

    ``folder`` is the one of recordings, with those that are not finished. What cannot be reached
    raises RecordingAway and keeps its row: doing it again goes on from there.
    """
    deleted = delete_parts(folder, conversation_id)
    with database.read() as session:
        found = session.execute(
            select(Recording.id, Recording.location).where(
                Recording.conversation_id == conversation_id
            )
        ).all()
    for id, location in found:
        storage.delete(location)
        with database.write() as session:
            session.execute(delete(Recording).where(Recording.id == id))
            note_no_recording(session, conversation_id)
    return deleted + len(found)
