"""All tools of the shop, and those of the team's that it uses as they are."""

from typing import Final

from agent_service.demo_shop import accounts, exchanges, orders, refunds, returns, tickets
from agent_service.tools.team import callbacks, codes, handing_over, help_pages

TOOLS: Final = (
    *orders.TOOLS,
    *returns.TOOLS,
    *refunds.TOOLS,
    *exchanges.TOOLS,
    *accounts.TOOLS,
    *codes.TOOLS,
    *tickets.TOOLS,
    *handing_over.TOOLS,
    *callbacks.TOOLS,
    *help_pages.TOOLS,
)
