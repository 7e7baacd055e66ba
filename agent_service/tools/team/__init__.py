"""Tools with which callers reach the team, for any company: name this module in an agent's file."""

from typing import Final

from agent_service.tools.team import callbacks, codes, handing_over, help_pages, tickets

TOOLS: Final = (
    *codes.TOOLS,
    *tickets.TOOLS,
    *handing_over.TOOLS,
    *callbacks.TOOLS,
    *help_pages.TOOLS,
)
