"""QR codes for callers who go on with their conversation on another device."""

import asyncio
from collections.abc import Iterator
from typing import Annotated, Final

import segno
from msgspec import Meta, Struct
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from agent_service.web.any_site import ConversationOf, any_site_route, own_conversation
from agent_service.web.json_body import HEADERS, read_json
from agent_service.web.operations import ApiRoute, Operation

PATH: Final = "/api/conversations/{conversation_id}/qr"

_QUIET: Final = 4
"""Modules of white around the code, as its standard asks."""


class QrRequest(Struct, frozen=True, forbid_unknown_fields=True):
    """The body of ``POST /api/conversations/{id}/qr``."""

    address: Annotated[str, Meta(max_length=1000, pattern="^https?://[!-~]+$")]


class QrAnswer(Struct, frozen=True):
    """What is answered: a path of SVG with lines one unit wide, in a square of that size."""

    size: int
    path: str


def routes(conversation_of: ConversationOf) -> list[ApiRoute]:
    """Return the endpoint, which pages of any web site may ask with the conversation's token."""

    async def draw(request: Request) -> Response:
        await own_conversation(request, conversation_of)
        asked = await read_json(request, QrRequest)
        drawn = await asyncio.to_thread(drawing, asked.address)
        return JSONResponse({"size": drawn.size, "path": drawn.path}, headers=HEADERS)

    asked = Operation(
        summary="Draw an address as a QR code, with the token of the caller",
        body=QrRequest,
        answer=QrAnswer,
    )
    return [any_site_route(PATH, POST=(draw, asked))]


def drawing(address: str) -> QrAnswer:
    """Draw the address; it takes ten milliseconds of computing."""
    code = segno.make(address, error="m", micro=False)
    rows = [bytes(row) for row in code.matrix]
    lines = "".join(line for y, row in enumerate(rows) for line in _lines(row, y))
    return QrAnswer(len(rows) + 2 * _QUIET, lines)


def _lines(row: bytes, y: int) -> Iterator[str]:
    end = 0
    while (start := row.find(1, end)) >= 0:
        end = row.find(0, start)
        end = len(row) if end < 0 else end
        yield f"M{start + _QUIET} {y + _QUIET}.5h{end - start}"
