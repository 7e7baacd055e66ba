"""Who has read what of a conversation: an audit row for each look at words, pictures or sound.

Where it cannot be written, because storage is full or away, reading works all the same and the log
line stands in for the row.
"""

import re
from collections import OrderedDict
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from typing import Final

import structlog
from starlette.background import BackgroundTask, BackgroundTasks
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse

from agent_service.clock import Clock
from agent_service.store.auditing import CONVERSATION_READ, audit
from agent_service.store.database import Database

ONE_LOOK: Final = timedelta(minutes=1)
"""Within which looking again at the same is no second look: a player asks for many ranges."""
_MOST_LOOKS: Final = 1_000
_NOT_MODIFIED: Final = 304
"""Who asks whether it is still the same has it already, and looks again."""

_log = structlog.get_logger()

_ID: Final = r"(?P<id>[^/]+)"
_READ: Final = (
    (re.compile(rf"/api/conversations/{_ID}(?:/evidence)?"), CONVERSATION_READ),
    (re.compile(rf"/admin/conversations/{_ID}(?:/review)?"), CONVERSATION_READ),
    (re.compile(rf"/api/conversations/{_ID}/recording"), "recording.read"),
    (re.compile(rf"/api/conversations/{_ID}/pictures/\d+"), "picture.read"),
    (re.compile(r"/(?:api|admin)/(?P<what>conversations|turns|tool-calls)"), "record.searched"),
    (re.compile(r"/api/(?P<what>export/[a-z-]+)"), "record.exported"),
    (re.compile(r"/api/live"), "conversation.watched"),
)


@dataclass(frozen=True, slots=True)
class _Look:
    actor: str
    action: str
    conversation_id: str | None
    asked: tuple[tuple[str, str], ...] = ()


class ReadingAudit:
    """Notes what people of the team read over HTTP."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock
        self._looks: OrderedDict[_Look, datetime] = OrderedDict()

    async def follow(self, request: Request, response: Response, actor: str) -> Response:
        """Have a look at words, pictures or sound noted; an answer in one piece does not wait."""
        look = _look(request, response, actor)
        now = self._clock.utc()
        if look is None or not self._is_new(look, now):
            return response
        note = BackgroundTask(self._note, look, now)
        if isinstance(response, StreamingResponse):  # who goes away in the middle has read
            await note()
        elif response.background is None:
            response.background = note
        else:
            response.background = BackgroundTasks([note, response.background])
        return response

    def _is_new(self, look: _Look, now: datetime) -> bool:
        last = self._looks.get(look)
        if last is not None and now - last < ONE_LOOK:
            return False
        self._looks[look] = now
        self._looks.move_to_end(look)
        if len(self._looks) > _MOST_LOOKS:
            self._looks.popitem(last=False)
        return True

    async def _note(self, look: _Look, now: datetime) -> None:
        facts = {
            "actor": look.actor,
            "action": look.action,
            "conversation_id": look.conversation_id,
        }
        _log.info("record_read", **facts)
        asked: dict[str, list[str]] = {}
        for name, value in look.asked:
            asked.setdefault(name, []).append(value)
        work = partial(
            audit,
            actor=look.actor,
            action=look.action,
            conversation_id=look.conversation_id,
            detail={"asked": asked} if asked else None,
            now=now,
        )
        if not await self._database.try_write(work):
            _log.warning("reading_not_audited", **facts)


def _look(request: Request, response: Response, actor: str) -> _Look | None:
    """Return what the request looked at, or None when it saw nothing that was said."""
    is_answer = response.status_code < 300 or response.status_code == _NOT_MODIFIED
    if request.method != "GET" or not is_answer:
        return None
    path = request.url.path.rstrip("/")
    asked = tuple(request.query_params.multi_items())
    for expression, action in _READ:
        match = expression.fullmatch(path)
        if match is None:
            continue
        found = match.groupdict()
        if "id" in found:
            return _Look(actor, action, found["id"])
        conversation_id = request.query_params.get("conversation")
        is_list = found.get("what") == "conversations" and not request.query_params.get("q")
        if is_list or (action == "conversation.watched" and conversation_id is None):
            return None  # which there are, without their words
        what = (("what", found["what"]),) if "what" in found else ()
        return _Look(actor, action, conversation_id, (*what, *asked))
    return None
