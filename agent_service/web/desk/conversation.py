"""One conversation: who spoke, what was done and what went wrong, on one time line."""

from dataclasses import dataclass
from functools import partial
from typing import Any, Final

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from agent_service.errors import CallerError
from agent_service.store.answers import WholeConversation
from agent_service.store.database import Database
from agent_service.store.members import Member, Right
from agent_service.store.queries import whole_conversation
from agent_service.web.desk.page import Desk
from agent_service.web.desk.writing import unheard

PATH: Final = "/admin/conversations/{id}"


@dataclass(frozen=True, slots=True)
class Moment:
    """Something on the time line."""

    kind: str
    at_ms: int | None
    of: Any


def routes(desk: Desk, database: Database, *, time_limit_s: float) -> list[Route]:
    """Return the page."""

    async def show(request: Request, member: Member) -> Response:
        work = partial(whole_conversation, conversation_id=request.path_params["id"])
        whole = await database.run(work, time_limit_s=time_limit_s)
        if whole is None:
            raise CallerError("There is no such conversation.", code="unknown_conversation")
        return desk.show(
            request,
            member,
            "conversation.html",
            conversation=whole.conversation,
            rating=whole.rating,
            moments=_in_order(whole),
            unheard=unheard,
        )

    return [desk.page(PATH, Right.SEE, show)]


def _in_order(whole: WholeConversation) -> list[Moment]:
    """Return all that happened by its place on the time axis; what has none comes last."""
    found = [
        *(Moment("turn", one.started_ms, one) for one in whole.turns),
        *(Moment("tool", one.started_ms, one) for one in whole.tool_calls),
        *(Moment("question", one.started_ms, one) for one in whole.confirmations),
        *(Moment("incident", one.started_ms, one) for one in whole.incidents),
    ]
    return sorted(found, key=lambda one: (one.at_ms is None, one.at_ms or 0))
