"""What ``up`` shows at ``/``: the company's own page with the widget on it, or a plain one.

The page's files are at ``/demo/page/``, and at ``/demo/facts`` what it shows at the moment.
"""

from collections.abc import Awaitable, Callable, Mapping
from pathlib import Path
from typing import Any, Final, TypeAlias

import msgspec
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from agent_service.conversation.records import Caller
from agent_service.web.json_body import HEADERS
from agent_service.web.origins import Origins
from agent_service.web.pages import filled, page_headers
from agent_service.web.tags import entity_tag, is_known

LookUp: TypeAlias = Callable[[Caller], Awaitable[Mapping[str, Any]]]
"""Tells what the page shows to whom."""

PLAIN_PAGE: Final = Path(__file__).parent / "plain_page"
INDEX: Final = "index.html"
_MEDIA_TYPES: Final = {
    ".html": "text/html; charset=utf-8",
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".svg": "image/svg+xml",
    ".png": "image/png",
    ".jpg": "image/jpeg",
    ".webp": "image/webp",
    ".woff2": "font/woff2",
}


def page_routes(folder: Path, parts: Mapping[str, str]) -> list[Route]:
    """Return the routes of the page in the folder; its files are read once.

    What ``{{hint}}`` (who the visitor is, and what to ask) and ``{{proofs}}`` (for
    the widget) stand for in it is told by ``parts``.
    """
    files = {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.suffix in _MEDIA_TYPES
    }
    shown = filled(files.pop(INDEX), parts)

    async def index(request: Request) -> Response:
        return _answer(request, shown, _MEDIA_TYPES[".html"], page_headers())

    async def file(request: Request) -> Response:
        name: str = request.path_params["path"]
        content = files.get(name)
        if content is None:
            return PlainTextResponse("There is no such file.\n", 404, HEADERS)
        return _answer(request, content, _MEDIA_TYPES[Path(name).suffix], page_headers())

    return [Route("/", index), Route("/demo/page/{path:path}", file)]


def facts_route(look_up: LookUp, origins: Origins, customer: Caller) -> Route:
    """Return the route of what the page shows: to the demo's customer, or ``?unknown`` to nobody
    known."""

    async def facts(request: Request) -> Response:
        # A page of a stranger whose name was pointed at our address could read it otherwise.
        origins.check_host(request.headers.get("host"))
        viewer = Caller() if "unknown" in request.query_params else customer
        content = msgspec.json.encode(await look_up(viewer))
        headers = {**HEADERS, "Cache-Control": "private, no-cache"}
        return _answer(request, content, "application/json", headers)

    return Route("/demo/facts", facts)


def _answer(
    request: Request, content: bytes, media_type: str, headers: Mapping[str, str]
) -> Response:
    tag = entity_tag(content)
    headers = {**headers, "ETag": tag}
    if is_known(request.headers.get("if-none-match"), tag):
        return Response(status_code=304, headers=headers)
    return Response(content, headers=headers, media_type=media_type)
