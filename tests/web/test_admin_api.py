"""The admin API: only with a token, everything in JSON, mistakes named."""

import asyncio
import json
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest
from starlette.applications import Starlette

from agent_service.store.admin_tokens import create_token
from agent_service.store.database import Database
from agent_service.store.tables import AdminToken
from agent_service.store.writer import write_records
from agent_service.web.admin_api import AdminTokens, routes

PATHS = [
    "/api/conversations",
    "/api/conversations/some-id",
    "/api/turns",
    "/api/tool-calls",
    "/api/incidents",
]


class Api:
    """The API over a database with one conversation in it."""

    def __init__(self, database: Database, clock: Any, **options: Any) -> None:
        self.app = Starlette(routes=routes(database, AdminTokens(database, clock), **options))
        with database.write() as session:
            self.token = create_token(session, "console", clock.utc())

    def get(self, path: str, *, token: str | None = None, **parameters: str) -> httpx.Response:
        headers = {"Authorization": f"Bearer {token or self.token}"}
        return self.request(path, headers, parameters)

    def request(
        self, path: str, headers: dict[str, str], parameters: dict[str, str]
    ) -> httpx.Response:
        async def scenario() -> httpx.Response:
            transport = httpx.ASGITransport(self.app)
            async with httpx.AsyncClient(transport=transport, base_url="http://service") as http:
                return await http.get(path, headers=headers, params=parameters)

        return asyncio.run(scenario())


@pytest.fixture
def api(database: Database, clock: Any, sample: Any) -> Api:
    with database.write() as session:
        write_records(
            session,
            [
                sample.conversation(),
                sample.turn(1, text="Where is my order 1004?"),
                sample.turn(2, text="It was shipped.", heard_text="It was", is_interrupted=True),
                sample.tool_call(),
                sample.incident(),
            ],
        )
    return Api(database, clock)


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize(
    "header", [{}, {"Authorization": "Bearer wrong"}, {"Authorization": "Basic YTpi"}]
)
def test_nothing_without_a_token(api: Api, path: str, header: dict[str, str]) -> None:
    response = api.request(path, header, {})
    assert response.status_code == 401
    assert response.headers["www-authenticate"] == "Bearer"
    assert response.json()["error"]["code"] == "not_authorised"


def test_the_conversation_and_its_turns_are_shown(api: Api, sample: Any) -> None:
    listed = api.get("/api/conversations")
    assert listed.headers["cache-control"] == "no-store"
    [conversation] = listed.json()["items"]
    assert conversation["id"] == sample.conversation_id
    assert (conversation["turn_count"], conversation["incident_count"]) == (2, 1)
    assert conversation["started_at"] == "2026-03-01T12:00:00Z"
    whole = api.get(f"/api/conversations/{sample.conversation_id}").json()
    assert [turn["seq"] for turn in whole["turns"]] == [1, 2]
    assert [turn["role"] for turn in whole["turns"]] == ["caller", "agent"]
    assert whole["turns"][1]["heard_text"] == "It was"
    assert [call["name"] for call in whole["tool_calls"]] == ["find_order"]
    assert json.loads(whole["tool_calls"][0]["arguments"]) == {"order_number": 1004}


def test_turns_are_searched(api: Api) -> None:
    answer = api.get("/api/turns", q="order 1004").json()
    assert [turn["text"] for turn in answer["items"]] == ["Where is my order 1004?"]
    assert answer["items"][0]["snippet"] == {
        "text": "Where is my order 1004?",
        "marks": [[12, 17], [18, 22]],
    }
    assert answer["next_cursor"] is None


def test_pages_follow_each_other(api: Api) -> None:
    first = api.get("/api/turns", limit="1").json()
    second = api.get("/api/turns", limit="1", cursor=first["next_cursor"]).json()
    assert [page["items"][0]["seq"] for page in (first, second)] == [2, 1]
    assert second["next_cursor"] is None


def test_tool_calls_and_incidents_are_listed(api: Api) -> None:
    assert api.get("/api/tool-calls", status="succeeded").json()["items"][0]["effect"] is None
    assert api.get("/api/incidents").json()["items"][0]["code"] == "provider_failed"


def test_mistakes_are_named_together(api: Api) -> None:
    response = api.get("/api/turns", role="robot", limit="0")
    assert response.status_code == 400
    error = response.json()["error"]
    assert (error["code"], error["field"]) == ("bad_query", "role")
    assert [problem["field"] for problem in error["problems"]] == ["role", "limit"]


def test_an_unknown_conversation_is_not_found(api: Api) -> None:
    for name in ("0190-unknown", "%00", "%ED%A0%80"):
        response = api.get(f"/api/conversations/{name}")
        assert response.status_code == 404
        assert response.json()["error"]["code"] == "unknown_conversation"


def test_a_query_over_its_time_is_refused(
    postgresql_database: Database, clock: Any, sample: Any
) -> None:
    api = Api(postgresql_database, clock, time_limit_s=0.2)
    with postgresql_database.write() as session:
        # Nobody can read the table meanwhile: the query waits, as one on a huge table would work.
        session.connection().exec_driver_sql("LOCK TABLE turns IN ACCESS EXCLUSIVE MODE")
        response = api.get("/api/turns")
    assert response.status_code == 422
    assert response.json()["error"]["code"] == "query_too_slow"


def test_an_absent_database_is_said_without_details(
    sqlite_url: str, sqlite_database: Database, clock: Any
) -> None:
    api = Api(sqlite_database, clock)
    with sqlite_database.write() as session:
        session.connection().exec_driver_sql("DROP TABLE incidents")
    response = api.get("/api/incidents")
    assert response.status_code == 503
    assert response.json()["error"] == {
        "code": "database_not_migrated",
        "message": "The record cannot be read at the moment.",
    }


def test_the_use_of_a_token_is_kept(api: Api, database: Database, clock: Any) -> None:
    def last_used_at() -> datetime | None:
        with database.read() as session:
            return session.query(AdminToken).one().last_used_at

    assert last_used_at() is None
    api.get("/api/turns")
    first = clock.utc()
    assert last_used_at() == first
    clock.seconds += 30
    api.get("/api/turns")
    assert last_used_at() == first
    clock.seconds += 31
    api.get("/api/turns")
    assert last_used_at() == first + timedelta(seconds=61)
    assert first.tzinfo is UTC
