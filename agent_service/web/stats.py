"""Numbers over conversations, as JSON to who bears a token."""

from functools import partial

import msgspec
from starlette.requests import Request
from starlette.responses import Response

from agent_service.store.admin_tokens import Scope
from agent_service.store.database import Database
from agent_service.store.members import Member
from agent_service.store.queries import CONVERSATIONS
from agent_service.store.stats import BY, Stats, find_stats, parse_stats
from agent_service.web.admin_access import AdminAccess
from agent_service.web.json_body import HEADERS
from agent_service.web.operations import ApiRoute, Operation, filters_of, text_of


def routes(database: Database, access: AdminAccess, *, time_limit_s: float) -> list[ApiRoute]:
    """Return the endpoint."""

    async def stats(request: Request, member: Member) -> Response:
        asked = parse_stats(request.query_params.multi_items())
        found = await database.run(partial(find_stats, asked=asked), time_limit_s=time_limit_s)
        answer = msgspec.json.encode(found)
        return Response(answer, media_type="application/json", headers=HEADERS)

    filters = filters_of(CONVERSATIONS, of_pages=False)
    filters.pop("sort")
    asked = Operation(
        summary="Numbers over conversations, in groups",
        scope=Scope.READ,
        answer=Stats,
        query={"by": text_of(*BY), "tz": text_of(), **filters},
    )
    return [access.route("/api/stats", stats, asked)]
