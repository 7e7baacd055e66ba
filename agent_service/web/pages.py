"""The pages for the team, and under which policy the service shows a page at all."""

from pathlib import Path
from typing import Final

from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

_FOLDER: Final = Path(__file__).parent / "static"
_MEDIA_TYPES: Final = {".html": "text/html", ".css": "text/css", ".js": "text/javascript"}


def page_headers(framed_by: str = "'none'") -> dict[str, str]:
    """Return what keeps strangers' code out of a page, and the page out of strangers' frames."""
    policy = (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self' data: blob:",
        "connect-src 'self'",
        "base-uri 'none'",
        "form-action 'none'",
        f"frame-ancestors {framed_by}",
        "require-trusted-types-for 'script'",
    )
    return {
        "Content-Security-Policy": "; ".join(policy),
        "X-Content-Type-Options": "nosniff",
        "Referrer-Policy": "no-referrer",
        "Permissions-Policy": "microphone=(self)",
        "Cross-Origin-Opener-Policy": "same-origin",
        "Cache-Control": "no-cache",
    }


def routes() -> list[Route]:
    """Return the pages' routes; the files are read once."""
    headers = page_headers()
    files = {
        path.name: Response(path.read_bytes(), headers=headers, media_type=kind)
        for path in _FOLDER.iterdir()
        if (kind := _MEDIA_TYPES.get(path.suffix))
    }

    async def admin(request: Request) -> Response:
        return files["admin.html"]

    async def static(request: Request) -> Response:
        name = request.path_params["name"]
        return files.get(name) or PlainTextResponse("There is no such file.\n", 404)

    return [Route("/admin", admin), Route("/static/{name}", static)]
