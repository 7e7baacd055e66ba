"""No record, no row and no index keeps a card, however it came."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from agent_service.conversation.records import RatingRecord, Record, Role
from agent_service.redaction import REDACTED_CARD
from agent_service.store import record_redaction
from agent_service.store.database import Database
from agent_service.store.record_redaction import (
    CardPieces,
    RecordRedactor,
    remove_pieces,
)
from agent_service.store.search import parse_terms, search_turns
from agent_service.store.tables import Confirmation, Incident, Rating, ToolCall, Turn
from agent_service.store.writer import write_records

CARD = "4111 1111 1111 1111"


def spoken(sample: Any, *texts: str) -> list[Record]:
    """Return turns of the caller, each followed by one of the agent."""
    records: list[Record] = []
    for text in texts:
        seq = len(records) + 1
        records.append(sample.turn(seq, text=text, heard_text=text))
        records.append(sample.turn(seq + 1, text="Go on.", heard_text="Go on."))
    return records


def test_pieces_in_turns_are_removed_before_they_are_logged(sample: Any) -> None:
    redactor = RecordRedactor()
    kept = [
        redactor.redact(record).record
        for record in spoken(sample, "My card number is 4111 1111", "1111", "1111")
    ]
    assert [record.text for record in kept if getattr(record, "role", None) is Role.CALLER] == [  # type: ignore[union-attr]  # all are turns
        f"My card number is {REDACTED_CARD}",
        REDACTED_CARD,
        REDACTED_CARD,
    ]


def test_what_was_heard_is_redacted_like_what_was_said(sample: Any) -> None:
    redactor = RecordRedactor()
    redactor.redact(sample.turn(1, text="my card is 4111 2222", heard_text="my card is 4111"))
    record = redactor.redact(sample.turn(2, text="So 4111 2222?", heard_text="So 4111")).record
    assert (record.text, record.heard_text) == (f"So {REDACTED_CARD}?", f"So {REDACTED_CARD}")  # type: ignore[union-attr]  # it is a turn


def test_every_kind_of_record_is_redacted(sample: Any) -> None:
    redactor = RecordRedactor()
    records = [
        sample.tool_call(arguments=f'{{"subject": "card {CARD}"}}', output=f'{{"say": "{CARD}"}}'),
        sample.confirmation(summary=f"Open a ticket: {CARD}", answer=f"yes, {CARD}"),
        sample.confirmation(),
        sample.incident(message=f"not understood: {CARD}"),
        sample.incident(conversation_id=None, message=f"not understood: {CARD}"),
        RatingRecord(sample.conversation_id, 1, f"I said {CARD}", sample.started_at),
        RatingRecord(sample.conversation_id, 1, None, sample.started_at),
    ]
    for record in records:
        assert "4111" not in repr(redactor.redact(record))


def test_an_end_forgets_what_was_said(sample: Any) -> None:
    redactor = RecordRedactor()
    redactor.redact(sample.turn(1, text="My card number is 4111 2222", heard_text=""))
    redactor.redact(sample.conversation(ended_at=sample.started_at))
    record = sample.turn(3, text="1004", heard_text="1004")
    assert redactor.redact(record).record == record


def test_conversations_do_not_hear_each_other(sample: Any) -> None:
    redactor = RecordRedactor()
    redactor.redact(sample.turn(1, text="My card number is 4111 2222", heard_text=""))
    other = sample.turn(1, conversation_id="another", text="1004", heard_text="1004")
    assert redactor.redact(other).record == other


def test_so_many_conversations_are_remembered(sample: Any, monkeypatch: Any) -> None:
    monkeypatch.setattr(record_redaction, "MOST_CONVERSATIONS", 1)
    redactor = RecordRedactor()
    redactor.redact(sample.turn(1, text="My card number is 4111 2222", heard_text=""))
    redactor.redact(sample.turn(1, conversation_id="another"))
    record = sample.turn(3, text="1004", heard_text="1004")
    assert redactor.redact(record).record == record


def test_digits_are_not_shown(sample: Any) -> None:
    assert "4111" not in repr(CardPieces(sample.conversation_id, ("4111111111111111",)))


def test_pieces_are_taken_out_of_every_row_and_the_index(database: Database, sample: Any) -> None:
    elsewhere = replace(sample.conversation(), conversation_id="elsewhere")
    rows = [
        sample.conversation(),
        elsewhere,
        sample.turn(1, text="4111", heard_text="4111"),
        sample.turn(2, text="4111, and then?", heard_text="4111"),
        sample.turn(3, text="order 1004", heard_text="order 1004"),
        sample.turn(1, conversation_id="elsewhere", text="4111", heard_text="4111"),
        sample.tool_call(arguments='{"topic": "4111 2222", "n": 41112222}', output="4111"),
        sample.confirmation(summary="Write down 4111 2222?", answer="4111"),
        sample.incident(message="4111 is no order"),
        RatingRecord(sample.conversation_id, 1, "4111 2222", sample.started_at),
    ]
    with database.write() as session:
        write_records(session, rows)
    with database.write() as session:
        remove_pieces(session, CardPieces(sample.conversation_id, ("4111222233334444",)))
    with database.read() as session:
        texts = {turn.text for turn in session.scalars(select(Turn))}
        assert texts == {REDACTED_CARD, f"{REDACTED_CARD}, and then?", "order 1004", "4111"}
        call = session.scalars(select(ToolCall)).one()
        mark = f'"{REDACTED_CARD}"'
        assert call.arguments == f'{{"topic": {mark}, "n": {mark}}}'
        assert session.scalars(select(Confirmation)).one().answer == REDACTED_CARD
        assert session.scalars(select(Incident)).one().message == f"{REDACTED_CARD} is no order"
        assert session.scalars(select(Rating)).one().comment == REDACTED_CARD
        dialect = session.get_bind().dialect.name
        found, _ = search_turns(select(Turn.conversation_id), parse_terms("4111"), dialect)
        assert session.scalars(found).all() == ["elsewhere"]


def test_what_is_taken_out_is_not_left_in_the_files(
    sqlite_database: Database, sample: Any, tmp_path: Path
) -> None:
    words = "4111 1111 zebrafish"
    with sqlite_database.write_log() as session:
        write_records(session, [sample.conversation(), sample.turn(1, text=words, heard_text="")])
    with sqlite_database.write_log() as session:
        write_records(session, [sample.turn(seq) for seq in range(2, 60)])
    with sqlite_database.write_log() as session:
        remove_pieces(session, CardPieces(sample.conversation_id, ("4111111111111111",)))
    sqlite_database.forget_removed()
    files = list(tmp_path.glob("service.db*"))
    assert any(b"zebrafish" in file.read_bytes() for file in files)
    assert not any(b"4111 1111" in file.read_bytes() for file in files)


def test_a_reader_only_delays_emptying_the_log_ahead(
    sqlite_database: Database, sample: Any
) -> None:
    with sqlite_database.write_log() as session:
        write_records(session, [sample.conversation()])
    with sqlite_database.read() as session:
        assert session.scalars(select(Turn)).all() == []
        with sqlite_database.write_log() as writing:
            write_records(writing, [sample.turn(1)])
        sqlite_database.forget_removed()


@pytest.mark.parametrize(
    ("so_far", "shown"),
    [
        ("write to jane.doe@exam", "write to [redacted email]"),
        ("write to jane dot doe at example", "write to [redacted email]"),
        ("marie arobase orange", "[redacted email]"),
        ("write to jane.doe@example.com and", "write to [redacted email] and"),
        ("I bought it at amazon", "I bought it at amazon"),
        ("my number is 0171 12", "my number is [redacted]"),
        ("my account is DE89 3704 0044", "my account is DE[redacted]"),
    ],
)
def test_words_that_are_still_coming_show_nothing_that_may_become_personal(
    sample: Any, so_far: str, shown: str
) -> None:
    turn = sample.turn(1, text=so_far, heard_text=so_far)
    assert RecordRedactor().preview(turn).text == shown
