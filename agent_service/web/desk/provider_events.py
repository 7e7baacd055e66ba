"""What one conversation and its provider told each other, where it is kept, page by page."""

import json
from dataclasses import dataclass
from functools import partial
from typing import Final

from sqlalchemy.orm import Session
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from agent_service.errors import CallerError
from agent_service.store.database import Database
from agent_service.store.members import Member, Right
from agent_service.store.provider_events import PAGE, ProviderEvent, event_kinds, events_of
from agent_service.store.tables import Conversation
from agent_service.web.desk import asking
from agent_service.web.desk.page import Desk
from agent_service.web.desk.writing import redacted

PATH: Final = "/admin/conversations/{id}/events"


@dataclass(frozen=True, slots=True)
class _Seen:
    kinds: dict[str, int]
    events: list[ProviderEvent]


def routes(desk: Desk, database: Database, *, time_limit_s: float) -> list[Route]:
    """Return the page."""

    async def show(request: Request, member: Member) -> Response:
        id, query = request.path_params["id"], request.query_params
        kind, after = query.get("kind", ""), query.get("after", "")
        work = partial(_look, id=id, kind=kind, after=after)
        seen = await database.run(work, time_limit_s=time_limit_s)
        if seen is None:
            raise CallerError("There is no such conversation.", code="unknown_conversation")
        path = f"/admin/conversations/{id}/events"
        shown, more = seen.events[:PAGE], seen.events[PAGE:]
        asked = (("kind", kind),) if kind else ()
        around = {}
        if after:
            around["previous"] = asking.address(path, asked)
        if more:
            around["next"] = asking.address(path, (*asked, ("after", shown[-1].id)))
        return desk.show(
            request,
            member,
            "provider_events.html",
            to_conversation=f"/admin/conversations/{id}",
            kinds=[
                (one, count, asking.address(path, (("kind", one),)))
                for one, count in seen.kinds.items()
            ],
            kind=kind,
            to_all=path,
            events=[(one, _laid_out(one.payload)) for one in shown],
            around=around,
            redacted=redacted,
        )

    return [desk.page(PATH, Right.SEE, show)]


def _look(session: Session, id: str, kind: str, after: str) -> _Seen | None:
    if session.get(Conversation, id) is None:
        return None
    return _Seen(event_kinds(session, id), events_of(session, id, kind=kind, after=after))


def _laid_out(payload: str) -> str:
    return json.dumps(json.loads(payload), indent=1, ensure_ascii=False) if payload else ""
