"""Health for machines: alive, ready, and counts in the Prometheus text format."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, TypeAlias

import structlog
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import Route

from agent_service.errors import AgentServiceError

Check: TypeAlias = Callable[[], Awaitable[None]]
"""Raises AgentServiceError when what it looks at cannot serve."""
Gauges: TypeAlias = Mapping[str, Callable[[], float]]
"""Names with what to read them from; each is exported as ``agent_service_NAME``."""
Notes: TypeAlias = Mapping[str, Callable[[], Mapping[str, int]]]
"""What people should see to, although the service can serve: counts by kind."""


@dataclass(frozen=True, slots=True)
class Caveat:
    """Something that the service can still do with, and that somebody has to see to."""

    code: str
    message: str
    """Safe to show: it names no hosts and no files."""
    remedy: str
    ends: date | None


log = structlog.get_logger(__name__)


def routes(
    checks: Mapping[str, Check],
    gauges: Gauges,
    notes: Notes | None = None,
    warnings: Callable[[], Sequence[Caveat]] = tuple,
) -> list[Route]:
    """Return ``/healthz``, ``/readyz`` and ``/metrics``."""
    noted = notes or {}

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
        answer: dict[str, Any] = {"ready": not problems, "problems": problems}
        found = {name: dict(read()) for name, read in noted.items()}
        if detail := {name: counts for name, counts in found.items() if counts}:
            answer["notes"] = detail
        if warned := warnings():
            answer["warnings"] = [_shown(caveat) for caveat in warned]
        return JSONResponse(answer, status)

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


def _shown(caveat: Caveat) -> dict[str, str | None]:
    return {
        "code": caveat.code,
        "message": caveat.message,
        "remedy": caveat.remedy,
        "date": caveat.ends.isoformat() if caveat.ends else None,
    }
