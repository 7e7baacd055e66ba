"""The team's set of labels: what each is called, its colour, how many conversations have it."""

from collections.abc import Callable
from functools import partial
from typing import Any, Final

from sqlalchemy.orm import Session
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from agent_service.clock import Clock
from agent_service.errors import CallerError
from agent_service.store.database import Database
from agent_service.store.members import Member, Right
from agent_service.store.work.errors import WorkError
from agent_service.store.work.labels import (
    change_label,
    list_labels,
    make_label,
    merge_labels,
    remove_label,
)
from agent_service.store.work.tables import LONGEST_LABEL, LabelColour
from agent_service.web.application import status_of
from agent_service.web.desk.forms import Form
from agent_service.web.desk.page import Desk, redirect

PATH: Final = "/admin/labels"


def routes(desk: Desk, database: Database, clock: Clock) -> list[Route]:
    """Return the page."""

    async def show(request: Request, member: Member) -> Response:
        return await _shown(request, member)

    async def _shown(
        request: Request, member: Member, *, problem: str = "", kept: str = "", status: int = 200
    ) -> Response:
        return desk.show(
            request,
            member,
            "labels.html",
            status=status,
            problem=problem,
            kept=kept,
            labels=await database.run(list_labels),
            colours=[*LabelColour],
            longest=LONGEST_LABEL,
            may_add=member.may(Right.WORK),
            may_change=member.may(Right.ADMINISTER),
        )

    async def done(
        request: Request, member: Member, work: Callable[[Session], Any], kept: str
    ) -> Response:
        try:
            await database.run(work, is_write=True)
        except WorkError as error:
            return await _shown(
                request, member, problem=error.message, kept=kept, status=status_of(error)
            )
        return redirect(PATH)

    async def add(request: Request, member: Member, form: Form) -> Response:
        name = form.text("name", most=200)
        said: dict[str, Any] = {"now": clock.utc(), "by": member.actor}
        work = partial(make_label, name=name, colour=_colour(form), **said)
        return await done(request, member, work, name)

    async def change(request: Request, member: Member, form: Form) -> Response:
        name, new_name = form.text("name", most=200), form.text("new_name", most=200)
        said: dict[str, Any] = {"name": name, "now": clock.utc(), "by": member.actor}
        work: Callable[[Session], Any]
        match form.text("act"):
            case "change":
                colour = _colour(form)
                work = partial(change_label, new_name=new_name, colour=colour, **said)
            case "merge":
                work = partial(merge_labels, into=form.text("into", most=200), **said)
            case "remove":
                work = partial(remove_label, **said)
            case _:
                raise CallerError("act: is none that is known.", code="bad_request")
        return await done(request, member, work, "")

    return [
        desk.page(PATH, Right.SEE, show),
        desk.form(PATH, Right.WORK, add),
        desk.form(f"{PATH}/change", Right.ADMINISTER, change),
    ]


def _colour(form: Form) -> LabelColour:
    try:
        return LabelColour(form.text("colour"))
    except ValueError:
        known = ", ".join(LabelColour)
        raise CallerError(f"colour: is not one of {known}.", code="bad_request") from None
