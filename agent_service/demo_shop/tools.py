"""All tools of the shop, and those of the team's that it uses as they are."""

from typing import Final

from agent_service.company import (
    book_callback,
    get_business_hours,
    hand_over_to_human,
    send_security_code,
)
from agent_service.demo_shop import (
    accounts,
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
    send_security_code,
    *tickets.TOOLS,
    hand_over_to_human,
    book_callback,
    get_business_hours,
    *help_pages.TOOLS,
)
