"""Rows that are a customer's by way of others, and rows that callers share, of a small clinic."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from sqlalchemy import ForeignKey, func, select
from sqlalchemy.orm import (
    DeclarativeBase,
    Mapped,
    Session,
    aliased,
    make_transient_to_detached,
    mapped_column,
    relationship,
)

from agent_service.company import COLUMN_TYPES, OwnedRow, PartRow, SharedRow, new_metadata
from agent_service.store.allowed_sql import OwnershipError
from agent_service.store.database import Database
from agent_service.store.ownership import CallerSession


class ClinicTable(DeclarativeBase):
    metadata = new_metadata()
    type_annotation_map = COLUMN_TYPES


class Patient(OwnedRow, ClinicTable):
    __tablename__ = "patients"
    id: Mapped[int] = mapped_column(primary_key=True)


class Visit(PartRow, ClinicTable):
    __tablename__ = "visits"
    owner = "patient"
    id: Mapped[int] = mapped_column(primary_key=True)
    patient_id: Mapped[int] = mapped_column(ForeignKey("patients.id"))
    reason: Mapped[str]
    patient: Mapped[Patient] = relationship()


class Finding(PartRow, ClinicTable):
    __tablename__ = "findings"
    owner = "visit"
    id: Mapped[int] = mapped_column(primary_key=True)
    visit_id: Mapped[int] = mapped_column(ForeignKey("visits.id"))
    visit: Mapped[Visit] = relationship()


class Hour(SharedRow, ClinicTable):
    __tablename__ = "hours"
    id: Mapped[int] = mapped_column(primary_key=True)
    free: Mapped[int]


OTHER: Any = aliased(Visit)


@pytest.fixture
def clinic(database: Database) -> Database:
    """Two patients, each with a visit and a finding of their own number; one hour, one seat."""
    with database.write() as session:
        ClinicTable.metadata.create_all(session.connection())
        for number, customer in ((1, "ann"), (2, "bob")):
            session.add(Patient(id=number, customer_id=customer))
            session.flush()
            session.add(Visit(id=number, patient_id=number, reason="cough"))
            session.flush()
            session.add(Finding(id=number, visit_id=number))
        session.add(Hour(id=1, free=1))
    return database


@pytest.fixture
def session(clinic: Database) -> Iterator[Session]:
    with clinic.write() as opened:
        yield opened
        opened.rollback()


def _taken_for_loaded(ann: CallerSession, number: int) -> Visit:
    visit = Visit(id=number, patient_id=number)
    make_transient_to_detached(visit)
    ann.add(visit)
    return visit


@pytest.fixture
def ann(session: Session) -> CallerSession:
    return CallerSession(session, "ann", "conversation")


@pytest.mark.parametrize(
    "statement",
    [
        select(Visit.id),
        select(OTHER.id),
        select(Finding.id),
        select(Finding.id).join(Visit, Visit.id == Finding.visit_id),
        select(func.max(Visit.id)),
        select(select(Visit.id).subquery().c.id),
        select(Patient.id).join(OTHER, OTHER.patient_id == Patient.id),
    ],
)
def test_parts_are_found_as_far_as_they_are_the_callers(ann: CallerSession, statement: Any) -> None:
    assert ann.rows(statement) == [(1,)]


def test_stranger_finds_no_parts(session: Session) -> None:
    assert CallerSession(session, None, "conversation").rows(select(Finding.id)) == []


def test_own_parts_are_added_and_changed(ann: CallerSession) -> None:
    visit = ann.one(select(Visit))
    assert visit is not None
    visit.reason = "fever"
    ann.add(Finding(id=11, visit_id=1))
    ann.add(Visit(id=11, patient=visit.patient, reason="again"))
    ann.flush()
    assert ann.rows(select(func.count(Finding.id))) == [(2,)]
    assert ann.rows(select(func.count(Visit.id))) == [(2,)]


@pytest.mark.parametrize("part", [{"patient_id": 2}, {"patient_id": 3}])
def test_parts_of_others_cannot_be_added(ann: CallerSession, part: dict[str, int]) -> None:
    ann.add(Visit(id=11, reason="spying", **part))
    with pytest.raises(Exception, match=r"not the caller's|FOREIGN KEY|foreign key"):
        ann.flush()


@pytest.mark.parametrize(("number", "patient"), [(1, 2), (2, 1)])
def test_parts_are_neither_given_away_nor_taken(
    ann: CallerSession, number: int, patient: int
) -> None:
    visit = ann.one(select(Visit).where(Visit.id == number)) or _taken_for_loaded(ann, number)
    visit.patient_id = patient
    with pytest.raises(OwnershipError):
        ann.flush()


def test_shared_row_is_read_by_all_and_changed_under_a_lock(ann: CallerSession) -> None:
    hour = ann.one(select(Hour), is_locked=True)
    assert hour is not None
    hour.free = 0
    ann.flush()


@pytest.mark.parametrize("is_locked_earlier", [False, True])
def test_shared_row_without_a_lock_is_not_changed(
    session: Session, is_locked_earlier: bool
) -> None:
    if is_locked_earlier:  # by another call, which is over
        with CallerSession(session, "bob", "conversation") as before:
            before.one(select(Hour), is_locked=True)
    ann = CallerSession(session, "ann", "conversation")
    hour = ann.one(select(Hour))
    assert hour is not None
    hour.free = 0
    with pytest.raises(OwnershipError, match="only while it holds it"):
        ann.flush()


def test_shared_rows_are_not_added(ann: CallerSession) -> None:
    ann.add(Hour(id=2, free=9))  # type: ignore[arg-type]  # as a tool that is not type-checked
    with pytest.raises(OwnershipError):
        ann.flush()


def test_one_seat_is_taken_once(clinic: Database) -> None:
    def take(number: int) -> bool:
        with (
            clinic.write() as session,
            CallerSession(session, f"caller {number}", "conversation") as caller,
        ):
            seen = caller.one(select(Hour))  # as a preview might, before it is locked
            hour = caller.one(select(Hour), is_locked=True)
            assert hour is seen
            assert hour is not None
            if not hour.free:
                return False
            hour.free -= 1
            return True

    with ThreadPoolExecutor(4) as threads:
        assert sum(threads.map(take, range(12))) == 1
