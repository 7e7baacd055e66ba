"""The clinic's first contents: the same everywhere, with times counted from that day."""

from collections.abc import Iterator, Sequence
from datetime import date, datetime, time, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session

from agent_service.company import OpeningHours
from examples.clinic.tables import (
    Appointment,
    AppointmentStatus,
    Doctor,
    Patient,
    Prescription,
    Slot,
)

ZONE: Final = ZoneInfo("America/New_York")
_DOCTORS: Final = (("Baker", "general practice"), ("Shaw", "dermatology"))
_PATIENTS: Final = (("Jane Doe", date(1984, 5, 17)), ("Ada Ellis", date(1990, 11, 2)))
_OPENS, _CLOSES = 9, 17
_SLOT: Final = timedelta(minutes=30)


def fill_once(session: Session, now: datetime, days_ahead: int) -> bool:
    """Fill an empty clinic; tell whether there was something to fill."""
    if session.scalar(select(Doctor.id).limit(1)) is not None:
        return False
    session.add_all(_hours())
    session.add_all(Doctor(name=name, speciality=what) for name, what in _DOCTORS)
    session.add_all(_patient(place, *known) for place, known in enumerate(_PATIENTS, 1))
    session.flush()
    doctors = session.scalars(select(Doctor.id)).all()
    today = now.astimezone(ZONE).date()
    for day in range(-7, days_ahead + 1):
        session.add_all(_times(doctors, today + timedelta(days=day)))
    session.flush()
    _jane(session, now)
    return True


def _hours() -> list[OpeningHours]:
    return [
        OpeningHours(
            weekday=weekday,
            opens_minute=_OPENS * 60,
            closes_minute=_CLOSES * 60,
            time_zone=ZONE.key,
        )
        for weekday in range(5)
    ]


def _patient(place: int, name: str, born: date) -> Patient:
    return Patient(
        customer_id=f"P-{1000 + place}",
        name=name,
        born=born,
        email=f"{name.lower().replace(' ', '.')}@example.com",
        phone=f"+1555020{place:04d}",
    )


def _times(doctors: Sequence[int], on: date) -> Iterator[Slot]:
    """Yield the free times of a day."""
    if on.weekday() >= 5:
        return
    starts = datetime.combine(on, time(_OPENS), ZONE)
    while starts.hour < _CLOSES:
        for doctor in doctors:
            yield Slot(doctor_id=doctor, starts_at=starts)
        starts += _SLOT


def _jane(session: Session, now: datetime) -> None:
    """Give the first patient an appointment that was, with its medicine, and one to come."""
    past = session.scalars(select(Slot).where(Slot.starts_at < now).order_by(Slot.id)).first()
    later = session.scalars(
        select(Slot).where(Slot.starts_at > now + timedelta(days=1)).order_by(Slot.starts_at)
    ).first()
    for slot, reason in ((past, "a cough"), (later, "a check-up")):
        if slot is not None:
            slot.is_free = False
            session.add(_booked(slot, reason))
    session.flush()
    first = session.scalars(select(Appointment).order_by(Appointment.id)).first()
    if first is not None:
        session.add(Prescription(appointment_id=first.id, medicine="Cetirizine", repeats_left=2))


def _booked(slot: Slot, reason: str) -> Appointment:
    return Appointment(
        patient_number="P-1001", slot_id=slot.id, reason=reason, status=AppointmentStatus.BOOKED
    )
