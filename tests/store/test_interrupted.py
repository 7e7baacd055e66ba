"""Callers find a conversation again although its process is gone."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select

from agent_service.conversation.recorded import CONSENT
from agent_service.conversation.records import (
    LONGEST_MS,
    ConfirmationStatus,
    ResumptionRecord,
    Role,
    ToolCallStatus,
)
from agent_service.conversation.spec import HistoryToolRound, HistoryTurn
from agent_service.store.database import Database
from agent_service.store.interrupted import (
    LOST_LIMIT,
    RETURN_LIMIT,
    end_lost,
    find_interrupted,
    token_hash,
)
from agent_service.store.tables import Confirmation, Conversation, ToolCall
from agent_service.store.writer import write_records


@pytest.fixture
def left_open(database: Database, sample: Any) -> Database:
    """A conversation of two turns and a tool call whose process was killed."""
    with database.write() as session:
        write_records(
            session,
            [
                sample.conversation(),
                ResumptionRecord(sample.conversation_id, token_hash("old"), sample.started_at),
                ResumptionRecord(
                    sample.conversation_id, token_hash("new"), sample.started_at, shows_detail=True
                ),
                sample.turn(1, text="where is it", heard_text="where is it"),
                sample.tool_call(),
                sample.turn(2, text="On its way to you.", heard_text="On its way"),
            ],
        )
    return database


def test_the_latest_token_leads_back_to_what_was_said_heard_and_done(
    left_open: Database, sample: Any
) -> None:
    with left_open.write() as session:
        found = find_interrupted(session, "new", sample.started_at + timedelta(minutes=1), "me")
    assert found is not None
    assert found.claim.conversation_id == sample.conversation_id
    assert found.shows_detail
    assert found.history == (
        HistoryTurn(Role.CALLER, "where is it"),
        HistoryToolRound("call_1", "find_order", '{"order_number": 1004}', '{"state": "shipped"}'),
        HistoryTurn(Role.AGENT, "On its way"),
    )
    assert [turn.text for turn in found.turns] == ["where is it", "On its way to you."]


def test_another_device_is_led_back_by_the_latest_offer_once_and_in_time(
    left_open: Database, sample: Any
) -> None:
    began = sample.started_at
    now = began + timedelta(minutes=1)

    def issue(token: str, offer: str | None = None) -> None:
        offered = (token_hash(offer), now + timedelta(minutes=5)) if offer else ()
        record = ResumptionRecord(sample.conversation_id, token_hash(token), began, True, *offered)
        with left_open.write() as session:
            write_records(session, [record])

    def is_led_back(token: str, at: datetime = now) -> bool:
        with left_open.write() as session:
            return find_interrupted(session, token, at, "me") is not None

    issue("new", "earlier offer")
    issue("new", "offer")
    assert not is_led_back("earlier offer")
    assert not is_led_back("offer", now + timedelta(minutes=5))
    assert is_led_back("offer")
    assert is_led_back("new")
    issue("of the other device")
    assert not is_led_back("offer")


def test_what_the_service_said_itself_answers_nothing_on_return(
    left_open: Database, sample: Any
) -> None:
    notice = sample.turn(4, text="One moment.", heard_text="One moment.", flags=("notice",))
    with left_open.write() as session:
        write_records(session, [notice])
    with left_open.write() as session:
        found = find_interrupted(session, "new", sample.started_at + timedelta(minutes=1), "me")
    assert found is not None
    told = "The service itself has just told the caller: One moment."
    assert found.history[-1] == HistoryTurn(Role.SYSTEM, told)


@pytest.mark.parametrize("answer", [ConfirmationStatus.OFFERED, ConfirmationStatus.ACCEPTED])
def test_whether_the_caller_agreed_to_be_recorded_is_known_and_nothing_to_ask_again(
    left_open: Database, sample: Any, answer: ConfirmationStatus
) -> None:
    is_accepted = answer is ConfirmationStatus.ACCEPTED
    done = ToolCallStatus.SUCCEEDED if is_accepted else ToolCallStatus.AWAITING_CONFIRMATION
    question = {"tool_call_id": CONSENT, "name": CONSENT, "status": done}
    with left_open.write() as session:
        write_records(
            session,
            [
                sample.tool_call(**question, output="{}"),
                sample.confirmation(tool_call_id=CONSENT, status=answer),
            ],
        )
    with left_open.write() as session:
        found = find_interrupted(session, "new", sample.started_at + timedelta(minutes=1), "me")
    assert found is not None
    assert found.was_asked_to_record
    assert found.agreed_to_recording == is_accepted
    assert not found.has_open_question
    rounds = [entry for entry in found.history if isinstance(entry, HistoryToolRound)]
    assert [each.name for each in rounds] == ["find_order"]


@pytest.mark.parametrize("answer", [ConfirmationStatus.OFFERED, ConfirmationStatus.ACCEPTED])
def test_a_call_that_waited_for_a_yes_was_not_run(
    left_open: Database, sample: Any, answer: ConfirmationStatus
) -> None:
    held = sample.tool_call(
        id="019a0000-0000-7000-8000-000000000077",
        tool_call_id="call_2",
        status=ToolCallStatus.AWAITING_CONFIRMATION,
        output="",
        ended_at=None,
    )
    question = sample.confirmation(tool_call_id="call_2", status=answer)
    with left_open.write() as session:
        write_records(session, [held, question])
    now = sample.started_at + timedelta(minutes=1)
    with left_open.write() as session:
        found = find_interrupted(session, "new", now, "me")
    assert found is not None
    assert found.has_open_question
    assert not found.was_asked_to_record
    with left_open.read() as session:
        call = session.scalars(select(ToolCall).where(ToolCall.tool_call_id == "call_2")).one()
    assert (call.status, call.error_kind) == (ToolCallStatus.VOIDED, "interrupted")
    assert (call.ended_at, call.ended_ms) == (now, 60_000)
    told = [each for each in found.history if isinstance(each, HistoryToolRound)]
    assert "not_confirmed" in (told[-1].output or "")


@pytest.mark.parametrize("token", ["old", "", "\ud800", "unknown"])
def test_no_other_token_leads_back(left_open: Database, sample: Any, token: str) -> None:
    with left_open.write() as session:
        assert find_interrupted(session, token, sample.started_at, "me") is None


def test_nobody_returns_after_the_limit_or_to_an_ended_conversation(
    left_open: Database, sample: Any
) -> None:
    late = sample.started_at + RETURN_LIMIT + timedelta(minutes=1)
    with left_open.write() as session:
        assert find_interrupted(session, "new", late, "me") is None
        ended = sample.conversation(ended_at=sample.started_at, end_reason="caller_ended")
        write_records(session, [ended])
        assert find_interrupted(session, "new", sample.started_at, "me") is None


def test_conversations_without_a_process_are_ended_in_the_end(
    left_open: Database, sample: Any
) -> None:
    with left_open.write() as session:
        assert end_lost(session, sample.started_at + timedelta(hours=1), "me") == 0
        assert end_lost(session, sample.started_at + LOST_LIMIT + timedelta(hours=1), "me") == 1
        row = session.get_one(Conversation, sample.conversation_id)
        assert row.end_reason == "process_lost"
        assert row.ended_at == sample.started_at + timedelta(seconds=5.5)


def test_a_question_that_was_left_open_for_years_is_voided(database: Database, sample: Any) -> None:
    with database.write() as session:
        write_records(
            session,
            [sample.conversation(), sample.confirmation(status=ConfirmationStatus.OFFERED)],
        )
    with database.write() as session:
        assert end_lost(session, sample.started_at + timedelta(days=800), "me") == 1
        question = session.query(Confirmation).one()
        assert question.status is ConfirmationStatus.VOIDED
        assert question.ended_ms == LONGEST_MS
