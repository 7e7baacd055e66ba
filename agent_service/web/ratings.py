"""Rating a conversation over HTTP: its socket closes with its end, and then people are asked."""

from collections.abc import Awaitable, Callable
from typing import Annotated, Final, TypeAlias

from msgspec import Meta, Struct
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.middleware.cors import CORSMiddleware
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from agent_service.clock import Clock
from agent_service.conversation.records import RatingRecord
from agent_service.errors import CallerError
from agent_service.web.json_body import HEADERS, read_json
from agent_service.web.operations import ApiRoute, Operation

PATH: Final = "/api/conversations/{conversation_id}/rating"

ConversationOf: TypeAlias = Callable[[str], Awaitable[str | None]]
"""Tells which conversation a caller with this token may rate."""
Keep: TypeAlias = Callable[[RatingRecord], None]
"""Puts a rating on record."""


class RatingRequest(Struct, frozen=True, forbid_unknown_fields=True):
    """The body of ``POST /api/conversations/{id}/rating``."""

    score: Annotated[int, Meta(ge=1, le=5)]
    comment: Annotated[str, Meta(max_length=2000)] | None = None


def routes(conversation_of: ConversationOf, keep: Keep, clock: Clock) -> list[ApiRoute]:
    """Return the endpoint, which pages of any web site may ask with the conversation's token."""

    async def rate(request: Request) -> Response:
        if request.method != "POST":
            raise HTTPException(405, headers={"Allow": "POST"})
        scheme, _, token = request.headers.get("authorization", "").partition(" ")
        id = await conversation_of(token.strip()) if scheme.lower() == "bearer" and token else None
        if id is None or id != request.path_params["conversation_id"]:
            raise CallerError(
                "Send the conversation's last resume token as bearer, within a day of its end.",
                code="not_authorised",
            )
        rating = await read_json(request, RatingRequest)
        keep(RatingRecord(id, rating.score, rating.comment, clock.utc()))
        return JSONResponse({"score": rating.score}, 202, HEADERS)

    from_anywhere = Middleware(
        CORSMiddleware,
        allow_origins=["*"],
        allow_methods=["POST"],
        allow_headers=["Authorization", "Content-Type"],
    )
    # A browser asks by OPTIONS first, which has to get as far as to the middleware.
    asked = Operation(
        summary="Rate a conversation, with the token of its caller",
        body=RatingRequest,
        statuses=(202,),
    )
    return [ApiRoute(PATH, rate, {"POST": asked}, methods=["OPTIONS"], middleware=[from_anywhere])]
