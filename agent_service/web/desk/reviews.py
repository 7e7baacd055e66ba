"""Reviewing conversations at the desk: what waits, the form beside a conversation, the numbers."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Final
from urllib.parse import parse_qsl

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from agent_service.clock import Clock
from agent_service.errors import QueryError, QueryProblem
from agent_service.settings.reviews import CriterionSettings, ReviewSettings
from agent_service.store.database import Database
from agent_service.store.members import Member, Right
from agent_service.store.queries import CONVERSATIONS
from agent_service.store.reviews.numbers import ReviewNumbers, review_numbers
from agent_service.store.reviews.progress import progress_of
from agent_service.store.reviews.sampling import Rule, draw, enqueue, list_rounds
from agent_service.store.reviews.scoring import (
    LONGEST_COMMENT,
    give_review,
    others_at_it,
    review_of,
    waiting_for,
)
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
_RULE: Final = ("question", "amount", "of", "seed", "reviewers")
_AMOUNTS: Final = (("share", "% of each agent's day"), ("count", "of all"))
_TITLES: Final = {
    "share": "How many",
    "count": "How many",
    "seed": "The word that decides",
    "reviewers": "Reviewers of each",
    "question": "The filters",
}
_SHARE: Final = "should be above 0 and at most 100 per cent"
FEWEST_COMPARED: Final = 10
"""Conversations with two reviews or more, below which agreement is chance."""
_SHOWN: Final = ("is_reviewed", "true")
"""What makes a question one about conversations that have been reviewed."""
_LONGEST_QUESTION: Final = 2_000


@dataclass(frozen=True, slots=True)
class Source:
    """From which conversations a sample is drawn."""

    to: str
    filters: Sequence[asking.Chip]


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
        question = request.query_params.get("question", "")[:_LONGEST_QUESTION]
        return await _shown(request, member, kept={"question": question})

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
        far = partial(progress_of, rounds=[one.id for one in rounds], member=member.actor)
        progress = await database.run(far, time_limit_s=time_limit_s)
        chosen = {
            **dict.fromkeys(_RULE, ""),
            "of": "share",
            "reviewers": str(settings.reviewers),
            "seed": clock.utc().date().isoformat(),
            **(kept or {}),
        }
        return desk.show(
            request,
            member,
            "reviews.html",
            status=status,
            problems=problems,
            waiting=waiting,
            is_cut=len(waiting) == MOST_WAITING,
            rounds=[(one, _source(one.question), progress[one.id]) for one in rounds],
            kept=chosen,
            amounts=_AMOUNTS,
            source=_source(chosen["question"]),
            may_work=member.may(Right.WORK),
            numbers=_NUMBERS,
        )

    async def sample(request: Request, member: Member, form: Form) -> Response:
        try:
            rule = _rule(form, settings)
            drawn = await database.run(partial(draw, rule=rule), time_limit_s=time_limit_s)
        except QueryError as error:
            own = [one for one in error.problems if one.field in _TITLES]
            others = [one for one in error.problems if one.field not in _TITLES]
            given = parse_qsl(form.text("question"), keep_blank_values=True)
            problems = [
                *(f"{_TITLES[one.field]}: {_in_per_cent(one)}." for one in own),
                *asking.in_sentences(CONVERSATIONS, given, others, desk.title_of).values(),
            ]
            kept = dict(form.kept())
            return await _shown(request, member, problems=problems, kept=kept, status=400)
        work = partial(enqueue, rule=rule, drawn=drawn, now=clock.utc(), by=member.actor)
        await database.run(work, is_write=True)
        return redirect(f"{PATH}#samples")

    def _source(question: str) -> Source:
        """Return where the conversations of a sample are, and its filters in words."""
        given = parse_qsl(question, keep_blank_values=True)
        asked = asking.Asked(None, {}, asking.without(given, "is_open"))
        return Source(asking.address(LIST, given), asking.chips(LIST, asked, (), desk.title_of))

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
        is_open = standing.complete_at is None and not standing.took_part
        at_it = partial(others_at_it, conversation_id=id, member=member.actor, now=clock.utc())
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
            is_open=is_open,
            at_it=await database.run(at_it) if is_open else [],
            was_kept=kept is not None,
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
        gone: asking.Gone = {}
        if found is not None:
            gone = await asking.gone_in_time(
                database,
                CONVERSATIONS,
                asking.filters_alone(asked.parameters),
                is_empty=not found.reviews,
                time_limit_s=time_limit_s,
            )
        given = dict(asked.parameters)
        status, problems = asking.outcome(asked, found)
        return desk.show(
            request,
            member,
            "review_numbers.html",
            status=status,
            problems=problems,
            chips=asking.chips(_NUMBERS, asked, (), desk.title_of, gone),
            left_out=asked.left_out,
            found=found,
            since=given.get("since", ""),
            until=given.get("until", ""),
            others=asking.without(asked.parameters, "since", "until"),
            titles={one.name: one.title for one in criteria},
            behind=partial(_behind, asking.filters_alone(asked.parameters)),
            fewest=FEWEST_COMPARED,
        )

    return [
        desk.page(PATH, Right.SEE, show),
        desk.form(PATH, Right.WORK, sample),
        desk.page(_REVIEW, Right.WORK, review),
        desk.form(_REVIEW, Right.WORK, give),
        desk.page(_NUMBERS, Right.SEE, show_numbers),
    ]


def _rule(form: Form, settings: ReviewSettings) -> Rule:
    """Return what a form asks for; raise QueryError for what is no number."""
    is_share, amount = form.text("of") != "count", form.text("amount", most=20)
    reviewers = form.text("reviewers", most=20) or str(settings.reviewers)
    problems = []
    try:
        number = float(amount) if is_share else int(amount)
    except ValueError:
        problems.append(QueryProblem("count", "should be a number"))
    try:
        people = int(reviewers)
    except ValueError:
        problems.append(QueryProblem("reviewers", "should be a number"))
    if problems:
        raise QueryError(problems)
    return Rule(
        question=form.text("question", most=4_000).strip().removeprefix("?"),
        share=number / 100 if is_share else None,
        count=None if is_share else int(number),
        seed=form.text("seed", most=200).strip(),
        reviewers=people,
    )


def _in_per_cent(problem: QueryProblem) -> str:
    """Return what is wrong with a rule, in the unit in which the form asks for it."""
    is_range = problem.field == "share" and problem.message.startswith("should")
    return _SHARE if is_range else problem.message


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


def _behind(filters: asking.Parameters, **asked: str) -> str:
    """Return the address of the reviewed conversations that a number counts."""
    others = asking.without(filters, *asked)
    own = tuple(asked.items()) or (_SHOWN,)
    return asking.address(LIST, (*others, *own))
