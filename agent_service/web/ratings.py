"""Rating a conversation over HTTP: its socket closes with its end, and then people are asked."""

from collections.abc import Callable
from typing import Annotated, Final, TypeAlias

from msgspec import Meta, Struct
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from agent_service.clock import Clock
from agent_service.conversation.records import RatingRecord
from agent_service.web.any_site import ConversationOf, any_site_route, own_conversation
from agent_service.web.json_body import HEADERS, read_json
from agent_service.web.operations import ApiRoute, Operation

PATH: Final = "/api/conversations/{conversation_id}/rating"

_ADVICE: Final = "Send the conversation's last resume token as bearer, within a day of its end."

Keep: TypeAlias = Callable[[RatingRecord], None]
"""Puts a rating on record."""


class RatingRequest(Struct, frozen=True, forbid_unknown_fields=True):
    """The body of ``POST /api/conversations/{id}/rating``."""

    score: Annotated[int, Meta(ge=1, le=5)]
    comment: Annotated[str, Meta(max_length=2000)] | None = None


def routes(conversation_of: ConversationOf, keep: Keep, clock: Clock) -> list[ApiRoute]:
    """Return the endpoint, which pages of any web site may ask with the conversation's token."""

    async def rate(request: Request) -> Response:
        id = await own_conversation(request, conversation_of, _ADVICE)
        rating = await read_json(request, RatingRequest)
        keep(RatingRecord(id, rating.score, rating.comment, clock.utc()))
        return JSONResponse({"score": rating.score}, 202, HEADERS)

    asked = Operation(
        summary="Rate a conversation, with the token of its caller",
        body=RatingRequest,
        statuses=(202,),
    )
    return [any_site_route(PATH, POST=(rate, asked))]
