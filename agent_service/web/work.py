"""The team's work on conversations over HTTP: state, assignment, labels and notes."""

from collections.abc import Callable
from datetime import datetime
from functools import partial
from typing import Annotated, Any, Final

import msgspec
from starlette.requests import Request
from starlette.responses import Response

from agent_service.clock import Clock
from agent_service.store.admin_tokens import Scope
from agent_service.store.answers import NoteRow, Page
from agent_service.store.database import Database
from agent_service.store.members import Member, Right
from agent_service.store.work.labels import (
    LabelFacts,
    change_label,
    list_labels,
    make_label,
    merge_labels,
    put_label,
    remove_label,
    take_label,
)
from agent_service.store.work.notes import NOTES, edit_note, remove_note, write_note
from agent_service.store.work.standing import Change, Standing, change_work
from agent_service.store.work.tables import LabelColour, WorkState
from agent_service.store.work.whole import Work, work_on
from agent_service.web.admin_access import AdminAccess
from agent_service.web.json_body import HEADERS, json_answer, read_json
from agent_service.web.operations import ApiRoute, Operation, filters_of

_WORK: Final = "/api/conversations/{conversation_id}/work"
_LABEL_OF: Final = "/api/conversations/{conversation_id}/labels/{name}"
_NOTES_OF: Final = "/api/conversations/{conversation_id}/notes"
_LABEL: Final = "/api/labels/{name}"


class Wanted(msgspec.Struct, forbid_unknown_fields=True):
    """What is to be changed; what is not named stays. ``assignee`` null is nobody."""

    version: Annotated[int, msgspec.Meta(ge=0, lt=2**31)]
    state: WorkState | None = None
    waits_until: Annotated[datetime, msgspec.Meta(tz=True)] | None = None
    assignee: str | msgspec.UnsetType | None = msgspec.UNSET


class Written(msgspec.Struct, forbid_unknown_fields=True):
    text: str


class Edited(msgspec.Struct, forbid_unknown_fields=True):
    text: str
    version: Annotated[int, msgspec.Meta(ge=1, lt=2**31)]


class NewLabel(msgspec.Struct, forbid_unknown_fields=True):
    name: str
    colour: LabelColour = LabelColour.GREY


class ChangedLabel(msgspec.Struct, forbid_unknown_fields=True):
    name: str
    colour: LabelColour


class Merged(msgspec.Struct, forbid_unknown_fields=True):
    into: str


class Labels(msgspec.Struct):
    items: list[LabelFacts]


def routes(
    database: Database, access: AdminAccess, clock: Clock, *, time_limit_s: float
) -> list[ApiRoute]:
    """Return the endpoints of the team's work."""

    async def act(member: Member, request: Request, work: Callable[..., Any], **said: Any) -> Any:
        done = partial(work, now=clock.utc(), by=member.actor, **request.path_params, **said)
        return await database.run(done, is_write=True)

    async def show(request: Request, member: Member) -> Response:
        work = partial(work_on, now=clock.utc(), **request.path_params)
        return json_answer(await database.run(work, time_limit_s=time_limit_s))

    async def change(request: Request, member: Member) -> Response:
        said = await read_json(request, Wanted)
        assignee = None if said.assignee is msgspec.UNSET else said.assignee or ""
        change = Change(state=said.state, waits_until=said.waits_until, assignee=assignee)
        version = said.version
        return json_answer(await act(member, request, change_work, change=change, version=version))

    async def put(request: Request, member: Member) -> Response:
        await act(member, request, put_label)
        return _nothing()

    async def take(request: Request, member: Member) -> Response:
        await act(member, request, take_label)
        return _nothing()

    async def write(request: Request, member: Member) -> Response:
        said = await read_json(request, Written)
        return json_answer(await act(member, request, write_note, text=said.text), 201)

    async def edit(request: Request, member: Member) -> Response:
        said = await read_json(request, Edited)
        work = act(member, request, edit_note, text=said.text, version=said.version)
        return json_answer(await work)

    async def remove(request: Request, member: Member) -> Response:
        await act(member, request, remove_note, is_any=member.may(Right.ADMINISTER))
        return _nothing()

    async def notes(request: Request, member: Member) -> Response:
        question = NOTES.parse(request.query_params.multi_items())
        work = partial(NOTES.page, question=question)
        return json_answer(await database.run(work, time_limit_s=time_limit_s))

    async def labels(request: Request, member: Member) -> Response:
        return json_answer(Labels(await database.run(list_labels, time_limit_s=time_limit_s)))

    async def make(request: Request, member: Member) -> Response:
        said = await read_json(request, NewLabel)
        await act(member, request, make_label, name=said.name, colour=said.colour)
        return await labels(request, member)

    async def rename(request: Request, member: Member) -> Response:
        said = await read_json(request, ChangedLabel)
        await act(member, request, change_label, new_name=said.name, colour=said.colour)
        return await labels(request, member)

    async def merge(request: Request, member: Member) -> Response:
        said = await read_json(request, Merged)
        await act(member, request, merge_labels, into=said.into)
        return await labels(request, member)

    async def drop(request: Request, member: Member) -> Response:
        await act(member, request, remove_label)
        return _nothing()

    read, work, admin = Scope.READ, Scope.WORK, Scope.ADMIN
    doors: tuple[tuple[str, str, Any, Operation], ...] = (
        ("GET", _WORK, show, _operation("The team's work on a conversation", read, answer=Work)),
        (
            "PATCH",
            _WORK,
            change,
            _operation(
                "Say how far a conversation is, and who sees to it",
                work,
                body=Wanted,
                answer=Standing,
            ),
        ),
        ("PUT", _LABEL_OF, put, _operation("Give a conversation a label", work, statuses=(204,))),
        (
            "DELETE",
            _LABEL_OF,
            take,
            _operation("Take a label off a conversation", work, statuses=(204,)),
        ),
        (
            "POST",
            _NOTES_OF,
            write,
            _operation("Write a note", work, body=Written, answer=NoteRow, statuses=(201,)),
        ),
        (
            "GET",
            "/api/notes",
            notes,
            _operation("Find notes", read, answer=Page[NoteRow], query=filters_of(NOTES)),
        ),
        (
            "PUT",
            "/api/notes/{id}",
            edit,
            _operation("Change one's own note", work, body=Edited, answer=NoteRow),
        ),
        ("DELETE", "/api/notes/{id}", remove, _operation("Remove a note", work, statuses=(204,))),
        ("GET", "/api/labels", labels, _operation("The team's labels", read, answer=Labels)),
        (
            "POST",
            "/api/labels",
            make,
            _operation("Add a label to the set", work, body=NewLabel, answer=Labels),
        ),
        (
            "PUT",
            _LABEL,
            rename,
            _operation(
                "Give a label another name or colour", admin, body=ChangedLabel, answer=Labels
            ),
        ),
        (
            "POST",
            f"{_LABEL}/merge",
            merge,
            _operation("Merge a label into another", admin, body=Merged, answer=Labels),
        ),
        ("DELETE", _LABEL, drop, _operation("Remove a label", admin, statuses=(204,))),
    )
    return [
        access.route(path, endpoint, operation, method=method)
        for method, path, endpoint, operation in doors
    ]


def _operation(summary: str, scope: Scope, **more: Any) -> Operation:
    return Operation(summary=summary, scope=scope, **more)


def _nothing() -> Response:
    return Response(status_code=204, headers=HEADERS)
