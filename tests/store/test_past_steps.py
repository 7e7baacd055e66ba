"""What happened beside the talk is found on record, in its order and behind the right turn."""

from datetime import timedelta
from typing import Any

from agent_service.conversation.records import (
    CallerLevel,
    ConfirmationStatus,
    Role,
    ToolCallStatus,
)
from agent_service.store.database import Database
from agent_service.store.identity import IdentityTry
from agent_service.store.past_steps import (
    PastCall,
    PastProof,
    PastQuestion,
    PastStep,
    PastVisit,
    past_steps,
)
from agent_service.store.proofs import CODE
from agent_service.store.tables import Turn
from agent_service.store.writer import write_records


def named(step: PastStep) -> tuple[Any, ...]:
    match step:
        case PastCall():
            return step.tool_call_id, step.status, step.after
        case PastQuestion():
            return step.status, step.after
        case PastProof():
            return step.level, step.after
        case PastVisit():
            return step.name, step.has_left, step.after


def test_calls_questions_proofs_and_visits_stand_behind_the_turn_that_had_begun_last(
    database: Database, sample: Any
) -> None:
    began = sample.started_at

    def at(seconds: float) -> Any:
        return began + timedelta(seconds=seconds)

    def remark(seq: int, text: str, flag: str, seconds: float) -> Any:
        return sample.turn(
            seq, role=Role.SYSTEM, text=text, heard_text="", flags=(flag,), started_at=at(seconds)
        )

    asked = sample.turn(1, started_at=at(1))
    answered = sample.turn(2, started_at=at(5))
    came = remark(3, "Ana has joined the conversation.", "joined", 9)
    went = remark(4, "Ana was cut off and has left the conversation.", "left", 10)
    declined = sample.tool_call(
        tool_call_id="call_2",
        status=ToolCallStatus.DECLINED,
        requested_at=at(2),
        ended_at=at(6),
    )
    questions = [
        sample.confirmation(
            tool_call_id="call_2", status=ConfirmationStatus.DECLINED, decided_at=at(5.5)
        ),
        # The first was cut before the caller knew what it was, the other nobody has decided.
        sample.confirmation(status=ConfirmationStatus.VOIDED, decided_at=at(4), heard_at=None),
        sample.confirmation(status=ConfirmationStatus.OFFERED, decided_at=None, heard_at=at(4)),
    ]
    tries = [
        ("order", True, 0.5),
        (CODE, False, 6.5),
        (CODE, True, 7),
        (CODE, True, 8),
    ]
    with database.write() as session:
        call = sample.tool_call(requested_at=at(3))
        write_records(
            session,
            [sample.conversation(), asked, answered, came, went, call, declined, *questions],
        )
        session.add_all(
            IdentityTry(
                id=f"try-{number}",
                conversation_id=sample.conversation_id,
                kind=kind,
                account="C0001",
                source=None,
                is_right=is_right,
                tried_at=at(seconds),
            )
            for number, (kind, is_right, seconds) in enumerate(tries)
        )
    with database.read() as session:
        turns = session.query(Turn).order_by(Turn.seq).all()
        steps = past_steps(session, sample.conversation_id, turns, CallerLevel.STEPPED_UP)
    one, two, three, four = (turn.id for turn in turns)
    assert [named(step) for step in steps] == [
        (CallerLevel.IDENTIFIED, None),
        ("call_1", call.status, one),
        (ConfirmationStatus.DECLINED, two),
        ("call_2", ToolCallStatus.DECLINED, two),
        (CallerLevel.VERIFIED, two),
        (CallerLevel.STEPPED_UP, two),
        ("Ana", False, three),
        ("Ana", True, four),
    ]
