"""Addresses with a slash too many at their end answer like those without it.

The framework would redirect, to an address made of what the request says of scheme and host: behind
a proxy that ends TLS that leads out of it.
"""

from starlette.types import ASGIApp, Receive, Scope, Send


class WithoutTrailingSlash:
    """Middleware around all routes."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        path = scope.get("path", "")
        if path.endswith("/"):
            scope = {**scope, "path": path.rstrip("/") or "/"}
        await self._app(scope, receive, send)
