"""A socket's endpoint: who may connect, and what carries the frames."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

import structlog
from starlette.datastructures import Headers, QueryParams
from starlette.requests import HTTPConnection, Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Route, WebSocketRoute
from starlette.types import Receive, Scope, Send
from starlette.websockets import WebSocket

from agent_service.channels.start import Start
from agent_service.clock import Clock
from agent_service.errors import CallerError, TryLater
from agent_service.web.application import RETRY_AFTER_S, status_of
from agent_service.web.json_body import error_response
from agent_service.web.origins import Origins
from agent_service.web.sockets.admission import Admission, Place
from agent_service.web.sockets.attachment import Attachment, Channel, Conversations, only_text
from agent_service.web.sockets.direct_lane import best_lane
from agent_service.web.sockets.gate import Gate, TicketUses
from agent_service.web.sockets.lane import Lane
from agent_service.web.tickets import Grant, Tickets

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Knock:
    """What a handshake opens."""

    subprotocol: str | None
    """The one of those offered that is spoken."""
    new_channel: Callable[[Lane], Channel]
    start: Start | None = None
    """Where the handshake says all that a first message would."""
    agent: str | None = None
    """Whom the client asks for; it has to be the ticket's."""
    redeem: Callable[[Start], Awaitable[Grant]] | None = None
    """What the start grants, where the handshake was proof enough and there is no ticket."""


@dataclass(frozen=True, slots=True)
class SocketKind:
    """What tells the sockets of one channel from those of another."""

    paths: tuple[str, ...]
    answer: Callable[[HTTPConnection], Knock]
    """Raises CallerError where the handshake fails."""


def by_first_message(
    path: str, subprotocol: str, new_channel: Callable[[Lane], Channel]
) -> SocketKind:
    """Return sockets that speak one subprotocol, and begin with what the client sends first."""

    def answer(connection: HTTPConnection) -> Knock:
        if subprotocol not in connection.scope["subprotocols"]:
            message = f"Ask for the WebSocket subprotocol {subprotocol}."
            raise CallerError(message, code="bad_request")
        return Knock(subprotocol, new_channel)

    return SocketKind((path,), answer)


class ConversationSocket:
    """The ASGI application behind the path of one kind of socket."""

    def __init__(
        self,
        kind: SocketKind,
        conversations: Conversations,
        tickets: Tickets,
        uses: TicketUses,
        origins: Origins,
        admission: Admission,
        clock: Clock,
    ) -> None:
        self.paths = kind.paths
        self._kind = kind
        self._conversations = conversations
        self._gate = Gate(tickets, uses, origins)
        self._origins = origins
        self._admission = admission
        self._clock = clock

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        socket = WebSocket(scope, receive, send)
        with self._admission.admit(for_text=_is_for_text(scope)) as place:
            try:
                knock = self._kind.answer(socket)
                refusal = self._hindrance(scope, place is not None)
            except CallerError as error:
                refusal = error_response(status_of(error), error.code, error.message)
            if refusal is not None or place is None:
                assert refusal is not None
                origin = Headers(scope=scope).get("origin")
                log.info("socket_refused", status=refusal.status_code, origin=origin)
                await socket.send_denial_response(refusal)
                return
            await socket.accept(subprotocol=knock.subprotocol)
            await self._serve(scope, receive, send, place, knock)

    async def explain(self, request: Request) -> Response:
        """Say what a handshake would be answered now: browsers keep that from their pages."""
        has_room = self._admission.has_room(for_text=_is_for_text(request.scope))
        response = self._hindrance(request.scope, has_room)
        response = response or JSONResponse({"available": True})
        response.headers["Access-Control-Allow-Origin"] = "*"
        response.headers["Cache-Control"] = "no-store"
        return response

    def _hindrance(self, scope: Scope, is_admitted: bool) -> Response | None:
        headers = Headers(scope=scope)
        if not self._origins.may_connect(headers.get("origin"), headers.get("host")):
            return error_response(403, "origin_not_allowed", "This origin may not connect.")
        obstacle = self._conversations.obstacle()
        if obstacle is None and not is_admitted:
            obstacle = (
                only_text()
                if self._admission.has_room(for_text=True)
                else TryLater("All lines are busy. Try again shortly.")
            )
        if obstacle is None:
            return None
        response = error_response(503, obstacle.code, obstacle.message)
        response.headers["Retry-After"] = str(RETRY_AFTER_S)
        return response

    async def _serve(
        self, scope: Scope, receive: Receive, send: Send, place: Place, knock: Knock
    ) -> None:
        headers = Headers(scope=scope)
        origin, host = headers.get("origin"), headers.get("host")

        async def by_ticket(start: Start) -> Grant:
            ticket = self._gate.check(start.ticket or "", origin, host, knock.agent, start.call)
            return await self._gate.use(ticket)

        channel = knock.new_channel(best_lane(scope, receive, send, self._clock))
        redeem = knock.redeem or by_ticket
        await Attachment(
            channel, self._conversations, redeem, place, self._clock, start=knock.start
        ).run()


def _is_for_text(scope: Scope) -> bool:
    """Tell whether the socket's address says that nothing will be spoken."""
    return QueryParams(scope["query_string"]).get("mode") == "text"


def routes(socket: ConversationSocket) -> list[BaseRoute]:
    """Return the socket's routes, and those of who asks why they did not get in."""
    return [
        route
        for path in socket.paths
        for route in (WebSocketRoute(path, socket), Route(path, socket.explain))
    ]
