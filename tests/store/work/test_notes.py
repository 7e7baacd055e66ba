"""Notes: their author's alone to change, and gone with what they are about."""

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import select

from agent_service.store.database import Database
from agent_service.store.forgetting import EXPIRED, delete_conversation, expire_text
from agent_service.store.proof.checking import check_conversations
from agent_service.store.proof.findings import Tally
from agent_service.store.queries import whole_conversation
from agent_service.store.record_redaction import CardPieces, remove_pieces
from agent_service.store.tables import AuditEntry
from agent_service.store.work.errors import UnknownWork, WorkChanged, WorkError
from agent_service.store.work.notes import (
    LONGEST_NOTE,
    MOST_NOTES,
    NOTES,
    edit_note,
    notes_of,
    remove_note,
    write_note,
)

Begin = Callable[..., str]


def test_a_note_is_written_edited_and_removed_on_record(
    database: Database, begin: Begin, clock: Any
) -> None:
    id = begin()
    with database.write() as session:
        note = write_note(session, id, " called\r\nback ", clock.utc(), by="user:sam")
    assert (note.text, note.written_by, note.edited_at) == ("called\nback", "user:sam", None)
    clock.advance(60)
    with database.write() as session:
        edited = edit_note(session, note.id, "called twice", 1, clock.utc(), by="user:sam")
    assert (edited.edited_at, edited.version) == (clock.utc(), 2)
    with database.read() as session:
        whole = whole_conversation(session, id)
        assert whole is not None
        assert whole.notes == notes_of(session, id) == [edited]
        assert NOTES.page(session, NOTES.parse([("written_by", "user:sam")])).items == [edited]
    with database.write() as session:
        assert remove_note(session, note.id, clock.utc(), by="user:sam", is_any=False) == id
    with database.read() as session:
        assert notes_of(session, id) == []
        acts = session.scalars(select(AuditEntry.action).where(AuditEntry.conversation_id == id))
        assert [*acts] == ["note.written", "note.edited", "note.removed"]


def test_nobody_overwrites_what_they_have_not_seen(
    database: Database, begin: Begin, clock: Any
) -> None:
    id = begin()
    with database.write() as session:
        note = write_note(session, id, "first", clock.utc(), by="user:sam")
        edit_note(session, note.id, "second", 1, clock.utc(), by="user:sam")
        with pytest.raises(WorkChanged, match="It reads now: second"):
            edit_note(session, note.id, "third", 1, clock.utc(), by="user:sam")


def test_only_its_author_or_an_admin_may(database: Database, begin: Begin, clock: Any) -> None:
    id = begin()
    with database.write() as session:
        note = write_note(session, id, "first", clock.utc(), by="user:sam")
        for act in (
            lambda: edit_note(session, note.id, "x", 1, clock.utc(), by="user:sue"),
            lambda: remove_note(session, note.id, clock.utc(), by="user:sue", is_any=False),
        ):
            with pytest.raises(WorkError) as refused:
                act()
            assert refused.value.code == "not_permitted"
        remove_note(session, note.id, clock.utc(), by="user:ada", is_any=True)
        with pytest.raises(UnknownWork):
            edit_note(session, note.id, "x", 1, clock.utc(), by="user:sam")


def test_notes_have_their_bounds(
    database: Database, begin: Begin, clock: Any, monkeypatch: Any
) -> None:
    monkeypatch.setattr("agent_service.store.work.notes.MOST_NOTES", 3)
    assert MOST_NOTES > 3
    id = begin()
    with database.write() as session:
        for text in ("", " \n ", "x" * (LONGEST_NOTE + 1)):
            with pytest.raises(WorkError, match="1 to 4000"):
                write_note(session, id, text, clock.utc(), by="user:sam")
        for _ in range(3):
            write_note(session, id, "x", clock.utc(), by="user:sam")
        with pytest.raises(WorkError, match="There are 3 notes"):
            write_note(session, id, "x", clock.utc(), by="user:sam")
        with pytest.raises(WorkError, match="no such conversation"):
            write_note(session, "nothing", "x", clock.utc(), by="user:sam")


def test_no_card_stays_in_a_note(database: Database, begin: Begin, clock: Any) -> None:
    id = begin()
    with database.write() as session:
        note = write_note(session, id, "pays by 4111 1111 1111 1111", clock.utc(), by="user:sam")
        assert "1111" not in note.text
        write_note(session, id, "the card begins with 55550011", clock.utc(), by="user:sam")
        remove_pieces(session, CardPieces(id, ("55550011",)))
        assert "55550011" not in str(notes_of(session, id))


def test_notes_go_as_what_they_are_about_and_are_no_part_of_the_proof(
    database: Database, begin: Begin, clock: Any
) -> None:
    id = begin()
    with database.write() as session:
        write_note(session, id, "the okapi is ill", clock.utc(), by="user:sam")
    with database.write() as session:
        assert expire_text(session, id)["notes"] == 1
        assert [note.text for note in notes_of(session, id)] == [EXPIRED]
        assert expire_text(session, id)["notes"] == 0
    with database.read() as session:
        assert check_conversations(session, "", Tally()) == ([], "")
    with database.write() as session:
        assert delete_conversation(session, id)["notes"] == 1
