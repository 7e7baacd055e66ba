"""Callers find a conversation again although its process is gone."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
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
from agent_service.conversation.turns import came, went
from agent_service.store.auditing import HANDED_BACK, audit
from agent_service.store.claims import process_of, take_over
from agent_service.store.database import Database
from agent_service.store.interrupted import (
    LOST_LIMIT,
    RETURN_LIMIT,
    end_lost,
    find_interrupted,
    token_hash,
)
from agent_service.store.interruptions import NOBODY, note_ended_processes
from agent_service.store.past_steps import PastVisit
from agent_service.store.processes import Mark, renew
from agent_service.store.tables import Confirmation, Conversation, Incident, ToolCall, Turn
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


def joined(sample: Any, seq: int) -> Any:
    at = {"started_at": sample.started_at + timedelta(seconds=seq)}
    return sample.turn(
        seq, role=Role.SYSTEM, text=came("sue"), heard_text="", flags=("joined",), **at
    )


def what_is_left(database: Database) -> tuple[list[str], list[str]]:
    """Return the messages of incidents, and who came and went."""
    with database.read() as session:
        incidents = session.scalars(select(Incident.message)).all()
        asides = select(Turn.verbatim).where(Turn.role == Role.SYSTEM).order_by(Turn.seq)
        return [*incidents], [*session.scalars(asides)]


def test_who_spoke_with_the_caller_when_the_process_was_killed_has_left_and_the_agent_answers(
    left_open: Database, sample: Any
) -> None:
    asked = sample.turn(4, role=Role.CALLER, text="And 1010?", heard_text="And 1010?")
    with left_open.write() as session:
        write_records(session, [joined(sample, 3), asked])
    now = sample.started_at + timedelta(minutes=1)
    for fence in (1, 2):  # the second process is killed, too
        with left_open.write() as session:
            found = find_interrupted(session, "new", now, "me")
        assert found is not None
        assert found.unanswered == "And 1010?"
        assert found.claim.fence == fence
        assert len(found.turns) == 5
    incidents, asides = what_is_left(left_open)
    assert asides == [came("sue"), went("sue", is_cut_off=True)]
    assert found is not None
    cut_off = "The service was interrupted; sue was cut off."
    assert incidents == [cut_off, "The service was interrupted."]
    assert found.steps[-1] == PastVisit("sue", True, found.turns[-1].turn_id)


@pytest.mark.parametrize("answer", ["Done.", ""])
def test_what_the_representative_answered_in_words_is_not_answered_again(
    left_open: Database, sample: Any, answer: str
) -> None:
    said = sample.turn(5, role=Role.REPRESENTATIVE, text=answer, heard_text=answer)
    asked = sample.turn(4, role=Role.CALLER, text="And 1010?", heard_text="And 1010?")
    notice = sample.turn(6, text="One moment.", heard_text="One moment.", flags=("notice",))
    with left_open.write() as session:
        write_records(session, [joined(sample, 3), asked, said, notice])
    with left_open.write() as session:
        found = find_interrupted(session, "new", sample.started_at + timedelta(minutes=1), "me")
    assert found is not None
    assert found.unanswered == ("" if answer else "And 1010?")


def test_who_handed_back_before_the_kill_was_not_cut_off(left_open: Database, sample: Any) -> None:
    at = sample.started_at + timedelta(seconds=20)
    with left_open.write() as session:
        write_records(session, [joined(sample, 3)])
        audit(session, "user:sue", HANDED_BACK, at, conversation_id=sample.conversation_id)
    with left_open.write() as session:
        assert find_interrupted(session, "new", at + timedelta(seconds=9), "me")
        left = session.scalars(select(Turn).where(Turn.seq == 4)).one()
    assert (left.text, left.started_at) == (went("sue", is_cut_off=False), at)
    assert left.started_ms == 20_000
    assert what_is_left(left_open)[0] == ["The service was interrupted."]


def test_at_the_start_it_is_noted_what_an_ended_process_has_lost(
    left_open: Database, sample: Any
) -> None:
    mark = Mark.own()
    began = sample.started_at
    with left_open.write() as session:
        write_records(session, [joined(sample, 3)])
        take_over(session, sample.conversation_id, "killed")
        renew(session, "other", mark)
        renew(session, "killed", mark)
        assert note_ended_processes(session, began) == 0
    with left_open.write() as session:
        renew(session, "killed", replace(mark, started="earlier"))
        now = datetime.now(UTC)
        assert note_ended_processes(session, now) == 1
        assert process_of(session, sample.conversation_id) == NOBODY
        assert note_ended_processes(session, now) == 0
        assert session.scalars(select(Incident.occurred_at)).one() <= now
    with left_open.write() as session:
        found = find_interrupted(session, "new", began + timedelta(minutes=1), "me")
    assert found is not None
    assert found.claim.fence == 3
    assert len(what_is_left(left_open)[0]) == 1


def test_who_spoke_in_a_conversation_that_nobody_came_back_to_has_left(
    left_open: Database, sample: Any
) -> None:
    with left_open.write() as session:
        write_records(session, [joined(sample, 3)])
        take_over(session, sample.conversation_id, "gone")
    with left_open.write() as session:
        assert end_lost(session, sample.started_at + timedelta(hours=1), "me") == 1
        row = session.get_one(Conversation, sample.conversation_id)
        assert session.scalars(select(Incident.occurred_at)).one() == row.ended_at
    assert what_is_left(left_open)[1] == [came("sue"), went("sue", is_cut_off=True)]
