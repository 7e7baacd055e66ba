"""What patients can ask for: free times, and an appointment booked, moved or cancelled."""

from datetime import date, datetime, time
from typing import Annotated, Final

from pydantic import Field
from sqlalchemy import select

from agent_service.company import (
    Answer,
    CallerLevel,
    OwnedArgument,
    Preview,
    ToolContext,
    ToolError,
    book_callback,
    day,
    get_business_hours,
    hand_over_to_human,
    send_security_code,
    tool,
)
from examples.clinic.seed import ZONE
from examples.clinic.tables import (
    Appointment,
    AppointmentStatus,
    Doctor,
    Patient,
    Prescription,
    Slot,
)

Number = Annotated[
    int, Field(ge=1, le=999_999_999, description="The appointment's number, for example 12.")
]
DoctorName = Annotated[
    str, Field(min_length=2, max_length=80, description="The doctor's surname, for example Baker.")
]
Day = Annotated[date, Field(description="The day, for example 2026-03-05.")]
Time = Annotated[
    str,
    Field(
        pattern=r"^([01][0-9]|2[0-3]):[0-5][0-9]$",
        max_length=5,
        description="The time of day, for example 14:30.",
    ),
]
Reason = Annotated[
    str, Field(min_length=2, max_length=300, description="What the visit is for, in a few words.")
]

OWN_APPOINTMENT: Final = OwnedArgument("appointment", Appointment.id, "appointment")
_MOST: Final = 5


@tool(
    title="Free times",
    effect="read",
    audience=CallerLevel.ANONYMOUS,
    examples=(
        "When is the next free time?",
        "What times are free with Doctor Baker?",
        "When can I see a doctor?",
        "Do you have anything free tomorrow?",
        "Which times does Doctor Shaw have?",
        "Is there a free slot on Monday?",
        "What is your earliest availability?",
        "When could I come in?",
        "Show me free appointment times",
        "How soon can I be seen?",
    ),
)
def find_free_times(
    context: ToolContext,
    doctor: Annotated[
        str | None,
        Field(max_length=80, description="The doctor's surname; left out for every doctor."),
    ] = None,
    on: Annotated[
        date | None, Field(description="The first day that suits, for example 2026-03-05.")
    ] = None,
) -> Answer:
    """Tell the next free times of the clinic's doctors, or of one of them."""
    first = context.now if on is None else max(context.now, _moment(on, "00:00"))
    wanted = (
        select(Slot.starts_at, Doctor.name)
        .join(Doctor, Doctor.id == Slot.doctor_id)
        .where(Slot.is_free, Slot.starts_at > first)
        .order_by(Slot.starts_at, Doctor.name)
    )
    if doctor is not None:
        wanted = wanted.where(Doctor.id == _doctor(context, doctor).id)
    found = context.session.rows(wanted.limit(_MOST))
    if not found:
        return Answer("I find no free time.", {"free_times": []})
    times = [f"{_said(starts)} with Doctor {name}" for starts, name in found]
    return Answer(f"The next free time is {times[0]}.", {"free_times": times})


@tool(
    title="Find appointments",
    effect="read",
    audience=CallerLevel.IDENTIFIED,
    examples=(
        "When is my next appointment?",
        "Which appointments do I have?",
        "What is the number of my appointment?",
        "Do I have an appointment with Doctor Baker?",
        "When do I have to be there?",
        "List my appointments",
        "Am I booked in this week?",
        "I forgot when my visit is",
        "Which doctor am I seeing?",
        "Look up my booking",
    ),
)
def find_appointments(context: ToolContext) -> Answer:
    """List the caller's coming appointments with their numbers, times and doctors."""
    found = context.session.rows(
        select(Appointment, Slot, Doctor)
        .join(Slot, Slot.id == Appointment.slot_id)
        .join(Doctor, Doctor.id == Slot.doctor_id)
        .where(Appointment.status == AppointmentStatus.BOOKED, Slot.starts_at > context.now)
        .order_by(Slot.starts_at)
        .limit(_MOST)
    )
    if not found:
        return Answer("You have no appointment at the moment.", {"appointments": []})
    listed = [
        {"number": appointment.id, "time": _said(slot.starts_at), "doctor": doctor.name}
        for appointment, slot, doctor in found
    ]
    appointment, slot, doctor = found[0]
    return Answer(
        f"Your next appointment is number {appointment.id}, {_at(slot, doctor)}.",
        {"appointments": listed},
    )


@tool(
    title="List prescriptions",
    effect="read",
    audience=CallerLevel.VERIFIED,
    examples=(
        "Which prescriptions do I have?",
        "What medicine was I given?",
        "Can my prescription be repeated?",
        "How many repeats do I have left?",
        "What did the doctor prescribe?",
        "Tell me my medicines",
        "Look up my prescription",
        "Is my prescription still good?",
        "What am I supposed to take?",
        "List my medication",
    ),
)
def list_prescriptions(context: ToolContext) -> Answer:
    """List the medicines that the caller was prescribed, and how often each can be repeated."""
    found = context.session.scalars(select(Prescription).order_by(Prescription.id)).all()
    if not found:
        return Answer("You have no prescription with us.", {"prescriptions": []})
    told = [f"{one.medicine}, {_repeats(one.repeats_left)}" for one in found[:_MOST]]
    return Answer(f"You were prescribed {'; '.join(told)}.", {"prescriptions": told})


def _booking(context: ToolContext, doctor: str, on: date, at: str, reason: str) -> Preview:
    who = _doctor(context, doctor)
    return Preview(f"Book an appointment {_at(_free_slot(context, who, on, at), who)}")


@tool(
    title="Book an appointment",
    effect="write",
    audience=CallerLevel.IDENTIFIED,
    preview=_booking,
    examples=(
        "I'd like to book an appointment",
        "Book an appointment with Doctor Baker tomorrow at 10:30",
        "Can I see Doctor Shaw on Monday at nine?",
        "I need an appointment for a check-up",
        "Make an appointment for me",
        "Put me down for Tuesday at two",
        "Reserve a time with the doctor",
        "I want to come in for a cough",
        "Please schedule a visit",
        "I need to see a doctor",
    ),
)
def book_appointment(
    context: ToolContext, doctor: DoctorName, on: Day, at: Time, reason: Reason
) -> Answer:
    """Book a free time of a doctor for the caller."""
    who = _doctor(context, doctor)
    slot = _free_slot(context, who, on, at)
    booked = Appointment(
        patient_number=_patient(context).customer_id,
        slot_id=slot.id,
        reason=reason,
        status=AppointmentStatus.BOOKED,
    )
    slot.is_free = False
    context.session.add(booked)
    context.session.flush()
    context.queue("reminder", {"appointment": booked.id, "starts_at": slot.starts_at})
    return Answer(
        f"Your appointment {_at(slot, who)} is booked. Its number is {booked.id}.",
        {"appointment": booked.id},
    )


def _moving(context: ToolContext, appointment: int, on: date, at: str) -> Preview:
    _, slot, who = _coming(context, appointment)
    new = _free_slot(context, who, on, at)
    return Preview(
        f"Move appointment {appointment} with Doctor {who.name} from {_said(slot.starts_at)}"
        f" to {_said(new.starts_at)}"
    )


@tool(
    title="Move an appointment",
    effect="write",
    audience=CallerLevel.IDENTIFIED,
    owned=(OWN_APPOINTMENT,),
    preview=_moving,
    examples=(
        "Move my appointment to Thursday at ten",
        "Can I come an hour later?",
        "Reschedule appointment 12",
        "I need another time for my visit",
        "Please change the date of my appointment",
        "Shift appointment 12 to next week",
        "I cannot make it then, can I come on Friday?",
        "Postpone my appointment",
        "Can we do it earlier?",
        "I'd like a different time",
    ),
)
def move_appointment(context: ToolContext, appointment: Number, on: Day, at: Time) -> Answer:
    """Move one of the caller's appointments to another free time of the same doctor."""
    booked, old, who = _coming(context, appointment)
    new = _free_slot(context, who, on, at)
    booked.slot_id = new.id
    new.is_free = False
    _give_free(context, old)
    context.queue("reminder", {"appointment": appointment, "starts_at": new.starts_at})
    return Answer(
        f"Appointment {appointment} is now {_at(new, who)}.", {"appointment": appointment}
    )


def _cancelling(context: ToolContext, appointment: int) -> Preview:
    _, slot, who = _coming(context, appointment)
    return Preview(f"Cancel appointment {appointment} {_at(slot, who)}")


@tool(
    title="Cancel an appointment",
    effect="write",
    audience=CallerLevel.IDENTIFIED,
    owned=(OWN_APPOINTMENT,),
    preview=_cancelling,
    examples=(
        "Cancel my appointment",
        "Please cancel appointment 12",
        "I don't need the appointment any more",
        "Call off my visit",
        "I can't come, cancel it",
        "Take me off the list for Monday",
        "I want to cancel my booking",
        "Drop my appointment with Doctor Baker",
        "I'm well again, cancel the visit",
        "Remove my appointment",
    ),
)
def cancel_appointment(context: ToolContext, appointment: Number) -> Answer:
    """Cancel one of the caller's coming appointments; its time is free for others then."""
    booked, slot, _ = _coming(context, appointment)
    booked.status = AppointmentStatus.CANCELLED
    _give_free(context, slot)
    context.queue("reminder", {"appointment": appointment, "is_off": True})
    return Answer(f"Appointment {appointment} is cancelled.", {"appointment": appointment})


def _doctor(context: ToolContext, said: str) -> Doctor:
    """Return the doctor whose name was said: ``Baker``, ``Doctor Baker``."""
    doctors = context.session.scalars(select(Doctor).order_by(Doctor.name)).all()
    for doctor in doctors:
        if doctor.name.casefold() in said.casefold().split():
            return doctor
    names = " and ".join(f"Doctor {doctor.name}" for doctor in doctors)
    raise ToolError("fix_arguments", f"Our doctors are {names}. Whom do you want to see?")


def _free_slot(context: ToolContext, doctor: Doctor, on: date, at: str) -> Slot:
    """Return the doctor's free time, locked for this call, or refuse."""
    starts = _moment(on, at)
    if starts <= context.now:
        raise ToolError("fix_arguments", "That time has passed. When would you like to come?")
    wanted = select(Slot).where(Slot.doctor_id == doctor.id, Slot.starts_at == starts)
    slot = context.session.one(wanted, is_locked=True)
    if slot is None or not slot.is_free:
        raise ToolError(
            "fix_arguments",
            f"Doctor {doctor.name} is not free on {_said(starts)}. Which other time suits you?",
        )
    return slot


def _give_free(context: ToolContext, slot: Slot) -> None:
    # Locked last of all: whoever holds it has found it taken, and waits for no other.
    held = context.session.one(select(Slot).where(Slot.id == slot.id), is_locked=True)
    assert held is not None
    held.is_free = True


def _coming(context: ToolContext, number: int) -> tuple[Appointment, Slot, Doctor]:
    """Return a booked appointment of the caller's that is still to come, or refuse."""
    found = context.session.rows(
        select(Appointment, Slot, Doctor)
        .join(Slot, Slot.id == Appointment.slot_id)
        .join(Doctor, Doctor.id == Slot.doctor_id)
        .where(Appointment.id == number)
    )
    appointment, slot, doctor = found[0]  # ownership was declared, so it is there
    if appointment.status is not AppointmentStatus.BOOKED:
        raise ToolError("not_allowed", f"Appointment {number} is already cancelled.")
    if slot.starts_at <= context.now:
        raise ToolError("not_allowed", f"Appointment {number} is over.")
    return appointment, slot, doctor


def _patient(context: ToolContext) -> Patient:
    patient = context.session.one(select(Patient))
    if patient is None:
        raise ToolError("not_allowed", "I do not find you among our patients.")
    return patient


def _repeats(left: int) -> str:
    return f"with {left or 'no'} {'repeat' if left == 1 else 'repeats'} left"


def _moment(on: date, at: str) -> datetime:
    return datetime.combine(on, time.fromisoformat(at), ZONE)


def _said(moment: datetime) -> str:
    local = moment.astimezone(ZONE)
    return f"{day(local)} at {local:%H:%M}"


def _at(slot: Slot, doctor: Doctor) -> str:
    return f"on {_said(slot.starts_at)} with Doctor {doctor.name}"


TOOLS: Final = (
    find_free_times,
    find_appointments,
    list_prescriptions,
    book_appointment,
    move_appointment,
    cancel_appointment,
    book_callback,
    get_business_hours,
    hand_over_to_human,
    send_security_code,
)
