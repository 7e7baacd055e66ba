"""The conversations that go on at this moment, what the last hour was like, and who waits for us.

Callers who ask for a person ring here: somebody comes to them, or says that they do not.

The page is whole without script; with it, the rows follow what happens.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from typing import Final

from sqlalchemy.orm import Session
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from agent_service.clock import Clock
from agent_service.errors import CallerError
from agent_service.store.answers import ConversationRow, Count, Page
from agent_service.store.availability import Team, team
from agent_service.store.database import Database
from agent_service.store.interruptions import unserved
from agent_service.store.members import Member, Right
from agent_service.store.promises import Promise, PromiseKind, list_promises
from agent_service.store.queries import CONVERSATIONS
from agent_service.store.stats import find_stats, parse_stats
from agent_service.store.sums import WRONG, Numbers
from agent_service.web.desk import asking
from agent_service.web.desk.forms import Form, own_path
from agent_service.web.desk.page import Desk, redirect
from agent_service.web.desk.writing import WAITS_FOR
from agent_service.web.handoffs import Handoffs

PATH: Final = "/admin/live"
RINGING: Final = "/admin/live/ringing"
DECLINE: Final = "/admin/live/decline"
AVAILABILITY: Final = "/admin/availability"
MOST_ROWS: Final = 100
MOST_WAITING: Final = 20
_LIST: Final = "/admin/conversations"
_HOUR: Final = timedelta(hours=1)
_BEHIND: Final = {
    "conversations": (),
    "slow": (("sort", "-slowest_first_audio_ms"),),
    "failed": (("tool_status__in", ",".join(WRONG)),),
    "with_incident": (("has_incident", "true"),),
    "with_a_person": (("needed_person", "true"),),
}
"""Which of the list each number of the last hour leads to."""


@dataclass(frozen=True, slots=True)
class _Seen:
    going_on: Page[ConversationRow]
    last_hour: Numbers
    failed: Count
    """Conversations of the last hour in which a tool failed, or was refused."""
    with_incident: Count
    lost: set[str]
    """Of those that go on: the service was interrupted, and their callers are not back."""
    waiting: list[Promise]
    team: Team


def routes(
    desk: Desk, handoffs: Handoffs, database: Database, clock: Clock, *, time_limit_s: float
) -> list[Route]:
    """Return the page, that of the callers who ring, and the forms of who answers them."""

    async def show(request: Request, member: Member) -> Response:
        now, ringing = clock.utc(), handoffs.ringing()
        rings = {one["conversation_id"] for one in ringing}
        seen = await database.run(partial(_look, now=now), time_limit_s=time_limit_s)
        since = (now - _HOUR).isoformat(timespec="seconds")
        return desk.show(
            request,
            member,
            "live.html",
            rows=seen.going_on.items,
            count=seen.going_on.count,
            most_rows=MOST_ROWS,
            numbers=seen.last_hour,
            failed=seen.failed,
            with_incident=seen.with_incident,
            lost=seen.lost,
            waiting=[
                one
                for one in seen.waiting
                if one.kind is not PromiseKind.HANDOFF or one.conversation_id not in rings
            ],
            team=seen.team,
            ringing=ringing,
            may_speak=member.may(Right.SPEAK),
            is_cut=len(seen.waiting) == MOST_WAITING,
            now=now,
            kinds=WAITS_FOR,
            to={
                name: asking.address(_LIST, (*parameters, ("since", since)))
                for name, parameters in _BEHIND.items()
            },
        )

    async def ringing(request: Request, member: Member) -> Response:
        return desk.show(
            request,
            member,
            "ringing.html",
            ringing=handoffs.ringing(),
            may_speak=member.may(Right.SPEAK),
        )

    async def decline(request: Request, member: Member, form: Form) -> Response:
        await handoffs.decline(form.text("conversation", most=36), member)
        return redirect(PATH)

    async def set_available(request: Request, member: Member, form: Form) -> Response:
        if member.sign_in_id is None:
            raise CallerError("A token comes to nobody.", code="not_permitted")
        is_available = form.text("is_available") == "yes"
        await handoffs.set_available(member.name, member, is_available=is_available)
        return redirect(own_path(form.text("next", most=2_000), PATH))

    return [
        desk.page(PATH, Right.SEE, show),
        desk.page(RINGING, Right.SEE, ringing),
        desk.form(DECLINE, Right.SPEAK, decline),
        desk.form(AVAILABILITY, Right.SPEAK, set_available),
    ]


def _look(session: Session, now: datetime) -> _Seen:
    since = ("since", (now - _HOUR).isoformat())
    asked = [("is_open", "true"), ("limit", str(MOST_ROWS)), ("count", "true")]
    going_on = CONVERSATIONS.page(session, CONVERSATIONS.parse(asked))
    return _Seen(
        going_on,
        find_stats(session, parse_stats([since])).total,
        _count(session, since, *_BEHIND["failed"]),
        _count(session, since, *_BEHIND["with_incident"]),
        unserved(session, [one.id for one in going_on.items]),
        list_promises(session, now, limit=MOST_WAITING),
        team(session, now),
    )


def _count(session: Session, *parameters: tuple[str, str]) -> Count:
    return CONVERSATIONS.count(session, CONVERSATIONS.parse(parameters))
