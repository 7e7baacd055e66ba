"""Checking that the files of recordings are those that are on record, for ``logs verify``."""

from collections.abc import Iterator
from hashlib import sha256
from typing import Any, Final

from sqlalchemy import select

from agent_service.recording.reading import pieces_of
from agent_service.recording.storage import NoSuchRecording, RecordingAway, Storage
from agent_service.store.database import Database
from agent_service.store.proof.findings import Finding, Tally, Wrong
from agent_service.store.proof.recordings import finding
from agent_service.store.tables import Recording

AT_ONCE: Final = 100
"""Rows that are read together."""

_ROW: Final = Recording.metadata.tables[Recording.__tablename__].c


def check_files(
    database: Database, storage: Storage, tally: Tally, conversation_id: str | None = None
) -> Iterator[list[Finding]]:
    """Read the files of all recordings, or of one conversation's; yield after each what is wrong.

    One whose storage is away is counted, and nothing is said of it.
    """
    for row in _rows(database, conversation_id):
        try:
            found = _wrong_file(storage, row)
        except RecordingAway:
            tally.unreached += 1
            yield []
            continue
        tally.recordings += 1
        if found and not _is_live(database, row.id):  # it was erased or replaced just now
            found = []
        yield list(tally.count(found))


def _rows(database: Database, conversation_id: str | None) -> Iterator[Any]:
    after = ""
    while True:
        some = select(
            _ROW.id, _ROW.conversation_id, _ROW.location, _ROW.size_bytes, _ROW.sha256
        ).where(_ROW.id > after, _ROW.replaced_at.is_(None))
        if conversation_id is not None:
            some = some.where(_ROW.conversation_id == conversation_id)
        with database.read() as session:
            rows = session.execute(some.order_by(_ROW.id).limit(AT_ONCE)).all()
        yield from rows
        if len(rows) < AT_ONCE:
            return
        after = rows[-1].id


def _wrong_file(storage: Storage, row: Any) -> list[Finding]:
    digest, what = sha256(), f"the file of recording {row.id} "
    try:
        for piece in pieces_of(storage, row.location, row.size_bytes):
            digest.update(piece)
    except NoSuchRecording:
        return [finding(Wrong.MISSING, row.conversation_id, row.id, f"{what}is gone")]
    if digest.hexdigest() == row.sha256:
        return []
    words = f"{what}is not the one that was made"
    return [finding(Wrong.EDITED, row.conversation_id, row.id, words)]


def _is_live(database: Database, id: str) -> bool:
    row = select(_ROW.id).where(_ROW.id == id, _ROW.replaced_at.is_(None))
    with database.read() as session:
        return session.scalar(row) is not None
