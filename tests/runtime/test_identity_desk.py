"""A caller's level rises by what the caller enters, in few tries, and never by a model's word."""

import asyncio
import json
import re
from collections.abc import Callable
from dataclasses import dataclass, field, replace

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session
from tool_desk import CALLER, ToolDesk
from workshop import PROOFS

from agent_service.conversation.records import (
    Caller,
    CallerLevel,
    IncidentRecord,
    Record,
    ToolCallStatus,
)
from agent_service.errors import CallerError
from agent_service.runtime.identity_desk import IdentityDesk
from agent_service.store.claims import Claim
from agent_service.store.directory import DirectoryAway
from agent_service.store.identity import Claimant, IdentityTry, OneTimeCode, ProofError
from agent_service.store.outbox import OutboxRow

STRANGER = Caller()
LIMIT = 8
MOVED = {"postcode": "02906"}


@dataclass
class MemoryRecords:
    kept: list[Record] = field(default_factory=list)

    def record(
        self,
        record: Record,
        on_committed: Callable[[], None] | None = None,
        *,
        claim: Claim | None = None,
    ) -> None:
        self.kept.append(record)


def identity_desk(desk: ToolDesk, records: MemoryRecords | None = None) -> IdentityDesk:
    return IdentityDesk(
        desk.database,
        desk.clock,
        records or MemoryRecords(),
        source_limit=LIMIT,
        proofs=PROOFS,
    )


def entered(number: int, postcode: str) -> dict[str, str]:
    return {"number": str(number), "postcode": postcode}


def answer(
    desk: ToolDesk,
    caller: Caller,
    number: int,
    postcode: str,
    conversation: str,
    source: str = "https://shop.example",
    identity: IdentityDesk | None = None,
) -> Caller:
    identity = identity or identity_desk(desk)
    claimant = Claimant(conversation, desk.clock.utc(), source)
    return asyncio.run(identity.answer_check(caller, claimant, "job", entered(number, postcode)))


def enter(desk: ToolDesk, caller: Caller, conversation: str, code: str) -> Caller:
    claimant = Claimant(conversation, desk.clock.utc(), "https://shop.example")
    return asyncio.run(identity_desk(desk).enter_code(caller, claimant, code))


def sent_code(desk: ToolDesk, caller: Caller, conversation: str) -> str:
    desk.call("send_security_code", {}, caller=caller, conversation_id=conversation)
    with desk.database.read() as session:
        payload = session.scalars(select(OutboxRow.payload).order_by(OutboxRow.id.desc())).first()
    assert payload is not None
    found = re.search(r"\d{6}", json.loads(payload)["text"])
    assert found is not None
    return found[0]


CLAIMED = Caller(level=CallerLevel.CLAIMED, claimed_id="C0001")


def test_who_is_only_claimed_is_verified_by_a_code(desk: ToolDesk) -> None:
    conversation = desk.conversation(CLAIMED)
    code = sent_code(desk, CLAIMED, conversation)
    assert enter(desk, CLAIMED, conversation, "000000" if code != "000000" else "1") == CLAIMED
    caller = enter(desk, CLAIMED, conversation, code)
    assert (caller.customer_id, caller.level) == ("C0001", CallerLevel.VERIFIED)
    assert caller.claimed_id is None


@pytest.mark.parametrize(
    ("tool", "arguments"),
    [("find_jobs", {}), ("get_job", {"job": 1004}), ("cancel_job", {"job": 1007})],
)
def test_of_whom_a_caller_claims_to_be_no_tool_tells_anything(
    desk: ToolDesk, tool: str, arguments: dict[str, int]
) -> None:
    finished = desk.call(tool, arguments, caller=CLAIMED)
    assert finished.status is ToolCallStatus.NOT_ALLOWED
    told = json.loads(finished.output)
    assert "ask me to send you a security code" in told["say"]
    assert told["needs"] == "verified"


def test_whose_number_is_nobodys_is_sent_no_code(desk: ToolDesk) -> None:
    claimed = Caller(level=CallerLevel.CLAIMED, claimed_id="C9999")
    assert desk.call("send_security_code", {}, caller=claimed).status is ToolCallStatus.NOT_ALLOWED
    stranger = desk.call("send_security_code", {}, caller=STRANGER)
    assert json.loads(stranger.output)["needs"] == "identified"


def test_job_and_postcode_identify_the_customer(desk: ToolDesk) -> None:
    caller = answer(desk, STRANGER, 1004, "01101", desk.conversation(STRANGER))
    assert caller == Caller("C0001", "Jane Doe", CallerLevel.IDENTIFIED)


@pytest.mark.parametrize(("number", "postcode"), [(1004, "99999"), (999_999, "01101")])
def test_wrong_answer_leaves_a_stranger(desk: ToolDesk, number: int, postcode: str) -> None:
    conversation = desk.conversation(STRANGER)
    assert answer(desk, STRANGER, number, postcode, conversation) == STRANGER


@pytest.mark.parametrize(
    ("proof", "answers"),
    [
        ("birth_date", entered(1004, "01101")),
        ("job", {"number": "1004"}),
        ("job", entered(1004, "01101") | {"name": "Jane"}),
        ("job", entered(1004, "")),
        ("job", {"number": "1004 or 1", "postcode": "01101"}),
    ],
)
def test_what_was_not_asked_for_is_no_try(
    desk: ToolDesk, proof: str, answers: dict[str, str]
) -> None:
    claimant = Claimant(desk.conversation(STRANGER), desk.clock.utc(), "https://shop.example")
    with pytest.raises(CallerError, match="not what is asked for"):
        asyncio.run(identity_desk(desk).answer_check(STRANGER, claimant, proof, answers))
    with desk.database.read() as session:
        assert session.scalar(select(func.count()).select_from(IdentityTry)) == 0


def test_a_proof_that_cannot_be_looked_up_is_no_try(desk: ToolDesk) -> None:
    def away(session: Session, claim: str) -> None:
        raise ConnectionError("no route to host")

    (proof,) = PROOFS
    identity = IdentityDesk(
        desk.database,
        desk.clock,
        MemoryRecords(),
        source_limit=LIMIT,
        proofs=(replace(proof, look_up=away),),
    )
    claimant = Claimant(desk.conversation(STRANGER), desk.clock.utc(), "https://shop.example")
    with pytest.raises(DirectoryAway):
        asyncio.run(identity.answer_check(STRANGER, claimant, "job", entered(1004, "01101")))
    with desk.database.read() as session:
        assert session.scalar(select(func.count()).select_from(IdentityTry)) == 0


def test_knowledge_is_asked_three_times_in_a_conversation(desk: ToolDesk) -> None:
    conversation = desk.conversation(STRANGER)
    for _ in range(3):
        answer(desk, STRANGER, 1004, "00000", conversation)
    with pytest.raises(ProofError):
        answer(desk, STRANGER, 1004, "01101", conversation)


def test_one_job_is_guessed_at_five_times_a_day_from_anywhere(desk: ToolDesk) -> None:
    for _ in range(5):
        answer(desk, STRANGER, 1004, "00000", desk.conversation(STRANGER))
    with pytest.raises(ProofError):
        answer(desk, STRANGER, 1004, "01101", desk.conversation(STRANGER))
    desk.clock.advance(24 * 3600 + 1)
    caller = answer(desk, STRANGER, 1004, "01101", desk.conversation(STRANGER))
    assert caller.level == CallerLevel.IDENTIFIED


def test_parallel_guesses_are_counted_one_by_one(desk: ToolDesk) -> None:
    identity = identity_desk(desk)
    claimants = [Claimant(desk.conversation(STRANGER), desk.clock.utc(), "here") for _ in range(12)]

    async def scenario() -> list[Caller | BaseException]:
        wrong = entered(1004, "00000")
        guesses = (
            identity.answer_check(STRANGER, claimant, "job", wrong) for claimant in claimants
        )
        async with asyncio.timeout(60):
            return await asyncio.gather(*guesses, return_exceptions=True)

    ends = asyncio.run(scenario())
    assert sum(isinstance(end, ProofError) for end in ends) == 7
    with desk.database.read() as session:
        assert session.scalar(select(func.count()).select_from(IdentityTry)) == 5


def test_many_jobs_guessed_at_from_one_place_are_not_looked_at_any_more(desk: ToolDesk) -> None:
    """One common postcode, a new job each time, and a new conversation after each third try."""
    for number in range(LIMIT):
        if number % 3 == 0:
            conversation = desk.conversation(STRANGER)
        answer(desk, STRANGER, 9000 + number, "01101", conversation)
    with pytest.raises(ProofError):
        answer(desk, STRANGER, 1004, "01101", desk.conversation(STRANGER))
    elsewhere = answer(desk, STRANGER, 1004, "01101", desk.conversation(STRANGER), "https://b.test")
    assert elsewhere.level == CallerLevel.IDENTIFIED
    desk.clock.advance(3601)
    later = answer(desk, STRANGER, 1004, "01101", desk.conversation(STRANGER))
    assert later.level == CallerLevel.IDENTIFIED


def test_the_team_is_alarmed_once_an_hour_about_a_place_that_guesses(desk: ToolDesk) -> None:
    records = MemoryRecords()
    identity = identity_desk(desk, records)
    for number in range(LIMIT):
        answer(desk, STRANGER, 9000 + number, "01101", desk.conversation(STRANGER))
    first = desk.conversation(STRANGER)
    for conversation in (first, desk.conversation(STRANGER)):
        with pytest.raises(ProofError):
            answer(desk, STRANGER, 1004, "01101", conversation, identity=identity)
    assert [
        (record.code, record.conversation_id)
        for record in records.kept
        if isinstance(record, IncidentRecord)
    ] == [("identity_guessing", first)]


def test_honest_callers_who_are_right_use_up_nothing(desk: ToolDesk) -> None:
    for _ in range(2 * LIMIT):
        caller = answer(desk, STRANGER, 1004, "01101", desk.conversation(STRANGER))
        assert caller.level == CallerLevel.IDENTIFIED


def test_a_conversation_has_one_customer(desk: ToolDesk) -> None:
    other = Caller("C0002", "Ben Abbott", CallerLevel.IDENTIFIED)
    assert answer(desk, other, 1004, "01101", desk.conversation(other)) == other


def test_right_code_steps_a_verified_caller_up(desk: ToolDesk) -> None:
    conversation = desk.conversation()
    code = sent_code(desk, CALLER, conversation)
    caller = enter(desk, CALLER, conversation, f" {code[:3]} {code[3:]} ")
    assert caller.level == CallerLevel.STEPPED_UP
    finished = desk.call("change_postcode", MOVED, caller=caller, conversation_id=conversation)
    assert finished.status == ToolCallStatus.SUCCEEDED


def test_right_code_verifies_an_identified_caller(desk: ToolDesk) -> None:
    identified = Caller("C0001", "Jane Doe", CallerLevel.IDENTIFIED)
    conversation = desk.conversation(identified)
    code = sent_code(desk, identified, conversation)
    assert enter(desk, identified, conversation, code).level == CallerLevel.VERIFIED


def test_code_works_once(desk: ToolDesk) -> None:
    conversation = desk.conversation()
    code = sent_code(desk, CALLER, conversation)
    enter(desk, CALLER, conversation, code)
    assert enter(desk, CALLER, conversation, code) == CALLER


def test_code_of_another_conversation_is_worth_nothing(desk: ToolDesk) -> None:
    code = sent_code(desk, CALLER, desk.conversation())
    assert enter(desk, CALLER, desk.conversation(), code) == CALLER


def test_code_runs_out(desk: ToolDesk) -> None:
    conversation = desk.conversation()
    code = sent_code(desk, CALLER, conversation)
    desk.clock.advance(301)
    assert enter(desk, CALLER, conversation, code) == CALLER


def test_code_is_entered_three_times(desk: ToolDesk) -> None:
    conversation = desk.conversation()
    code = sent_code(desk, CALLER, conversation)
    wrong = "000000" if code != "000000" else "000001"
    for _ in range(3):
        enter(desk, CALLER, conversation, wrong)
    with pytest.raises(ProofError):
        enter(desk, CALLER, conversation, code)


def test_stranger_has_nothing_to_enter_a_code_for(desk: ToolDesk) -> None:
    with pytest.raises(CallerError):
        enter(desk, STRANGER, desk.conversation(STRANGER), "123456")


def test_only_the_hash_of_a_code_is_kept(desk: ToolDesk) -> None:
    code = sent_code(desk, CALLER, desk.conversation())
    with desk.database.read() as session:
        assert code not in session.scalars(select(OneTimeCode.code_hash)).one()


def test_model_is_never_told_the_code(desk: ToolDesk) -> None:
    conversation = desk.conversation()
    finished = desk.call("send_security_code", {}, conversation_id=conversation)
    with desk.database.read() as session:
        payload = session.scalars(select(OutboxRow.payload)).one()
    found = re.search(r"\d{6}", json.loads(payload)["text"])
    assert found is not None
    assert found[0] not in finished.output
