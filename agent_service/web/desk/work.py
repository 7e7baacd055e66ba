"""What the team does about a conversation, on its page: state, assignment, labels and notes.

Who sends a form says which version they saw. Where somebody was faster, the page comes again with
who it was, and what was written is still in its field.
"""

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
from agent_service.store.directory import Customers
from agent_service.store.members import Member, Right
from agent_service.store.work.errors import WorkError
from agent_service.store.work.labels import put_label, take_label
from agent_service.store.work.letters import address_of_caller, write_letter
from agent_service.store.work.notes import LONGEST_NOTE, edit_note, remove_note, write_note
from agent_service.store.work.standing import change_work
from agent_service.web.application import status_of
from agent_service.web.desk import asking
from agent_service.web.desk.conversation import LIST, PATH, ConversationPage
from agent_service.web.desk.forms import Form
from agent_service.web.desk.page import Desk, redirect
from agent_service.web.desk.work_forms import number, read_change

_LONGEST: Final = 4 * LONGEST_NOTE
"""What is cut short of a text that is too long is not shown again, either."""


def routes(
    desk: Desk, page: ConversationPage, database: Database, customers: Customers, clock: Clock
) -> list[Route]:
    """Return the forms of a conversation's page."""

    async def done(
        request: Request,
        member: Member,
        work: Callable[[Session], Any],
        kept: tuple[str, str] = ("", ""),
        letter: str = "",
        part: str = "work",
    ) -> Response:
        try:
            await database.run(work, is_write=True)
        except WorkError as error:
            status = status_of(error)
            if status == 404:
                raise
            return await page.show(
                request, member, problem=error.message, kept=kept, letter=letter, status=status
            )
        own = [one for one in request.query_params.multi_items() if one[0] == "in"]
        return redirect(asking.address(f"{LIST}/{request.path_params['id']}", own) + f"#{part}")

    async def change(request: Request, member: Member, form: Form) -> Response:
        work = partial(
            change_work,
            conversation_id=request.path_params["id"],
            change=read_change(form, member, clock.utc()),
            version=number(form, "version"),
            now=clock.utc(),
            by=member.actor,
        )
        return await done(request, member, work)

    async def label(request: Request, member: Member, form: Form) -> Response:
        acts = {"put": put_label, "take": take_label}
        act = acts.get(form.text("act"))
        if act is None:
            raise CallerError("act: is put or take.", code="bad_request")
        work = partial(
            act,
            conversation_id=request.path_params["id"],
            name=form.text("name", most=200),
            now=clock.utc(),
            by=member.actor,
        )
        return await done(request, member, work)

    async def note(request: Request, member: Member, form: Form) -> Response:
        id, text = form.text("id", most=36), form.text("text", most=_LONGEST)
        said: dict[str, Any] = {"now": clock.utc(), "by": member.actor}
        work: Callable[[Session], Any]
        match form.text("act"):
            case "write":
                of = request.path_params["id"]
                work = partial(write_note, conversation_id=of, text=text, **said)
            case "edit":
                version = number(form, "version")
                work = partial(edit_note, id=id, text=text, version=version, **said)
            case "remove":
                is_any = member.may(Right.ADMINISTER)
                work = partial(remove_note, id=id, is_any=is_any, **said)
            case _:
                raise CallerError("act: is write, edit or remove.", code="bad_request")
        return await done(request, member, work, kept=(id, text), part="notes")

    async def write(request: Request, member: Member, form: Form) -> Response:
        id, text = request.path_params["id"], form.text("text", most=_LONGEST)
        work = partial(
            write_letter,
            conversation_id=id,
            text=text,
            to=await database.run(partial(address_of_caller, id=id, customers=customers)),
            key=form.text("key", most=36),
            now=clock.utc(),
            by=member.actor,
        )
        return await done(request, member, work, letter=text, part="letters")

    return [
        desk.form(f"{PATH}/letters", Right.SPEAK, write),
        desk.form(f"{PATH}/work", Right.WORK, change),
        desk.form(f"{PATH}/labels", Right.WORK, label),
        desk.form(f"{PATH}/notes", Right.WORK, note),
    ]
