"""Ephemeral secrets over HTTP: in the shape that SDKs ask for, for who may mint tickets."""

from typing import Any

import httpx
import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from structlog.testing import capture_logs

from agent_service.agent import AgentSettings
from agent_service.conversation.records import Caller, CallerLevel
from agent_service.errors import CallerError
from agent_service.store.admin_tokens import Scope
from agent_service.store.members import Member
from agent_service.web.application import application
from agent_service.web.origins import Origins
from agent_service.web.realtime_secrets import BETA_PATHS, PATHS, Secrets, routes
from agent_service.web.server import run
from agent_service.web.tickets import Grant, Tickets

AGENT = AgentSettings.model_validate(
    {"name": "support", "title": "Support", "instructions": "Keep it to yourself."}
)
WHOLE = {"type": "realtime", "model": "support"}


async def authorise(request: Request, scope: Scope) -> Member:
    if request.headers.get("authorization") != "Bearer right" or scope is not Scope.TICKETS:
        raise CallerError(code="not_authorised")
    return Member(name="shop", actor="admin:shop", rights=frozenset())


@pytest.fixture
def tickets(clock: Any) -> Tickets:
    return Tickets("a secret that is long enough for a signature", clock)


@pytest.fixture
def app(tickets: Tickets, clock: Any) -> Starlette:
    origins = Origins(["https://shop.example"])
    return application(routes(Secrets(tickets, origins, {"support": AGENT}, clock), authorise))


def post(app: Starlette, path: str, body: Any, token: str = "right") -> httpx.Response:
    async def scenario() -> httpx.Response:
        transport = httpx.ASGITransport(app)
        async with httpx.AsyncClient(transport=transport, base_url="http://support") as http:
            headers = {"Authorization": f"Bearer {token}"}
            return await http.post(path, json=body, headers=headers)

    return run(scenario())


@pytest.mark.parametrize("path", PATHS)
def test_a_secret_is_a_ticket_for_who_calls(
    app: Starlette, tickets: Tickets, clock: Any, path: str
) -> None:
    who = {"customer_id": "C1", "name": "Jane", "level": "verified"}
    who["origin"] = "https://shop.example"
    body = {"session": WHOLE, "agent_service": who, "expires_after": {"seconds": 60}}
    with capture_logs() as lines:
        answer = post(app, path, body).json()
    assert [line["by"] for line in lines if line["event"] == "ticket_minted"] == ["admin:shop"]
    ticket = tickets.check(answer["value"].removeprefix("ek_"))
    caller = Caller("C1", "Jane", CallerLevel.VERIFIED)
    assert ticket.grant == Grant("support", caller, "https://shop.example")
    assert answer["expires_at"] == round(clock.utc().timestamp()) + 60
    assert answer["session"]["model"] == "support"
    assert "yourself" not in str(answer)


@pytest.mark.parametrize("path", BETA_PATHS)
def test_the_beta_has_its_own_shape(app: Starlette, tickets: Tickets, path: str) -> None:
    answer = post(app, path, {"model": "support", "voice": "ash"}).json()
    assert answer["voice"] == "alloy"
    ticket = tickets.check(answer["client_secret"]["value"].removeprefix("ek_"))
    assert ticket.grant == Grant("support", Caller())


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ({"session": WHOLE | {"model": "sales"}}, "unknown_agent"),
        ({"session": {"type": "realtime"}}, "unknown_agent"),
        ({"session": WHOLE | {"instructions": "Be rude."}}, "not_allowed"),
        ({"session": WHOLE, "agent_service": {"customer_id": "C1"}}, "bad_request"),
        ({"session": WHOLE, "expires_after": {"seconds": 7200}}, "bad_request"),
        ({}, "bad_request"),
    ],
)
def test_what_makes_no_sense_is_refused(app: Starlette, body: Any, code: str) -> None:
    answer = post(app, PATHS[0], body)
    assert (answer.status_code, answer.json()["code"]) == (400, code)


@pytest.mark.parametrize("origin", ["https://evil.example", "http://["])
def test_an_origin_that_could_not_connect_gets_no_secret(app: Starlette, origin: str) -> None:
    answer = post(app, PATHS[0], {"session": WHOLE, "agent_service": {"origin": origin}})
    assert (answer.status_code, answer.json()["code"]) == (403, "origin_not_allowed")


def test_secrets_are_for_who_may_mint_tickets(app: Starlette) -> None:
    for path in (*PATHS, *BETA_PATHS):
        assert post(app, path, {"session": WHOLE, "model": "support"}, "wrong").status_code == 401
