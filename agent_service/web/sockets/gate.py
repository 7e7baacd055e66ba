"""Who may open a conversation: what a ticket grants, from where it may be used, and that once."""

from typing import Protocol

from agent_service.errors import CallerError
from agent_service.web.origins import Origins
from agent_service.web.tickets import Grant, Ticket, Tickets


class TicketUses(Protocol):
    """Where it is kept which tickets were used."""

    async def use(self, ticket_id: str) -> bool: ...


class Gate:
    def __init__(self, tickets: Tickets, uses: TicketUses, origins: Origins) -> None:
        self._tickets = tickets
        self._uses = uses
        self._origins = origins

    def known(self, ticket: str) -> Ticket:
        """Return a ticket of ours, wherever it comes from: of its own site, browsers do not say
        when they only ask. Raises CallerError for any other.
        """
        return self._tickets.check(ticket)

    def check(
        self,
        ticket: str,
        origin: str | None,
        host: str | None,
        agent: str | None = None,
        call: str | None = None,
    ) -> Ticket:
        """Return a ticket that may be used here; raise CallerError for any other.

        ``agent`` is whom the client asks for, and ``call`` which telephone call this is.
        """
        found = self.known(ticket)
        if call != found.grant.call:
            message = "The ticket opens one telephone call, and is for nothing else."
            raise CallerError(
                message if call is None else "The ticket is not this call's.",
                code="bad_ticket",
            )
        self._origins.check_ticket(found.grant.origin, origin, host)
        if agent not in (None, found.grant.agent):
            message = f"The ticket opens the agent {found.grant.agent!r} alone."
            raise CallerError(message, code="unknown_agent")
        return found

    async def use(self, ticket: Ticket) -> Grant:
        """Return what the ticket grants, once; raise CallerError at the second time."""
        if not await self._uses.use(ticket.id):
            raise CallerError("The ticket was used before: get a new one.", code="ticket_used")
        return ticket.grant
