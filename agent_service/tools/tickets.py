"""Questions for the team: tickets, and the wish to speak with a person."""

import re
from typing import Annotated, Final

from pydantic import Field
from sqlalchemy import select

from agent_service.conversation.records import CallerLevel
from agent_service.store.limits import Cap
from agent_service.store.shop import Handoff, RequestStatus, Ticket, TicketStatus
from agent_service.tools.arguments import digest
from agent_service.tools.shop_arguments import OWN_ORDER, OrderNumber, Reason
from agent_service.tools.tool import Answer, Limits, Preview, ToolContext, tool

Subject = Annotated[
    str,
    Field(min_length=3, max_length=200, description="What it is about, in a few words."),
]
Details = Annotated[
    str,
    Field(min_length=3, max_length=2000, description="What the team needs to know."),
]
Contact = Annotated[
    str,
    Field(
        min_length=5,
        max_length=320,
        description="Email address or phone number, for a caller who is not signed in.",
    ),
]

_WORD: Final = re.compile(r"\w+")


def _opening(
    context: ToolContext,
    subject: str,
    details: str,
    order_number: int | None = None,
    contact: str | None = None,
) -> Preview:
    about = f" about order {order_number}" if order_number else ""
    return Preview(f"Open a ticket{about} with the subject {subject}")


@tool(
    title="Open a ticket",
    effect="write",
    audience=CallerLevel.ANONYMOUS,
    owned=(OWN_ORDER,),
    preview=_opening,
    redacted=("contact",),
    examples=(
        "I have a complaint",
        "I want to report a problem",
        "Please open a ticket",
        "Can you write this down for your team?",
        "Something is wrong with my invoice, please have someone look at it",
        "My item arrived damaged, I want to report it",
        "Please pass this on to the right people",
        "File a complaint for me",
        "A part is missing, can someone take care of it?",
        "I'd like someone to look into this",
        "Create a support request",
        "Log an issue about my order",
    ),
)
def open_ticket(
    context: ToolContext,
    subject: Subject,
    details: Details,
    order_number: OrderNumber | None = None,
    contact: Contact | None = None,
) -> Answer:
    """Write down a problem, complaint or question that nobody can settle in this conversation, for
    the team to work on. They answer by email within one working day."""
    fingerprint = digest(" ".join(sorted(_words(subject))), str(order_number))
    open_already = context.session.scalars(
        select(Ticket).where(Ticket.fingerprint == fingerprint, Ticket.status == TicketStatus.OPEN)
    ).first()
    if open_already is not None:
        return Answer(
            f"You already have an open ticket about that, number {open_already.id}. The team is"
            " working on it.",
            {"ticket_number": open_already.id, "is_new": False},
        )
    ticket = Ticket(
        conversation_id=context.conversation_id,
        subject=subject,
        body=details,
        order_number=order_number,
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


@tool(
    title="Hand over to a person",
    effect="write",
    audience=CallerLevel.ANONYMOUS,
    confirmation="never",
    is_repeatable=True,
    limits=Limits(conversation=Cap(20), customer_day=Cap(50), tenant_day=Cap(100_000)),
    examples=(
        "I want to speak to a human",
        "Let me talk to a real person",
        "Connect me with an agent",
        "Can I speak to a representative?",
        "Put me through to someone",
        "Get me your manager",
        "I don't want to talk to a machine",
        "Is there a person I can talk to?",
        "Transfer me to customer service",
        "This is not working, give me a human",
        "I need a colleague of yours",
        "Operator, please",
    ),
)
def hand_over_to_human(context: ToolContext, reason: Reason | None = None) -> Answer:
    """Ask for a person of the team to take over. The wish is recorded and a person follows up; use
    it when the caller asks for a human or when nothing else helps."""
    session = context.session
    asked = session.scalars(
        select(Handoff).where(
            Handoff.conversation_id == context.conversation_id,
            Handoff.status == RequestStatus.REQUESTED,
        )
    ).first()
    if asked is None:
        session.add(
            Handoff(
                conversation_id=context.conversation_id,
                reason=reason or "The caller asked for a person.",
                status=RequestStatus.REQUESTED,
                requested_at=context.now,
            )
        )
    return Answer(
        "I have asked for a colleague to take over. They get back to you as soon as they can.",
        {"handoff": "requested"},
    )


def _words(text: str) -> set[str]:
    return set(_WORD.findall(text.casefold()))


TOOLS: Final = (open_ticket, hand_over_to_human)
