"""Reviews over HTTP: the form, samples, what waits, one's own review, and the numbers."""

from collections.abc import Mapping
from functools import partial
from typing import Annotated, Any, Final

import msgspec
from starlette.requests import Request
from starlette.responses import Response

from agent_service.clock import Clock
from agent_service.settings.reviews import ReviewSettings
from agent_service.store.admin_tokens import Scope
from agent_service.store.database import Database
from agent_service.store.members import Member
from agent_service.store.queries import CONVERSATIONS
from agent_service.store.reviews.numbers import ReviewNumbers, review_numbers
from agent_service.store.reviews.sampling import Rule, draw, enqueue, list_rounds, round_facts
from agent_service.store.reviews.scoring import Standing, give_review, review_of, waiting_for
from agent_service.store.work.errors import UnknownWork
from agent_service.web.admin_access import AdminAccess
from agent_service.web.json_body import json_answer, read_json
from agent_service.web.operations import ApiRoute, Operation, filters_of

MOST: Final = 200
_REVIEW: Final = "/api/conversations/{conversation_id}/review"
_ROUNDS: Final = "/api/reviews/rounds"


class NewRound(msgspec.Struct, forbid_unknown_fields=True):
    """A ``share`` of each agent's days, or a ``count`` of all."""

    seed: str
    question: str = ""
    share: float | None = None
    count: int | None = None
    reviewers: int | None = None


class Given(msgspec.Struct, forbid_unknown_fields=True):
    """``scores`` by criterion; null where it does not apply."""

    scores: dict[str, int | None]
    version: Annotated[int, msgspec.Meta(ge=0, lt=2**31)]
    comment: str = ""


def routes(
    settings: ReviewSettings,
    database: Database,
    access: AdminAccess,
    clock: Clock,
    *,
    time_limit_s: float,
) -> list[ApiRoute]:
    """Return the endpoints of reviews."""

    async def form(request: Request, member: Member) -> Response:
        return json_answer({"criteria": [one.model_dump() for one in settings.criteria]})

    async def rounds(request: Request, member: Member) -> Response:
        found = await database.run(partial(list_rounds, most=MOST))
        return json_answer({"items": [round_facts(one) for one in found]})

    async def sample(request: Request, member: Member) -> Response:
        said = await read_json(request, NewRound)
        rule = Rule(
            question=said.question,
            share=said.share,
            count=said.count,
            seed=said.seed,
            reviewers=settings.reviewers if said.reviewers is None else said.reviewers,
        )
        drawn = await database.run(partial(draw, rule=rule), time_limit_s=time_limit_s)
        work = partial(enqueue, rule=rule, drawn=drawn, now=clock.utc(), by=member.actor)
        made = await database.run(lambda session: round_facts(work(session)), is_write=True)
        return json_answer(made, 201)

    async def waiting(request: Request, member: Member) -> Response:
        work = partial(waiting_for, member=member.actor, most=MOST)
        return json_answer({"items": await database.run(work, time_limit_s=time_limit_s)})

    async def show(request: Request, member: Member) -> Response:
        work = partial(review_of, member=member.actor, **request.path_params)
        found = await database.run(work)
        if found is None:
            raise UnknownWork("This conversation is not to be reviewed.")
        return json_answer(found)

    async def give(request: Request, member: Member) -> Response:
        said = await read_json(request, Given)
        work = partial(
            give_review,
            scores=said.scores,
            comment=said.comment,
            version=said.version,
            now=clock.utc(),
            by=member.actor,
            criteria=settings.criteria,
            **request.path_params,
        )
        return json_answer(await database.run(work, is_write=True))

    async def numbers(request: Request, member: Member) -> Response:
        question = CONVERSATIONS.parse(request.query_params.multi_items())
        work = partial(review_numbers, question=question)
        return json_answer(await database.run(work, time_limit_s=time_limit_s))

    doors: tuple[tuple[str, str, Any, Scope, Mapping[str, Any]], ...] = (
        ("GET", "/api/reviews/form", form, Scope.READ, {"summary": "The form of reviews"}),
        ("GET", _ROUNDS, rounds, Scope.READ, {"summary": "Samples that were drawn"}),
        (
            "POST",
            _ROUNDS,
            sample,
            Scope.WORK,
            {"summary": "Draw conversations to review", "body": NewRound, "statuses": (201,)},
        ),
        ("GET", "/api/reviews/waiting", waiting, Scope.WORK, {"summary": "What waits for you"}),
        (
            "GET",
            _REVIEW,
            show,
            Scope.WORK,
            {"summary": "Reviews of a conversation, as far as shown", "answer": Standing},
        ),
        (
            "PUT",
            _REVIEW,
            give,
            Scope.WORK,
            {"summary": "Give or change one's own review", "body": Given, "answer": Standing},
        ),
        (
            "GET",
            "/api/reviews/numbers",
            numbers,
            Scope.READ,
            {
                "summary": "What reviews add up to, and how far reviewers agree",
                "answer": ReviewNumbers,
                "query": filters_of(CONVERSATIONS, of_pages=False),
            },
        ),
    )
    return [
        access.route(path, endpoint, Operation(scope=scope, **more), method=method)
        for method, path, endpoint, scope, more in doors
    ]
