"""Who comes to a caller knows from the record what it is about; that they came is on record."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select

from agent_service.conversation.records import (
    Caller,
    CallerLevel,
    ConfirmationStatus,
    Role,
    ToolCallStatus,
)
from agent_service.store.approvals import ApprovalRequest, ask_approval
from agent_service.store.briefings import answer_handoffs, briefing_of
from agent_service.store.database import Database
from agent_service.store.office_hours import is_team_there
from agent_service.store.promises import Completion
from agent_service.store.requests import Callback, Handoff, OpeningHours, RequestStatus
from agent_service.store.writer import write_records

MONDAY = datetime.fromisoformat("2026-11-30T12:00:00+01:00")


def test_it_says_who_calls_what_they_want_and_what_was_done(
    database: Database, sample: Any
) -> None:
    now = sample.started_at
    with database.write() as session:
        write_records(
            session,
            [
                sample.conversation(),
                sample.turn(1, role=Role.CALLER, text="Cancel it."),
                sample.turn(2, role=Role.AGENT, text="Shall I?"),
                sample.turn(3, role=Role.CALLER, text=""),
                sample.turn(4, role=Role.CALLER, text="I want a person."),
                sample.tool_call(
                    tool_call_id="c-1", id="t-1", name="cancel", output='{"say": "It is done."}'
                ),
                sample.tool_call(
                    tool_call_id="c-2", id="t-2", name="pay", status=ToolCallStatus.FAILED
                ),
                sample.tool_call(
                    tool_call_id="c-3",
                    id="t-3",
                    name="refund",
                    status=ToolCallStatus.AWAITING_APPROVAL,
                    confirmation_id="q-1",
                ),
                sample.tool_call(
                    tool_call_id="c-4",
                    id="t-4",
                    name="move",
                    status=ToolCallStatus.AWAITING_CONFIRMATION,
                    confirmation_id="q-2",
                ),
                sample.tool_call(tool_call_id="c-5", id="t-5", name="call_a_person"),
                sample.confirmation(
                    confirmation_id="q-1",
                    summary="Refund 20 euros",
                    status=ConfirmationStatus.ACCEPTED,
                ),
                sample.confirmation(
                    confirmation_id="q-2", summary="Move it", status=ConfirmationStatus.OFFERED
                ),
            ],
        )
        session.add(
            Callback(
                conversation_id=sample.conversation_id,
                customer_id=None,
                phone="+1 555",
                topic="the refund",
                due_at=now + timedelta(hours=1),
                status=RequestStatus.REQUESTED,
                created_at=now,
            )
        )
    with database.read() as session:
        told = briefing_of(
            session,
            sample.conversation_id,
            sample.started_at,
            title_of=str.capitalize,
            without=["call_a_person"],
        )
    assert told["said"] == ["Cancel it.", "I want a person."]
    assert told["done"] == ["Cancel (order number 1004): It is done."]
    assert told["failed"] == ["Pay (order number 1004): failed"]
    assert told["open"] == [
        "Move it: the caller is asked",
        "Refund 20 euros: waits for approval",
        "call back: the refund",
    ]
    assert told["caller_level"]


def test_who_took_over_has_kept_the_promise_of_a_person(database: Database, sample: Any) -> None:
    now = sample.started_at
    with database.write() as session:
        write_records(session, [sample.conversation()])
        session.add(
            Handoff(
                conversation_id=sample.conversation_id,
                customer_id=None,
                reason="I want a person.",
                status=RequestStatus.REQUESTED,
                requested_at=now,
            )
        )
    for _ in range(2):
        with database.write() as session:
            answer_handoffs(session, sample.conversation_id, done_by="user:ana", now=now)
    with database.read() as session:
        assert session.scalars(select(Handoff.status)).one() is RequestStatus.DONE
        assert session.scalars(select(Completion.done_by)).one() == "user:ana"


@pytest.mark.parametrize(
    ("hour", "is_there"), [(9, True), (12, True), (17, False), (8, False), (36, False)]
)
def test_the_team_is_there_in_its_opening_hours(
    database: Database, hour: int, is_there: bool
) -> None:
    moment = MONDAY.replace(hour=0) + timedelta(hours=hour)
    with database.write() as session:
        assert is_team_there(session, moment)  # as long as it has not said when
        session.add(
            OpeningHours(weekday=0, opens_minute=540, closes_minute=1020, time_zone="Europe/Berlin")
        )
        session.flush()
        assert is_team_there(session, moment) is is_there


def test_what_waits_for_our_decision_of_another_call_of_theirs_is_told(
    database: Database, sample: Any
) -> None:
    now = sample.started_at
    here = sample.conversation_id
    with database.write() as session:
        write_records(session, [sample.conversation(caller=Caller("C1"))])
        for conversation_id, customer_id, summary in (
            ("before", "C1", "Refund 20 euros"),
            (here, "C1", "Refund 30 euros"),
            ("before", "C2", "Refund 40 euros"),
        ):
            asked = ApprovalRequest(
                conversation_id=conversation_id,
                tool_call_id=summary,
                tool="refund",
                arguments="{}",
                binding_hash="",
                summary=summary,
                reason="above the limit",
                amount=None,
                customer_id=customer_id,
                caller_name=None,
                caller_level=CallerLevel.VERIFIED,
                confirmation_id=None,
                needs_second=False,
            )
            ask_approval(session, asked, now)
        (found,) = briefing_of(session, here, now, title_of=str)["approvals"]
    assert found["summary"] == "Refund 20 euros"
