"""Whole answers as files over HTTP, however long: read and sent a piece at a time.

A reader who goes away, or takes nothing for a minute, holds neither a thread nor a transaction.
"""

import asyncio
from collections.abc import AsyncIterator, Mapping
from dataclasses import replace
from functools import partial
from typing import Any, Final

import structlog
from sqlalchemy.orm import Session
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse
from starlette.types import Message, Receive, Send
from starlette.types import Scope as AsgiScope

from agent_service.errors import CallerError, QueryError, QueryProblem
from agent_service.store.admin_tokens import Scope
from agent_service.store.database import Database
from agent_service.store.exporting import LISTS, MEDIA_TYPES, Export, Format, new_export
from agent_service.store.filters import Question
from agent_service.store.members import Member
from agent_service.store.pages import CHUNK, List
from agent_service.web.admin_access import AdminAccess
from agent_service.web.json_body import HEADERS
from agent_service.web.operations import ApiRoute, Operation, filters_of, text_of

STALL_S: Final = 60.0
"""A reader who has taken nothing for so long is gone."""

_OF_PAGES: Final = ("limit", "cursor", "count")

_log = structlog.get_logger()


def routes(
    database: Database, access: AdminAccess, *, time_limit_s: float, stall_s: float = STALL_S
) -> list[ApiRoute]:
    """Return the endpoint; ``time_limit_s`` is that of each piece."""

    async def export(request: Request, member: Member) -> Response:
        name = request.path_params["list"]
        rows = LISTS.get(name)
        if rows is None:
            raise CallerError(f"There is no list {name[:50]!r}.", code="not_found")
        chosen, question = _asked(request, rows)
        headers = HEADERS | {"Content-Disposition": f'attachment; filename="{name}.{chosen}"'}
        if request.method == "HEAD":
            return Response(headers=headers, media_type=MEDIA_TYPES[chosen])
        pieces = _pieces(database, rows, question, new_export(chosen, rows.row), time_limit_s)
        first = await anext(pieces)  # what goes wrong at once is an error, not a broken file
        return _Stream(first, pieces, MEDIA_TYPES[chosen], headers, stall_s)

    filters: dict[str, Any] = {"format": text_of(*Format)}
    for rows in LISTS.values():
        filters |= filters_of(rows, of_pages=False)
    filters["sort"] = text_of()
    asked = Operation(
        summary="All rows of a question, as a file",
        scope=Scope.READ,
        media_types=tuple(MEDIA_TYPES.values()),
        query=filters,
    )
    return [access.route("/api/export/{list}", export, asked)]


def _asked(request: Request, rows: List[Any]) -> tuple[Format, Question]:
    """Return the format and the question; raise QueryError with everything that is wrong."""
    problems: list[QueryProblem] = []
    others: list[tuple[str, str]] = []
    chosen: Format | None = None
    for name, value in request.query_params.multi_items():
        if name in _OF_PAGES:
            problems.append(QueryProblem(name, "is of pages: an export has all rows"))
        elif name != "format":
            others.append((name, value))
        elif chosen is not None:
            problems.append(QueryProblem(name, "is given twice"))
        elif value in set(Format):
            chosen = Format(value)
        else:
            problems.append(QueryProblem(name, f"should be one of {', '.join(Format)}"))
    try:
        question = rows.parse(others)
    except QueryError as error:
        raise QueryError([*problems, *error.problems]) from None
    if problems:
        raise QueryError(problems)
    return chosen or Format.JSONL, replace(question, limit=CHUNK)


async def _pieces(
    database: Database, rows: List[Any], question: Question, export: Export, time_limit_s: float
) -> AsyncIterator[bytes]:
    """Yield the file in pieces, each of which is read and written on a thread."""
    written = export.begin()
    while True:
        work = partial(_piece, rows=rows, question=question, export=export)
        piece, following = await database.run(work, time_limit_s=time_limit_s)
        yield written + piece
        if following is None:
            return
        question, written = following, b""


def _piece(
    session: Session, rows: List[Any], question: Question, export: Export
) -> tuple[bytes, Question | None]:
    """Return the next piece, and the question that the one after it answers."""
    page = rows.page(session, question)
    piece = export.add(page.items)
    if page.next_cursor is None:
        return piece + export.end(), None
    return piece, replace(question, cursor=rows.cursors.read(page.next_cursor, question.key))


class _Stream(StreamingResponse):
    """Sends pieces as fast as they are taken; stops making them when nobody takes them."""

    def __init__(
        self,
        first: bytes,
        others: AsyncIterator[bytes],
        media_type: str,
        headers: Mapping[str, str],
        stall_s: float,
    ) -> None:
        super().__init__(_joined(first, others), headers=headers, media_type=media_type)
        self._stall_s = stall_s

    async def __call__(self, scope: AsgiScope, receive: Receive, send: Send) -> None:
        async def send_in_time(message: Message) -> None:
            async with asyncio.timeout(self._stall_s):
                await send(message)

        try:
            await super().__call__(scope, receive, send_in_time)
        except TimeoutError:  # the server closes a connection whose answer is not whole
            _log.warning("export_abandoned", path=scope["path"])


async def _joined(first: bytes, others: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
    yield first
    async for piece in others:
        yield piece
