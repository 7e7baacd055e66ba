"""Conversations that a team works on."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from hand_clock import HandClock

from agent_service.conversation.records import Caller, CallerLevel
from agent_service.store.database import Database
from agent_service.store.members import UserRole
from agent_service.store.users import add_user
from agent_service.store.writer import write_records


@pytest.fixture
def clock(hand_clock: HandClock) -> HandClock:
    return hand_clock


@pytest.fixture
def begin(database: Database, new_sample: Any, clock: Any) -> Callable[..., str]:
    """Put a conversation on record that has begun now; there are sam, sue and vera."""
    with database.write() as session:
        for name, role in (("sam", "supervisor"), ("sue", "supervisor"), ("vera", "viewer")):
            add_user(session, name, UserRole(role), None, clock.utc(), by="operator")

    def begun(customer: str | None = "C-1", *, after: timedelta = timedelta()) -> str:
        sample = new_sample()
        caller = Caller(customer, "Jane", CallerLevel.IDENTIFIED)
        record = sample.conversation(caller=caller, started_at=clock.utc() + after)
        with database.write() as session:
            write_records(session, [record])
        return str(sample.conversation_id)

    return begun
