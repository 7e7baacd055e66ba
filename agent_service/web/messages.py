"""A message for the team, from callers for whom there is no room: ``POST /api/messages``.

The credential is a ticket, as for a conversation. That the caller was there is on record, as a
conversation of one turn that ended with ``no_room``.
"""

from collections import deque
from collections.abc import Callable, Container
from dataclasses import replace
from functools import partial
from typing import Annotated, Final, TypeAlias

from msgspec import Meta, Struct
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from agent_service.clock import Clock, uuid7
from agent_service.conversation.records import (
    Caller,
    ConversationRecord,
    Modality,
    Record,
    Role,
    TurnRecord,
)
from agent_service.errors import CallerError, TryLater
from agent_service.store.database import Database
from agent_service.store.messages import Message, check_contact, leave_message
from agent_service.web.any_site import any_site_route, bearer
from agent_service.web.json_body import HEADERS, read_json
from agent_service.web.operations import ApiRoute, Operation
from agent_service.web.origins import Origins
from agent_service.web.sockets.gate import TicketUses
from agent_service.web.tickets import Grant, Tickets

PATH: Final = "/api/messages"
NO_ROOM: Final = "no_room"
MOST_A_MINUTE: Final = 60

_NOBODY: Final = "none"
"""The provider and the model of a conversation that never began."""

Keep: TypeAlias = Callable[[Record], None]
"""Puts something on record."""


class MessageRequest(Struct, frozen=True, forbid_unknown_fields=True):
    """The body of ``POST /api/messages``."""

    contact: Annotated[str, Meta(min_length=5, max_length=320)]
    """A telephone number or an email address."""
    about: Annotated[str, Meta(min_length=3, max_length=2000)]
    name: Annotated[str, Meta(min_length=1, max_length=120)] | None = None


class MessageAnswer(Struct, frozen=True):
    """What is answered: what the team's queue calls it, and when it is due."""

    reference: str
    due_at: str


class Letterbox:
    """Takes messages; so many a minute."""

    def __init__(
        self,
        database: Database,
        tickets: Tickets,
        uses: TicketUses,
        origins: Origins,
        agents: Container[str],
        keep: Keep,
        clock: Clock,
    ) -> None:
        self._database = database
        self._tickets = tickets
        self._uses = uses
        self._origins = origins
        self._agents = agents
        self._keep = keep
        self._clock = clock
        self._taken: deque[float] = deque()

    async def take(self, request: Request) -> Response:
        """Answer the request; raise CallerError or StoreError."""
        asked = await read_json(request, MessageRequest)
        check_contact(asked.contact)
        if not asked.about.strip():
            raise CallerError("about: say in a few words what it is about.", code="bad_request")
        self._check_pace()
        grant = await self._granted(request)
        conversation_id = uuid7()
        self._put_on_record(conversation_id, grant, asked)
        now = self._clock.utc()
        message = Message(
            conversation_id=conversation_id,
            customer_id=grant.caller.customer_id,
            contact=asked.contact,
            about=asked.about,
        )
        work = partial(leave_message, message=message, now=now)
        left = await self._database.run(work, is_write=True)
        answer = {"reference": left.promise_id, "due_at": left.due_at.isoformat()}
        return JSONResponse(answer, 201, HEADERS)

    def _check_pace(self) -> None:
        now = self._clock.now()
        while self._taken and self._taken[0] <= now - 60:
            self._taken.popleft()
        if len(self._taken) >= MOST_A_MINUTE:
            raise TryLater("Too many messages come in at the moment: try again in a minute.")
        self._taken.append(now)

    async def _granted(self, request: Request) -> Grant:
        token = bearer(request)
        if not token:
            raise CallerError("Send a ticket as bearer.", code="not_authorised")
        ticket = self._tickets.check(token)
        origin, host = request.headers.get("origin"), request.headers.get("host")
        self._origins.check_ticket(ticket.grant.origin, origin, host)
        if ticket.grant.agent not in self._agents:
            raise CallerError(f"There is no agent {ticket.grant.agent!r}.", code="unknown_agent")
        if not await self._uses.use(ticket.id):
            raise CallerError("The ticket was used before: get a new one.", code="ticket_used")
        return ticket.grant

    def _put_on_record(self, conversation_id: str, grant: Grant, asked: MessageRequest) -> None:
        now = self._clock.utc()
        caller: Caller = replace(grant.caller, name=grant.caller.name or asked.name)
        began = ConversationRecord(
            conversation_id=conversation_id,
            agent=grant.agent,
            channel="widget",
            modality=Modality.TEXT,
            caller=caller,
            provider=_NOBODY,
            model=_NOBODY,
            started_at=now,
        )
        turn = TurnRecord(
            turn_id=uuid7(),
            conversation_id=conversation_id,
            seq=1,
            role=Role.CALLER,
            modality=Modality.TEXT,
            text=asked.about,
            heard_text=asked.about,
            heard_ms=0,
            is_interrupted=False,
            started_at=now,
            ended_at=now,
            started_ms=0,
            ended_ms=0,
        )
        self._keep(began)
        self._keep(turn)
        self._keep(replace(began, ended_at=now, end_reason=NO_ROOM))


def routes(letterbox: Letterbox) -> list[ApiRoute]:
    """Return the endpoint, which pages of any web site may ask with a ticket."""
    asked = Operation(
        summary="Leave a message for the team, with a ticket",
        body=MessageRequest,
        answer=MessageAnswer,
        statuses=(201,),
    )
    return [any_site_route(PATH, POST=(letterbox.take, asked))]
