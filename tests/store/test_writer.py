"""Records become rows, however often they are written."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from agent_service.clock import uuid7
from agent_service.conversation.records import (
    Caller,
    CallerLevel,
    ConfirmationStatus,
    DecidedBy,
    RatingRecord,
    Record,
    ToolCallStatus,
    Usage,
    placed,
)
from agent_service.store.database import Database
from agent_service.store.facts import FactsOfConversation
from agent_service.store.tables import (
    Confirmation,
    Conversation,
    Rating,
    ToolCall,
    ToolEffect,
    Turn,
)
from agent_service.store.writer import write_records


def write(database: Database, *records: Record) -> None:
    with database.write() as session:
        write_records(session, records)


def only(database: Database, table: type[Any]) -> Any:
    with database.read() as session:
        return session.scalars(select(table)).one()


def test_a_turn_keeps_every_field(database: Database, sample: Any) -> None:
    usage = Usage(10, 20, 3, 4, 50, 60, cost_usd=0.0125)
    turn = sample.turn(
        1,
        first_audio_ms=640,
        usage=usage,
        is_interrupted=True,
        heard_text="This is",
        started_ms=100,
        ended_ms=1600,
        item_id="item_1",
        response_id="resp_1",
        flags=("cut_off", "playback_unacknowledged"),
    )
    write(database, sample.conversation(), turn)
    row = only(database, Turn)
    assert (row.id, row.seq, row.role, row.text) == (turn.turn_id, 1, turn.role, turn.text)
    assert (row.heard_text, row.heard_ms, row.is_interrupted) == ("This is", 1500, True)
    assert (row.started_at, row.ended_at) == (turn.started_at, turn.ended_at)
    assert (row.first_audio_ms, row.started_ms, row.ended_ms) == (640, 100, 1600)
    assert (row.input_text_tokens, row.input_audio_tokens) == (10, 20)
    assert (row.cached_text_tokens, row.cached_audio_tokens) == (3, 4)
    assert (row.output_text_tokens, row.output_audio_tokens, row.cost_usd) == (50, 60, 0.0125)
    assert (row.item_id, row.response_id) == ("item_1", "resp_1")
    assert row.flags == ["cut_off", "playback_unacknowledged"]


def test_a_turn_written_twice_is_one_row(database: Database, sample: Any) -> None:
    turn = sample.turn(1)
    write(database, sample.conversation(), turn, turn)
    write(database, turn)
    assert only(database, Turn).id == turn.turn_id


def test_two_turns_cannot_share_a_place(database: Database, sample: Any) -> None:
    write(database, sample.conversation(), sample.turn(1))
    with pytest.raises(IntegrityError):
        write(database, sample.turn(1))


def test_the_end_of_a_conversation_completes_its_row(database: Database, sample: Any) -> None:
    end = sample.started_at + timedelta(minutes=2)
    caller = Caller("C-1", "Jane Doe", CallerLevel.VERIFIED)
    write(database, sample.conversation())
    write(database, sample.conversation(ended_at=end, end_reason="caller_ended", caller=caller))
    row = only(database, Conversation)
    assert (row.started_at, row.ended_at) == (sample.started_at, end)
    assert (row.end_reason, row.caller_level) == ("caller_ended", CallerLevel.VERIFIED)


def test_a_decision_completes_its_confirmation(database: Database, sample: Any) -> None:
    offered = sample.confirmation()
    decided = replace(
        offered,
        status=ConfirmationStatus.ACCEPTED,
        heard_at=offered.offered_at,
        decided_at=offered.expires_at,
        decided_by=DecidedBy.VOICE,
        answer="Yes please",
    )
    write(database, sample.conversation(), offered)
    write(database, placed(decided, sample.started_at))
    row = only(database, Confirmation)
    assert (row.started_ms, row.ended_ms) == (4000, 64_000)
    assert (row.status, row.decided_by) == (ConfirmationStatus.ACCEPTED, DecidedBy.VOICE)
    assert (row.decided_at, row.answer) == (offered.expires_at, "Yes please")


def test_a_later_rating_replaces_the_first(database: Database, sample: Any) -> None:
    first = RatingRecord(sample.conversation_id, 2, None, sample.started_at)
    write(database, sample.conversation(), first)
    write(database, replace(first, score=5, comment="Better now"))
    row = only(database, Rating)
    assert (row.score, row.comment) == (5, "Better now")


def test_a_tool_call_without_ledger_row_is_written_whole(database: Database, sample: Any) -> None:
    call = sample.tool_call(status=ToolCallStatus.DECLINED, output="")
    write(database, sample.conversation(), call)
    row = only(database, ToolCall)
    assert (row.id, row.status, row.effect, row.attempt) == (call.id, call.status, None, 1)


def ledger_row(sample: Any, status: ToolCallStatus, output: str) -> ToolCall:
    return ToolCall(
        id=uuid7(),
        conversation_id=sample.conversation_id,
        tool_call_id="call_1",
        name="cancel_order",
        arguments="{}",
        arguments_hash="a" * 64,
        effect=ToolEffect.WRITE,
        status=status,
        output=output,
        requested_at=sample.started_at,
        started_at=sample.started_at,
    )


def test_the_ledgers_outcome_stands(database: Database, sample: Any) -> None:
    write(database, sample.conversation())
    row = ledger_row(sample, ToolCallStatus.SUCCEEDED, '{"cancelled": true}')
    with database.write() as session:
        session.add(row)
    late = sample.tool_call(status=ToolCallStatus.TIMED_OUT, output="{}", confirmation_id=uuid7())
    write(database, late)
    kept = only(database, ToolCall)
    assert (kept.id, kept.status, kept.output) == (row.id, row.status, row.output)
    assert kept.confirmation_id == late.confirmation_id
    assert (kept.started_ms, kept.ended_ms) == (3000, 3200)  # which the ledger does not know


def test_a_running_ledger_row_takes_the_recorded_end(database: Database, sample: Any) -> None:
    write(database, sample.conversation())
    with database.write() as session:
        session.add(ledger_row(sample, ToolCallStatus.RUNNING, ""))
    write(database, sample.tool_call(status=ToolCallStatus.TIMED_OUT, output="{}"))
    kept = only(database, ToolCall)
    assert (kept.status, kept.output) == (ToolCallStatus.TIMED_OUT, "{}")
    assert (kept.arguments_hash, kept.ended_at) == ("a" * 64, sample.tool_call().ended_at)
    assert (kept.started_ms, kept.ended_ms) == (3000, 3200)


def held(sample: Any) -> Any:
    return sample.tool_call(status=ToolCallStatus.AWAITING_CONFIRMATION, output="", ended_at=None)


def test_a_held_call_takes_the_recorded_end(database: Database, sample: Any) -> None:
    write(database, sample.conversation(), held(sample))
    call = only(database, ToolCall)
    assert (call.ended_at, call.started_ms, call.ended_ms) == (None, 3000, None)
    write(database, sample.tool_call(status=ToolCallStatus.DECLINED, output="{}"))
    kept = only(database, ToolCall)
    assert (kept.status, kept.ended_at) == (ToolCallStatus.DECLINED, sample.tool_call().ended_at)
    assert kept.ended_ms == 3200


def test_a_call_that_runs_is_not_held_again(database: Database, sample: Any) -> None:
    write(database, sample.conversation())
    with database.write() as session:
        session.add(ledger_row(sample, ToolCallStatus.RUNNING, ""))
    write(database, held(sample))
    assert only(database, ToolCall).status is ToolCallStatus.RUNNING


def test_odd_text_is_stored_alike_everywhere(database: Database, sample: Any) -> None:
    odd = "nul \x00 surrogate \ud800 emoji \U0001f600"
    write(database, sample.conversation(), sample.turn(1, text=odd))
    assert only(database, Turn).text == "nul \ufffd surrogate \ufffd emoji \U0001f600"


def test_a_value_outside_its_enum_is_refused(database: Database, sample: Any) -> None:
    write(database, sample.conversation(), sample.turn(1))
    with pytest.raises(IntegrityError), database.write() as session:
        session.connection().exec_driver_sql("UPDATE turns SET role = 'bot'")


def test_a_time_without_zone_is_refused(database: Database, sample: Any) -> None:
    naive = datetime(2026, 3, 1, 12, 0)  # noqa: DTZ001  the mistake in question
    with pytest.raises(Exception, match="aware"):
        write(database, sample.conversation(started_at=naive))


def test_a_time_of_another_zone_is_the_same_moment(database: Database, sample: Any) -> None:
    berlin = datetime.fromisoformat("2026-03-01T13:00:00+01:00")
    write(database, sample.conversation(started_at=berlin))
    stored = only(database, Conversation).started_at
    assert (stored, stored.tzinfo) == (berlin, UTC)


def test_secrets_are_not_written(database: Database, sample: Any) -> None:
    said = "My card is 4111 1111 1111 1111, order 1004"
    write(database, sample.conversation(), sample.turn(1, text=said, heard_text=said))
    row = only(database, Turn)
    assert row.text == row.heard_text == "My card is [redacted card], order 1004"


def test_words_that_come_late_bring_what_they_took(database: Database, sample: Any) -> None:
    turn = sample.turn(1, text="", flags=("no_transcript",))
    write(database, sample.conversation(), turn)
    usage = Usage(input_audio_tokens=15, output_text_tokens=2, cost_usd=0.25)
    write(database, replace(turn, text="Hello.", usage=usage, flags=("late_transcript",)))
    row, facts = only(database, Turn), only(database, FactsOfConversation)
    assert (row.text, row.input_audio_tokens, row.cost_usd) == ("Hello.", 15, 0.25)
    assert (facts.input_audio_tokens, facts.output_text_tokens, facts.cost_usd) == (15, 2, 0.25)
