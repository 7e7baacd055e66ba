"""One process serves a conversation: who may take it over, and whose records count."""

import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from agent_service.conversation.records import ResumptionRecord
from agent_service.errors import TryLater
from agent_service.store.claims import Claim, overtaken, take_over, write_claimed
from agent_service.store.database import Database
from agent_service.store.interrupted import GONE_LIMIT, end_lost, find_interrupted, token_hash
from agent_service.store.processes import LEASE, Mark, Process, is_there, leave, renew
from agent_service.store.tables import Conversation, Turn

SOMEWHERE = Mark("another machine", 4711, "1")


@pytest.fixture
def served(database: Database, sample: Any) -> Database:
    """A conversation that the process ``there``, of another machine, serves."""
    with database.write() as session:
        renew(session, "there", SOMEWHERE)
        records = [
            sample.conversation(),
            ResumptionRecord(sample.conversation_id, token_hash("token"), sample.started_at),
            sample.turn(1),
        ]
        claim = Claim(sample.conversation_id, "there")
        assert write_claimed(session, [(record, claim) for record in records]) == set()
    return database


def run_out(database: Database, process_id: str) -> None:
    """Let the process's time run out."""
    with database.write() as session:
        session.get_one(Process, process_id).expires_at -= LEASE + timedelta(seconds=2)


def take(database: Database, sample: Any, process_id: str = "here") -> Claim:
    with database.write() as session:
        return take_over(session, sample.conversation_id, process_id)


def test_a_conversation_is_not_taken_from_a_process_that_serves_it(
    served: Database, sample: Any
) -> None:
    with pytest.raises(TryLater) as refused:
        take(served, sample)
    assert (refused.value.code, refused.value.is_retryable) == ("served_elsewhere", True)


def test_a_refused_return_changes_nothing(served: Database, sample: Any) -> None:
    with pytest.raises(TryLater), served.write() as session:
        find_interrupted(session, "token", sample.started_at, "here")
    assert overtaken_of(served, Claim(sample.conversation_id, "there")) == set()


def overtaken_of(database: Database, claim: Claim) -> set[Claim]:
    with database.read() as session:
        return overtaken(session, [claim])


def test_it_is_taken_when_the_lease_has_run_out_or_was_given_back(
    served: Database, sample: Any
) -> None:
    run_out(served, "there")
    assert take(served, sample) == Claim(sample.conversation_id, "here", 2)
    with served.write() as session:
        renew(session, "here", SOMEWHERE)
        leave(session, "here")
    assert take(served, sample, "third") == Claim(sample.conversation_id, "third", 3)


def test_the_record_takes_nothing_under_an_overtaken_claim(served: Database, sample: Any) -> None:
    run_out(served, "there")
    new, old = take(served, sample), Claim(sample.conversation_id, "there")
    ended = sample.conversation(ended_at=sample.started_at, end_reason="caller_lost")
    with served.write() as session:
        lost = write_claimed(
            session, [(ended, old), (sample.turn(2, text="old"), old), (sample.turn(2), new)]
        )
    assert lost == {old} == overtaken_of(served, old)
    with served.read() as session:
        assert session.scalars(select(Conversation.ended_at)).one() is None
        assert session.scalars(select(Turn.text).order_by(Turn.seq)).all() == [
            "This is turn 1.",
            "This is turn 2.",
        ]


def test_a_process_that_comes_back_renews_its_lease(served: Database) -> None:
    run_out(served, "there")
    with served.write() as session:
        assert not is_there(session, "there")
        renew(session, "there", SOMEWHERE)
        assert is_there(session, "there")


def test_a_conversation_without_a_claim_is_free(database: Database, sample: Any) -> None:
    with database.write() as session:
        write_claimed(session, [(sample.conversation(), None)])
    assert take(database, sample).process_id == "here"


def test_of_many_who_return_at_once_one_gets_the_conversation(
    served: Database, sample: Any
) -> None:
    run_out(served, "there")
    with served.write() as session:
        for number in range(8):
            renew(session, f"process-{number}", replace(SOMEWHERE, pid=number))

    def attempt(number: int) -> bool:
        try:
            take(served, sample, f"process-{number}")
        except TryLater:
            return False
        return True

    with ThreadPoolExecutor(8) as threads:
        assert sum(threads.map(attempt, range(8))) == 1


def test_a_killed_process_of_this_machine_is_gone_at_once(served: Database) -> None:
    child = subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE)
    try:
        mark = replace(Mark.own(), pid=child.pid, started=_started(child.pid))
        assert not mark.is_gone
        assert replace(mark, started="0").is_gone  # its number was given out again
        child.kill()
        while not mark.is_gone:  # as soon as the kernel has it, collected or not
            pass
    finally:
        child.communicate()
    assert mark.is_gone
    with served.write() as session:
        renew(session, "killed", mark)
        assert not is_there(session, "killed")


def _started(pid: int) -> str:
    with open(f"/proc/{pid}/stat") as stat:
        return stat.read().rpartition(")")[2].split()[19]


def test_of_other_machines_and_of_init_nothing_is_assumed() -> None:
    own = Mark.own()
    assert not own.is_gone
    assert not replace(own, machine="another boot", pid=999_999_999).is_gone
    assert not replace(own, machine="", pid=999_999_999).is_gone
    assert replace(own, pid=999_999_999).is_gone


def test_a_conversation_that_lost_process_and_caller_is_ended(
    served: Database, sample: Any
) -> None:
    late = sample.started_at + GONE_LIMIT + timedelta(minutes=1)
    with served.write() as session:
        assert end_lost(session, late, "here") == 0
    run_out(served, "there")
    with served.write() as session:
        assert end_lost(session, sample.started_at + GONE_LIMIT / 2, "here") == 0
        assert end_lost(session, late, "here") == 1
        assert session.scalars(select(Conversation.end_reason)).one() == "process_lost"


def test_conversations_that_go_on_here_are_not_taken_for_lost(
    served: Database, sample: Any
) -> None:
    run_out(served, "there")
    take(served, sample)
    late = sample.started_at + GONE_LIMIT + timedelta(minutes=1)
    with served.write() as session:
        renew(session, "here", SOMEWHERE)
        assert end_lost(session, late, "here", live=[sample.conversation_id]) == 0
        assert end_lost(session, late, "here") == 1  # taken over, but never opened
