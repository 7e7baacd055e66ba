"""Saved views over HTTP: questions to the record that the team asks again."""

from functools import partial
from typing import Annotated, Any, Final

import msgspec
from sqlalchemy.orm import Session
from starlette.requests import Request
from starlette.responses import Response

from agent_service.clock import Clock
from agent_service.store.admin_tokens import Scope
from agent_service.store.database import Database
from agent_service.store.members import Member, Right
from agent_service.store.views import SavedView, delete_view, save_view, saved_views
from agent_service.web.admin_access import AdminAccess
from agent_service.web.json_body import HEADERS, json_answer, read_json
from agent_service.web.operations import ApiRoute, Operation

_PATH: Final = "/api/views"


class Saved(msgspec.Struct, forbid_unknown_fields=True):
    question: Annotated[str, msgspec.Meta(max_length=10_000)]
    list: str = "conversations"


def routes(database: Database, access: AdminAccess, clock: Clock) -> list[ApiRoute]:
    """Return the endpoints of saved views."""

    async def list_all(request: Request, member: Member) -> Response:

        def work(session: Session) -> list[dict[str, Any]]:
            return [_shown(view) for view in saved_views(session)]

        return json_answer({"items": await database.run(work)})

    async def put(request: Request, member: Member) -> Response:
        said = await read_json(request, Saved)

        def work(session: Session) -> dict[str, Any]:
            name, by, now = request.path_params["name"], member.actor, clock.utc()
            is_own = not member.may(Right.ADMINISTER)
            view = save_view(
                session, name, said.list, said.question, saved_by=by, now=now, is_own=is_own
            )
            return _shown(view)

        return json_answer(await database.run(work, is_write=True))

    async def delete(request: Request, member: Member) -> Response:
        work = partial(
            delete_view,
            now=clock.utc(),
            by=member.actor,
            is_own=not member.may(Right.ADMINISTER),
            **request.path_params,
        )
        await database.run(work, is_write=True)
        return Response(status_code=204, headers=HEADERS)

    return [
        access.route(
            _PATH, list_all, Operation(summary="Questions that are asked again", scope=Scope.READ)
        ),
        access.route(
            f"{_PATH}/{{name:path}}",
            put,
            Operation(summary="Keep a question under a name", scope=Scope.READ, body=Saved),
            method="PUT",
        ),
        access.route(
            f"{_PATH}/{{name:path}}",
            delete,
            Operation(summary="Forget a question", scope=Scope.READ, statuses=(204,)),
            method="DELETE",
        ),
    ]


def _shown(view: SavedView) -> dict[str, Any]:
    return {
        "name": view.name,
        "list": view.list,
        "question": view.question,
        "saved_by": view.saved_by,
        "saved_at": view.saved_at,
    }
