"""What happens at this moment, as server-sent events to who bears a token.

A reader may stop reading: news it was not sent is not kept for it, and it is told how many it lost.
"""

import asyncio
from collections.abc import AsyncIterator, Callable, Iterable, Sequence
from functools import lru_cache, partial
from typing import Any, Final

import msgspec
from sqlalchemy import select
from sqlalchemy.orm import Session
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse
from starlette.types import Receive, Send
from starlette.types import Scope as AsgiScope

from agent_service.clock import Clock
from agent_service.errors import AgentServiceError, CallerError
from agent_service.news import AT_ONCE, News, NewsDesk, Place, Reader
from agent_service.redaction import redact_for_record, redact_value
from agent_service.store.admin_tokens import Scope
from agent_service.store.database import Database
from agent_service.store.members import Member, Right
from agent_service.store.tables import Conversation
from agent_service.web.admin_access import AdminAccess
from agent_service.web.operations import ApiRoute, Operation, text_of
from agent_service.web.query_string import refuse_others

HEARTBEAT_S: Final = 15.0
"""A line without news, so that nobody on the way takes the silence for an end."""
CHECK_S: Final = 30.0
"""How often it is looked whether the token is still good, and the conversation still open."""
RETRY_MS: Final = 2_000
"""How long a browser waits before it comes back."""

HEADERS: Final = {
    "Cache-Control": "no-store, no-transform",
    "X-Accel-Buffering": "no",
    "X-Content-Type-Options": "nosniff",
}
"""What is held back or packed on the way comes late."""
_MEDIA_TYPE: Final = "text/event-stream"


def routes(
    desk: NewsDesk,
    going_on: Callable[[], Sequence[News]],
    database: Database,
    access: AdminAccess,
    clock: Clock,
    *,
    heartbeat_s: float = HEARTBEAT_S,
) -> list[ApiRoute]:
    """Return the endpoint. ``going_on`` tells how the conversations stand that are going on."""

    async def live(request: Request, member: Member) -> Response:
        refuse_others(request, ("conversation",))
        conversation_id = request.query_params.get("conversation")
        after = _place(request.headers.get("last-event-id", ""))
        if conversation_id is not None:
            await access.permit(request, Right.LISTEN)
        if (
            conversation_id is not None
            and not desk.knows(conversation_id)
            and not await database.run(partial(_is_open, conversation_id=conversation_id))
        ):
            return _over()
        if request.method == "HEAD":
            return Response(headers=HEADERS, media_type=_MEDIA_TYPE)
        reader = desk.subscribe(conversation_id, after)
        if reader.is_at_end:
            with reader:
                return _over()
        watch = _Watch(
            reader,
            going_on if conversation_id is None else tuple,
            heartbeat_s,
            is_fresh=after is None,
        )

        async def may_go_on() -> bool:
            try:
                if conversation_id is None:
                    await access.permit(request, Right.SEE)
                    return True
                await access.permit(request, Right.LISTEN)
                if desk.knows(conversation_id):
                    return True
                return await database.run(partial(_is_open, conversation_id=conversation_id))
            except AgentServiceError:
                return False

        return _Stream(reader, watch.events(clock, may_go_on))

    asked = Operation(
        summary="What happens at this moment, as server-sent events; of one: listen as well",
        scope=Scope.READ,
        media_types=(_MEDIA_TYPE,),
        query={"conversation": text_of()},
        headers={"Last-Event-ID": text_of()},
        statuses=(200, 204),
    )
    return [access.route("/api/live", live, asked)]


class _Stream(StreamingResponse):
    """Lets its reader go, however it ends."""

    def __init__(self, reader: Reader, events: AsyncIterator[bytes]) -> None:
        super().__init__(events, headers=HEADERS, media_type=_MEDIA_TYPE)
        self._reader = reader

    async def __call__(self, scope: AsgiScope, receive: Receive, send: Send) -> None:
        with self._reader:
            await super().__call__(scope, receive, send)


class _Watch:
    """One reader's events, written out."""

    def __init__(
        self,
        reader: Reader,
        going_on: Callable[[], Iterable[News]],
        heartbeat_s: float,
        *,
        is_fresh: bool,
    ) -> None:
        self._reader = reader
        self._is_fresh = is_fresh
        self._going_on = going_on
        self._heartbeat_s = heartbeat_s

    async def events(self, clock: Clock, may_go_on: Callable[[], Any]) -> AsyncIterator[bytes]:
        """Yield until the conversation is over, the service stops or the reader may not go on."""
        place, checked = self._reader.place, clock.now()
        yield f"retry: {RETRY_MS}\nid: {_written(place)}\n\n".encode()
        if self._is_fresh:
            async for part in self._standing():
                yield part
        while True:
            try:
                async with asyncio.timeout(self._heartbeat_s):
                    batch = await self._reader.read()
            except TimeoutError:
                yield b": nothing new\n\n"
            else:
                if not batch.news and batch.lost == 0:
                    return
                if batch.lost != 0:
                    yield _event(News("lost", {"count": batch.lost}))
                    async for part in self._standing():
                        yield part
                yield b"".join(_event(news, place) for place, news in batch.news)
            if clock.now() - checked >= CHECK_S:
                checked = clock.now()
                if not await may_go_on():
                    return

    async def _standing(self) -> AsyncIterator[bytes]:
        """Yield how all stand, what began last first, as it is looked at first.

        A few at a time: they may be many, and callers wait meanwhile.
        """
        standing = list(self._going_on())[::-1]
        for start in range(0, len(standing), AT_ONCE):
            yield b"".join(_event(news) for news in standing[start : start + AT_ONCE])
            await asyncio.sleep(0)


def _event(news: News, place: Place | None = None) -> bytes:
    id = f"id: {_written(place)}\n".encode() if place is not None else b""
    return id + _body(news)


@lru_cache(maxsize=1024)
def _body(news: News) -> bytes:
    """Return what every reader is sent of it: written out once, however many they are."""
    # The last door, as the log's: what a row holds of a name is cleaned by its column.
    facts = msgspec.json.encode(redact_value(dict(news.facts), redact_for_record))
    return b"event: %s\ndata: %s\n\n" % (news.kind.encode(), facts)


def _written(place: Place) -> str:
    return f"{place.epoch}.{place.number}"


def _place(header: str) -> Place | None:
    """Read the place after which a reader goes on: as it was sent, or nothing."""
    if not header:
        return None
    epoch, _, number = header.partition(".")
    if not (epoch.isascii() and epoch.isalnum() and number.isascii() and number.isdecimal()):
        raise CallerError("Last-Event-ID is none that was sent from here.", code="bad_request")
    return Place(epoch, int(number[:18]))


def _is_open(session: Session, conversation_id: str) -> bool:
    row = session.execute(
        select(Conversation.ended_at).where(Conversation.id == conversation_id)
    ).one_or_none()
    if row is None:
        raise CallerError("There is no such conversation.", code="unknown_conversation")
    return row.ended_at is None


def _over() -> Response:
    """Answer that there is nothing to come: a browser does not ask again."""
    return Response(status_code=204, headers=HEADERS)
