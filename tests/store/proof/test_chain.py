"""Rows are chained in the transaction that writes them, whatever that does to them."""

import hashlib
import json
from dataclasses import replace
from typing import Any

from proof_desk import check, check_all, fill, records_of
from sqlalchemy import delete, select, text, update
from sqlalchemy.orm import Session

from agent_service.clock import uuid7
from agent_service.conversation.records import Caller, ToolCallStatus
from agent_service.store.database import Database
from agent_service.store.interrupted import end_lost
from agent_service.store.ledger import (
    EndedCall,
    LedgerCall,
    Outcome,
    close_call,
    keep_ended,
    open_call,
    resolve_open_calls,
)
from agent_service.store.proof.anchors import adopt_some
from agent_service.store.proof.chain import (
    RowKey,
    keys_of_conversation,
    keys_where,
    note_erased,
    note_redacted,
    note_written,
    read_rows,
)
from agent_service.store.proof.form import DERIVED, FORM, FORMS, START, TABLES, canonical
from agent_service.store.proof.tables import Change, ProofHead, ProofLink, RowKind
from agent_service.store.record_redaction import CardPieces, remove_pieces
from agent_service.store.tables import Conversation, ToolEffect, Turn
from agent_service.store.writer import write_records


def write(database: Database, *records: Any) -> None:
    with database.write() as session:
        write_records(session, records)


def links(database: Database) -> list[tuple[RowKind, Change, bool]]:
    """Return kind and change of each link, and whether it has its nonce."""
    with database.read() as session:
        rows = session.scalars(
            select(ProofLink).order_by(ProofLink.conversation_id, ProofLink.position)
        )
        return [(row.kind, row.change, row.nonce is not None) for row in rows]


def is_intact(database: Database) -> bool:
    return check_all(database)[0] == []


def call_of(sample: Any, id: str = "call_9") -> LedgerCall:
    return LedgerCall(
        id=uuid7(),
        conversation_id=sample.conversation_id,
        tool_call_id=id,
        name="cancel_order",
        arguments="{}",
        arguments_hash="hash",
        effect=ToolEffect.WRITE,
        caller=Caller(),
    )


def test_every_column_of_the_record_is_hashed_or_follows_from_one_that_is() -> None:
    for kind, table in TABLES.items():
        left_out = {name.partition(".")[2] for name in DERIVED if name.startswith(f"{table.name}.")}
        assert {column.name for column in table.c} - left_out == set(FORMS[FORM][kind]), (
            "a column that old rows do not have is a new form: docs/proof.md"
        )


def test_each_row_of_a_commit_is_a_link(database: Database, sample: Any) -> None:
    write(database, *records_of(sample, turns=2))
    assert [kind for kind, _, _ in links(database)] == [
        *("conversation", "turn", "turn", "tool_call", "tool_call"),
        *("confirmation", "incident", "rating"),
    ]
    assert is_intact(database)


def test_a_later_version_is_a_further_link(database: Database, sample: Any) -> None:
    turn = sample.turn(1, text="", heard_text="")
    write(database, sample.conversation(), turn)
    write(database, replace(turn, text="Hello", heard_text="Hello"))
    write(database, sample.conversation(ended_at=turn.ended_at, end_reason="hung_up"))
    assert [kind for kind, _, _ in links(database)] == [
        *("conversation", "turn", "turn", "conversation")
    ]
    assert is_intact(database)


def test_what_was_rolled_back_leaves_no_link(database: Database, sample: Any) -> None:
    write(database, sample.conversation())
    with database.write() as session:
        write_records(session, [sample.turn(1)])
        session.rollback()
    with database.write() as session, session.begin_nested() as savepoint:
        write_records(session, [sample.turn(1)])
        savepoint.rollback()
    assert [kind for kind, _, _ in links(database)] == ["conversation"]
    assert is_intact(database)


def test_the_ledger_chains_what_it_writes(database: Database, sample: Any) -> None:
    write(database, sample.conversation())
    call, now = call_of(sample), sample.started_at
    with database.write() as session:
        open_call(session, call, now)
    with database.write() as session:
        close_call(session, call, Outcome(ToolCallStatus.SUCCEEDED, "{}"), now, "wish")
    with database.write() as session:
        read = replace(call_of(sample, "call_10"), effect=ToolEffect.READ)
        keep_ended(session, [EndedCall(read, Outcome(ToolCallStatus.SUCCEEDED, "1"), now, now)])
    with database.write() as session:
        open_call(session, call_of(sample, "call_11"), now)
    with database.write() as session:
        resolve_open_calls(session, now, sample.conversation_id)
    assert [kind for kind, _, _ in links(database)] == ["conversation", *["tool_call"] * 5]
    assert is_intact(database)


def test_what_is_ended_for_a_lost_process_is_chained(database: Database, sample: Any) -> None:
    held = sample.tool_call(status=ToolCallStatus.AWAITING_CONFIRMATION, output="", ended_at=None)
    write(database, sample.conversation(), held, sample.confirmation())
    with database.write() as session:
        assert end_lost(session, sample.started_at.replace(day=3), "other") == 1
    # The loss itself is on record too, as an incident.
    assert RowKind.INCIDENT in [kind for kind, _, _ in links(database)]
    assert len(links(database)) == 7
    assert is_intact(database)


def test_the_nonce_of_what_was_redacted_is_destroyed(database: Database, sample: Any) -> None:
    turns = [sample.turn(1, text="it is 4111 1111"), sample.turn(2, text="Go on.")]
    write(database, sample.conversation(), *turns)
    with database.write() as session:
        remove_pieces(session, CardPieces(sample.conversation_id, ("4111111111111111",)))
    found = links(database)
    assert found[1] == (RowKind.TURN, Change.WRITTEN, False)
    assert found[2] == (RowKind.TURN, Change.WRITTEN, True)
    assert found[-1] == (RowKind.TURN, Change.REDACTED, True)
    assert is_intact(database)


def test_a_row_that_is_erased_leaves_a_tombstone(database: Database, sample: Any) -> None:
    write(database, sample.conversation(), sample.turn(1), sample.turn(2))
    with database.write() as session:
        keys = keys_where(session, RowKind.TURN, Turn.seq == 1)
        session.execute(delete(Turn).where(Turn.seq == 1))
        note_erased(session, keys)
    assert links(database)[-1] == (RowKind.TURN, Change.ERASED, False)
    assert links(database)[1] == (RowKind.TURN, Change.WRITTEN, False)
    findings, tally = check_all(database)
    assert (findings, tally.erased) == ([], 1)


def test_an_erased_conversation_leaves_its_chain(database: Database, new_sample: Any) -> None:
    first, _ = fill(database, new_sample, 2)
    with database.write() as session:
        note_erased(session, keys_of_conversation(session, first))
        session.execute(delete(Conversation).where(Conversation.id == first))
    findings, tally = check_all(database)
    assert (findings, tally.erased) == ([], 12)
    with database.read() as session:
        known = session.scalars(
            select(ProofLink.nonce).where(
                ProofLink.conversation_id == first, ProofLink.nonce.is_not(None)
            )
        )
        assert known.all() == []


def test_a_row_that_is_still_there_has_no_tombstone(database: Database, sample: Any) -> None:
    write(database, sample.conversation())
    with database.write() as session:
        note_erased(session, keys_of_conversation(session, sample.conversation_id))
    assert len(links(database)) == 1
    assert is_intact(database)


def test_what_a_company_takes_out_itself_is_redacted(database: Database, sample: Any) -> None:
    write(database, sample.conversation(), sample.turn(1))
    with database.write() as session:
        session.execute(update(Turn).values(text="", heard_text=""))
        note_redacted(session, keys_where(session, RowKind.TURN, Turn.seq == 1))
    assert [one[1] for one in links(database)] == ["written", "written", "redacted"]
    assert is_intact(database)


def as_from_before(session: Session) -> None:
    """Leave the database as the migration does."""
    session.execute(text("DELETE FROM proof_links"))
    session.execute(update(ProofHead).values(position=0, head=START, anchored=0))


def test_earlier_conversations_are_adopted(database: Database, new_sample: Any) -> None:
    samples = [new_sample() for _ in range(3)]
    for sample in samples:
        write(database, *records_of(sample))
    with database.write() as session:
        as_from_before(session)
    findings, tally = check_all(database)
    assert (findings, tally.uncovered) == ([], 3)
    write(database, samples[0].turn(30))  # it goes on: all of it is adopted at once
    with database.write() as session:
        assert adopt_some(session) == 2
    with database.write() as session:
        assert adopt_some(session) == 0
    findings, tally = check_all(database)
    assert (findings, tally.uncovered, tally.links) == ([], 0, 3 * 12 + 1)
    assert [one[1] for one in links(database)].count(Change.WRITTEN) == 1


def test_both_databases_hash_the_same_text(
    sqlite_database: Database, postgresql_database: Database, sample: Any
) -> None:
    records = [
        *records_of(sample),
        sample.turn(40, flags=("a", "ü"), text='"\\ \n\t 😀 \x7f\u2028', first_audio_ms=3),
    ]
    texts = []
    for database in (sqlite_database, postgresql_database):
        write(database, *records)
        with database.read() as session:
            keys = keys_of_conversation(session, sample.conversation_id)
            rows = read_rows(session, keys)
            texts.append([canonical(rows[key]) for key in keys])
    assert texts[0] == texts[1]
    assert json.loads(texts[0][0])["started_at"] == "2026-03-01T12:00:00.000000Z"


def test_a_digest_is_what_the_page_says(database: Database, sample: Any) -> None:
    write(database, sample.conversation())
    with database.read() as session:
        link = session.scalars(select(ProofLink)).one()
        key = RowKey(RowKind.CONVERSATION, sample.conversation_id, sample.conversation_id)
        row = canonical(read_rows(session, [key])[key])
        named = [
            START,
            link.conversation_id,
            "1",
            "conversation",
            "written",
            str(FORM),
            link.digest,
        ]
        listed = "\n".join([*named, link.row_id])
        assert hashlib.sha256(f"{link.nonce}{row}".encode()).hexdigest() == link.digest
        assert hashlib.sha256(listed.encode()).hexdigest() == link.head


def test_a_note_of_nothing_links_nothing(database: Database, sample: Any) -> None:
    with database.write() as session:
        note_written(session, [RowKey(RowKind.TURN, sample.conversation_id, "gone")])
    assert links(database) == []
    with database.read() as session:
        assert check(session)[1].conversations == 0
