"""All tools of the shop that the service ships with."""

from typing import Final

from agent_service.tools import (
    accounts,
    callbacks,
    exchanges,
    help_pages,
    orders,
    refunds,
    returns,
    tickets,
)

TOOLS: Final = (
    *orders.TOOLS,
    *returns.TOOLS,
    *refunds.TOOLS,
    *exchanges.TOOLS,
    *accounts.TOOLS,
    *tickets.TOOLS,
    *callbacks.TOOLS,
    *help_pages.TOOLS,
)
