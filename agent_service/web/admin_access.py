"""Who of the team asks, and whether they may: nowhere else is a request's credential read."""

from collections.abc import Awaitable, Callable
from functools import partial
from typing import TypeAlias

from starlette.requests import Request
from starlette.responses import Response

from agent_service.clock import Clock
from agent_service.errors import CallerError
from agent_service.store.admin_tokens import Admin, Scope, note_use, verify_token
from agent_service.store.database import Database
from agent_service.web.operations import ApiRoute, Operation
from agent_service.web.reading_audit import ReadingAudit

Authorise: TypeAlias = Callable[[Request, Scope], Awaitable[object]]
"""Raises CallerError unless the request bears a credential of the team's that opens that."""


class AdminAccess:
    """Lets in who bears a token, and notes that it was used."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock
        self._reading = ReadingAudit(database, clock)

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

    async def authorise(self, request: Request, scope: Scope) -> Admin:
        """Return who asks; raise CallerError unless the request bears a token that opens that."""
        admin = await self.admin(request)
        if admin is None:
            raise CallerError("Send an admin token as bearer.", code="not_authorised")
        if not admin.may(scope):
            raise CallerError(
                f"The token {admin.name!r} has not the scope {scope}.", code="not_permitted"
            )
        return admin

    def route(
        self,
        path: str,
        endpoint: Callable[[Request, Admin], Awaitable[Response]],
        operation: Operation,
        *,
        method: str = "GET",
    ) -> ApiRoute:
        """Return a route that lets people in whose token opens it, and notes what they read."""
        scope = operation.scope
        assert scope is not None, path

        async def handle(request: Request) -> Response:
            admin = await self.authorise(request, scope)
            response = await endpoint(request, admin)
            return await self._reading.follow(request, response, f"admin:{admin.name}")

        return ApiRoute(path, handle, {method: operation})
