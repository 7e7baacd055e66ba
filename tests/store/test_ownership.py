"""A caller's session sees and changes only the caller's rows, whatever a tool asks it."""

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
from sqlalchemy import column, exists, func, literal_column, select, table, text, true
from sqlalchemy.orm import Session, aliased
from workshop import Client, Job, Part, Payback

from agent_service.store.allowed_sql import OwnershipError
from agent_service.store.database import Database
from agent_service.store.ownership import CallerSession
from agent_service.store.requests import Handoff, RequestStatus
from agent_service.store.tables import Conversation

JOBS: Any = Job.__table__
OTHER = aliased(Job)


@pytest.fixture
def session(workshop: Database) -> Iterator[Session]:
    with workshop.write() as opened:
        yield opened
        opened.rollback()


@pytest.fixture
def mine(session: Session) -> CallerSession:
    return CallerSession(session, "C0001", "conversation")


@pytest.mark.parametrize(
    "statement",
    [
        select(Job.customer_id),
        select(OTHER.customer_id),
        select(Job.customer_id).join(OTHER, true()),
        select(select(Job.customer_id).subquery().c.customer_id),
        select(select(Job.customer_id).cte().c.customer_id),
        select(Client.customer_id).where(exists().where(Job.number == 1001)),
        select(Job.customer_id).union_all(select(Payback.customer_id)),
    ],
)
def test_every_shape_of_query_finds_own_rows_only(mine: CallerSession, statement: Any) -> None:
    assert {row[0] for row in mine.rows(statement)} == {"C0001"}


def test_counting_counts_own_rows(mine: CallerSession) -> None:
    assert mine.rows(select(func.count()).select_from(Job)) == [(7,)]


def test_somebody_elses_row_cannot_be_felt_through_a_condition(mine: CallerSession) -> None:
    felt = select(Part.name).where(exists().where(Job.number == 1011))
    assert mine.rows(felt) == []


@pytest.mark.parametrize(
    "statement",
    [
        text("SELECT email FROM clients"),
        select(literal_column("(SELECT max(email) FROM clients)")),
        select(Job.number).where(text("1 = 1")),
        select(JOBS.c.number),
        select(Job.number, JOBS.c.number),
        select(Job.number).join(JOBS, JOBS.c.number == 1011),
        select(JOBS.alias().c.number),
        select(Part.name).where(exists().where(JOBS.c.number == 1011)),
        select(column("email")).select_from(table("clients")),
        select(func.query_to_xml("SELECT 1")).select_from(Job),
        select(Conversation.id),
    ],
)
def test_what_cannot_be_scoped_is_refused(mine: CallerSession, statement: Any) -> None:
    with pytest.raises(OwnershipError):
        mine.rows(statement)


def test_foreign_row_cannot_be_inserted(mine: CallerSession, session: Session) -> None:
    mine.add(_handoff(customer_id="C0002"))
    with pytest.raises(OwnershipError):
        mine.flush()


def test_own_row_cannot_be_given_away(mine: CallerSession) -> None:
    job = mine.one(select(Job).where(Job.number == 1001))
    assert job is not None
    job.customer_id = "C0002"
    with pytest.raises(OwnershipError):
        mine.flush()


def test_rows_for_everyone_cannot_be_changed(mine: CallerSession) -> None:
    part = mine.scalars(select(Part)).first()
    assert part is not None
    part.price_minor = 1
    with pytest.raises(OwnershipError):
        mine.flush()


def test_new_row_becomes_the_callers(mine: CallerSession) -> None:
    row = _handoff()
    mine.add(row)
    mine.flush()
    assert row.customer_id == "C0001"


def test_stranger_sees_what_this_conversation_left(session: Session) -> None:
    here = CallerSession(session, None, "here")
    with here:
        here.add(_handoff(conversation_id="here"))
        here.flush()
        assert len(here.scalars(select(Handoff)).all()) == 1
        assert here.scalars(select(Job)).all() == []
    there = CallerSession(session, None, "there")
    assert there.scalars(select(Handoff)).all() == []


def _handoff(customer_id: str | None = None, conversation_id: str = "conversation") -> Handoff:
    return Handoff(
        customer_id=customer_id,
        conversation_id=conversation_id,
        reason="",
        status=RequestStatus.REQUESTED,
        requested_at=datetime(2026, 3, 4, tzinfo=UTC),
    )
