"""Recordings over HTTP: the sound, whole, in ranges or one turn of it, and a picture of it."""

import asyncio
import hashlib
import os
import re
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final, TypeVar, cast

import msgspec
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse

from agent_service.errors import QueryError, QueryProblem
from agent_service.recording.encoding import MEDIA_TYPE, WAV_TYPE, Stretch
from agent_service.recording.reading import (
    FETCH_BYTES,
    Form,
    Found,
    Picture,
    export,
    find_recording,
    picture,
    stretch_of,
)
from agent_service.recording.storage import Storage
from agent_service.store.admin_tokens import Scope
from agent_service.store.database import Database
from agent_service.store.members import Member
from agent_service.web.admin_access import AdminAccess
from agent_service.web.json_body import HEADERS, error_response
from agent_service.web.operations import ApiRoute, Operation, number_to, text_of
from agent_service.web.query_string import others

DECODED_AT_ONCE: Final = 2
"""Recordings that are decoded for somebody; further ones wait."""
FETCHED_AT_ONCE: Final = 8
"""Recordings that are fetched from where they are kept; further ones wait."""
MOST_POINTS: Final = 100_000

_RANGE: Final = re.compile(r"bytes=([0-9]*)-([0-9]*)")
_PAST_ANY_END: Final = 10**18
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class _Content:
    """Bytes that can be read in pieces."""

    size: int
    read: Callable[[int, int], bytes]
    etag: str
    media_type: str
    name: str


def routes(
    database: Database, access: AdminAccess, storage: Storage, folder: Path, *, time_limit_s: float
) -> list[ApiRoute]:
    """Return the endpoints of recordings."""
    decoding = asyncio.Semaphore(DECODED_AT_ONCE)
    fetching = asyncio.Semaphore(FETCHED_AT_ONCE)

    async def ask(work: Callable[..., T]) -> T:
        return await database.run(work, time_limit_s=time_limit_s)

    async def recording(request: Request, member: Member) -> Response:
        form, turn_id = _wanted(request)
        id = request.path_params["id"]
        found = await ask(partial(find_recording, conversation_id=id, folder=folder))
        stretch = None
        if turn_id is not None:
            stretch = await ask(partial(stretch_of, found=found, turn_id=turn_id))
        name = f"{id}.{form}" if turn_id is None else f"{id}-{turn_id}.{form}"
        media_type = WAV_TYPE if form == "wav" else MEDIA_TYPE
        is_whole = form == "ogg" and stretch is None
        etag = found.sha256
        if not is_whole:
            etag = hashlib.sha256(f"{etag} {form} {stretch}".encode()).hexdigest()
        if _is_known(request, etag):
            return _unchanged(etag)
        if is_whole and request.method == "HEAD":
            read = partial(storage.read, found.location)
            return await _answer(request, _Content(found.size_bytes, read, etag, media_type, name))
        async with fetching if is_whole else decoding:
            # All of it before the answer begins: what is sent is what was checked.
            file = await asyncio.to_thread(_made, storage, found, form, stretch)
        return await _answer(request, _Content(file.size, file.read, etag, media_type, name))

    async def peaks(request: Request, member: Member) -> Response:
        points = _points(request)
        id = request.path_params["id"]
        found = await ask(partial(find_recording, conversation_id=id, folder=folder))
        if _is_known(request, etag := f"{found.sha256[:32]}-{points}"):
            return _unchanged(etag)
        drawn = await ask(partial(picture, found=found, points=points))
        headers = {**HEADERS, "Cache-Control": "private, no-cache", "ETag": f'"{etag}"'}
        body = msgspec.json.encode(drawn)
        return Response(body, media_type="application/json", headers=headers)

    return [
        access.route(
            "/api/conversations/{id}/recording",
            recording,
            Operation(
                summary="The sound of a conversation, or of one of its turns",
                scope=Scope.LISTEN,
                media_types=(MEDIA_TYPE, WAV_TYPE),
                query={"format": text_of("ogg", "wav"), "turn": text_of()},
                headers={"Range": text_of()},
                statuses=(200, 206, 304),
            ),
        ),
        access.route(
            "/api/conversations/{id}/peaks",
            peaks,
            Operation(
                summary="How loud a recording is, for a picture of it",
                scope=Scope.LISTEN,
                answer=Picture,
                query={"points": number_to(999_999)},
                statuses=(200, 304),
            ),
        ),
    ]


def _wanted(request: Request) -> tuple[Form, str | None]:
    problems = others(request, ("format", "turn"))
    form = request.query_params.get("format", "ogg")
    if form not in ("ogg", "wav"):
        problems.append(QueryProblem("format", "should be ogg or wav"))
    if problems:
        raise QueryError(problems)
    return cast(Form, form), request.query_params.get("turn")


def _points(request: Request) -> int | None:
    problems = others(request, ("points",))
    text = request.query_params.get("points")
    if text is not None and not re.fullmatch(r"0*[1-9][0-9]{0,5}", text):
        problems.append(QueryProblem("points", f"should be a number from 1 to {MOST_POINTS}"))
    if problems:
        raise QueryError(problems)
    return None if text is None else min(int(text), MOST_POINTS)


async def _answer(request: Request, content: _Content) -> Response:
    """Answer with the content, or with the range of it that is asked for."""
    if _is_known(request, content.etag):
        return _unchanged(content.etag)
    headers = {
        "Accept-Ranges": "bytes",
        "Cache-Control": "private, no-cache",
        "Content-Disposition": f'inline; filename="{content.name}"',
        "ETag": f'"{content.etag}"',
        "X-Content-Type-Options": "nosniff",
    }
    start, end, status = 0, content.size, 200
    wanted = _range(request, content)
    if wanted is not None:
        start, end = wanted
        if start >= end:
            refusal = error_response(
                416,
                "range_not_satisfiable",
                f"The recording has {content.size} bytes.",
                field="Range",
            )
            refusal.headers["Content-Range"] = f"bytes */{content.size}"
            return refusal
        status = 206
        headers["Content-Range"] = f"bytes {start}-{end - 1}/{content.size}"
    headers["Content-Length"] = str(end - start)
    if request.method == "HEAD":
        return Response(None, status, headers, content.media_type)
    first_end = min(start + FETCH_BYTES, end)
    first = await asyncio.to_thread(content.read, start, first_end)
    pieces = _pieces(content, first, first_end, end)
    return StreamingResponse(pieces, status, headers, content.media_type)


async def _pieces(content: _Content, first: bytes, start: int, end: int) -> AsyncIterator[bytes]:
    yield first
    while start < end:
        piece_end = min(start + FETCH_BYTES, end)
        yield await asyncio.to_thread(content.read, start, piece_end)
        start = piece_end


def _range(request: Request, content: _Content) -> tuple[int, int] | None:
    """Return from where to where is asked for; None for all of it, also where it cannot be read."""
    match = _RANGE.fullmatch(request.headers.get("range", "").replace(" ", ""))
    condition = request.headers.get("if-range")
    if match is None or (condition is not None and condition != f'"{content.etag}"'):
        return None
    first, last = map(_place, match.groups())
    if first is not None:
        if last is not None and last < first:
            return None
        return first, content.size if last is None else min(last + 1, content.size)
    if last is None:
        return None
    return (max(content.size - last, 0), content.size) if last else (0, 0)


def _place(digits: str) -> int | None:
    """Read a place in a file, however many digits somebody gives it."""
    if not digits:
        return None
    digits = digits.lstrip("0") or "0"
    return int(digits) if len(digits) <= len(str(_PAST_ANY_END)) else _PAST_ANY_END


def _is_known(request: Request, etag: str) -> bool:
    known = request.headers.get("if-none-match", "")
    return known.strip() == "*" or f'"{etag}"' in known


def _unchanged(etag: str) -> Response:
    return Response(None, 304, {"ETag": f'"{etag}"', "Cache-Control": "private, no-cache"})


class _Unlinked:
    """A file that has no name any more, and goes with this object."""

    def __init__(self, path: Path) -> None:
        self._descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
        path.unlink()
        self.size = os.fstat(self._descriptor).st_size

    def read(self, start: int, end: int) -> bytes:
        return os.pread(self._descriptor, end - start, start)

    def __del__(self) -> None:
        os.close(self._descriptor)


def _made(storage: Storage, found: Found, form: Form, stretch: Stretch | None) -> _Unlinked:
    with TemporaryDirectory(prefix="recording-") as folder:
        file = Path(folder) / "sound"
        export(storage, found, file, form=form, stretch=stretch)
        return _Unlinked(file)
