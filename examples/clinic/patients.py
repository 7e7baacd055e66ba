"""Who the patients are, and how callers prove that they are one of them."""

from typing import Final

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from agent_service.company import (
    CallerLevel,
    Expected,
    KnownCustomer,
    LookUpBy,
    Proof,
    ProofField,
)
from examples.clinic.tables import Patient

_COLUMNS: Final = {
    "customer_id": Patient.customer_id,
    "email": Patient.email,
    "phone": Patient.phone,
}


class Patients:
    def find(self, by: LookUpBy, value: str, session: Session) -> KnownCustomer | None:
        """by is "customer_id", "email" or "phone"."""
        found = session.scalars(select(Patient).where(_COLUMNS[by] == value).limit(2)).all()
        return _known(found[0]) if len(found) == 1 else None


def patient_and_birth_date(session: Session, number: str) -> Expected | None:
    """Return what the patient of that number must know."""
    patient = session.get(Patient, number.upper())
    return _expected(patient) if patient else None


def name_and_birth_date(session: Session, name: str) -> Expected | None:
    """Return what the patient of that name must know; of two of one name neither is meant."""
    found = session.scalars(select(Patient).where(func.lower(Patient.name) == name.lower()))
    patients = found.all()
    return _expected(patients[0]) if len(patients) == 1 else None


def _expected(patient: Patient) -> Expected:
    return Expected(_known(patient), {"born": patient.born.isoformat()})


def _known(patient: Patient) -> KnownCustomer:
    return KnownCustomer(
        patient.customer_id,
        name=patient.name,
        email=patient.email,
        phone=patient.phone,
        language="en",
    )


BORN: Final = ProofField("born", "Birth date", r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
BIRTH_DATE = Proof(
    name="birth_date",
    title="Patient number and birth date",
    fields=(
        ProofField("patient", "Patient number", r"[Pp]-[0-9]+"),
        BORN,
    ),
    look_up=patient_and_birth_date,
    level=CallerLevel.VERIFIED,
)
NAME = Proof(
    name="name",
    title="Name and birth date",
    fields=(ProofField("name", "Full name", r"[^\W\d_][\w' .-]{1,99}"), BORN),
    look_up=name_and_birth_date,
    level=CallerLevel.IDENTIFIED,
)
PROOFS: Final = (BIRTH_DATE, NAME)
