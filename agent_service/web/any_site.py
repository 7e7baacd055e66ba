"""Endpoints that pages of any web site may ask: who asks bears a token of their own."""

from collections.abc import Awaitable, Callable
from typing import TypeAlias

from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.middleware.cors import CORSMiddleware
from starlette.requests import HTTPConnection, Request
from starlette.responses import Response

from agent_service.errors import CallerError
from agent_service.web.operations import ApiRoute, Operation

Endpoint: TypeAlias = Callable[[Request], Awaitable[Response]]
ConversationOf: TypeAlias = Callable[[str], Awaitable[str | None]]
"""Tells which conversation a caller with this token may come back to, or rate."""

RESUME_TOKEN = "Send the conversation's resume token as bearer: it changes with every ready."  # noqa: S105 - words


def any_site_route(path: str, **endpoints: tuple[Endpoint, Operation]) -> ApiRoute:
    """Return a route with an endpoint for each method."""

    async def choose(request: Request) -> Response:
        found = endpoints.get("GET" if request.method == "HEAD" else request.method)
        if found is None:
            raise HTTPException(405, headers={"Allow": ", ".join(endpoints)})
        return await found[0](request)

    from_anywhere = Middleware(
        CORSMiddleware,
        allow_origins=["*"],
        allow_methods=[*endpoints],
        allow_headers=["Authorization", "Content-Type"],
    )
    # A browser asks by OPTIONS first, which has to get as far as to the middleware.
    return ApiRoute(
        path,
        choose,
        {method: operation for method, (_, operation) in endpoints.items()},
        methods=["OPTIONS"],
        middleware=[from_anywhere],
    )


def bearer(request: HTTPConnection) -> str:
    """Return the token that a request bears; empty when there is none."""
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    return token.strip() if scheme.lower() == "bearer" else ""


async def own_conversation(
    request: Request, conversation_of: ConversationOf, advice: str = RESUME_TOKEN
) -> str:
    """Return the conversation of the address; raise CallerError unless the token is its own."""
    token = bearer(request)
    id = await conversation_of(token) if token else None
    if id is None or id != request.path_params["conversation_id"]:
        raise CallerError(advice, code="not_authorised")
    return id
