"""The team's work in the list of conversations: its views with counts, and changing several."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Final

from sqlalchemy.orm import Session
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from agent_service.clock import Clock
from agent_service.errors import CallerError
from agent_service.store.answers import Count
from agent_service.store.database import Database
from agent_service.store.members import Member, Right
from agent_service.store.queries import CONVERSATIONS
from agent_service.store.work.labels import label_names, put_label, take_label
from agent_service.store.work.standing import (
    MOST_AT_ONCE,
    UNFINISHED,
    Changed,
    assignable_names,
    change_many,
    versions_of,
)
from agent_service.store.work.tables import WorkState
from agent_service.web.desk import asking
from agent_service.web.desk.forms import Form
from agent_service.web.desk.page import Desk, redirect
from agent_service.web.desk.work_forms import WAITS, number, read_change

LIST: Final = "/admin/conversations"
_UNFINISHED: Final = ("work_state__in", ",".join(UNFINISHED))
_LABEL_ACTS: Final = {"put": put_label, "take": take_label}


@dataclass(frozen=True, slots=True)
class View:
    """A question that the team asks every day, and how many fit it."""

    words: str
    to: str
    is_here: bool
    count: Count


@dataclass(frozen=True, slots=True)
class ListWork:
    """What the list shows of the team's work."""

    views: Sequence[View]
    may_work: bool
    versions: Mapping[str, int]
    """Of the conversations shown that somebody has begun with."""
    people: Sequence[str]
    labels: Sequence[str]
    waits: Sequence[tuple[str, str]] = WAITS


def look(
    session: Session, member: Member, ids: Sequence[str], filters: asking.Parameters
) -> ListWork:
    """Return what the list shows of the team's work, for who looks at it."""
    people, may_work = assignable_names(session), member.may(Right.WORK)
    asked: list[tuple[str, asking.Parameters]] = [
        ("Unassigned", (_UNFINISHED, ("is_assigned", "false"))),
        ("Waiting", (("work_state", WorkState.WAITING),)),
    ]
    if member.name in people:
        asked.insert(0, ("Mine", (_UNFINISHED, ("assignee", member.name))))
    views = [
        View(words, asking.address(LIST, own), set(own) == set(filters), _count(session, own))
        for words, own in asked
    ]
    if not may_work:
        return ListWork(views, False, {}, (), ())
    labels = label_names(session)
    return ListWork(views, True, versions_of(session, ids), people, labels)


def routes(desk: Desk, database: Database, clock: Clock) -> list[Route]:
    """Return the form that changes several."""

    async def change(request: Request, member: Member, form: Form) -> Response:
        question, versions = form.text("question"), _chosen(form)
        work = partial(_change, form=form, member=member, versions=versions, clock=clock)
        done = await database.run(work, is_write=True)
        to = f"{LIST}?{question}" if question else LIST
        if not done.refused:
            return redirect(to)
        return desk.show(
            request, member, "work_refused.html", status=409, done=done, to=to, question=question
        )

    return [desk.form(f"{LIST}/work", Right.WORK, change)]


def _chosen(form: Form) -> dict[str, int]:
    """Return the conversations that were chosen, with the versions that were seen."""
    found = {}
    for name, value in form.fields:
        if name == "chosen":
            id, _, version = value.partition(".")
            found[id] = number(Form((("version", version),)), "version")
    if not found:
        raise CallerError("Choose some conversations first.", code="bad_request")
    if len(found) > MOST_AT_ONCE:
        raise CallerError(f"Choose no more than {MOST_AT_ONCE}.", code="bad_request")
    return found


def _change(
    session: Session, form: Form, member: Member, versions: Mapping[str, int], clock: Clock
) -> Changed:
    now, act = clock.utc(), _LABEL_ACTS.get(form.text("act"))
    if act is None:
        return change_many(session, versions, read_change(form, member, now), now, by=member.actor)
    for id in sorted(versions):
        act(session, id, form.text("name", most=200), now, by=member.actor)
    return Changed(len(versions), {})


def _count(session: Session, parameters: asking.Parameters) -> Count:
    return CONVERSATIONS.count(session, CONVERSATIONS.parse(parameters))
