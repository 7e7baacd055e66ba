"""Health for machines: alive, ready, and counts in the Prometheus text format."""

from collections.abc import Awaitable, Callable, Mapping
from typing import TypeAlias

import structlog
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import Route

from agent_service.errors import AgentServiceError

Check: TypeAlias = Callable[[], Awaitable[None]]
"""Raises AgentServiceError when what it looks at cannot serve."""
Gauges: TypeAlias = Mapping[str, Callable[[], float]]
"""Names with what to read them from; each is exported as ``agent_service_NAME``."""

log = structlog.get_logger(__name__)


def routes(checks: Mapping[str, Check], gauges: Gauges) -> list[Route]:
    """Return ``/healthz``, ``/readyz`` and ``/metrics``."""

    async def healthz(request: Request) -> Response:
        return PlainTextResponse("ok\n")

    async def readyz(request: Request) -> Response:
        problems = {}
        for name, check in checks.items():
            try:
                await check()
            except AgentServiceError as error:
                # The message may name hosts and files; only the log gets it.
                log.warning("not_ready", check=name, code=error.code, message=error.message)
                problems[name] = error.code
        status = 503 if problems else 200
        return JSONResponse({"ready": not problems, "problems": problems}, status)

    async def metrics(request: Request) -> Response:
        lines = [
            f"# TYPE agent_service_{name} gauge\nagent_service_{name} {read():g}\n"
            for name, read in gauges.items()
        ]
        return PlainTextResponse("".join(lines), media_type="text/plain; version=0.0.4")

    return [
        Route("/healthz", healthz),
        Route("/readyz", readyz),
        Route("/metrics", metrics),
    ]
