"""Numbers over conversations, as JSON to who bears a token."""

from functools import partial

import msgspec
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from agent_service.store.admin_tokens import Admin
from agent_service.store.database import Database
from agent_service.store.stats import find_stats, parse_stats
from agent_service.web.admin_access import AdminAccess
from agent_service.web.json_body import HEADERS


def routes(database: Database, access: AdminAccess, *, time_limit_s: float) -> list[Route]:
    """Return the endpoint."""

    async def stats(request: Request, admin: Admin) -> Response:
        asked = parse_stats(request.query_params.multi_items())
        found = await database.run(partial(find_stats, asked=asked), time_limit_s=time_limit_s)
        answer = msgspec.json.encode(found)
        return Response(answer, media_type="application/json", headers=HEADERS)

    return [Route("/api/stats", access.guard(stats))]
