"""What callers were promised and is open, and marking it as kept."""

from collections.abc import Mapping
from functools import partial
from typing import Final

from sqlalchemy.orm import Session
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from agent_service.clock import Clock
from agent_service.errors import CallerError
from agent_service.store.database import Database
from agent_service.store.members import Member, Right
from agent_service.store.outbox import Settle
from agent_service.store.promise_keeping import PromiseError, mark_done
from agent_service.store.promises import Promise, PromiseKind, list_promises
from agent_service.web.application import status_of
from agent_service.web.desk.forms import Form, own_path
from agent_service.web.desk.page import Desk, redirect

PATH: Final = "/admin/queue"
SHOWN: Final = 200
_LONGEST_NOTE: Final = 500


def routes(
    desk: Desk,
    database: Database,
    clock: Clock,
    settlements: Mapping[str, Settle],
    *,
    time_limit_s: float,
) -> list[Route]:
    """Return the page; ``settlements`` are what its ends change, by kind."""

    async def show(request: Request, member: Member) -> Response:
        return await _shown(request, member, request.query_params.get("kind", ""))

    async def _shown(
        request: Request,
        member: Member,
        asked: str,
        *,
        problem: str = "",
        kept: tuple[str, str] = ("", ""),
        status: int = 200,
    ) -> Response:
        if asked and asked not in set(PromiseKind):
            raise CallerError(f"kind: is not one of {', '.join(PromiseKind)}.", code="bad_request")
        now, kind = clock.utc(), PromiseKind(asked) if asked else None

        def work(session: Session) -> list[Promise]:
            return list_promises(session, now, kind=kind, limit=SHOWN)

        found = await database.run(work, time_limit_s=time_limit_s)
        return desk.show(
            request,
            member,
            "queue.html",
            status=status,
            problem=problem,
            kept=kept,
            promises=found,
            kinds=[*PromiseKind],
            kind=asked,
            now=now,
            is_cut=len(found) == SHOWN,
            may_decide=member.may(Right.DECIDE),
        )

    async def done(request: Request, member: Member, form: Form) -> Response:
        id, note = form.text("id", most=80), form.text("note", most=_LONGEST_NOTE)
        work = partial(
            mark_done,
            promise_id=id,
            done_by=member.actor,
            note=note,
            now=clock.utc(),
            settlements=settlements,
        )
        try:
            await database.run(work, is_write=True)
        except PromiseError as error:
            return await _shown(
                request,
                member,
                "",
                problem=error.message,
                kept=(id, note),
                status=status_of(error),
            )
        return redirect(own_path(form.text("next", most=2_000), PATH))

    return [desk.page(PATH, Right.SEE, show), desk.form(PATH, Right.DECIDE, done)]
