"""All tools of the shop that the service ships with."""

from typing import Final

from agent_service.tools import help_pages, orders, returns, tickets

TOOLS: Final = (*orders.TOOLS, *returns.TOOLS, *tickets.TOOLS, *help_pages.TOOLS)
