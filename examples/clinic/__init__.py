"""A clinic whose patients book, move and cancel appointments by voice."""

from pathlib import Path
from typing import Final

from agent_service.company import Branch, Caller, CallerLevel, Company, Demo, Section
from examples.clinic.patients import PROOFS, Patients
from examples.clinic.seed import fill_once
from examples.clinic.tables import ClinicTable
from examples.clinic.tools import TOOLS

JANE: Final = Caller("P-1001", "Jane Doe", CallerLevel.VERIFIED)


class Settings(Section):
    days_ahead: int = 14
    """How many days of free times the calendar begins with."""


def company(settings: Settings) -> Company:
    """Return the clinic."""
    return Company(
        title="the clinic",
        tools=TOOLS,
        tables=Branch(
            metadata=ClinicTable.metadata,
            migrations=Path(__file__).parent / "migrations",
            version_table="clinic_version",
        ),
        directory=Patients(),
        proofs=PROOFS,
        seed=lambda session, now: fill_once(session, now, settings.days_ahead),
        demo=Demo(caller=JANE, question="When is my next appointment?", kinds=("reminder",)),
    )
