"""The pages that the service itself shows: the demo at ``/`` and the admin page."""

import html
from collections.abc import Iterable
from pathlib import Path
from typing import Final

from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from agent_service.store.proofs import LONGEST_ANSWER, Proof

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


def routes(*, hint: str | None, proofs: Iterable[Proof] = ()) -> list[Route]:
    """Return the pages' routes; the files are read once.

    The demo page is shown with a ``hint``, and has a form for each of the ``proofs``.
    """
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
    forms = "".join(_form(proof) for proof in proofs)
    shown = _filled(files.pop("demo.html"), hint=html.escape(hint), proofs=forms)
    return [Route("/", demo), *pages]


def _filled(page: Response, **parts: str) -> Response:
    content = bytes(page.body).decode()
    for name, part in parts.items():
        content = content.replace("{{" + name + "}}", part)
    return Response(content, headers=_HEADERS, media_type=_MEDIA_TYPES[".html"])


def _form(proof: Proof) -> str:
    """Return a form that asks for what the proof declares."""
    fields = "".join(
        f'<label>{html.escape(field.title)} <input name="{html.escape(field.name)}"'
        f' maxlength="{LONGEST_ANSWER}" autocomplete="off" required /></label>'
        for field in proof.fields
    )
    return (
        f'<details class="proof" hidden><summary>{html.escape(proof.title)}</summary>'
        f'<form class="proving" data-proof="{proof.name}">{fields}'
        '<button type="submit">Check</button></form></details>'
    )


def _file(path: Path) -> Response:
    return Response(path.read_bytes(), headers=_HEADERS, media_type=_MEDIA_TYPES[path.suffix])
