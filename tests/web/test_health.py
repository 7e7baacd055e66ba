"""What machines are told about the service's health."""

import asyncio
from datetime import date

import httpx
from starlette.applications import Starlette

from agent_service.errors import StoreError
from agent_service.web import health


def get(path: str, app: Starlette) -> httpx.Response:
    async def scenario() -> httpx.Response:
        transport = httpx.ASGITransport(app)
        async with httpx.AsyncClient(transport=transport, base_url="http://service") as http:
            return await http.get(path)

    return asyncio.run(scenario())


async def fine() -> None: ...


async def broken() -> None:
    raise StoreError("The database at /secret/path is locked.")


def test_a_running_process_is_alive_whatever_it_depends_on() -> None:
    app = Starlette(routes=health.routes({"database": broken}, {}))
    assert get("/healthz", app).status_code == 200


def test_ready_when_every_check_passes() -> None:
    app = Starlette(routes=health.routes({"database": fine}, {}))
    response = get("/readyz", app)
    assert (response.status_code, response.json()) == (200, {"ready": True, "problems": {}})


def test_not_ready_names_the_check_and_no_internals() -> None:
    app = Starlette(routes=health.routes({"database": broken, "engine": fine}, {}))
    response = get("/readyz", app)
    assert response.status_code == 503
    assert response.json()["problems"] == {"database": "storage_unavailable"}
    assert "secret" not in response.text


def test_metrics_are_read_when_asked_for() -> None:
    calls = [1.0, 2.5]
    app = Starlette(routes=health.routes({}, {"open_sockets": lambda: calls.pop()}))
    assert "\nagent_service_open_sockets 2.5\n" in get("/metrics", app).text
    assert "\nagent_service_open_sockets 1\n" in get("/metrics", app).text


def test_ready_service_says_what_people_should_see_to() -> None:
    waiting: dict[str, int] = {}
    app = Starlette(routes=health.routes({"database": fine}, {}, {"outbox": lambda: waiting}))
    assert "notes" not in get("/readyz", app).json()
    waiting["refund"] = 3
    response = get("/readyz", app)
    assert response.status_code == 200
    assert response.json()["notes"] == {"outbox": {"refund": 3}}


def test_what_ends_soon_is_told_and_keeps_nobody_from_being_ready() -> None:
    ending = health.Caveat("provider_ending", "model m ends", "use n", date(2027, 1, 20))
    endless = health.Caveat("provider_unlisted", "model m is not listed", "use n", None)
    app = Starlette(routes=health.routes({"database": fine}, {}, None, lambda: [ending, endless]))
    response = get("/readyz", app)
    assert response.status_code == 200
    assert response.json()["ready"] is True
    assert response.json()["warnings"] == [
        {
            "code": "provider_ending",
            "message": "model m ends",
            "remedy": "use n",
            "date": "2027-01-20",
        },
        {
            "code": "provider_unlisted",
            "message": "model m is not listed",
            "remedy": "use n",
            "date": None,
        },
    ]
