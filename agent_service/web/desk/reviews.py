"""Reviewing conversations at the desk: what waits, the form beside a conversation, the numbers."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Final

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from agent_service.clock import Clock
from agent_service.errors import CallerError, QueryError
from agent_service.settings.reviews import CriterionSettings, ReviewSettings
from agent_service.store.database import Database
from agent_service.store.members import Member, Right
from agent_service.store.queries import CONVERSATIONS
from agent_service.store.reviews.numbers import ReviewNumbers, review_numbers
from agent_service.store.reviews.sampling import Rule, draw, enqueue, list_rounds
from agent_service.store.reviews.scoring import (
    LONGEST_COMMENT,
    give_review,
    review_of,
    waiting_for,
)
from agent_service.store.reviews.tables import ReviewRound
from agent_service.store.work.errors import UnknownWork, WorkError
from agent_service.web.application import status_of
from agent_service.web.desk import asking
from agent_service.web.desk.conversation import LIST, ConversationPage
from agent_service.web.desk.forms import Form
from agent_service.web.desk.page import Desk, redirect
from agent_service.web.desk.work_forms import number

PATH: Final = "/admin/reviews"
MOST_WAITING: Final = 100
MOST_ROUNDS: Final = 20
_REVIEW: Final = f"{LIST}/{{id}}/review"
_NUMBERS: Final = f"{PATH}/numbers"
_RULE: Final = ("question", "percent", "count", "seed", "reviewers")
_SHOWN: Final = ("review_total__gte", "0")
"""What makes a question one about conversations that have been reviewed."""


@dataclass(frozen=True, slots=True)
class Kept:
    """What somebody filled in that was not taken."""

    scores: Mapping[str, str]
    comment: str


def routes(
    desk: Desk,
    page: ConversationPage,
    settings: ReviewSettings,
    database: Database,
    clock: Clock,
    *,
    time_limit_s: float,
) -> list[Route]:
    """Return the pages."""
    criteria = settings.criteria

    async def show(request: Request, member: Member) -> Response:
        return await _shown(request, member)

    async def _shown(
        request: Request,
        member: Member,
        *,
        problems: Sequence[str] = (),
        kept: dict[str, str] | None = None,
        status: int = 200,
    ) -> Response:
        waiting = await database.run(
            partial(waiting_for, member=member.actor, most=MOST_WAITING),
            time_limit_s=time_limit_s,
        )
        rounds = await database.run(partial(list_rounds, most=MOST_ROUNDS))
        return desk.show(
            request,
            member,
            "reviews.html",
            status=status,
            problems=problems,
            waiting=waiting,
            is_cut=len(waiting) == MOST_WAITING,
            rounds=[(one, _source(one)) for one in rounds],
            kept=dict.fromkeys(_RULE, "") | {"reviewers": str(settings.reviewers)} | (kept or {}),
            may_work=member.may(Right.WORK),
            numbers=_NUMBERS,
        )

    async def sample(request: Request, member: Member, form: Form) -> Response:
        try:
            rule = _rule(form, settings)
            drawn = await database.run(partial(draw, rule=rule), time_limit_s=time_limit_s)
        except QueryError as error:
            problems = [f"{one.field}: {one.message}" for one in error.problems]
            kept = dict(form.kept())
            return await _shown(request, member, problems=problems, kept=kept, status=400)
        work = partial(enqueue, rule=rule, drawn=drawn, now=clock.utc(), by=member.actor)
        await database.run(work, is_write=True)
        return redirect(PATH)

    async def review(request: Request, member: Member) -> Response:
        return await _reviewed(request, member)

    async def _reviewed(
        request: Request,
        member: Member,
        *,
        problem: str = "",
        kept: Kept | None = None,
        status: int = 200,
    ) -> Response:
        id = request.path_params["id"]
        standing = await database.run(partial(review_of, conversation_id=id, member=member.actor))
        if standing is None:
            raise UnknownWork("This conversation is not to be reviewed.")
        return await page.show(
            request,
            member,
            template="review.html",
            problem=problem,
            status=status,
            standing=standing,
            criteria=criteria,
            chosen=_chosen(criteria, standing.own.scores if standing.own else None, kept),
            comment=kept.comment if kept else standing.own.comment if standing.own else "",
            is_open=standing.complete_at is None and not standing.took_part,
        )

    async def give(request: Request, member: Member, form: Form) -> Response:
        kept = Kept(dict(form.fields), form.text("comment", most=4 * LONGEST_COMMENT))
        work = partial(
            give_review,
            conversation_id=request.path_params["id"],
            scores=_scores(criteria, form),
            comment=kept.comment,
            version=number(form, "version"),
            now=clock.utc(),
            by=member.actor,
            criteria=criteria,
        )
        try:
            await database.run(work, is_write=True)
        except UnknownWork:
            raise
        except WorkError as error:
            status = status_of(error)
            return await _reviewed(request, member, problem=error.message, kept=kept, status=status)
        return redirect(PATH)

    async def show_numbers(request: Request, member: Member) -> Response:
        asked = asking.read_question(
            CONVERSATIONS, request.query_params.multi_items(), desk.title_of
        )
        found: ReviewNumbers | None = None
        if asked.question is not None:
            work = partial(review_numbers, question=asked.question)
            found = await asking.found_in_time(database, work, time_limit_s)
        given = dict(asked.parameters)
        status, problems = asking.outcome(asked, found)
        return desk.show(
            request,
            member,
            "review_numbers.html",
            status=status,
            problems=problems,
            chips=asking.chips(_NUMBERS, asked, (), desk.title_of),
            left_out=asked.left_out,
            found=found,
            since=given.get("since", ""),
            until=given.get("until", ""),
            others=asking.without(asked.parameters, "since", "until"),
            titles={one.name: one.title for one in criteria},
            behind=partial(_behind, asking.filters_alone(asked.parameters)),
        )

    return [
        desk.page(PATH, Right.SEE, show),
        desk.form(PATH, Right.WORK, sample),
        desk.page(_REVIEW, Right.WORK, review),
        desk.form(_REVIEW, Right.WORK, give),
        desk.page(_NUMBERS, Right.SEE, show_numbers),
    ]


def _rule(form: Form, settings: ReviewSettings) -> Rule:
    """Return what a form asks for; raise CallerError for what is no number."""
    try:
        percent, count = form.text("percent", most=10), form.text("count", most=10)
        return Rule(
            question=form.text("question", most=4_000).strip().removeprefix("?"),
            share=float(percent) / 100 if percent else None,
            count=int(count) if count else None,
            seed=form.text("seed", most=200).strip(),
            reviewers=int(form.text("reviewers", most=5) or settings.reviewers),
        )
    except ValueError:
        words = "percent, count and reviewers: should be numbers."
        raise CallerError(words, code="bad_request") from None


def _scores(criteria: Sequence[CriterionSettings], form: Form) -> dict[str, int | None]:
    """Return what was chosen; what was not is missing, and said to be."""
    chosen = {one.name: form.text(f"score-{one.name}", most=10) for one in criteria}
    return {
        name: None if value == "none" else number(Form((("score", value),)), "score")
        for name, value in chosen.items()
        if value
    }


def _chosen(
    criteria: Sequence[CriterionSettings],
    own: Mapping[str, int | None] | None,
    kept: Kept | None,
) -> dict[str, str]:
    """Return what is ticked in the form."""
    if kept is not None:
        return {one.name: kept.scores.get(f"score-{one.name}", "") for one in criteria}
    scores = own or {}
    return {
        one.name: ("none" if scores[one.name] is None else str(scores[one.name]))
        if one.name in scores
        else ""
        for one in criteria
    }


def _source(drawn: ReviewRound) -> str:
    """Return the address of the conversations that a sample was drawn from."""
    return f"{LIST}?{drawn.question}" if drawn.question else LIST


def _behind(filters: asking.Parameters, **asked: str) -> str:
    """Return the address of the reviewed conversations that a number counts."""
    others = asking.without(filters, *asked)
    own = tuple(asked.items()) or (_SHOWN,)
    return asking.address(LIST, (*others, *own))
