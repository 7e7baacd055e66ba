"""What the team writes about conversations, for itself: who, when, and what it was changed to.

Notes are the team's words and no part of what is proven: their author may take them back.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from agent_service.clock import uuid7
from agent_service.store.answers import NoteRow
from agent_service.store.auditing import audit
from agent_service.store.cursors import Cursors
from agent_service.store.filters import END, MOMENT, TEXT, Field, Question
from agent_service.store.pages import List, columns
from agent_service.store.sorts import Sort
from agent_service.store.tables import Conversation
from agent_service.store.work.errors import (
    UnknownWork,
    WorkChanged,
    WorkError,
    unknown_conversation,
)
from agent_service.store.work.tables import Note

LONGEST_NOTE: Final = 4_000
MOST_NOTES: Final = 200
"""On one conversation."""


def notes_of(session: Session, conversation_id: str) -> list[NoteRow]:
    """Return the notes on a conversation, oldest first."""
    rows = columns(NoteRow, Note).where(Note.conversation_id == conversation_id)
    found = session.execute(rows.order_by(Note.written_at, Note.id)).mappings()
    return [NoteRow(**row) for row in found]


def write_note(
    session: Session, conversation_id: str, text: str, now: datetime, *, by: str
) -> NoteRow:
    """Add a note."""
    text = _read(text)
    if session.get(Conversation, conversation_id) is None:
        raise unknown_conversation()
    count = select(func.count()).where(Note.conversation_id == conversation_id)
    if (session.scalar(count) or 0) >= MOST_NOTES:
        raise WorkError(f"There are {MOST_NOTES} notes on this conversation.")
    note = Note(
        id=uuid7(),
        conversation_id=conversation_id,
        text=text,
        written_by=by,
        written_at=now,
        edited_at=None,
        version=1,
    )
    session.add(note)
    audit(session, by, "note.written", now, subject=note.id, conversation_id=conversation_id)
    return _kept(session, note)


def edit_note(
    session: Session, id: str, text: str, version: int, now: datetime, *, by: str
) -> NoteRow:
    """Change one's own note; raise WorkChanged unless the version is the one that there is."""
    text, note = _read(text), _known(session, id)
    if note.written_by != by:
        raise WorkError("Only who wrote a note may change it.", code="not_permitted")
    if note.version != version:
        raise WorkChanged(f"The note was changed meanwhile. It reads now: {note.text}")
    if text != note.text:
        note.text, note.edited_at, note.version = text, now, version + 1
        conversation_id = note.conversation_id
        audit(session, by, "note.edited", now, subject=id, conversation_id=conversation_id)
    return _kept(session, note)


def remove_note(session: Session, id: str, now: datetime, *, by: str, is_any: bool) -> str:
    """Remove one's own note, or ``is_any``'s; return the conversation that it was on."""
    note = _known(session, id)
    if note.written_by != by and not is_any:
        raise WorkError("Only who wrote a note, or an admin, may remove it.", code="not_permitted")
    session.delete(note)
    conversation_id, detail = note.conversation_id, {"written_by": note.written_by}
    audit(
        session,
        by,
        "note.removed",
        now,
        subject=id,
        conversation_id=conversation_id,
        detail=detail,
    )
    return conversation_id


def note_of(session: Session, id: str) -> NoteRow:
    """Return the note; raise UnknownWork if there is none."""
    return _kept(session, _known(session, id))


def _known(session: Session, id: str) -> Note:
    note = session.get(Note, id[:36], with_for_update=True)
    if note is None:
        raise UnknownWork("There is no such note: it may have been removed.")
    return note


def _read(text: str) -> str:
    text = text.replace("\r\n", "\n").strip()
    if not text or len(text) > LONGEST_NOTE:
        raise WorkError(f"text: should be 1 to {LONGEST_NOTE} characters.")
    return text


def _kept(session: Session, note: Note) -> NoteRow:
    session.flush()
    session.refresh(note)  # what may not be kept is taken out on its way in
    return NoteRow(
        id=note.id,
        conversation_id=note.conversation_id,
        text=note.text,
        written_by=note.written_by,
        written_at=note.written_at,
        edited_at=note.edited_at,
        version=note.version,
    )


def _narrowed(rows: Select[Any], question: Question, _dialect: str) -> tuple[Select[Any], Sort]:
    return rows.where(*question.conditions), question.sort


def _sorts(_: bool) -> Mapping[str, Sort]:
    return {"written_at": Sort((Note.written_at, Note.id), ("moment", "id"))}


NOTES: Final = List(
    NoteRow,
    columns(NoteRow, Note),
    {
        "conversation": Field(TEXT, Note.conversation_id),
        "written_by": Field(TEXT, Note.written_by),
        "since": Field(MOMENT, Note.written_at, "gte", subject="written_at"),
        "until": Field(END, Note.written_at, "lt", subject="written_at"),
    },
    _sorts,
    Cursors("notes"),
    _narrowed,
)
