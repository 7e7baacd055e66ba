"""Pictures over HTTP: callers send them with the token of their conversation, the team looks."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import asdict, dataclass
from functools import partial
from typing import Final, TypeAlias

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from agent_service.clock import Clock
from agent_service.errors import CallerError
from agent_service.pictures import MEDIA_TYPE, redrawn
from agent_service.store.admin_tokens import Scope
from agent_service.store.database import Database
from agent_service.store.pictures import (
    PictureFacts,
    keep_picture,
    next_number,
    picture_content,
    pictures_of,
)
from agent_service.web.admin_access import AdminAccess
from agent_service.web.any_site import ConversationOf, any_site_route, own_conversation
from agent_service.web.body import read_body
from agent_service.web.json_body import HEADERS
from agent_service.web.operations import ApiRoute, Operation

MAX_PICTURE_BYTES: Final = 10 * 1024 * 1024
DRAWN_AT_ONCE: Final = 2
"""One takes up to 200 MB unpacked; further ones wait."""

BASE: Final = "/api/conversations/{conversation_id}/pictures"

Endpoint: TypeAlias = Callable[[Request], Awaitable[Response]]


_LISTING: Final = Operation(summary="The pictures of a conversation, for the team or its caller")
_LOOKING: Final = Operation(
    summary="One picture, for the team or its caller", media_types=(MEDIA_TYPE,)
)
_SENDING: Final = Operation(
    summary="Send a picture, with the token of the caller",
    body=bytes,
    body_media_type="image/*",
    statuses=(201,),
)


@dataclass(frozen=True, slots=True)
class Album:
    """Where pictures are kept."""

    database: Database
    access: AdminAccess
    conversation_of: ConversationOf
    seen_with: ConversationOf
    """Also finds one that is over, for a day."""
    clock: Clock
    most: int
    """Of one conversation."""


def routes(album: Album) -> list[ApiRoute]:
    """Return the endpoints of pictures, which pages of any web site may ask with a token."""
    places = asyncio.Semaphore(DRAWN_AT_ONCE)
    database = album.database

    async def send(request: Request) -> Response:
        conversation_id = await own_conversation(request, album.conversation_of)
        count = partial(next_number, conversation_id=conversation_id, most=album.most)
        await database.run(count)  # before anything is read or drawn in vain
        content = await _body(request)
        async with places:
            picture = await asyncio.to_thread(redrawn, content)
        keep = partial(
            keep_picture,
            conversation_id=conversation_id,
            picture=picture,
            now=album.clock.utc(),
            most=album.most,
        )
        kept = await database.run(keep, is_write=True)
        return JSONResponse({"picture": _shown(kept)}, 201, HEADERS)

    async def look(request: Request) -> Response:
        conversation_id = await _seen_conversation(request)
        number = int(request.path_params["number"])
        find = partial(picture_content, conversation_id=conversation_id, number=number)
        content = await database.run(find)
        if content is None:
            raise CallerError("There is no such picture.", code="unknown_picture")
        headers = {
            **HEADERS,
            "Cache-Control": "private, max-age=3600",
            "Content-Security-Policy": "default-src 'none'; sandbox",
        }
        return Response(content, headers=headers, media_type=MEDIA_TYPE)

    async def list_all(request: Request) -> Response:
        conversation_id = await _seen_conversation(request)
        found = await database.run(partial(pictures_of, conversation_id=conversation_id))
        return JSONResponse({"pictures": [_shown(each) for each in found]}, headers=HEADERS)

    async def _seen_conversation(request: Request) -> str:
        """Return the conversation, to whom of the team, or to its own caller."""
        if await album.access.member(request) is not None:
            await album.access.authorise(request, Scope.READ)
            return str(request.path_params["conversation_id"])
        return await own_conversation(request, album.seen_with)

    return [
        any_site_route(BASE, GET=(list_all, _LISTING), POST=(send, _SENDING)),
        any_site_route(f"{BASE}/{{number:int}}", GET=(look, _LOOKING)),
    ]


async def _body(request: Request) -> bytes:
    limit = f"{MAX_PICTURE_BYTES // 1024 // 1024} megabytes"
    return await read_body(request, MAX_PICTURE_BYTES, "picture", limit)


def _shown(facts: PictureFacts) -> dict[str, object]:
    return {
        **asdict(facts),
        "media_type": MEDIA_TYPE,
        "created_at": facts.created_at.isoformat(),
    }
