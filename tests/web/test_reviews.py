"""Reviews over HTTP: the form, a sample, what waits, one's own, the numbers."""

import asyncio
from datetime import timedelta
from typing import Any

import httpx
import pytest

from agent_service.settings.reviews import ReviewSettings
from agent_service.store.admin_tokens import Scope, create_token
from agent_service.store.database import Database
from agent_service.store.writer import write_records
from agent_service.web.admin_access import AdminAccess
from agent_service.web.application import application
from agent_service.web.reviews import routes

ALL = {"understood": 3, "solved": 2, "right": 3, "manner": None, "rules": 1}


class Team:
    """Two programs that review, one that reads, and one conversation that has ended."""

    def __init__(self, database: Database, clock: Any, sample: Any) -> None:
        access = AdminAccess(database, clock)
        self.app = application(routes(ReviewSettings(), database, access, clock, time_limit_s=5))
        self.id = sample.conversation_id
        ended = sample.started_at + timedelta(minutes=1)
        with database.write() as session:
            write_records(session, [sample.conversation(ended_at=ended, end_reason="idle")])
            self.tokens = {
                name: create_token(session, name, clock.utc(), scopes=frozenset(scopes))
                for name, scopes in (
                    ("ann", (Scope.READ, Scope.WORK)),
                    ("bob", (Scope.READ, Scope.WORK)),
                    ("eve", (Scope.READ,)),
                )
            }

    def __call__(
        self, method: str, path: str, body: Any = None, *, by: str = "ann"
    ) -> httpx.Response:
        async def scenario() -> httpx.Response:
            transport = httpx.ASGITransport(self.app)
            async with httpx.AsyncClient(transport=transport, base_url="http://service") as http:
                headers = {"Authorization": f"Bearer {self.tokens[by]}"}
                return await http.request(method, path, headers=headers, json=body)

        return asyncio.run(scenario())


@pytest.fixture
def team(sqlite_database: Database, hand_clock: Any, sample: Any) -> Team:
    return Team(sqlite_database, hand_clock, sample)


def test_a_sample_is_drawn_reviewed_by_two_and_added_up(team: Team) -> None:
    review, rounds = f"/api/conversations/{team.id}/review", "/api/reviews/rounds"
    names = [one["name"] for one in team("GET", "/api/reviews/form").json()["criteria"]]
    assert names == list(ALL)
    made = team("POST", rounds, {"seed": "x", "share": 1, "question": "", "reviewers": 2})
    assert (made.status_code, made.json()["chosen"]) == (201, 1)
    assert team("GET", rounds, by="eve").json()["items"] == [made.json()]
    [waits] = team("GET", "/api/reviews/waiting").json()["items"]
    assert (waits["conversation_id"], waits["given"], waits["reviewers"]) == (team.id, 0, 2)
    first = team("PUT", review, {"scores": ALL, "version": 0, "comment": "fine"})
    assert (first.status_code, first.json()["complete_at"]) == (200, None)
    assert team("GET", review, by="bob").json()["others"] == []
    last = team("PUT", review, {"scores": ALL | {"rules": 0}, "version": 0}, by="bob").json()
    assert (last["own"]["is_failed"], last["own"]["total"]) == (True, 0)
    assert [one["comment"] for one in last["others"]] == ["fine"]
    assert team("GET", "/api/reviews/waiting").json()["items"] == []
    numbers = team("GET", "/api/reviews/numbers?agent=support", by="eve").json()
    assert (numbers["reviews"], numbers["failed"], numbers["compared"]) == (2, 1, 1)


def test_what_is_wrong_is_said(team: Team) -> None:
    review, rounds = f"/api/conversations/{team.id}/review", "/api/reviews/rounds"
    for by, path in (("eve", review), ("eve", "/api/reviews/waiting")):
        assert team("GET", path, by=by).status_code == 403
    assert team("POST", rounds, {"seed": "x", "count": 1}, by="eve").status_code == 403
    assert team("GET", review).json()["code"] == "unknown_work"
    late = team("PUT", review, {"scores": ALL, "version": 0})
    assert (late.status_code, late.json()["code"]) == (404, "unknown_work")
    wrong = team("POST", rounds, {"seed": "x", "question": "nothing=1", "count": 9_999})
    assert wrong.status_code == 400
    assert [one["field"] for one in wrong.json()["problems"]] == ["count", "nothing"]
    team("POST", rounds, {"seed": "x", "count": 1})
    bad = team("PUT", review, {"scores": {"rules": 5}, "version": 0})
    assert (bad.status_code, bad.json()["code"]) == (409, "work_refused")
    assert team("GET", "/api/reviews/numbers?x=1").status_code == 400
