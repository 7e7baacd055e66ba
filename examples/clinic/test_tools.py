"""The tools as callers have them: the whole way of a call, on a real database."""

import shutil
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from typing import Final

import pytest
from sqlalchemy import func, select

from agent_service.company import Caller, CallerLevel
from agent_service.store.revising import write_revision
from agent_service.testing import HandClock, Queued, ToolTester
from examples.clinic import JANE, Settings, company
from examples.clinic.patients import name_and_birth_date, patient_and_birth_date
from examples.clinic.tables import Appointment, AppointmentStatus, Prescription, Slot

ADA: Final = Caller("P-1002", "Ada Ellis", CallerLevel.VERIFIED)
COUGH: Final = {"doctor": "Baker", "on": "2026-03-10", "at": "10:30", "reason": "a cough"}


@pytest.fixture
def tester(tmp_path: Path) -> Iterator[ToolTester]:
    url = f"sqlite:///{tmp_path}/clinic.db"
    with ToolTester.opened(company(Settings()), url, HandClock()) as opened:
        yield opened


def is_free(tester: ToolTester, appointment: int) -> bool:
    with tester.database.read() as session:
        slot = select(Appointment.slot_id).where(Appointment.id == appointment).scalar_subquery()
        return bool(session.scalar(select(Slot.is_free).where(Slot.id == slot)))


def test_visit_is_booked_once_the_caller_agrees(tester: ToolTester) -> None:
    told = tester.run("book_appointment", COUGH, caller=JANE)
    assert told.read_back == "Book an appointment on Tuesday, March 10 at 10:30 with Doctor Baker"
    assert told.facts["appointment"] == 3
    (reminder,) = told.queued
    assert reminder.kind == "reminder"
    assert not is_free(tester, 3)


def test_visit_is_cancelled_once_the_caller_agrees(tester: ToolTester) -> None:
    told = tester.run("cancel_appointment", {"appointment": 2}, caller=JANE)
    assert told.read_back == "Cancel appointment 2 on Thursday, March 5 at 10:30 with Doctor Baker"
    assert told.say == "Appointment 2 is cancelled."
    assert told.queued == (Queued("reminder", {"appointment": 2, "is_off": True}),)
    assert is_free(tester, 2)


def test_visit_that_the_caller_does_not_want_is_none(tester: ToolTester) -> None:
    told = tester.run("book_appointment", COUGH, caller=JANE, agrees=False)
    assert (told.status, told.queued) == ("declined", ())


def test_moved_visit_gives_its_old_time_to_others(tester: ToolTester) -> None:
    wanted = {"appointment": 2, "on": "2026-03-10", "at": "10:30"}
    told = tester.run("move_appointment", wanted, caller=JANE)
    assert told.read_back is not None
    assert told.read_back.endswith("to Tuesday, March 10 at 10:30")
    assert told.say == "Appointment 2 is now on Tuesday, March 10 at 10:30 with Doctor Baker."
    old = COUGH | {"on": "2026-03-05"}
    assert tester.run("book_appointment", old, caller=ADA).status == "succeeded"
    assert tester.run("book_appointment", COUGH, caller=ADA).status == "fix_arguments"


def test_of_two_callers_for_one_time_one_gets_it(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path}/clinic.db"
    with (
        ToolTester.opened(company(Settings()), url, HandClock()) as janes,
        ToolTester.opened(company(Settings()), url, HandClock()) as adas,
        ThreadPoolExecutor() as pool,
    ):
        calls = [
            pool.submit(tester.run, "book_appointment", COUGH, caller=caller)
            for tester, caller in ((janes, JANE), (adas, ADA))
        ]
        said = sorted(call.result().status for call in calls)
        assert said == ["fix_arguments", "succeeded"]
        with janes.database.read() as session:
            booked = select(func.count()).where(Appointment.status == AppointmentStatus.BOOKED)
            assert session.scalar(booked) == 3


def test_nobody_touches_another_patients_appointment(tester: ToolTester) -> None:
    told = tester.rehearse("cancel_appointment", {"appointment": 2}, caller=ADA)
    assert told.status == "not_allowed"
    assert tester.run("find_appointments", caller=ADA).facts["appointments"] == []
    assert tester.run("list_prescriptions", caller=ADA).facts["prescriptions"] == []


def test_stranger_learns_free_times_and_books_nothing(tester: ToolTester) -> None:
    told = tester.rehearse("find_free_times", {"doctor": "Doctor Shaw"})
    assert told.say.endswith("with Doctor Shaw.")
    assert tester.rehearse("book_appointment", COUGH).status == "not_allowed"


def test_medicines_are_told_by_way_of_the_appointment(tester: ToolTester) -> None:
    told = tester.run("list_prescriptions", caller=JANE)
    assert told.say == "You were prescribed Cetirizine, with 2 repeats left."


@pytest.mark.parametrize(("left", "said"), [(1, "1 repeat"), (0, "no repeats")])
def test_repeats_that_are_left_are_counted_in_words(
    tester: ToolTester, left: int, said: str
) -> None:
    with tester.database.write() as session:
        session.scalars(select(Prescription)).one().repeats_left = left
    told = tester.run("list_prescriptions", caller=JANE)
    assert told.say == f"You were prescribed Cetirizine, with {said} left."


def test_call_from_the_team_goes_to_the_number_on_file(tester: ToolTester) -> None:
    told = tester.run("book_callback", {"topic": "my results"}, caller=JANE)
    assert told.facts["phone_ending"] == "01"


def test_patients_prove_themselves_by_number_or_name(tester: ToolTester) -> None:
    with tester.database.read() as session:
        by_number = patient_and_birth_date(session, "p-1001")
        by_name = name_and_birth_date(session, "jane doe")
        assert by_number == by_name
        assert by_number is not None
        assert by_number.answers == {"born": "1984-05-17"}
        assert name_and_birth_date(session, "nobody") is None


def test_seed_runs_twice_without_harm(tester: ToolTester) -> None:
    seed, now = company(Settings()).seed, HandClock().utc()
    assert seed is not None
    with tester.database.write() as session:
        assert not seed(session, now)


def test_its_revisions_make_its_tables(tmp_path: Path) -> None:
    tables = company(Settings()).tables
    assert tables is not None
    copied = shutil.copytree(tables.migrations, tmp_path / "migrations")
    assert write_revision(replace(tables, migrations=copied), "What is missing") is None
