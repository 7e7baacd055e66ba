"""Whether a request comes from a page of ours: what browsers send by themselves needs that."""

from typing import Final
from urllib.parse import urlsplit

from starlette.requests import HTTPConnection

from agent_service.errors import CallerError

_ONLY_READ: Final = ("GET", "HEAD", "OPTIONS")


def is_secure(request: HTTPConnection) -> bool:
    """Tell whether the browser is reached over TLS, which a proxy before us may have ended."""
    # Who makes this up only keeps cookies from themselves.
    forwarded = request.headers.get("x-forwarded-proto", "")
    return request.url.scheme in ("https", "wss") or forwarded == "https"


def check_own_page(request: HTTPConnection) -> None:
    """Raise CallerError when another site's page has the browser change something.

    Every browser names the origin of a form, a script's request that changes something, and a
    socket; what names none is no browser, and has the cookie from whoever runs it.
    """
    is_socket = request.scope["type"] == "websocket"
    if not is_socket and request.scope["method"] in _ONLY_READ:
        return
    site = request.headers.get("sec-fetch-site")
    origin = request.headers.get("origin")
    is_ours = site in (None, "same-origin", "none") if origin is None else _is_own(request, origin)
    if not is_ours or site not in (None, "same-origin", "none"):
        raise CallerError(
            "This may only be asked for by a page of this service.", code="origin_not_allowed"
        )


def _is_own(request: HTTPConnection, origin: str) -> bool:
    try:
        return urlsplit(origin).netloc == request.headers.get("host", "")
    except ValueError:
        return False
