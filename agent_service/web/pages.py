"""The files of pages, the widget's frame, and under which policy a page is shown at all."""

import html
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Final

import msgspec
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from agent_service.store.proofs import Proof

_FOLDER: Final = Path(__file__).parent / "static"
_MEDIA_TYPES: Final = {".html": "text/html", ".css": "text/css", ".js": "text/javascript"}


def page_headers(framed_by: str = "'none'", *, is_desk: bool = False) -> dict[str, str]:
    """Return what keeps strangers' code out of a page, and the page out of strangers' frames.

    Pages of the desk have forms and sound, and are kept nowhere.
    """
    policy = (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self' data: blob:",
        "connect-src 'self'",
        "base-uri 'none'",
        "form-action 'self'" if is_desk else "form-action 'none'",
        *(("media-src 'self' blob:",) if is_desk else ()),
        f"frame-ancestors {framed_by}",
        "require-trusted-types-for 'script'",
    )
    return {
        "Content-Security-Policy": "; ".join(policy),
        "X-Content-Type-Options": "nosniff",
        # Without any, a form's own origin would be sent as null.
        "Referrer-Policy": "same-origin" if is_desk else "no-referrer",
        "Permissions-Policy": "microphone=(self)",
        "Cross-Origin-Opener-Policy": "same-origin",
        "Cache-Control": "no-store" if is_desk else "no-cache",
    }


def routes(proofs: Iterable[Proof] = (), framed_by: Iterable[str] = ()) -> list[Route]:
    """Return the pages' routes; the files are read once.

    ``/widget/frame`` may be shown in frames of the origins ``framed_by``, and of our own.
    """
    headers = page_headers()
    files = {
        path.relative_to(_FOLDER).as_posix(): Response(
            path.read_bytes(), headers=headers, media_type=kind
        )
        for path in _FOLDER.rglob("*")
        if (kind := _MEDIA_TYPES.get(path.suffix))
    }

    around = page_headers(" ".join(("'self'", *framed_by)))
    framed = filled(bytes(files.pop("frame.html").body), {"proofs": proofs_told(proofs)})

    async def frame(request: Request) -> Response:
        return Response(framed, headers=around, media_type=_MEDIA_TYPES[".html"])

    async def static(request: Request) -> Response:
        name = request.path_params["name"]
        return files.get(name) or PlainTextResponse("There is no such file.\n", 404)

    return [
        Route("/widget/frame", frame),
        Route("/static/{name:path}", static),
    ]


def filled(page: bytes, parts: Mapping[str, str]) -> bytes:
    """Return a page with a text, escaped, for each ``{{name}}`` in it."""
    for name, text in parts.items():
        page = page.replace(b"{{%s}}" % name.encode(), html.escape(text).encode())
    return page


def proofs_told(proofs: Iterable[Proof]) -> str:
    """Return what a page must know in order to ask for the proofs, as JSON."""
    told = [
        {
            "name": proof.name,
            "title": proof.title,
            "fields": [{"name": field.name, "title": field.title} for field in proof.fields],
        }
        for proof in proofs
    ]
    return msgspec.json.encode(told).decode()
