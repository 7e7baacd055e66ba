"""The one module that a company imports: everything it may declare, and what its tools are given.

docs/your-own-company.md goes through it.
"""

from agent_service.company.declaration import Company, Demo, DemoPage, Seed
from agent_service.conversation.records import Caller, CallerLevel
from agent_service.errors import ToolError
from agent_service.runtime.deliveries import Delivery, Receiver
from agent_service.section import Section
from agent_service.store.branches import Branch
from agent_service.store.directory import Directory, DirectoryAway, KnownCustomer, LookUpBy
from agent_service.store.erasure import CompanyErasure
from agent_service.store.limits import Cap
from agent_service.store.money import Money
from agent_service.store.outbox import OutboxMessage, Settle
from agent_service.store.ownership import CallerSession
from agent_service.store.proofs import Expected, Proof, ProofField
from agent_service.store.requests import HelpArticle, OpeningHours, Ticket, TicketStatus
from agent_service.store.rows import OwnedRow, PartRow, PublicRow, SharedRow
from agent_service.store.schema import COLUMN_TYPES, SaidText, ToldText, new_metadata
from agent_service.tools.team.callbacks import book_callback, get_business_hours
from agent_service.tools.team.codes import send_security_code
from agent_service.tools.team.handing_over import hand_over_to_human
from agent_service.tools.team.help_pages import search_help
from agent_service.tools.team.tickets import (
    TicketContact,
    TicketDetails,
    TicketSubject,
    open_ticket,
    write_ticket,
)
from agent_service.tools.tool import (
    Answer,
    Approval,
    Limits,
    OwnedArgument,
    Preview,
    Tool,
    ToolContext,
    tool,
)
from agent_service.tools.wording import day

__all__ = [
    "COLUMN_TYPES",
    "Answer",
    "Approval",
    "Branch",
    "Caller",
    "CallerLevel",
    "CallerSession",
    "Cap",
    "Company",
    "CompanyErasure",
    "Delivery",
    "Demo",
    "DemoPage",
    "Directory",
    "DirectoryAway",
    "Expected",
    "HelpArticle",
    "KnownCustomer",
    "Limits",
    "LookUpBy",
    "Money",
    "OpeningHours",
    "OutboxMessage",
    "OwnedArgument",
    "OwnedRow",
    "PartRow",
    "Preview",
    "Proof",
    "ProofField",
    "PublicRow",
    "Receiver",
    "SaidText",
    "Section",
    "Seed",
    "Settle",
    "SharedRow",
    "Ticket",
    "TicketContact",
    "TicketDetails",
    "TicketStatus",
    "TicketSubject",
    "ToldText",
    "Tool",
    "ToolContext",
    "ToolError",
    "book_callback",
    "day",
    "get_business_hours",
    "hand_over_to_human",
    "new_metadata",
    "open_ticket",
    "search_help",
    "send_security_code",
    "tool",
    "write_ticket",
]
