"""The endpoints that carriers ask what to do with a call: who answers, and by what socket."""

import asyncio
from collections.abc import Callable, Iterable, Iterator, Mapping

import structlog
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from agent_service.channels.traits import ChannelTraits
from agent_service.clock import Clock
from agent_service.conversation.records import Caller, CallerLevel
from agent_service.errors import CallerError
from agent_service.store.contacts import Address, caller_at
from agent_service.store.directory import Customers
from agent_service.web.body import read_body
from agent_service.web.json_body import MAX_BODY_BYTES
from agent_service.web.phone.line import IncomingCall, PhoneLine, Webhook
from agent_service.web.sockets.gate import TicketUses
from agent_service.web.sockets.phone import call_name, media_path
from agent_service.web.tickets import Grant, Tickets

SHORTEST, LONGEST = 7, 15
"""Digits of a telephone number with its country (E.164)."""
TICKET_S = 60
"""How long a carrier may take to open the media socket of a call that was answered."""

_log = structlog.get_logger()


class Switchboard:
    """Answers calls: each once, with the agent of the number that was called."""

    def __init__(
        self,
        public_url: str,
        agent_at: Callable[[str], str | None],
        otherwise: str,
        tickets: Tickets,
        uses: TicketUses,
        is_busy: Callable[[], bool],
        customers: Customers,
        clock: Clock,
    ) -> None:
        """``public_url`` is under which carriers reach the service; ``otherwise`` answers at
        numbers that have no agent.
        """
        self._public_url = public_url
        self._agent_at = agent_at
        self._otherwise = otherwise
        self._tickets = tickets
        self._uses = uses
        self._is_busy = is_busy
        self._customers = customers
        self._clock = clock

    async def answer(self, line: PhoneLine, request: Request) -> Response:
        """Answer a webhook; raise CallerError for one that is not the carrier's, or comes twice."""
        call = line.check(await self.webhook(request))
        if isinstance(call, Response):
            return call
        traits = line.carrier.traits
        name = call_name(traits, call.carrier_call_id)
        if self._is_busy():
            _log.warning("call_turned_away", call=name)
            return await line.busy(call)
        grant = await self.put_through(traits, call)
        ticket = self._tickets.mint(grant, lifetime_s=TICKET_S)
        media = self._public_url.replace("http", "ws", 1) + media_path(line.carrier)
        return await line.answer(call, f"{media}/{ticket}")

    async def put_through(self, traits: ChannelTraits, call: IncomingCall) -> Grant:
        """Return who answers a call, and whom; raise CallerError at the second time."""
        name = call_name(traits, call.carrier_call_id)
        if not await self._uses.use(f"call {name}"):
            raise CallerError("This call has been answered.", code="call_answered")
        agent = self._agent_at(call.number) or self._otherwise
        caller = await asyncio.to_thread(claimed_caller, call.caller, self._customers)
        _log.info("call_answered", call=name, agent=agent)
        return Grant(agent, caller, call=name)

    def check_number(self, number: str) -> None:
        """Raise CallerError for one that is nobody's."""
        if self._agent_at(number) is None:
            raise CallerError(f"Nobody has the number {number[:64]}.", code="unknown_number")

    async def webhook(self, request: Request) -> Webhook:
        """Return what the carrier sent."""
        body = await read_body(request, MAX_BODY_BYTES, "body")
        query = request.url.query
        url = self._public_url + request.url.path + (f"?{query}" if query else "")
        return Webhook(url, request.headers, body, self._clock.utc())


def claimed_caller(number: str, customers: Customers) -> Caller:
    """Return whose number a call shows, which anybody may have set it to show."""
    digits = "".join(filter(str.isdigit, number))
    if not SHORTEST <= len(digits) <= LONGEST:
        return Caller()  # withheld
    shown = caller_at(Address(None, f"+{digits}"), customers).customer_id
    return Caller(level=CallerLevel.CLAIMED, claimed_id=shown) if shown else Caller()


def agents_of_numbers(
    numbers: Mapping[str, str], names: Iterable[str]
) -> Callable[[str], str | None]:
    """Return which agent answers at a number, however that is written, or at its own name."""
    by_digits = {_digits(number): agent for number, agent in numbers.items()}
    by_name = {name: name for name in names}
    return lambda number: by_name.get(number) or by_digits.get(_digits(number))


def _digits(number: str) -> str:
    return "".join(filter(str.isdigit, number)).lstrip("0")


def routes(switchboard: Switchboard, lines: Iterable[PhoneLine]) -> list[Route]:
    """Return the webhooks of each carrier that is set up."""
    return [route for line in lines for route in _routes(switchboard, line)]


def _routes(switchboard: Switchboard, line: PhoneLine) -> Iterator[Route]:
    path, reported = f"/phone/{line.carrier.traits.name}", line.reported

    async def answer(request: Request) -> Response:
        return await switchboard.answer(line, request)

    yield Route(path, answer, methods=["POST"])
    if reported is None:
        return

    async def hear(request: Request) -> Response:
        return await reported(await switchboard.webhook(request), request.path_params["token"])

    yield Route(f"{path}/events/{{token}}", hear, methods=["POST"])
