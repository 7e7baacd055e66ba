"""What a conversation that is over has shown is found with its last token, for a day."""

from datetime import timedelta
from typing import Any

import pytest

from agent_service.conversation.records import RatingRecord, ResumptionRecord
from agent_service.store.database import Database
from agent_service.store.ended import Ended, find_ended
from agent_service.store.interrupted import token_hash
from agent_service.store.past_steps import PastCall
from agent_service.store.writer import write_records


@pytest.fixture
def ended(database: Database, sample: Any) -> Database:
    with database.write() as session:
        write_records(
            session,
            [
                sample.conversation(
                    ended_at=sample.started_at + timedelta(hours=1), end_reason="caller_lost"
                ),
                ResumptionRecord(
                    sample.conversation_id, token_hash("last"), sample.started_at, shows_detail=True
                ),
                sample.turn(1, text="where is it", heard_text="where is it"),
                sample.tool_call(),
                sample.turn(2, text="On its way to you.", heard_text="On its way"),
            ],
        )
    return database


def find(ended: Database, sample: Any, token: str, hours: int) -> Ended | None:
    with ended.read() as session:
        now = sample.started_at + timedelta(hours=hours)
        return find_ended(session, sample.conversation_id, token, now)


def test_what_was_said_and_done_is_found_with_how_it_ended(ended: Database, sample: Any) -> None:
    found = find(ended, sample, "last", 24)
    assert found is not None
    assert (found.agent, found.end_reason, found.shows_detail) == ("support", "caller_lost", True)
    assert [turn.heard_text for turn in found.turns] == ["where is it", "On its way"]
    assert [type(step) for step in found.steps] == [PastCall]
    assert not found.is_rated
    with ended.write() as session:
        write_records(session, [RatingRecord(sample.conversation_id, 4, None, sample.started_at)])
    found = find(ended, sample, "last", 24)
    assert found is not None
    assert found.is_rated


@pytest.mark.parametrize(("token", "hours"), [("first", 2), ("", 2), ("last", 26)])
def test_another_token_and_another_day_find_nothing(
    ended: Database, sample: Any, token: str, hours: int
) -> None:
    assert find(ended, sample, token, hours) is None


def test_what_goes_on_is_returned_to_and_not_retold(database: Database, sample: Any) -> None:
    with database.write() as session:
        resumption = ResumptionRecord(
            sample.conversation_id, token_hash("last"), sample.started_at, False
        )
        write_records(session, [sample.conversation(), resumption])
    assert find(database, sample, "last", 1) is None
