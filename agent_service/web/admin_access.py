"""Who of the team asks, and whether they may: nowhere else is a request's credential read.

A program bears a token; a person has signed in, and their browser sends a cookie. What a browser
sends by itself is only taken from our own pages: see ``own_pages.py``.
"""

from collections.abc import Awaitable, Callable
from functools import partial
from typing import Final, TypeAlias

from starlette.requests import HTTPConnection, Request
from starlette.responses import Response

from agent_service.clock import Clock
from agent_service.errors import CallerError
from agent_service.store.admin_tokens import Scope, note_use, verify_token
from agent_service.store.database import Database
from agent_service.store.members import RIGHT_OF_SCOPES, Member, Right, rights_of
from agent_service.store.sign_ins import note_seen, who_has
from agent_service.web.any_site import bearer
from agent_service.web.operations import ApiRoute, Operation
from agent_service.web.own_pages import check_own_page, is_secure
from agent_service.web.reading_audit import ReadingAudit

Authorise: TypeAlias = Callable[[Request, Scope], Awaitable[Member]]
"""Returns who asks; raises CallerError unless they have a credential that opens that."""

COOKIE: Final = "desk"
SECURE_COOKIE: Final = "__Host-desk"
"""A browser takes it from nobody but this very host, and sends it over TLS alone."""


class AdminAccess:
    """Lets in who bears a token or has signed in, and notes that they were there."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock
        self.reading = ReadingAudit(database, clock)

    async def member(self, request: HTTPConnection) -> Member | None:
        """Return who asks, or None when the request has no valid credential.

        Raises CallerError when a page that is not ours has a browser ask for what changes
        something, or for a socket.
        """
        if token := bearer(request):
            return await self._bearer(token)
        key = key_of(request)
        if key is None:
            return None
        check_own_page(request)
        return await self.with_key(key)

    async def authorise(self, request: HTTPConnection, scope: Scope) -> Member:
        """Return who asks; raise CallerError unless they may do what that scope opens."""
        return await self.permit(request, RIGHT_OF_SCOPES[scope])

    async def permit(self, request: HTTPConnection, right: Right) -> Member:
        """Return who asks; raise CallerError unless they have that right."""
        member = await self.member(request)
        if member is None:
            raise CallerError("Send an admin token as bearer, or sign in.", code="not_authorised")
        if member.must_change:
            raise CallerError("Choose a password of your own first.", code="not_permitted")
        if not member.may(right):
            raise CallerError(
                f"{member.name!r} has not the right to {right}.", code="not_permitted"
            )
        return member

    def route(
        self,
        path: str,
        endpoint: Callable[[Request, Member], Awaitable[Response]],
        operation: Operation,
        *,
        method: str = "GET",
    ) -> ApiRoute:
        """Return a route that lets people in who may, and notes what they read."""
        scope = operation.scope
        assert scope is not None, path

        async def handle(request: Request) -> Response:
            member = await self.authorise(request, scope)
            response = await endpoint(request, member)
            return await self.reading.follow(request, response, member.actor)

        return ApiRoute(path, handle, {method: operation})

    async def _bearer(self, token: str) -> Member | None:
        now = self._clock.utc()
        admin = await self._database.run(partial(verify_token, token=token, now=now))
        if admin is None:
            return None
        if not admin.is_use_noted:
            # It may fail: who may read does not depend on whether anybody can write.
            await self._database.try_write(partial(note_use, admin=admin, now=now))
        return Member(name=admin.name, actor=f"admin:{admin.name}", rights=rights_of(admin.scopes))

    async def with_key(self, key: str) -> Member | None:
        """Return who is signed in with that key."""
        now = self._clock.utc()
        seen = await self._database.run(partial(who_has, key=key, now=now))
        if seen is None:
            return None
        member, id = seen.member, seen.member.sign_in_id
        if not seen.is_noted and id is not None:
            await self._database.try_write(partial(note_seen, sign_in_id=id, now=now))
        return member


def key_of(request: HTTPConnection) -> str | None:
    """Return the key that a browser keeps for whoever signed in there."""
    names = (SECURE_COOKIE,) if is_secure(request) else (SECURE_COOKIE, COOKIE)
    return next((request.cookies[name] for name in names if request.cookies.get(name)), None)
