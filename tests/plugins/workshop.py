"""A small company for the tests of the service itself: a workshop, with jobs that are paid back.

Everything that a rule of the service is about, and no more: rows with one owner, a write with a
read-back, one with limits, approval and an effect outside, a proof, a directory.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Annotated, ClassVar, Final

from pydantic import Field
from sqlalchemy import CheckConstraint, ForeignKey, select
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column

from agent_service.company import (
    COLUMN_TYPES,
    Answer,
    Approval,
    Caller,
    CallerLevel,
    Cap,
    Company,
    Demo,
    Expected,
    HelpArticle,
    KnownCustomer,
    Limits,
    LookUpBy,
    Money,
    OpeningHours,
    OutboxMessage,
    OwnedArgument,
    OwnedRow,
    Preview,
    Proof,
    ProofField,
    PublicRow,
    SaidText,
    Settle,
    ToldText,
    ToolContext,
    ToolError,
    book_callback,
    get_business_hours,
    hand_over_to_human,
    new_metadata,
    open_ticket,
    search_help,
    send_security_code,
    tool,
)


class WorkshopTable(DeclarativeBase):
    metadata = new_metadata()
    type_annotation_map: ClassVar = COLUMN_TYPES


class JobStatus(StrEnum):
    PLANNED = "planned"
    STARTED = "started"
    DONE = "done"
    CANCELLED = "cancelled"


class PaybackStatus(StrEnum):
    REQUESTED = "requested"
    CONFIRMED = "confirmed"
    REJECTED = "rejected"


class Client(OwnedRow, WorkshopTable):
    __tablename__ = "clients"

    customer_id: Mapped[str] = mapped_column(primary_key=True)
    name: Mapped[ToldText]
    email: Mapped[ToldText] = mapped_column(unique=True)
    phone: Mapped[ToldText]
    postcode: Mapped[ToldText]


class Part(PublicRow, WorkshopTable):
    """What is built in."""

    __tablename__ = "parts"

    name: Mapped[str] = mapped_column(primary_key=True)
    price_minor: Mapped[int]


class Job(OwnedRow, WorkshopTable):
    __tablename__ = "jobs"

    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    customer_id: Mapped[str] = mapped_column(ForeignKey("clients.customer_id"), index=True)
    part: Mapped[str] = mapped_column(ForeignKey("parts.name"))
    status: Mapped[JobStatus]
    paid_minor: Mapped[int]
    returned_minor: Mapped[int] = mapped_column(default=0)
    done_at: Mapped[datetime | None]

    __table_args__ = (CheckConstraint("returned_minor BETWEEN 0 AND paid_minor", name="returned"),)


class Payback(OwnedRow, WorkshopTable):
    """Money that goes back; ``requested`` until the bank confirms it."""

    __tablename__ = "paybacks"

    id: Mapped[int] = mapped_column(primary_key=True)
    job_number: Mapped[int] = mapped_column(ForeignKey("jobs.number"))
    amount_minor: Mapped[int]
    reason: Mapped[SaidText]
    status: Mapped[PaybackStatus]
    conversation_id: Mapped[str | None]
    idempotency_key: Mapped[str | None] = mapped_column(unique=True)


JobNumber = Annotated[
    int, Field(ge=1, le=999_999_999, description="The job's number, for example 1002.")
]
Reason = Annotated[
    str, Field(min_length=1, max_length=300, description="The reason, in a few words.")
]
OWN_JOB: Final = OwnedArgument("job", Job.number, "job")


@tool(title="Find jobs", effect="read", audience=CallerLevel.IDENTIFIED)
def find_jobs(
    context: ToolContext,
    part: Annotated[str | None, Field(max_length=40, description="What is built in.")] = None,
    status: Annotated[JobStatus | None, Field(description="How far the job is.")] = None,
) -> Answer:
    """Find jobs of the caller's by what is built in or how far they are."""
    wanted = select(Job).order_by(Job.number)
    if part is not None:
        wanted = wanted.where(Job.part == part)
    if status is not None:
        wanted = wanted.where(Job.status == status)
    numbers = [job.number for job in context.session.scalars(wanted)]
    return Answer(f"I find {len(numbers)} jobs.", {"jobs": numbers})


@tool(title="Look up a job", effect="read", audience=CallerLevel.IDENTIFIED, owned=(OWN_JOB,))
def get_job(context: ToolContext, job: JobNumber) -> Answer:
    """Tell how far a job of the caller's is."""
    found = _job(context, job)
    return Answer(f"Job {job} is {found.status}.", {"state": found.status.value})


def _cancelling(context: ToolContext, job: int, reason: str | None = None) -> Preview:
    found = _planned(context, job)
    amount = Money(found.paid_minor)
    return Preview(f"Cancel job {job}, one {found.part}, {amount.said()}", amount)


@tool(
    title="Cancel a job",
    effect="write",
    audience=CallerLevel.VERIFIED,
    owned=(OWN_JOB,),
    preview=_cancelling,
    examples=("Cancel job 1007", "Don't do it after all"),
)
def cancel_job(context: ToolContext, job: JobNumber, reason: Reason | None = None) -> Answer:
    """Cancel a job of the caller's that was not begun."""
    _planned(context, job).status = JobStatus.CANCELLED
    return Answer(f"Job {job} is cancelled. You will not be charged for it.", {"job": job})


def _paying_back(context: ToolContext, job: int, reason: str) -> Preview:
    amount = _left(_job(context, job))
    return Preview(f"Pay back {amount.said()} for the {_job(context, job).part}", amount)


@tool(
    title="Pay a job back",
    effect="write",
    audience=CallerLevel.VERIFIED,
    owned=(OWN_JOB,),
    preview=_paying_back,
    limits=Limits(
        conversation=Cap(3, Money(200_00)),
        customer_day=Cap(3, Money(200_00)),
        tenant_day=Cap(500, Money(10_000_00)),
    ),
    approval=Approval(above=Money(100_00), second_above=Money(500_00)),
)
def pay_back(context: ToolContext, job: JobNumber, reason: Reason) -> Answer:
    """Request that the price of a job of the caller's is paid back."""
    found = _job(context, job)
    amount = _left(found)
    found.returned_minor = found.paid_minor
    context.session.add(
        Payback(
            job_number=job,
            amount_minor=amount.minor,
            reason=reason,
            status=PaybackStatus.REQUESTED,
            conversation_id=context.conversation_id,
            idempotency_key=context.idempotency_key,
        )
    )
    context.queue("payback", {"job": job, "payback_key": context.idempotency_key})
    return Answer(f"I have requested that {amount.said()} are paid back.", {"job": job})


@tool(
    title="Change the postcode",
    effect="write",
    audience=CallerLevel.STEPPED_UP,
    preview=lambda context, postcode: Preview(f"Change the postcode to {postcode}"),
)
def change_postcode(
    context: ToolContext,
    postcode: Annotated[str, Field(min_length=2, max_length=16, description="The postcode.")],
) -> Answer:
    """Note that the caller has moved."""
    client = context.session.one(select(Client))
    assert client is not None
    client.postcode = postcode
    return Answer("It is changed.")


def _job(context: ToolContext, number: int) -> Job:
    found = context.session.one(select(Job).where(Job.number == number), is_locked=True)
    assert found is not None  # ownership was declared
    return found


def _planned(context: ToolContext, number: int) -> Job:
    found = _job(context, number)
    if found.status is not JobStatus.PLANNED:
        raise ToolError("not_allowed", f"Job {number} cannot be cancelled any more.")
    return found


def _left(job: Job) -> Money:
    if job.status is not JobStatus.DONE:
        raise ToolError("not_allowed", f"Job {job.number} is not done, so I cannot pay it back.")
    if job.returned_minor == job.paid_minor:
        raise ToolError("not_allowed", f"Job {job.number} was already paid back.")
    return Money(job.paid_minor - job.returned_minor)


TOOLS: Final = (
    find_jobs,
    get_job,
    cancel_job,
    pay_back,
    change_postcode,
    open_ticket,
    hand_over_to_human,
    book_callback,
    get_business_hours,
    send_security_code,
    search_help,
)


class Clients:
    """The table of clients."""

    def find(self, by: LookUpBy, value: str, session: Session) -> KnownCustomer | None:
        column = getattr(Client, by)
        found = session.scalars(select(Client).where(column == value).limit(2)).all()
        return _known(found[0]) if len(found) == 1 else None


def _job_and_postcode(session: Session, number: str) -> Expected | None:
    found = session.execute(
        select(Client)
        .join(Job, Job.customer_id == Client.customer_id)
        .where(Job.number == int(number))
    ).scalar_one_or_none()
    return Expected(_known(found), {"postcode": found.postcode}) if found else None


def _known(client: Client) -> KnownCustomer:
    return KnownCustomer(client.customer_id, client.name, client.email, client.phone, language="en")


PROOFS: Final = (
    Proof(
        name="job",
        title="A job and the postcode",
        fields=(
            ProofField("number", "Job number", r"[0-9]{1,9}"),
            ProofField("postcode", "Postcode", r"[\w -]{2,16}"),
        ),
        look_up=_job_and_postcode,
    ),
)


def settle_payback(session: Session, message: OutboxMessage, is_done: bool, now: datetime) -> None:
    """Confirm the payback, or have the job as it was."""
    key = message.payload.get("payback_key")
    for payback in session.scalars(select(Payback).where(Payback.idempotency_key == key)):
        payback.status = PaybackStatus.CONFIRMED if is_done else PaybackStatus.REJECTED
        if not is_done:
            session.get_one(Job, payback.job_number).returned_minor -= payback.amount_minor


SETTLEMENTS: Final[Mapping[str, Settle]] = {"payback": settle_payback}

_PARTS: Final = {"gearbox": 79_99, "chain": 24_99}
_JOBS: Final = (
    (1001, "C0001", "gearbox", JobStatus.CANCELLED),
    (1002, "C0001", "gearbox", JobStatus.DONE),
    (1003, "C0001", "chain", JobStatus.DONE),
    (1004, "C0001", "chain", JobStatus.STARTED),
    (1007, "C0001", "chain", JobStatus.PLANNED),
    (1008, "C0001", "chain", JobStatus.DONE),
    (1010, "C0001", "gearbox", JobStatus.PLANNED),
    (1011, "C0002", "gearbox", JobStatus.DONE),
)
_CLIENTS: Final = (
    ("C0001", "Jane Doe", "+15550100000", "01101"),
    ("C0002", "Ben Abbott", "+15550100001", "02906"),
)


def fill(session: Session, now: datetime) -> None:
    """Fill an empty workshop: Jane's jobs, and one of Ben's."""
    session.add_all(
        Client(
            customer_id=customer_id,
            name=name,
            email=f"{name.lower().replace(' ', '.')}@example.com",
            phone=phone,
            postcode=postcode,
        )
        for customer_id, name, phone, postcode in _CLIENTS
    )
    session.add_all(Part(name=name, price_minor=price) for name, price in _PARTS.items())
    session.add_all(
        HelpArticle(
            slug=slug, title=title, body=body, keywords=title.lower(), updated_on=now.date()
        )
        for slug, title, body in (
            ("pay-back", "Paying a job back", "The price of a job is paid back within a month."),
            ("prices", "What a job costs", "A job costs what its parts cost."),
        )
    )
    session.add_all(
        OpeningHours(
            weekday=weekday,
            opens_minute=(9 if weekday < 5 else 10) * 60,
            closes_minute=(18 if weekday < 5 else 14) * 60,
            time_zone="America/New_York",
        )
        for weekday in range(6)
    )
    session.flush()
    session.add_all(
        Job(
            number=number,
            customer_id=customer_id,
            part=part,
            status=status,
            paid_minor=_PARTS[part],
            done_at=now - timedelta(days=9) if status is JobStatus.DONE else None,
        )
        for number, customer_id, part, status in _JOBS
    )


def company() -> Company:
    """Return the workshop, as settings name it; its tables are made by the tests."""
    return Company(
        title="the workshop",
        tools=TOOLS,
        directory=Clients(),
        proofs=PROOFS,
        settlements=SETTLEMENTS,
        demo=Demo(
            caller=Caller("C0001", "Jane Doe", CallerLevel.VERIFIED), question="Is job 1002 done?"
        ),
    )
