"""Where tickets come from: the company's backend asks with its key, the demo page without one."""

from collections.abc import Awaitable, Callable, Container
from typing import Annotated, Literal, TypeAlias

from msgspec import Meta, Struct
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from agent_service.conversation.records import Caller, CallerLevel
from agent_service.errors import CallerError
from agent_service.store.contacts import Address
from agent_service.web.admin_access import Authorise
from agent_service.web.json_body import read_json
from agent_service.web.origins import Origins
from agent_service.web.tickets import DEFAULT_LIFETIME_S, MAX_LIFETIME_S, Grant, Tickets

KeepContact: TypeAlias = Callable[[str, Address], Awaitable[None]]
"""Notes how a customer is reached."""

ShortText = Annotated[str, Meta(min_length=1, max_length=255)]


class TicketRequest(Struct, frozen=True, forbid_unknown_fields=True):
    """The body of ``POST /api/tickets``."""

    agent: ShortText
    customer_id: ShortText | None = None
    name: ShortText | None = None
    level: Literal["anonymous", "identified", "verified"] = "anonymous"
    origin: ShortText | None = None
    detail: bool = False
    lifetime_s: Annotated[int, Meta(ge=1, le=MAX_LIFETIME_S)] = DEFAULT_LIFETIME_S
    email: Annotated[str, Meta(min_length=3, max_length=320)] | None = None
    phone: Annotated[str, Meta(min_length=3, max_length=40)] | None = None
    """Where codes and decisions for the customer go; kept for later conversations."""


def routes(
    tickets: Tickets, authorise: Authorise, agents: Container[str], keep_contact: KeepContact
) -> list[Route]:
    """Return the endpoint that mints tickets for the company's backend."""

    async def mint(request: Request) -> Response:
        await authorise(request)
        asked = await read_json(request, TicketRequest)
        if asked.agent not in agents:
            raise CallerError(f"There is no agent {asked.agent!r}.", code="unknown_agent")
        level = CallerLevel(asked.level)
        if (asked.customer_id is None) != (level is CallerLevel.ANONYMOUS):
            raise CallerError(
                "Give a customer_id exactly when the level is identified or verified.",
                code="bad_request",
            )
        if asked.email or asked.phone:
            if asked.customer_id is None:
                raise CallerError(
                    "email and phone are a customer's: give a customer_id.", code="bad_request"
                )
            await keep_contact(asked.customer_id, Address(asked.email, asked.phone))
        caller = Caller(asked.customer_id, asked.name, level)
        grant = Grant(asked.agent, caller, asked.origin, asked.detail)
        return _ticket(tickets.mint(grant, lifetime_s=asked.lifetime_s), asked.lifetime_s)

    return [Route("/api/tickets", mint, methods=["POST"])]


def demo_routes(tickets: Tickets, origins: Origins, agent: str, caller: Caller) -> list[Route]:
    """Return the endpoint that gives anyone a ticket to speak as the demo customer."""

    async def mint(request: Request) -> Response:
        origin = request.headers.get("origin")
        origins.check_ticket(None, origin, request.headers.get("host"))
        return _ticket(tickets.mint(Grant(agent, caller, origin, detail=True)), DEFAULT_LIFETIME_S)

    return [Route("/demo/ticket", mint, methods=["POST"])]


def _ticket(ticket: str, lifetime_s: int) -> JSONResponse:
    answer = {"ticket": ticket, "expires_in_s": lifetime_s}
    return JSONResponse(answer, headers={"Cache-Control": "no-store"})
