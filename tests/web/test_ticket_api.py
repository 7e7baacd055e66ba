"""Minting over HTTP: only with the key, only what makes sense; the demo's door is for its page."""

import asyncio
from typing import Any

import httpx
import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from structlog.testing import capture_logs

from agent_service.conversation.records import Caller, CallerLevel
from agent_service.errors import CallerError
from agent_service.store.admin_tokens import Scope
from agent_service.store.contacts import Address
from agent_service.store.members import Member
from agent_service.web import ticket_api
from agent_service.web.application import application
from agent_service.web.origins import Origins
from agent_service.web.tickets import Grant, Tickets

JANE = Caller("customer-1", "Jane Doe", CallerLevel.IDENTIFIED)
HEADERS = {"Authorization": "Bearer right"}


async def authorise(request: Request, scope: Scope) -> Member:
    if request.headers.get("authorization") != "Bearer right":
        raise CallerError(code="not_authorised")
    return Member(name="shop", actor="admin:shop", rights=frozenset())


reached: dict[str, Address] = {}


async def keep_contact(customer_id: str, address: Address) -> None:
    reached[customer_id] = address


async def find_caller(address: Address) -> Caller:
    return JANE if address.phone == "+1 555" else Caller()


def make(clock: Any) -> tuple[Tickets, Starlette]:
    reached.clear()
    tickets = Tickets("a secret that is long enough for a signature", clock)
    own_pages = Origins(own_hosts=["demo.example"])
    return tickets, application(
        [
            *ticket_api.routes(
                tickets,
                Origins(["https://shop.example", "https://acme.example"]),
                authorise,
                {"support"},
                keep_contact,
                find_caller,
            ),
            *ticket_api.demo_routes(tickets, own_pages, "support", JANE),
        ]
    )


def post(app: Starlette, path: str, **options: Any) -> httpx.Response:
    async def scenario() -> httpx.Response:
        transport = httpx.ASGITransport(app)
        async with httpx.AsyncClient(transport=transport, base_url="http://demo.example") as http:
            return await http.post(path, **options)

    return asyncio.run(scenario())


def test_the_backend_says_how_its_customer_is_reached(clock: Any) -> None:
    _, app = make(clock)
    body = {"agent": "support", "customer_id": "ACME-77", "level": "verified"}
    body |= {"email": "ann@acme.example", "phone": "+49 30 1234567"}
    assert post(app, "/api/tickets", json=body, headers=HEADERS).status_code == 200
    assert reached == {"ACME-77": Address("ann@acme.example", "+49 30 1234567")}


def test_the_log_says_who_minted_a_ticket_for_which_page_and_not_whose_it_is(clock: Any) -> None:
    _, app = make(clock)
    body = {"agent": "support", "customer_id": "ACME-77", "level": "verified"}
    with capture_logs() as lines:
        post(app, "/api/tickets", json={**body, "origin": "https://acme.example"}, headers=HEADERS)
    assert lines == [
        {
            "event": "ticket_minted",
            "log_level": "info",
            "by": "admin:shop",
            "agent": "support",
            "level": "verified",
            "origin": "https://acme.example",
        }
    ]


@pytest.mark.parametrize(
    ("address", "caller"),
    [
        ({"phone": "+1 555"}, JANE),
        ({"email": "ann@acme.example"}, Caller(name="Ann")),
        ({}, Caller(name="Ann")),
    ],
)
def test_an_address_without_a_customer_finds_them(
    clock: Any, address: dict[str, str], caller: Caller
) -> None:
    tickets, app = make(clock)
    body = {"agent": "support", "name": "Ann"} | address
    response = post(app, "/api/tickets", json=body, headers=HEADERS).json()
    assert tickets.check(response["ticket"]).grant.caller == caller
    assert response["level"] == caller.level.value
    assert reached == {}


def test_the_backend_gets_a_ticket_for_the_caller_it_names(clock: Any) -> None:
    tickets, app = make(clock)
    body = {
        "agent": "support",
        "customer_id": "customer-1",
        "name": "Jane Doe",
        "level": "verified",
        "origin": "https://shop.example",
    }
    response = post(app, "/api/tickets", json=body, headers=HEADERS)
    assert response.status_code == 200
    assert response.headers["cache-control"] == "no-store"
    caller = Caller("customer-1", "Jane Doe", CallerLevel.VERIFIED)
    granted = tickets.check(response.json()["ticket"]).grant
    assert granted == Grant("support", caller, "https://shop.example")


@pytest.mark.parametrize("header", [None, "Bearer wrong", "Basic right", "right"])
def test_without_the_key_there_is_no_ticket(clock: Any, header: str | None) -> None:
    headers = {} if header is None else {"Authorization": header}
    response = post(make(clock)[1], "/api/tickets", json={"agent": "support"}, headers=headers)
    assert response.status_code == 401
    assert response.json()["code"] == "not_authorised"


@pytest.mark.parametrize(
    ("options", "code"),
    [
        ({"json": {"agent": "sales"}}, "unknown_agent"),
        ({"json": {}}, "bad_request"),
        ({"json": {"agent": "support", "admin": True}}, "bad_request"),
        ({"json": {"agent": "support", "lifetime_s": 901}}, "bad_request"),
        ({"json": {"agent": "support", "customer_id": "1"}}, "bad_request"),
        ({"json": {"agent": "support", "level": "verified"}}, "bad_request"),
        ({"content": b"{", "headers": {"Content-Type": "application/json"}}, "bad_json"),
    ],
)
def test_a_request_that_does_not_fit_is_explained(
    clock: Any, options: dict[str, Any], code: str
) -> None:
    options = options | {"headers": HEADERS | options.get("headers", {})}
    response = post(make(clock)[1], "/api/tickets", **options)
    assert (response.status_code, response.json()["code"]) == (400, code)


@pytest.mark.parametrize(
    ("options", "status", "code"),
    [
        ({"data": {"agent": "support"}}, 415, "not_json"),
        ({"json": {"agent": "a" * 20_000}}, 413, "body_too_large"),
    ],
)
def test_a_body_that_is_not_read_has_a_status_of_its_own(
    clock: Any, options: dict[str, Any], status: int, code: str
) -> None:
    response = post(make(clock)[1], "/api/tickets", headers=HEADERS, **options)
    assert (response.status_code, response.json()["code"]) == (status, code)


@pytest.mark.parametrize(
    ("origin", "status"),
    [
        ("https://shop.example", 200),
        ("http://localhost:8000", 200),
        ("http://10.0.0.7", 200),
        ("https://shop.example:8443", 403),
        ("null", 403),
        ("http://[", 403),
    ],
)
def test_an_origin_that_could_not_connect_gets_no_ticket(
    clock: Any, origin: str, status: int
) -> None:
    body = {"agent": "support", "origin": origin}
    response = post(make(clock)[1], "/api/tickets", headers=HEADERS, json=body)
    assert response.status_code == status
    if status == 403:
        assert response.json()["code"] == "origin_not_allowed"
        assert "add it to server.origins" in response.json()["detail"]


@pytest.mark.parametrize("origin", [None, "http://demo.example"])
def test_the_demo_speaks_as_its_customer(clock: Any, origin: str | None) -> None:
    tickets, app = make(clock)
    response = post(app, "/demo/ticket", headers={"Origin": origin} if origin else {})
    granted = tickets.check(response.json()["ticket"]).grant
    assert granted == Grant("support", JANE, origin, detail=True)


@pytest.mark.parametrize(
    "origin", ["https://evil.example", "null", "http://rebound.example", "http://["]
)
def test_a_foreign_page_gets_no_demo_ticket(clock: Any, origin: str) -> None:
    headers = {"Origin": origin}
    if "rebound" in origin:
        headers["Host"] = "rebound.example"
    response = post(make(clock)[1], "/demo/ticket", headers=headers)
    assert response.status_code == 403
