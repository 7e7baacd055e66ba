"""The team's reader of promises over HTTP: what callers were promised and is open, and its end."""

import re
from collections.abc import Mapping
from functools import partial
from typing import Annotated, Any, Final

import msgspec
from sqlalchemy.orm import Session
from starlette.requests import Request
from starlette.responses import Response

from agent_service.clock import Clock
from agent_service.errors import QueryError, QueryProblem
from agent_service.store.admin_tokens import Scope
from agent_service.store.database import Database
from agent_service.store.members import Member
from agent_service.store.outbox import Settle
from agent_service.store.promise_keeping import mark_done
from agent_service.store.promises import MOST, Promise, PromiseKind, list_promises, listed
from agent_service.web.admin_access import AdminAccess
from agent_service.web.json_body import json_answer, read_json
from agent_service.web.operations import ApiRoute, Operation, number_to, text_of
from agent_service.web.query_string import others

_USUAL: Final = 200


class Done(msgspec.Struct, forbid_unknown_fields=True):
    note: Annotated[str, msgspec.Meta(max_length=500)] = ""


def routes(
    database: Database,
    access: AdminAccess,
    clock: Clock,
    settlements: Mapping[str, Settle],
    *,
    time_limit_s: float,
) -> list[ApiRoute]:
    """Return the endpoints of the queue; ``settlements`` are what its ends change, by kind."""

    async def list_open(request: Request, member: Member) -> Response:
        asked = _asked(request)
        now = clock.utc()

        def work(session: Session) -> list[Promise]:
            return list_promises(session, now, **asked)

        found = await database.run(work, time_limit_s=time_limit_s)
        items = [listed(each, now) for each in found]
        return json_answer({"items": items, "is_cut": len(items) == asked["limit"]})

    async def done(request: Request, member: Member) -> Response:
        said = await read_json(request, Done)
        work = partial(
            mark_done,
            promise_id=request.path_params["id"],
            done_by=member.actor,
            note=said.note,
            now=clock.utc(),
            settlements=settlements,
        )
        kept = await database.run(work, is_write=True)
        return json_answer(
            {
                "id": kept.promise_id,
                "done_at": kept.done_at,
                "done_by": kept.done_by,
                "note": kept.note,
            }
        )

    return [
        access.route(
            "/api/queue",
            list_open,
            Operation(
                summary="What callers were promised and is open",
                scope=Scope.READ,
                query={
                    "kind": text_of(*PromiseKind),
                    "all": text_of("true", "false"),
                    "limit": number_to(MOST),
                },
            ),
        ),
        access.route(
            "/api/queue/{id}/done",
            done,
            Operation(summary="Mark a promise as kept", scope=Scope.APPROVE, body=Done),
            method="POST",
        ),
    ]


def _asked(request: Request) -> dict[str, Any]:
    """Read what is to be listed; raise QueryError with everything that is wrong."""
    given = request.query_params
    problems = others(request, ("kind", "all", "limit"))
    kind, is_all, limit = given.get("kind"), given.get("all", "false"), given.get("limit")
    if kind is not None and kind not in set(PromiseKind):
        problems.append(QueryProblem("kind", f"should be one of {', '.join(PromiseKind)}"))
    if is_all not in ("true", "false"):
        problems.append(QueryProblem("all", "should be true or false"))
    if limit is not None and not (re.fullmatch("[0-9]{1,4}", limit) and 1 <= int(limit) <= MOST):
        problems.append(QueryProblem("limit", f"should be a number from 1 to {MOST}"))
    if problems:
        raise QueryError(problems)
    return {
        "kind": None if kind is None else PromiseKind(kind),
        "is_all": is_all == "true",
        "limit": _USUAL if limit is None else int(limit),
    }
