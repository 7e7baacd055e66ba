"""The admin API: questions to the record over HTTP, answered as JSON to who bears a token."""

from collections.abc import Awaitable, Callable, Collection, Iterable
from functools import partial
from typing import Any

import msgspec
from sqlalchemy.orm import Session
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from agent_service.clock import Clock
from agent_service.errors import CallerError
from agent_service.store.admin_tokens import Admin, note_use, verify_token
from agent_service.store.database import Database
from agent_service.store.filters import Question
from agent_service.store.queries import (
    CONVERSATIONS,
    INCIDENTS,
    TOOL_CALLS,
    TURNS,
    find_turns,
    whole_conversation,
)
from agent_service.web.json_body import HEADERS

DEFAULT_TIME_LIMIT_S = 5.0

Endpoint = Callable[[Request], Awaitable[Response]]


class AdminTokens:
    """Tells whose token a request bears."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock

    async def admin(self, request: Request) -> Admin | None:
        """Return who asks, or None when the request bears no valid token."""
        scheme, _, token = request.headers.get("authorization", "").partition(" ")
        if scheme.lower() != "bearer" or not token:
            return None
        now = self._clock.utc()
        admin = await self._database.run(partial(verify_token, token=token.strip(), now=now))
        if admin is not None and not admin.is_use_noted:
            # It may fail: who may read does not depend on whether anybody can write.
            await self._database.try_write(partial(note_use, admin=admin, now=now))
        return admin

    async def authorise(self, request: Request) -> Admin:
        """Return who asks; raise CallerError when the request bears no valid token."""
        admin = await self.admin(request)
        if admin is None:
            raise CallerError("Send an admin token as bearer.", code="not_authorised")
        return admin

    def guard(self, endpoint: Callable[[Request, Admin], Awaitable[Response]]) -> Endpoint:
        """Let only people of the team in."""

        async def handle(request: Request) -> Response:
            return await endpoint(request, await self.authorise(request))

        return handle


def refuse_others(request: Request, known: Collection[str]) -> None:
    """Raise CallerError when the address asks for something that the endpoint does not know."""
    unknown = sorted(request.query_params.keys() - set(known))
    if unknown:
        taken = f"is not one of {', '.join(known)}" if known else "is not known here"
        raise CallerError(f"{unknown[0][:50]!r} {taken}.", code="bad_request")


def routes(
    database: Database, tokens: AdminTokens, *, time_limit_s: float = DEFAULT_TIME_LIMIT_S
) -> list[Route]:
    """Return the endpoints of the record."""

    async def ask(
        request: Request,
        parse: Callable[[Iterable[tuple[str, str]]], Question],
        answer: Callable[[Session, Question], Any],
    ) -> Response:
        question = parse(request.query_params.multi_items())

        def work(session: Session) -> Any:
            return answer(session, question)

        return _json(await database.run(work, time_limit_s=time_limit_s))

    async def conversations(request: Request, admin: Admin) -> Response:
        return await ask(request, CONVERSATIONS.parse, CONVERSATIONS.page)

    async def turns(request: Request, admin: Admin) -> Response:
        return await ask(request, TURNS.parse, find_turns)

    async def tool_calls(request: Request, admin: Admin) -> Response:
        return await ask(request, TOOL_CALLS.parse, TOOL_CALLS.page)

    async def incidents(request: Request, admin: Admin) -> Response:
        return await ask(request, INCIDENTS.parse, INCIDENTS.page)

    async def conversation(request: Request, admin: Admin) -> Response:
        work = partial(whole_conversation, conversation_id=request.path_params["id"])
        whole = await database.run(work, time_limit_s=time_limit_s)
        if whole is None:
            raise CallerError("There is no such conversation.", code="unknown_conversation")
        return _json(whole)

    endpoints = {
        "/api/conversations": conversations,
        "/api/conversations/{id}": conversation,
        "/api/turns": turns,
        "/api/tool-calls": tool_calls,
        "/api/incidents": incidents,
    }
    return [Route(path, tokens.guard(endpoint)) for path, endpoint in endpoints.items()]


def _json(answer: object) -> Response:
    return Response(msgspec.json.encode(answer), media_type="application/json", headers=HEADERS)
