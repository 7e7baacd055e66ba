"""The tables of the clinic."""

from datetime import date, datetime
from enum import StrEnum
from typing import ClassVar

from sqlalchemy import ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column, relationship

from agent_service.company import (
    COLUMN_TYPES,
    OwnedRow,
    PartRow,
    PublicRow,
    SaidText,
    SharedRow,
    ToldText,
    new_metadata,
)


class ClinicTable(DeclarativeBase):
    metadata = new_metadata()
    type_annotation_map: ClassVar = COLUMN_TYPES


class AppointmentStatus(StrEnum):
    BOOKED = "booked"
    CANCELLED = "cancelled"


class Doctor(PublicRow, ClinicTable):
    __tablename__ = "doctors"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(unique=True)
    """The surname, as callers say it."""
    speciality: Mapped[str]


class Patient(OwnedRow, ClinicTable):
    __tablename__ = "patients"

    customer_id: Mapped[str] = mapped_column(primary_key=True)
    """The patient number: ``P-1001``."""
    name: Mapped[ToldText]
    born: Mapped[date]
    email: Mapped[ToldText] = mapped_column(unique=True)
    phone: Mapped[ToldText]


class Slot(SharedRow, ClinicTable):
    """A time of a doctor's, which one patient can have."""

    __tablename__ = "slots"

    id: Mapped[int] = mapped_column(primary_key=True)
    doctor_id: Mapped[int] = mapped_column(ForeignKey("doctors.id"))
    starts_at: Mapped[datetime]
    is_free: Mapped[bool] = mapped_column(default=True)

    __table_args__ = (UniqueConstraint("doctor_id", "starts_at"),)


class Appointment(PartRow, ClinicTable):
    """A patient's time with a doctor."""

    __tablename__ = "appointments"
    owner = "patient"

    id: Mapped[int] = mapped_column(primary_key=True)
    patient_number: Mapped[str] = mapped_column(ForeignKey("patients.customer_id"), index=True)
    slot_id: Mapped[int] = mapped_column(ForeignKey("slots.id"))
    reason: Mapped[SaidText]
    status: Mapped[AppointmentStatus]
    patient: Mapped[Patient] = relationship()

    __table_args__ = (
        # The lock on the slot keeps two callers apart; this would refuse what got past it.
        Index(
            "uq_appointments_booked_slot_id",
            "slot_id",
            unique=True,
            sqlite_where=text("status = 'booked'"),
            postgresql_where=text("status = 'booked'"),
        ),
    )


class Prescription(PartRow, ClinicTable):
    """A medicine that an appointment ended with: the patient's by way of the appointment."""

    __tablename__ = "prescriptions"
    owner = "appointment"

    id: Mapped[int] = mapped_column(primary_key=True)
    appointment_id: Mapped[int] = mapped_column(ForeignKey("appointments.id"))
    medicine: Mapped[str]
    repeats_left: Mapped[int]
    appointment: Mapped[Appointment] = relationship()
