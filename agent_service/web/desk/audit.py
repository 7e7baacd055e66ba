"""The audit log: who of the team, which caller and which tool did or read what."""

from functools import partial
from typing import Final

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from agent_service.store.answers import Page
from agent_service.store.audit_list import AUDIT, AuditRow
from agent_service.store.database import Database
from agent_service.store.members import Member, Right
from agent_service.web.desk import asking
from agent_service.web.desk.filter_words import title
from agent_service.web.desk.page import Desk

PATH: Final = "/admin/audit"
_FIELDS: Final = ("actor", "action", "conversation", "subject", "since", "until")


def routes(desk: Desk, database: Database, *, time_limit_s: float) -> list[Route]:
    """Return the page."""

    async def show(request: Request, member: Member) -> Response:
        asked = asking.read_question(AUDIT, request.query_params.multi_items())
        page: Page[AuditRow] | None = None
        if asked.question is not None:
            work = partial(AUDIT.page, question=asked.question)
            page = await asking.found_in_time(database, work, time_limit_s)
        given = dict(asked.parameters)
        status, problems = asking.outcome(asked, page)
        return desk.show(
            request,
            member,
            "audit.html",
            status=status,
            page=page,
            problems=problems,
            fields=[(name, title(name), given.get(name, "")) for name in _FIELDS],
            chips=asking.chips(PATH, asked, (), desk.title_of),
            left_out=asked.left_out,
            around=asking.around(PATH, asked.parameters, page),
        )

    return [desk.page(PATH, Right.ADMINISTER, show)]
