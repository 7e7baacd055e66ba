"""The pages that the service itself shows: the demo at ``/`` and the admin page."""

import html
from pathlib import Path
from typing import Final

from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

_FOLDER: Final = Path(__file__).parent / "static"
_MEDIA_TYPES: Final = {".html": "text/html", ".css": "text/css", ".js": "text/javascript"}
_POLICY: Final = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src data:",
        "connect-src 'self'",
        "base-uri 'none'",
        "form-action 'none'",
        "frame-ancestors 'none'",
        "require-trusted-types-for 'script'",
    )
)
_HEADERS: Final = {
    "Content-Security-Policy": _POLICY,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Permissions-Policy": "microphone=(self)",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cache-Control": "no-cache",
}


def routes(*, hint: str | None) -> list[Route]:
    """Return the pages' routes; the files are read once. The demo page is shown with a ``hint``."""
    files = {path.name: _file(path) for path in _FOLDER.iterdir() if path.suffix in _MEDIA_TYPES}

    async def demo(request: Request) -> Response:
        return shown

    async def admin(request: Request) -> Response:
        return files["admin.html"]

    async def static(request: Request) -> Response:
        name = request.path_params["name"]
        return files.get(name) or PlainTextResponse("There is no such file.\n", 404)

    pages = [Route("/admin", admin), Route("/static/{name}", static)]
    if hint is None:
        return pages
    shown = _filled(files.pop("demo.html"), hint)
    return [Route("/", demo), *pages]


def _filled(page: Response, hint: str) -> Response:
    content = bytes(page.body).replace(b"{{hint}}", html.escape(hint).encode())
    return Response(content, headers=_HEADERS, media_type=_MEDIA_TYPES[".html"])


def _file(path: Path) -> Response:
    return Response(path.read_bytes(), headers=_HEADERS, media_type=_MEDIA_TYPES[path.suffix])
