"""Numbers over HTTP."""

import asyncio
from typing import Any

import httpx

from agent_service.store.admin_tokens import create_token
from agent_service.store.database import Database
from agent_service.store.writer import write_records
from agent_service.web.admin_access import AdminAccess
from agent_service.web.application import application
from agent_service.web.stats import routes


def get(database: Database, clock: Any, token: str | None, **parameters: str) -> httpx.Response:
    async def scenario() -> httpx.Response:
        app = application(routes(database, AdminAccess(database, clock), time_limit_s=5))
        transport = httpx.ASGITransport(app)
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        async with httpx.AsyncClient(transport=transport, base_url="http://service") as http:
            return await http.get("/api/stats", headers=headers, params=parameters)

    return asyncio.run(scenario())


def test_numbers_come_with_a_token(database: Database, clock: Any, sample: Any) -> None:
    with database.write() as session:
        token = create_token(session, "console", clock.utc())
        write_records(session, [sample.conversation(), sample.turn(1), sample.turn(2)])
    assert get(database, clock, None).status_code == 401
    answer = get(database, clock, token, by="day", tz="Europe/Berlin", agent="support").json()
    assert (answer["by"], answer["tz"]) == ("day", "Europe/Berlin")
    [day] = answer["items"]
    assert (day["key"], day["conversations"], day["turns"]) == ("2026-03-01", 1, 2)
    assert answer["total"] == day | {"key": None}


def test_mistakes_are_told_together(database: Database, clock: Any) -> None:
    with database.write() as session:
        token = create_token(session, "console", clock.utc())
    refused = get(database, clock, token, by="weather", limit="3", since="never")
    assert refused.status_code == 400
    problems = refused.json()["problems"]
    assert [problem["field"] for problem in problems] == ["limit", "by", "since"]
