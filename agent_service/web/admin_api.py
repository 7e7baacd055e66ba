"""The admin API: questions to the record over HTTP, answered as JSON to who bears a token."""

from collections.abc import Callable, Iterable
from functools import partial
from typing import Any

from sqlalchemy.orm import Session
from starlette.requests import Request
from starlette.responses import Response

from agent_service.errors import CallerError
from agent_service.store.admin_tokens import Scope
from agent_service.store.answers import (
    ConversationRow,
    IncidentRow,
    Page,
    ToolCallRow,
    TurnRow,
    WholeConversation,
)
from agent_service.store.database import Database
from agent_service.store.filters import Question
from agent_service.store.members import Member
from agent_service.store.queries import (
    CONVERSATIONS,
    INCIDENTS,
    TOOL_CALLS,
    TURNS,
    whole_conversation,
)
from agent_service.web.admin_access import AdminAccess
from agent_service.web.json_body import json_answer
from agent_service.web.operations import ApiRoute, Operation, filters_of

DEFAULT_TIME_LIMIT_S = 5.0


def routes(
    database: Database, access: AdminAccess, *, time_limit_s: float = DEFAULT_TIME_LIMIT_S
) -> list[ApiRoute]:
    """Return the endpoints of the record."""

    async def ask(
        request: Request,
        parse: Callable[[Iterable[tuple[str, str]]], Question],
        answer: Callable[[Session, Question], Any],
    ) -> Response:
        question = parse(request.query_params.multi_items())

        def work(session: Session) -> Any:
            return answer(session, question)

        return json_answer(await database.run(work, time_limit_s=time_limit_s))

    async def conversations(request: Request, member: Member) -> Response:
        return await ask(request, CONVERSATIONS.parse, CONVERSATIONS.page)

    async def turns(request: Request, member: Member) -> Response:
        return await ask(request, TURNS.parse, TURNS.page)

    async def tool_calls(request: Request, member: Member) -> Response:
        return await ask(request, TOOL_CALLS.parse, TOOL_CALLS.page)

    async def incidents(request: Request, member: Member) -> Response:
        return await ask(request, INCIDENTS.parse, INCIDENTS.page)

    async def conversation(request: Request, member: Member) -> Response:
        work = partial(whole_conversation, conversation_id=request.path_params["id"])
        whole = await database.run(work, time_limit_s=time_limit_s)
        if whole is None:
            raise CallerError("There is no such conversation.", code="unknown_conversation")
        return json_answer(whole)

    lists = (
        ("conversations", conversations, CONVERSATIONS, Page[ConversationRow]),
        ("turns", turns, TURNS, Page[TurnRow]),
        ("tool-calls", tool_calls, TOOL_CALLS, Page[ToolCallRow]),
        ("incidents", incidents, INCIDENTS, Page[IncidentRow]),
    )
    whole = Operation(
        summary="All that is on record of a conversation",
        scope=Scope.READ,
        answer=WholeConversation,
    )
    return [
        *(
            access.route(
                f"/api/{name}",
                endpoint,
                Operation(
                    summary=f"Find {name.replace('-', ' ')}",
                    scope=Scope.READ,
                    answer=answer,
                    query=filters_of(rows),
                ),
            )
            for name, endpoint, rows, answer in lists
        ),
        access.route("/api/conversations/{id}", conversation, whole),
    ]
