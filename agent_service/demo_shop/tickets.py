"""Questions for the shop's team: as any company's, and about an order."""

from typing import Final

from agent_service.company import (
    Answer,
    CallerLevel,
    Preview,
    TicketContact,
    TicketDetails,
    TicketSubject,
    ToolContext,
    tool,
    write_ticket,
)
from agent_service.company import open_ticket as any_ticket
from agent_service.demo_shop.arguments import OWN_ORDER, OrderNumber


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
    activity="Opening a ticket",
    effect="write",
    audience=CallerLevel.ANONYMOUS,
    owned=(OWN_ORDER,),
    preview=_opening,
    redacted=("contact",),
    examples=(
        *any_ticket.examples,
        "My item arrived damaged, I want to report it",
        "A part is missing, can someone take care of it?",
        "Log an issue about my order",
    ),
)
def open_ticket(
    context: ToolContext,
    subject: TicketSubject,
    details: TicketDetails,
    order_number: OrderNumber | None = None,
    contact: TicketContact | None = None,
) -> Answer:
    """Write down a problem, complaint or question that nobody can settle in this conversation, for
    the team to work on. They answer by email within one working day."""
    about = f"order {order_number}" if order_number else None
    return write_ticket(context, subject, details, contact, about)


TOOLS: Final = (open_ticket,)
