"""What companies import from: one module, whose names are listed here, and typed."""

from pathlib import Path

import agent_service
from agent_service import company

NAMES = """
COLUMN_TYPES Answer Approval Branch Caller CallerLevel CallerSession Cap Company CompanyErasure
Delivery Demo DemoPage Directory DirectoryAway Expected HelpArticle KnownCustomer Limits LookUpBy
Money OpeningHours OutboxMessage OwnedArgument OwnedRow PartRow Preview Proof ProofField PublicRow
Receiver SaidText Section Seed Settle SharedRow Ticket TicketContact TicketDetails TicketStatus
TicketSubject ToldText
Tool ToolContext ToolError book_callback day get_business_hours hand_over_to_human new_metadata
open_ticket search_help send_security_code tool write_ticket
"""


def test_public_names_are_these() -> None:
    """A name that goes breaks companies: think twice, and say so in CHANGELOG.md."""
    assert sorted(company.__all__) == sorted(NAMES.split())
    assert all(hasattr(company, name) for name in company.__all__)


def test_the_package_is_typed() -> None:
    assert (Path(agent_service.__file__).parent / "py.typed").exists()
