"""An erased customer is nowhere any more, whatever interrupted it; what stays names nobody."""

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Column, MetaData, String, func, insert, select
from sqlalchemy import Table as Declared
from sqlalchemy.orm import Session

from agent_service.conversation.records import Caller, CallerLevel
from agent_service.recording.storage import RecordingAway
from agent_service.store.claims import Claim, write_claimed
from agent_service.store.contacts import Address, keep_address
from agent_service.store.database import Database
from agent_service.store.erasure import (
    CompanyErasure,
    Erasing,
    Erasure,
    ErasureError,
    find_receipt,
)
from agent_service.store.outbox import OutboxRow, OutboxStatus, queue_message, settle_message
from agent_service.store.processes import Mark, leave, renew
from agent_service.store.proof.checking import check_conversations
from agent_service.store.proof.findings import Tally
from agent_service.store.requests import Ticket, TicketStatus
from agent_service.store.schema import Table
from agent_service.store.tables import AuditEntry, Conversation, Recording
from agent_service.store.views import SavedView, save_view

CUSTOMER = "K-zebra-77"
NewSample = Callable[[], Any]


def conversation(database: Database, sample: Any, customer_id: str, *, is_over: bool = True) -> str:
    caller = Caller(customer_id, "Zebulon Quagga", CallerLevel.VERIFIED)
    ended_at = sample.started_at + timedelta(minutes=5) if is_over else None
    records = [
        sample.conversation(caller=caller, ended_at=ended_at),
        sample.turn(1, text="my okapi is ill", heard_text="my okapi is ill"),
        sample.tool_call(arguments='{"pet": "okapi"}', output='{"say": "okapi"}'),
    ]
    with database.write_log() as session:
        write_claimed(session, [(one, Claim(sample.conversation_id, "here")) for one in records])
    id: str = sample.conversation_id
    return id


def planted(database: Database, new_sample: NewSample, now: Any) -> list[str]:
    """Put a customer everywhere; return the conversations."""
    ids = [conversation(database, new_sample(), CUSTOMER) for _ in range(3)]
    with database.write() as session:
        keep_address(session, CUSTOMER, Address("quagga@example.com", "+491711234567"), now)
        session.execute(
            insert(Ticket).values(
                customer_id=CUSTOMER,
                conversation_id=ids[0],
                subject="okapi",
                body="okapi",
                contact="quagga@example.com",
                status=TicketStatus.OPEN,
                created_at=now,
                fingerprint="f",
            )
        )
        for key in ("settled", "waiting"):
            id = queue_message(
                session,
                kind="message",
                payload={"to": "quagga@example.com", "text": f"okapi {key}"},
                idempotency_key=key,
                now=now,
                conversation_id=ids[1],
                customer_id=CUSTOMER,
            )
            if key == "settled":
                session.get_one(OutboxRow, id).status = OutboxStatus.SENT
                session.flush()
                settle_message(session, id, OutboxStatus.CONFIRMED, "done", now)
        for name, asked in (("theirs", CUSTOMER), ("another's", f"{CUSTOMER}7")):
            question = f"caller={asked}"
            save_view(session, name, "conversations", question, saved_by="admin:eve", now=now)
        entries = ((f"caller:{CUSTOMER}", None), ("admin:eve", f'{{"a": "{CUSTOMER}"}}'))
        for number, (actor, detail) in enumerate(entries):
            session.add(
                AuditEntry(
                    id=str(number),
                    occurred_at=now,
                    actor=actor,
                    action="x",
                    subject="y",
                    detail=detail,
                )
            )
    return ids


def everything(database: Database) -> str:
    """Return all that stands in any table."""
    with database.read() as session:
        tables = Table.metadata.sorted_tables
        rows = [str(row) for table in tables for row in session.execute(select(table))]
    return "\n".join(rows)


def erasing(database: Database, clock: Any, delete_sound: Any = lambda _: 0, **own: Any) -> Erasing:
    return Erasing(database, clock, delete_sound, **own)


def test_nothing_is_left(database: Database, new_sample: NewSample, hand_clock: Any) -> None:
    ids = planted(database, new_sample, hand_clock.utc())
    other = conversation(database, new_sample(), "C2")
    sound: list[str] = []

    def delete_sound(conversation_id: str) -> int:
        sound.append(conversation_id)
        return 2

    erase = erasing(database, hand_clock, delete_sound)
    receipt = erase.erase(CUSTOMER, requested_by="operator:eve")
    assert sorted(sound) == sorted(ids)
    assert receipt.finished_at is not None
    assert receipt.removed == {
        "contacts": 1,
        "conversations": 3,
        "messages to be emptied once delivered": 1,
        "outbox": 1,
        "recordings": 6,
        "saved views": 1,
        "tickets": 1,
        "tool_calls": 3,
        "turns": 3,
    }
    left = everything(database)
    assert CUSTOMER not in left.replace(f"{CUSTOMER}7", "")
    assert left.count("Zebulon") == 1  # the other customer's, of the same name
    with database.read() as session:
        assert session.scalars(select(Conversation.id)).all() == [other]
        assert find_receipt(session, receipt.id) == receipt
        waiting = session.scalars(select(OutboxRow)).one()
        assert (waiting.customer_id, waiting.conversation_id) == (None, None)
        found, _ = check_conversations(session, "", Tally())
    assert found == []


def test_the_receipt_counts_recordings_whatever_interrupts_their_deletion(
    database: Database, new_sample: NewSample, hand_clock: Any
) -> None:
    id = conversation(database, new_sample(), CUSTOMER)
    with database.write() as session:
        for number in range(2):
            facts = {"side": "both", "media_type": "audio/ogg", "duration_ms": 1, "size_bytes": 1}
            session.add(
                Recording(
                    id=f"r{number}",
                    conversation_id=id,
                    location=f"local:{number}",
                    sha256="0",
                    created_at=hand_clock.utc(),
                    **facts,
                )
            )

    def delete_some(conversation_id: str) -> int:
        """Delete one at a time, and be killed after each; what is unfinished is a file alone."""
        with database.write() as session:
            row = session.scalars(select(Recording)).first()
            if row is not None:
                session.delete(row)
        if row is not None:
            raise RecordingAway("It is away.")
        return 1

    erase = erasing(database, hand_clock, delete_some)
    for _ in range(2):
        with pytest.raises(RecordingAway):
            erase.erase(CUSTOMER, requested_by="operator:eve")
    (receipt,) = erase.resume()
    assert receipt.removed["recordings"] == 3


def test_what_was_written_of_messages_for_trying_out_is_deleted(
    database: Database, new_sample: NewSample, hand_clock: Any
) -> None:
    planted(database, new_sample, hand_clock.utc())
    deleted: list[str] = []
    erasing(database, hand_clock, delete_letter=deleted.append).erase(
        CUSTOMER, requested_by="operator:eve"
    )
    assert sorted(deleted) == ["settled", "waiting"]


def test_a_message_on_its_way_is_emptied_once_it_is_settled(
    database: Database, new_sample: NewSample, hand_clock: Any
) -> None:
    planted(database, new_sample, hand_clock.utc())
    erasing(database, hand_clock).erase(CUSTOMER, requested_by="operator:eve")
    with database.write() as session:
        row = session.scalars(select(OutboxRow)).one()
        row.status = OutboxStatus.SENT
        session.flush()
        settle_message(session, row.id, OutboxStatus.CONFIRMED, "done", hand_clock.utc())
    assert "quagga" not in everything(database)
    assert "okapi" not in everything(database)


def test_the_files_hold_nothing_of_them(
    sqlite_database: Database, new_sample: NewSample, hand_clock: Any, tmp_path: Path
) -> None:
    planted(sqlite_database, new_sample, hand_clock.utc())
    with sqlite_database.write() as session:
        session.query(OutboxRow).filter_by(status=OutboxStatus.QUEUED).delete()
        session.query(SavedView).filter_by(name="another's").delete()
    erasing(sqlite_database, hand_clock).erase(CUSTOMER, requested_by="operator:eve")
    for file in tmp_path.glob("service.db*"):
        for word in (CUSTOMER, "Zebulon", "quagga", "okapi", "491711234567"):
            assert word.encode() not in file.read_bytes(), (file, word)


def test_one_that_was_interrupted_goes_on(
    database: Database, new_sample: NewSample, hand_clock: Any
) -> None:
    planted(database, new_sample, hand_clock.utc())
    deleted: list[str] = []

    def away_once(conversation_id: str) -> int:
        if len(deleted) == 1:
            deleted.append("away")
            raise OSError("away")
        deleted.append(conversation_id)
        return 1

    erase = erasing(database, hand_clock, away_once)
    with pytest.raises(OSError, match="away"):
        erase.erase(CUSTOMER, requested_by="operator:eve")
    with database.read() as session:
        half = session.scalars(select(Erasure)).one()
        assert half.finished_at is None
        assert session.scalar(select(func.count()).select_from(Conversation)) == 2
    (receipt,) = erase.resume()
    assert (receipt.id, receipt.removed["conversations"]) == (half.id, 3)
    assert erase.resume() == []
    assert CUSTOMER not in everything(database).replace(f"{CUSTOMER}7", "")


def test_asking_twice_is_one_erasure_and_then_another(
    database: Database, new_sample: NewSample, hand_clock: Any
) -> None:
    planted(database, new_sample, hand_clock.utc())
    erase = erasing(database, hand_clock)
    first = erase.erase(CUSTOMER, requested_by="operator:eve")
    second = erase.erase(CUSTOMER, requested_by="operator:eve")
    assert second.id != first.id
    assert second.removed == {}


def test_who_is_talking_is_not_erased_unless_their_process_is_gone(
    database: Database, sample: Any, hand_clock: Any
) -> None:
    conversation(database, sample, CUSTOMER, is_over=False)
    erase = erasing(database, hand_clock)
    with database.write() as session:
        renew(session, "here", Mark.own())
    with pytest.raises(ErasureError) as refused:
        erase.erase(CUSTOMER, requested_by="operator:eve")
    assert refused.value.code == "customer_talking"
    with database.write() as session:
        leave(session, "here")
    assert erase.erase(CUSTOMER, requested_by="operator:eve").removed["conversations"] == 1


def test_a_company_sees_to_its_own_tables(
    database: Database, new_sample: NewSample, hand_clock: Any
) -> None:
    def erase_own(session: Session, customer_id: str, now: Any) -> CompanyErasure:
        assert customer_id == CUSTOMER
        return CompanyErasure({"patients": 1}, {"invoices": "ten years"})

    receipt = erasing(database, hand_clock, erase_own=erase_own).erase(
        CUSTOMER, requested_by="operator:eve"
    )
    assert (receipt.removed, receipt.kept) == ({"patients": 1}, {"invoices": "ten years"})


def test_tables_that_nobody_sees_to_are_named(database: Database, hand_clock: Any) -> None:
    metadata = MetaData()
    own = Declared("patients", metadata, Column("customer_id", String))
    with database.write() as session:
        metadata.create_all(session.connection())
        session.execute(insert(own).values(customer_id=CUSTOMER))
    erase = erasing(database, hand_clock, own_tables=[own])
    receipt = erase.erase(CUSTOMER, requested_by="operator:eve")
    assert receipt.kept == {"patients": "the company declares no erase"}
    assert erase.erase("somebody else", requested_by="operator:eve").kept == {}
