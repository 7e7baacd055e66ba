"""What was said in a conversation that is over, for a caller who comes back too late."""

from collections.abc import Awaitable, Callable, Collection, Sequence
from typing import Final, TypeAlias

import msgspec
from msgspec import Raw, Struct
from starlette.requests import Request
from starlette.responses import Response

from agent_service.channels.widget import encode
from agent_service.conversation.commands import CallerCommand
from agent_service.errors import CallerError
from agent_service.store.ended import Ended
from agent_service.web.any_site import any_site_route, bearer
from agent_service.web.json_body import HEADERS
from agent_service.web.operations import ApiRoute, Operation

PATH: Final = "/api/conversations/{conversation_id}/ended"

Find: TypeAlias = Callable[[str, str], Awaitable[Ended | None]]
"""Finds the conversation with that identifier whose last token this is."""
Retell: TypeAlias = Callable[[Ended], Sequence[CallerCommand]]


class EndedAnswer(Struct, frozen=True):
    """What is answered: messages of the conversation socket, the last of which is ``ended``."""

    messages: list[Raw]
    is_rated: bool
    """The caller has said what they think of it."""


def routes(find: Find, retell: Retell, linked: Collection[str]) -> list[ApiRoute]:
    """Return the endpoint, which pages of any web site may ask with the conversation's token.

    ``linked`` are the web sites (origins) to which sources of an answer may lead.
    """

    async def tell(request: Request) -> Response:
        past = await find(request.path_params["conversation_id"], bearer(request))
        if past is None:
            raise CallerError(
                "Send the last resume token of a conversation that ended within a day.",
                code="not_authorised",
            )
        frames = (
            encode(command, 0, shows_detail=past.shows_detail, linked=linked)
            for command in retell(past)
        )
        answer = EndedAnswer([Raw(frame) for frame in frames], past.is_rated)
        return Response(msgspec.json.encode(answer), media_type="application/json", headers=HEADERS)

    asked = Operation(
        summary="Get what was said in a conversation that is over, with the token of its caller",
        answer=EndedAnswer,
    )
    return [any_site_route(PATH, GET=(tell, asked))]
