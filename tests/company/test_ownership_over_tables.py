"""Ownership over several tables, by the whole way of a call, on both kinds of database."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import Annotated

import pytest
from pydantic import Field
from sqlalchemy import select

from agent_service.company import (
    Answer,
    Caller,
    CallerLevel,
    OwnedArgument,
    Preview,
    ToolContext,
    tool,
)
from agent_service.testing import HandClock, ToolTester
from examples.clinic import JANE, Settings, company
from examples.clinic.tables import Appointment, Patient, Prescription

ADA = Caller("P-1002", "Ada Ellis", CallerLevel.VERIFIED)
ID = Annotated[int, Field(ge=1, le=9999, description="The prescription's number.")]
IDS = Annotated[list[ID], Field(max_length=5, description="The prescriptions' numbers.")]


@tool(
    title="Repeat",
    effect="write",
    audience=CallerLevel.IDENTIFIED,
    owned=(OwnedArgument("prescription", Prescription.id, "prescription"),),
    preview=lambda context, prescription: Preview("Repeat it"),
)
def repeat(context: ToolContext, prescription: ID) -> Answer:
    """Repeat a prescription."""
    found = context.session.one(
        select(Prescription).where(Prescription.id == prescription), is_locked=True
    )
    assert found
    found.repeats_left -= 1
    return Answer("Done.", {"left": found.repeats_left})


@tool(
    title="Names",
    effect="read",
    audience=CallerLevel.IDENTIFIED,
    owned=(OwnedArgument("prescriptions", Prescription.id, "prescription"),),
)
def names(context: ToolContext, prescriptions: IDS) -> Answer:
    """Name prescriptions."""
    rows = context.session.rows(
        select(Prescription.medicine, Patient.name)
        .join(Appointment, Appointment.id == Prescription.appointment_id)
        .join(Patient, Patient.customer_id == Appointment.patient_number)
        .where(Prescription.id.in_(prescriptions))
    )
    return Answer("There.", {"names": [list(r) for r in rows]})


@pytest.fixture
def tester(database_url: str) -> Iterator[ToolTester]:
    own = company(Settings())
    with ToolTester.opened(
        replace(own, tools=(*own.tools, repeat, names)), database_url, HandClock()
    ) as opened:
        yield opened


def test_a_row_two_tables_from_its_customer_is_theirs_alone(tester: ToolTester) -> None:
    asked = {"prescription": 1}
    assert tester.run("repeat", asked, caller=JANE).facts == {"left": 1}
    assert tester.run("repeat", asked, caller=ADA).status == "not_allowed"


def test_each_of_several_rows_must_be_the_callers(tester: ToolTester) -> None:
    asked = {"prescriptions": [1]}
    told = tester.run("names", asked, caller=JANE)
    assert told.facts == {"names": [["Cetirizine", "Jane Doe"]]}
    assert tester.run("names", {"prescriptions": [1, 2]}, caller=JANE).status == "not_allowed"
    assert tester.run("names", asked, caller=ADA).status == "not_allowed"


def test_of_two_callers_for_one_shared_row_one_gets_it(tester: ToolTester) -> None:
    asked = {"doctor": "Baker", "on": "2026-03-10", "at": "10:30", "reason": "a cough"}
    with ThreadPoolExecutor() as pool:
        calls = [
            pool.submit(tester.run, "book_appointment", asked, caller=caller)
            for caller in (JANE, ADA)
        ]
        said = sorted(call.result().status for call in calls)
    assert said == ["fix_arguments", "succeeded"]
