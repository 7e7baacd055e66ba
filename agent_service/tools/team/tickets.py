"""Questions for the team."""

import re
from typing import Annotated, Final

from pydantic import Field
from sqlalchemy import select

from agent_service.conversation.records import CallerLevel
from agent_service.store.requests import Ticket, TicketStatus
from agent_service.tools.arguments import digest
from agent_service.tools.tool import Answer, Preview, ToolContext, tool

TicketSubject = Annotated[
    str,
    Field(min_length=3, max_length=200, description="What it is about, in a few words."),
]
TicketDetails = Annotated[
    str,
    Field(min_length=3, max_length=2000, description="What the team needs to know."),
]
TicketContact = Annotated[
    str,
    Field(
        min_length=5,
        max_length=320,
        description="Email address or phone number, for a caller who is not signed in.",
    ),
]

_WORD: Final = re.compile(r"\w+")


def _opening(
    context: ToolContext, subject: str, details: str, contact: str | None = None
) -> Preview:
    return Preview(f"Open a ticket with the subject {subject}")


@tool(
    title="Open a ticket",
    activity="Opening a ticket",
    effect="write",
    audience=CallerLevel.ANONYMOUS,
    preview=_opening,
    redacted=("contact",),
    examples=(
        "I have a complaint",
        "I want to report a problem",
        "Please open a ticket",
        "Can you write this down for your team?",
        "Something is wrong with my invoice, please have someone look at it",
        "Something went wrong last time, I want to report it",
        "Please pass this on to the right people",
        "File a complaint for me",
        "Can someone of your team take care of it?",
        "I'd like someone to look into this",
        "Create a support request",
        "Log an issue for me",
    ),
)
def open_ticket(
    context: ToolContext,
    subject: TicketSubject,
    details: TicketDetails,
    contact: TicketContact | None = None,
) -> Answer:
    """Write down a problem, complaint or question that nobody can settle in this conversation, for
    the team to work on. They answer by email within one working day."""
    return write_ticket(context, subject, details, contact)


def write_ticket(
    context: ToolContext,
    subject: str,
    details: str,
    contact: str | None,
    about: str | None = None,
) -> Answer:
    """Open a ticket, unless the caller has one about that already.

    ``about`` is what the company calls the thing it is about: ``order 1004``.
    """
    fingerprint = digest(" ".join(sorted(_words(subject))), str(about))
    open_already = context.session.scalars(
        select(Ticket).where(Ticket.fingerprint == fingerprint, Ticket.status == TicketStatus.OPEN)
    ).first()
    if open_already is not None:
        return Answer(
            f"You already have an open ticket about that, number {open_already.id}. The team is"
            " working on it.",
            {"ticket_number": open_already.id, "is_new": False, "is_repeated": True},
        )
    ticket = Ticket(
        conversation_id=context.conversation_id,
        subject=subject,
        body=details,
        about=about,
        contact=contact,
        status=TicketStatus.OPEN,
        created_at=context.now,
        fingerprint=fingerprint,
    )
    context.session.add(ticket)
    context.session.flush()
    return Answer(
        f"I have opened ticket {ticket.id}. The team answers within one working day.",
        {"ticket_number": ticket.id, "is_new": True},
    )


def _words(text: str) -> set[str]:
    return set(_WORD.findall(text.casefold()))


TOOLS: Final = (open_ticket,)
