"""The team's API: approvals are decided and tools are switched, only with a token."""

import asyncio
from typing import Any

import httpx
import pytest
from sqlalchemy import func, select
from tool_desk import ToolDesk
from workshop import Job, Payback

from agent_service.conversation.records import ToolCallStatus
from agent_service.runtime.approval_desk import ApprovalDesk
from agent_service.store.admin_tokens import create_token
from agent_service.web.admin_access import AdminAccess
from agent_service.web.application import application
from agent_service.web.approvals import routes

PAY_BACK = {"job": 1002, "reason": "broken"}


class Team:
    """Two people of the team with a token each, and a payback that waits for them."""

    def __init__(self, desk: ToolDesk, minor: int) -> None:
        self.desk = desk
        access = AdminAccess(desk.database, desk.clock)
        approvals = ApprovalDesk(
            desk.registry, desk.database, desk.clock, lambda *_: True, desk.customers
        )
        self.app = application(routes(approvals, desk.registry, desk.database, access, desk.clock))
        with desk.database.write() as session:
            self.ann = create_token(session, "ann", desk.clock.utc())
            self.ben = create_token(session, "ben", desk.clock.utc())
            job = session.get_one(Job, 1002)
            job.paid_minor = minor
        desk.call("pay_back", PAY_BACK)

    def ask(
        self, method: str, path: str, token: str | None = None, body: Any = None
    ) -> httpx.Response:
        headers = {"Authorization": f"Bearer {token}"} if token else {}

        async def scenario() -> httpx.Response:
            transport = httpx.ASGITransport(self.app)
            async with httpx.AsyncClient(transport=transport, base_url="http://service") as http:
                return await http.request(method, path, headers=headers, json=body)

        return asyncio.run(scenario())

    def waiting(self) -> dict[str, Any]:
        items = self.ask("GET", "/api/approvals?status=waiting", self.ann).json()["items"]
        found: dict[str, Any] = items[0]
        return found

    def decide(self, token: str, *, is_approved: bool = True) -> httpx.Response:
        listed = self.ask("GET", "/api/approvals", self.ann).json()["items"]
        path = f"/api/approvals/{listed[0]['id']}/decision"
        return self.ask("POST", path, token, {"is_approved": is_approved, "note": "looked at it"})

    def paid_back(self) -> int:
        with self.desk.database.read() as session:
            return session.scalar(select(func.coalesce(func.sum(Payback.amount_minor), 0))) or 0


@pytest.fixture
def team(sqlite_desk: ToolDesk) -> Team:
    return Team(sqlite_desk, 150_00)


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/api/approvals"),
        ("POST", "/api/approvals/x/decision"),
        ("GET", "/api/tools"),
        ("POST", "/api/tools/cancel_job/switch"),
    ],
)
def test_nothing_without_a_token(team: Team, method: str, path: str) -> None:
    assert team.ask(method, path, "wrong").status_code == 401


def test_approval_shows_who_what_why_and_on_which_grounds(team: Team) -> None:
    shown = team.waiting()
    assert shown["summary"] == "Pay back $150.00 for the gearbox"
    assert shown["reason"] == "the amount needs approval"
    assert shown["customer_id"] == "C0001"
    assert shown["amount"] == {"minor": 150_00, "currency": "USD", "written": "150.00 USD"}
    assert shown["confirmation_id"]


def test_decision_has_its_effect(team: Team) -> None:
    response = team.decide(team.ann)
    assert response.json()["status"] == "approved"
    assert team.paid_back() == 150_00


def test_second_decision_is_a_conflict(team: Team) -> None:
    team.decide(team.ann, is_approved=False)
    response = team.decide(team.ben)
    assert (response.status_code, response.json()["code"]) == (409, "approval_decided")
    assert team.paid_back() == 0


def test_unknown_approval_is_not_found(team: Team) -> None:
    body = {"is_approved": True}
    assert team.ask("POST", "/api/approvals/none/decision", team.ann, body).status_code == 404


@pytest.mark.parametrize("body", [{}, {"is_approved": "yes"}, {"is_approved": True, "by": "x"}])
def test_malformed_decision_is_refused(team: Team, body: dict[str, Any]) -> None:
    path = f"/api/approvals/{team.waiting()['id']}/decision"
    assert team.ask("POST", path, team.ann, body).status_code == 400
    assert team.paid_back() == 0


def test_unknown_status_is_refused(team: Team) -> None:
    assert team.ask("GET", "/api/approvals?status=all", team.ann).status_code == 400


def test_switch_stops_the_tool_and_is_shown(team: Team) -> None:
    body = {"is_off": True, "reason": "carrier strike"}
    assert team.ask("POST", "/api/tools/cancel_job/switch", team.ann, body).status_code == 200
    tools = {tool["name"]: tool for tool in team.ask("GET", "/api/tools", team.ann).json()["items"]}
    assert tools["cancel_job"]["is_off"] is True
    assert tools["pay_back"]["is_off"] is False
    finished = team.desk.call("cancel_job", {"job": 1007})
    assert finished.status == ToolCallStatus.NOT_ALLOWED


def test_unknown_tool_cannot_be_switched(team: Team) -> None:
    body = {"is_off": True, "reason": ""}
    assert team.ask("POST", "/api/tools/nothing/switch", team.ann, body).status_code == 404


@pytest.mark.parametrize("query", ["?cursor=x", "?status=waiting&limit=3"])
@pytest.mark.parametrize("path", ["/api/approvals", "/api/tools"])
def test_what_a_list_does_not_know_is_refused(team: Team, path: str, query: str) -> None:
    answer = team.ask("GET", path + query, team.ann)
    assert (answer.status_code, answer.json()["code"]) == (400, "bad_query")
