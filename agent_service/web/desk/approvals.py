"""What waits for a decision of the team, and what was decided."""

from collections.abc import Iterable
from functools import partial
from typing import Final
from urllib.parse import quote

from sqlalchemy.orm import Session
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from agent_service.conversation.phrases import sentence, spoken_part
from agent_service.errors import CallerError
from agent_service.runtime.approval_desk import ApprovalDesk
from agent_service.store.approvals import (
    Approval,
    ApprovalError,
    ApprovalStatus,
    asked_by_people,
    erased_by,
    recently_decided,
)
from agent_service.store.database import Database
from agent_service.store.members import Member, Right
from agent_service.web.application import status_of
from agent_service.web.desk.forms import Form, own_path
from agent_service.web.desk.page import Desk, redirect
from agent_service.web.desk.writing import actor

PATH: Final = "/admin/approvals"
_LONGEST_NOTE: Final = 500
_DONE: Final = "done"


def routes(desk: Desk, approvals: ApprovalDesk, database: Database) -> list[Route]:
    """Return the page."""

    async def show(request: Request, member: Member) -> Response:
        return await _shown(request, member)

    async def _shown(
        request: Request,
        member: Member,
        *,
        problem: str = "",
        kept: tuple[str, str] = ("", ""),
        status: int = 200,
    ) -> Response:
        waiting = await approvals.list(ApprovalStatus.WAITING)
        waiting += await approvals.list(ApprovalStatus.SECONDED)
        decided = await database.run(recently_decided)
        asked_by = await database.run(partial(asked_by_people, approvals=[*waiting, *decided]))
        return desk.show(
            request,
            member,
            "approvals.html",
            status=status,
            problem=problem,
            kept=kept,
            waiting=sorted(waiting, key=lambda one: one.requested_at),
            decided=decided,
            done=_done([*waiting, *decided], request.query_params.get(_DONE), member),
            asked_by=asked_by,
            may_decide=member.may(Right.DECIDE),
        )

    async def decide(request: Request, member: Member, form: Form) -> Response:
        id, note = form.text("id", most=36), form.text("note", most=_LONGEST_NOTE)
        decision = {"approve": True, "decline": False}.get(form.text("decision"))
        if decision is None:
            raise CallerError("decision: is approve or decline.", code="bad_request")
        try:
            work = approvals.decide(id, is_approved=decision, decided_by=member.actor, note=note)
            await work
        except ApprovalError as error:
            words = await database.run(partial(_how_it_stands, error=error, id=id))
            status = status_of(error)
            return await _shown(request, member, problem=words, kept=(id, note), status=status)
        return redirect(own_path(form.text("next", most=2_000), f"{PATH}?{_DONE}={quote(id)}"))

    return [desk.page(PATH, Right.SEE, show), desk.form(PATH, Right.DECIDE, decide)]


def _done(rows: Iterable[Approval], id: str | None, member: Member) -> str:
    """Say to who has just decided that it was taken, and what follows."""
    row = next((one for one in rows if one.id == id), None)
    if row is None or member.actor not in (row.first_by, row.decided_by):
        return ""
    if row.status is ApprovalStatus.SECONDED:
        return f"You have agreed: {sentence(row.summary)} A second person has to decide, too."
    follows = "The caller hears of it in the conversation, or is written to if they have gone."
    said = (spoken_part(row.outcome) if row.outcome else None) or ""
    return " ".join(
        filter(None, (f"{row.status.capitalize()}: {sentence(row.summary)}", said, follows))
    )


def _how_it_stands(session: Session, *, error: ApprovalError, id: str) -> str:
    """Say why it could not be decided, and who was faster."""
    row = session.get(Approval, id)
    if row is None and (who := erased_by(session, id)) is not None:
        return f"Its customer was erased by {actor(who)}, and what waited with them: it is gone."
    if row is None or error.code != "approval_decided" or row.decided_by is None:
        return error.message
    note = f" “{row.note}”" if row.note else ""
    return f"{actor(row.decided_by)} was faster: {row.summary} is {row.status} already.{note}"
