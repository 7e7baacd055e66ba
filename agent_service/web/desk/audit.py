"""The audit log: who of the team, which caller and which tool did or read what."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from agent_service.clock import Clock
from agent_service.store.admin_tokens import list_tokens
from agent_service.store.answers import Page
from agent_service.store.approvals import Approval
from agent_service.store.audit_list import AUDIT, AuditRow
from agent_service.store.database import Database
from agent_service.store.members import Member, Right
from agent_service.store.users import list_users
from agent_service.web.desk import asking
from agent_service.web.desk.audit_words import (
    ACTIONS,
    action_words,
    actor_words,
    detail_words,
    subject_words,
)
from agent_service.web.desk.page import Desk

PATH: Final = "/admin/audit"
_ERASURES: Final = "/admin/erasures"


@dataclass(frozen=True, slots=True)
class Shown:
    """One entry in words."""

    row: AuditRow
    who: str
    what: str
    subject: str
    to: str
    """Where more of the subject is."""
    detail: str


@dataclass(frozen=True, slots=True)
class _Beside:
    """What the page has beside the entries."""

    actors: Sequence[str]
    decided: dict[str, str]
    """Of approvals what each was about."""


def routes(desk: Desk, database: Database, clock: Clock, *, time_limit_s: float) -> list[Route]:
    """Return the page."""

    async def show(request: Request, member: Member) -> Response:
        asked = asking.read_question(AUDIT, request.query_params.multi_items(), desk.title_of)
        page: Page[AuditRow] | None = None
        if asked.question is not None:
            work = partial(AUDIT.page, question=asked.question)
            page = await asking.found_in_time(database, work, time_limit_s)
        given = dict.fromkeys(AUDIT.fields, "") | dict(asked.parameters)
        rows = page.items if page else []

        def look(session: Session) -> _Beside:
            users = [f"user:{one.name}" for one in list_users(session, clock.utc())]
            programs = [f"admin:{one.name}" for one in list_tokens(session)]
            ids = [one.subject for one in rows if one.action.startswith("approval.")]
            about = select(Approval.id, Approval.summary).where(Approval.id.in_(ids))
            decided = {row.id: row.summary for row in session.execute(about)}
            return _Beside([*users, *programs], decided)

        beside = await database.run(look)
        actors = [*dict.fromkeys((*beside.actors, *filter(None, (given["actor"],))))]
        status, problems = asking.outcome(asked, page)
        return desk.show(
            request,
            member,
            "audit.html",
            status=status,
            page=page,
            rows=[_told(one, beside, desk) for one in rows],
            problems=problems,
            given=given,
            actors=[(one, actor_words(one)) for one in actors],
            actions=ACTIONS,
            chips=asking.chips(PATH, asked, (), desk.title_of),
            left_out=asked.left_out,
            around=asking.around(PATH, asked.parameters, page),
        )

    return [desk.page(PATH, Right.ADMINISTER, show)]


def _told(row: AuditRow, beside: _Beside, desk: Desk) -> Shown:
    subject, to = subject_words(row, desk.title_of), ""
    if row.action.startswith("approval."):
        subject = beside.decided.get(row.subject or "", "")
    elif row.action == "customer.erased":
        subject, to = "the receipt", f"{_ERASURES}/{row.subject}"
    detail = detail_words(row.detail, desk.title_of)
    return Shown(row, actor_words(row.actor), action_words(row.action), subject, to, detail)
