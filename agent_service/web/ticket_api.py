"""Where tickets come from: the company's backend asks with its key, the demo page without one."""

from collections.abc import Awaitable, Callable, Container
from dataclasses import replace
from typing import Annotated, Literal, TypeAlias

import structlog
from msgspec import Meta, Struct
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from agent_service.conversation.records import Caller, CallerLevel
from agent_service.errors import CallerError
from agent_service.store.admin_tokens import Scope
from agent_service.store.contacts import Address
from agent_service.store.members import Member
from agent_service.web.admin_access import Authorise
from agent_service.web.json_body import read_json
from agent_service.web.operations import ApiRoute, Operation
from agent_service.web.origins import Origins
from agent_service.web.tickets import DEFAULT_LIFETIME_S, MAX_LIFETIME_S, Grant, Tickets

KeepContact: TypeAlias = Callable[[str, Address], Awaitable[None]]
"""Notes how a customer is reached."""
FindCaller: TypeAlias = Callable[[Address], Awaitable[Caller]]
"""Tells whose address that is: a caller who is identified by it, or a stranger."""

_log = structlog.get_logger()

ShortText = Annotated[str, Meta(min_length=1, max_length=255)]


class AskedFor(Struct, frozen=True, forbid_unknown_fields=True):
    """Who is to call, and from where: what the company's back end says of them."""

    customer_id: ShortText | None = None
    name: ShortText | None = None
    level: Literal["anonymous", "identified", "verified"] = "anonymous"
    origin: ShortText | None = None
    detail: bool = False

    def caller(self) -> Caller:
        """Return the caller; raise CallerError where that is nobody."""
        level = CallerLevel(self.level)
        if (self.customer_id is None) != (level is CallerLevel.ANONYMOUS):
            raise CallerError(
                "Give a customer_id exactly when the level is identified or verified.",
                code="bad_request",
            )
        return Caller(self.customer_id, self.name, level)


class TicketRequest(AskedFor, frozen=True, kw_only=True):
    """The body of ``POST /api/tickets``."""

    agent: ShortText
    lifetime_s: Annotated[int, Meta(ge=1, le=MAX_LIFETIME_S)] = DEFAULT_LIFETIME_S
    email: Annotated[str, Meta(min_length=3, max_length=320)] | None = None
    phone: Annotated[str, Meta(min_length=3, max_length=40)] | None = None
    """Where codes and decisions for the customer go; kept for later conversations. Without a
    ``customer_id``, by what the customer is looked up."""


class TicketAnswer(Struct, frozen=True):
    """What is answered."""

    ticket: str
    expires_in_s: int
    level: CallerLevel


def routes(
    tickets: Tickets,
    origins: Origins,
    authorise: Authorise,
    agents: Container[str],
    keep_contact: KeepContact,
    find_caller: FindCaller,
) -> list[ApiRoute]:
    """Return the endpoint that mints tickets for the company's backend."""

    async def mint(request: Request) -> Response:
        member = await authorise(request, Scope.TICKETS)
        asked = await read_json(request, TicketRequest)
        if asked.agent not in agents:
            raise CallerError(f"There is no agent {asked.agent!r}.", code="unknown_agent")
        origins.check_grant(asked.origin)
        caller = asked.caller()
        address = Address(asked.email, asked.phone)
        if asked.customer_id is None and address.is_known:
            found = await find_caller(address)
            caller = replace(found, name=found.name or asked.name)
        elif asked.customer_id is not None and address.is_known:
            await keep_contact(asked.customer_id, address)
        grant = Grant(asked.agent, caller, asked.origin, asked.detail)
        ticket = tickets.mint(grant, lifetime_s=asked.lifetime_s)
        log_minted(member, grant)
        return _ticket(ticket, asked.lifetime_s, caller.level)

    asked = Operation(
        summary="Mint a ticket that opens one conversation",
        scope=Scope.TICKETS,
        answer=TicketAnswer,
        body=TicketRequest,
    )
    return [ApiRoute("/api/tickets", mint, {"POST": asked})]


def log_minted(member: Member, grant: Grant) -> None:
    """Note who of the team had a ticket minted."""
    # No entry of the audit log: one comes with each caller, and the conversation that it opens
    # says whose it is.
    _log.info(
        "ticket_minted",
        by=member.actor,
        agent=grant.agent,
        level=grant.caller.level.value,
        origin=grant.origin,
    )


def demo_routes(tickets: Tickets, origins: Origins, agent: str, caller: Caller) -> list[Route]:
    """Return the endpoint that gives anyone a ticket to speak as the demo's customer.

    Or as somebody unknown, who may prove to be that one: ``POST /demo/ticket?unknown``.
    """

    async def mint(request: Request) -> Response:
        origin = request.headers.get("origin")
        origins.check_ticket(None, origin, request.headers.get("host"))
        who = Caller() if "unknown" in request.query_params else caller
        ticket = tickets.mint(Grant(agent, who, origin, detail=True))
        return _ticket(ticket, DEFAULT_LIFETIME_S, who.level)

    return [Route("/demo/ticket", mint, methods=["POST"])]


def _ticket(ticket: str, lifetime_s: int, level: CallerLevel) -> JSONResponse:
    answer = {"ticket": ticket, "expires_in_s": lifetime_s, "level": level.value}
    return JSONResponse(answer, headers={"Cache-Control": "no-store"})
