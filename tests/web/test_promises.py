"""The queue over HTTP: listed with age, marked done once, only with a token."""

import asyncio
from typing import Any

import httpx
import pytest
from tool_desk import ToolDesk
from workshop import SETTLEMENTS

from agent_service.conversation.records import Caller, CallerLevel
from agent_service.store.admin_tokens import create_token
from agent_service.web.admin_access import AdminAccess
from agent_service.web.application import application
from agent_service.web.promises import routes

STRANGER = Caller("ACME-77", "Ann Acme", CallerLevel.VERIFIED)


class Team:
    def __init__(self, desk: ToolDesk) -> None:
        self.desk = desk
        access = AdminAccess(desk.database, desk.clock)
        self.app = application(
            routes(desk.database, access, desk.clock, SETTLEMENTS, time_limit_s=5)
        )
        with desk.database.write() as session:
            self.token = create_token(session, "ann", desk.clock.utc())

    def ask(self, path: str, body: Any = None, token: str | None = None) -> httpx.Response:
        headers = {"Authorization": f"Bearer {token or self.token}"}

        async def scenario() -> httpx.Response:
            transport = httpx.ASGITransport(self.app)
            async with httpx.AsyncClient(transport=transport, base_url="http://service") as http:
                method = "GET" if body is None else "POST"
                return await http.request(method, path, headers=headers, json=body)

        return asyncio.run(scenario())

    def items(self, query: str = "") -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = self.ask(f"/api/queue{query}").json()["items"]
        return found


@pytest.fixture
def team(sqlite_desk: ToolDesk) -> Team:
    sqlite_desk.call("hand_over_to_human", {"reason": "a person"}, caller=STRANGER)
    return Team(sqlite_desk)


@pytest.mark.parametrize(("path", "body"), [("/api/queue", None), ("/api/queue/x/done", {})])
def test_nothing_without_a_token(team: Team, path: str, body: Any) -> None:
    assert team.ask(path, body, token="wrong").status_code == 401


def test_promise_is_shown_with_its_age(team: Team) -> None:
    team.desk.clock.advance(75)
    (shown,) = team.items()
    assert shown["kind"] == "handoff"
    assert (shown["customer_id"], shown["caller_name"]) == ("ACME-77", "Ann Acme")
    assert (shown["age_s"], shown["due_at"]) == (75, None)
    assert team.items("?kind=ticket") == []


def test_done_once_with_a_note(team: Team) -> None:
    path = f"/api/queue/{team.items()[0]['id']}/done"
    answer = team.ask(path, {"note": "called"})
    assert (answer.status_code, answer.json()["done_by"]) == (200, "admin:ann")
    again = team.ask(path, {})
    assert (again.status_code, again.json()["code"]) == (409, "promise_done")
    assert team.items() == []
    (kept,) = team.items("?all=true")
    assert (kept["state"], kept["note"]) == ("done", "called")


def test_unknown_promise_is_not_found(team: Team) -> None:
    answer = team.ask("/api/queue/handoff-999/done", {})
    assert (answer.status_code, answer.json()["code"]) == (404, "promise_unknown")


@pytest.mark.parametrize(
    "query",
    [
        "?kind=nothing",
        "?all=yes",
        "?limit=0",
        "?limit=1001",
        "?limit=99999999999999999999",
        "?limit=\u0663",
        "?limit=-1",
        "?sort=age",
    ],
)
def test_question_that_cannot_be_understood_is_refused(team: Team, query: str) -> None:
    answer = team.ask(f"/api/queue{query}")
    assert (answer.status_code, answer.json()["code"]) == (400, "bad_query")


@pytest.mark.parametrize("body", [{"note": 7}, {"note": "x" * 501}, {"by": "me"}])
def test_malformed_done_is_refused(team: Team, body: Any) -> None:
    assert team.ask(f"/api/queue/{team.items()[0]['id']}/done", body).status_code == 400
    assert len(team.items()) == 1


def test_list_that_is_cut_says_so(team: Team) -> None:
    team.desk.call("hand_over_to_human", {}, caller=STRANGER)
    assert team.ask("/api/queue?limit=1").json()["is_cut"] is True
    assert team.ask("/api/queue?limit=3").json()["is_cut"] is False


def test_what_is_overdue_is_told(team: Team) -> None:
    team.desk.call("open_ticket", {"subject": "Portal", "details": "Closed."}, caller=STRANGER)
    assert [item["is_overdue"] for item in team.items()] == [False, False]
    team.desk.clock.advance(86_401)  # from a Wednesday; a handover has no time when it is due
    assert [item["is_overdue"] for item in team.items()] == [False, True]
