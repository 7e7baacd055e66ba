"""What is kept of whole conversations is what a look at every row gives, whatever was written."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import delete, insert, select, update
from sqlalchemy.orm import Session

from agent_service.clock import uuid7
from agent_service.conversation.records import (
    CallerLevel,
    ConfirmationStatus,
    RatingRecord,
    Record,
    Role,
    ToolCallStatus,
    Usage,
    ms_between,
)
from agent_service.store.approvals import Approval, ApprovalRequest, ask_approval
from agent_service.store.database import Database
from agent_service.store.facts import (
    CALLS,
    PLACES,
    FactsOfConversation,
    earliest_number,
    latest_number,
    recount,
)
from agent_service.store.latencies import letter_of
from agent_service.store.outbox import OutboxRow, queue_message
from agent_service.store.requests import Callback, Handoff, RequestStatus, Ticket
from agent_service.store.sums import FAILED, TOKENS
from agent_service.store.tables import (
    Confirmation,
    Conversation,
    Incident,
    Rating,
    Recording,
    ToolCall,
    Turn,
)
from agent_service.store.writer import write_records

COPIED = (
    *("started_at", "agent", "channel", "modality", "customer_id", "caller_level", "provider"),
    *("language", "end_reason"),
)


def write(database: Database, *records: Record) -> None:
    with database.write() as session:
        write_records(session, records)


def counted(database: Database) -> dict[str, dict[str, Any]]:
    """Return what the rows themselves say, conversation by conversation."""
    with database.read() as session:

        def of(table: Any, id: str) -> list[Any]:
            return list(session.scalars(select(table).where(table.conversation_id == id)))

        found = {}
        for head in session.scalars(select(Conversation)):
            turns, incidents = of(Turn, head.id), of(Incident, head.id)
            agents = [turn for turn in turns if turn.role is Role.AGENT]
            said = sum(len(turn.text) for turn in agents)
            heard = sum(len(turn.heard_text) for turn in agents)
            waits = [turn.first_audio_ms for turn in turns if turn.first_audio_ms is not None]
            costs = [turn.cost_usd for turn in turns if turn.cost_usd is not None]
            ratings = of(Rating, head.id)
            found[head.id] = {name: getattr(head, name) for name in COPIED} | {
                "duration_ms": head.ended_at and ms_between(head.started_at, head.ended_at),
                "turn_count": len(turns),
                "interruption_count": sum(turn.is_interrupted for turn in turns),
                "heard_share": heard / said if said else None,
                "slowest_first_audio_ms": max(waits, default=None),
                "mean_first_audio_ms": int(sum(waits) / len(waits) + 0.5) if waits else None,
                "cost_usd": sum(costs) if costs else None,
                "flags": {flag for turn in turns for flag in turn.flags},
                "confirmations": {str(one.status) for one in of(Confirmation, head.id)},
                "incidents": {one.code for one in incidents},
                "incident_count": len(incidents),
                "rating": ratings[0].score if ratings else None,
                "recording_count": len(of(Recording, head.id)),
                **added_up(turns, of(ToolCall, head.id), of(Confirmation, head.id)),
                "needed_person": bool(
                    [turn for turn in turns if turn.role is Role.REPRESENTATIVE]
                    or [call for call in of(ToolCall, head.id) if call.error_kind == "unknown"]
                    or [one for one in of(Handoff, head.id) if one.status != "cancelled"]
                    or [one for one in of(Callback, head.id) if one.status != "cancelled"]
                    or of(Ticket, head.id)
                    or of(Approval, head.id)
                    or [one for one in of(OutboxRow, head.id) if one.kind == "team"]
                ),
            }
        return found


def added_up(turns: list[Any], calls: list[Any], questions: list[Any]) -> dict[str, Any]:
    waits = [turn.first_audio_ms for turn in turns if turn.first_audio_ms is not None]
    return {
        **{name: sum(getattr(turn, name) or 0 for turn in turns) for name in TOKENS},
        "first_audio": sorted(map(letter_of, waits)),
        "call_count": len(calls),
        "call_failure_count": sum(call.status in FAILED for call in calls),
        "confirmation_count": len(questions),
        "confirmation_declined_count": sum(one.status == "declined" for one in questions),
    }


def kept(database: Database) -> dict[str, dict[str, Any]]:
    with database.read() as session:
        rows = list(session.scalars(select(FactsOfConversation)))
    found = {}
    for row in rows:
        values = {name: getattr(row, name) for name in row.__table__.columns.keys()}  # noqa: SIM118
        del values["number"]
        values["first_audio"] = sorted(values["first_audio"])
        for name in ("flags", "confirmations", "incidents"):
            parts = values[name].split()
            assert values[name] == (f" {' '.join(parts)} " if parts else "")
            assert parts == sorted(set(parts))
            values[name] = set(parts)
        found[values.pop("conversation_id")] = values
    return found


def assert_same(database: Database) -> None:
    found, expected = kept(database), counted(database)
    assert found.keys() == expected.keys()
    for id, values in expected.items():
        for name in ("heard_share", "cost_usd"):  # sums in another order
            assert found[id].pop(name) == pytest.approx(values.pop(name)), name
        assert found[id] == values


# --- whatever is done -----------------------------------------------------------

FLAGS = st.lists(st.sampled_from(["notice", "cut_off", "no_words", "late_transcript"]), max_size=3)
TURNS = st.fixed_dictionaries(
    {
        "seq": st.integers(1, 5),
        "role": st.sampled_from(Role),
        "text": st.text(st.sampled_from("aé我 \U0001f389"), max_size=6),
        "heard_text": st.text(st.sampled_from("aé我 "), max_size=4),
        "is_interrupted": st.booleans(),
        "first_audio_ms": st.none() | st.integers(-1, 300_000),
        "usage": st.none()
        | st.builds(
            Usage, st.integers(0, 9), output_audio_tokens=st.just(3), cost_usd=st.floats(0, 1)
        ),
        "flags": FLAGS.map(tuple),
    }
)
DEEDS = st.one_of(
    st.tuples(st.just("turn"), TURNS),
    st.tuples(st.just("turn_gone"), st.integers(1, 5)),
    st.tuples(st.just("end"), st.integers(0, 100_000)),
    st.tuples(st.just("customer"), st.sampled_from(["C-1", "C-2", None])),
    st.tuples(st.just("question"), st.sampled_from(ConfirmationStatus)),
    st.tuples(st.just("decided"), st.sampled_from(ConfirmationStatus)),
    st.tuples(st.just("incident"), st.sampled_from(["disk_full", "provider_failed"])),
    st.tuples(st.just("rating"), st.integers(1, 5)),
    st.tuples(st.just("recorded"), st.integers(0, 9)),
    st.tuples(st.just("nothing_recorded"), st.none()),
    st.tuples(st.just("call"), st.sampled_from(ToolCallStatus)),
    st.tuples(st.just("call_unknown"), st.sampled_from(["unknown", "failed", None])),
    st.tuples(st.just("handoff"), st.sampled_from(RequestStatus)),
    st.tuples(st.just("handoff_status"), st.sampled_from(["done", "cancelled"])),
    st.tuples(st.just("callback"), st.sampled_from(["done", "cancelled"])),
    st.tuples(st.just("ticket"), st.none()),
    st.tuples(st.just("approval"), st.none()),
    st.tuples(st.just("message"), st.sampled_from(["team", "email"])),
    st.tuples(st.just("no_requests"), st.none()),
    st.tuples(st.just("gone"), st.none()),
)
REQUESTS = (Handoff, Callback, Ticket, Approval, OutboxRow)


def do(database: Database, sample: Any, deed: str, value: Any) -> None:
    id = sample.conversation_id
    if deed == "turn":
        turn = sample.turn(1)
        write(database, replace(turn, **value, turn_id=f"{id[:30]}-{value['seq']}"))
        return
    records: dict[str, Callable[[], Record]] = {
        "end": lambda: sample.conversation(
            ended_at=sample.started_at + timedelta(milliseconds=value), end_reason="idle"
        ),
        "question": lambda: sample.confirmation(status=value),
        "incident": lambda: sample.incident(code=value),
        "rating": lambda: RatingRecord(id, value, None, sample.started_at),
        "call": lambda: sample.tool_call(status=value, id=f"{id[:30]}-call"),
    }
    if deed in records:
        write(database, records[deed]())
        return
    statements: dict[str, Callable[[], Any]] = {
        "turn_gone": lambda: delete(Turn).where(Turn.conversation_id == id, Turn.seq == value),
        "customer": lambda: (
            update(Conversation).where(Conversation.id == id).values(customer_id=value)
        ),
        "decided": lambda: (
            update(Confirmation).where(Confirmation.conversation_id == id).values(status=value)
        ),
        "recorded": lambda: insert(Recording).values(
            id=uuid7(),
            conversation_id=id,
            side="both",
            location="x",
            media_type="audio/ogg",
            duration_ms=1,
            size_bytes=1,
            sha256="0",
            created_at=sample.started_at,
        ),
        "nothing_recorded": lambda: delete(Recording).where(Recording.conversation_id == id),
        "call_unknown": lambda: (
            update(ToolCall).where(ToolCall.conversation_id == id).values(error_kind=value)
        ),
        "handoff_status": lambda: (
            update(Handoff).where(Handoff.conversation_id == id).values(status=value)
        ),
        "gone": lambda: delete(Conversation).where(Conversation.id == id),
    }
    with database.write() as session:
        if deed in ("gone", "no_requests"):
            for table in REQUESTS:
                session.execute(delete(table).where(table.conversation_id == id))
        if deed in statements:
            session.execute(statements[deed]())
        elif deed != "no_requests":
            ask_team(session, sample, deed, value)
    if deed == "gone":
        write(database, sample.conversation())


def ask_team(session: Session, sample: Any, deed: str, value: Any) -> None:
    id, at = sample.conversation_id, sample.started_at
    match deed:
        case "handoff":
            session.execute(delete(Handoff).where(Handoff.conversation_id == id))
            session.add(Handoff(conversation_id=id, reason="x", status=value, requested_at=at))
        case "callback":
            session.add(
                Callback(
                    conversation_id=id,
                    phone="1",
                    topic="x",
                    due_at=at,
                    status=value,
                    created_at=at,
                )
            )
        case "ticket":
            session.add(
                Ticket(
                    conversation_id=id,
                    subject="x",
                    body="x",
                    status="closed",
                    created_at=at,
                    fingerprint="x",
                )
            )
        case "approval":
            request = ApprovalRequest(
                conversation_id=id,
                tool_call_id=uuid7(),
                tool="refund",
                arguments="{}",
                binding_hash="0",
                summary="x",
                reason="x",
                amount=None,
                customer_id=None,
                caller_name=None,
                confirmation_id=None,
                needs_second=False,
                caller_level=CallerLevel.VERIFIED,
            )
            ask_approval(session, request, at)
        case _:
            queue_message(
                session,
                kind=value,
                payload={"text": "x"},
                idempotency_key=uuid7(),
                now=at,
                conversation_id=id,
            )


@settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(deeds=st.lists(st.tuples(st.integers(0, 1), DEEDS), max_size=12))
def test_facts_are_what_counting_gives(
    database: Database, sample: Any, deeds: Sequence[tuple[int, tuple[str, Any]]]
) -> None:
    two = [replace(sample, conversation_id=uuid7()) for _ in range(2)]
    write(database, *(one.conversation() for one in two))
    for which, (deed, value) in deeds:
        do(database, two[which], deed, value)
    assert_same(database)
    with database.write() as session:
        session.execute(delete(Conversation))
    assert kept(database) == {}


def test_a_recount_mends_what_somebody_changed(database: Database, sample: Any) -> None:
    write(database, sample.conversation(), sample.turn(1), sample.turn(2), sample.incident())
    with database.write() as session:
        session.execute(
            update(FactsOfConversation).values(turn_count=9, agent="x", flags=" x ", incidents="")
        )
    assert [*recount(database)] == [1]
    assert_same(database)


def test_a_recount_goes_through_all(database: Database, sample: Any) -> None:
    many = [replace(sample, conversation_id=uuid7()) for _ in range(7)]
    write(database, *(one.conversation() for one in many), *(one.turn(1) for one in many))
    with database.write() as session:
        session.execute(update(FactsOfConversation).values(turn_count=0))
    assert [*recount(database, chunk=3)] == [3, 6, 7]
    assert_same(database)


# --- numbers and places -----------------------------------------------------------


def test_numbers_grow_with_the_time_and_are_never_given_twice(
    database: Database, sample: Any
) -> None:
    offsets = [timedelta(0)] * 70 + [timedelta(milliseconds=1), timedelta(days=-9), timedelta(1)]
    began = [
        replace(sample, conversation_id=uuid7(), started_at=sample.started_at + offset)
        for offset in offsets
    ]
    write(database, *(one.conversation() for one in began))
    with database.read() as session:
        rows = session.execute(
            select(FactsOfConversation.number, FactsOfConversation.started_at).order_by(
                FactsOfConversation.number
            )
        ).all()
    assert len({number for number, _ in rows}) == len(began)
    seconds = [moment.replace(microsecond=0) for _, moment in rows]
    assert seconds == sorted(seconds)
    for number, moment in rows:
        assert earliest_number(moment) <= number <= latest_number(moment)


def test_a_place_tells_the_conversation(database: Database, sample: Any) -> None:
    calls = [sample.tool_call(tool_call_id=f"call_{n}") for n in range(3)]
    write(database, sample.conversation(), sample.turn(1), sample.turn(2), *calls)
    with database.read() as session:
        number = session.scalars(select(FactsOfConversation.number)).one()
        turns = session.scalars(select(Turn.place).order_by(Turn.seq)).all()
        places = session.scalars(select(ToolCall.place).order_by(ToolCall.tool_call_id)).all()
    assert turns == [(number << PLACES) + 1, (number << PLACES) + 2]
    assert places == [(number << PLACES) + CALLS + n for n in (1, 2, 3)]


@pytest.mark.parametrize("seq", [-1, 40_000])
def test_a_turn_that_has_no_room_has_no_place(database: Database, sample: Any, seq: int) -> None:
    write(database, sample.conversation(), sample.turn(seq))
    with database.read() as session:
        assert session.scalars(select(Turn.place)).one() is None
