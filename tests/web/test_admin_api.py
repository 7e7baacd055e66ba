"""The admin API: only with a token, everything in JSON, mistakes named."""

import asyncio
import base64
import json
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import text

from agent_service.store.admin_tokens import create_token
from agent_service.store.cursors import OTHER_QUESTION, UNKNOWN_CURSOR, Cursors
from agent_service.store.database import Database
from agent_service.store.tables import AdminToken
from agent_service.store.writer import write_records
from agent_service.web.admin_access import AdminAccess
from agent_service.web.admin_api import routes
from agent_service.web.application import application

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
        self.app = application(routes(database, AdminAccess(database, clock), **options))
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
    assert response.json()["code"] == "not_authorised"


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
    error = response.json()
    assert (error["code"], error["field"]) == ("bad_query", "role")
    assert [problem["field"] for problem in error["problems"]] == ["role", "limit"]


def test_an_unknown_conversation_is_not_found(api: Api) -> None:
    for name in ("0190-unknown", "%00", "%ED%A0%80"):
        response = api.get(f"/api/conversations/{name}")
        assert response.status_code == 404
        assert response.json()["code"] == "unknown_conversation"


def test_a_query_over_its_time_is_refused(
    postgresql_database: Database, clock: Any, sample: Any
) -> None:
    api = Api(postgresql_database, clock, time_limit_s=0.2)
    with postgresql_database.write() as session:
        # Nobody can read the table meanwhile: the query waits, as one on a huge table would work.
        session.connection().exec_driver_sql("LOCK TABLE turns IN ACCESS EXCLUSIVE MODE")
        response = api.get("/api/turns")
    assert response.status_code == 422
    assert response.json()["code"] == "query_too_slow"


def test_an_absent_database_is_said_without_details(
    sqlite_url: str, sqlite_database: Database, clock: Any
) -> None:
    api = Api(sqlite_database, clock)
    with sqlite_database.write() as session:
        session.connection().exec_driver_sql("DROP TABLE incidents")
    response = api.get("/api/incidents")
    assert response.status_code == 503
    assert response.headers["content-type"] == "application/problem+json"
    assert response.json() == {
        "type": "urn:agent-service:error:database_not_migrated",
        "title": "Service Unavailable",
        "status": 503,
        "code": "database_not_migrated",
        "detail": "The database cannot be used at the moment.",
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


def encoded(*written: object) -> str:
    return base64.urlsafe_b64encode(json.dumps(written).encode()).decode().rstrip("=")


def forged(name: object, *place: object) -> str:
    """Return a cursor of a list's plain question, as whoever reads this code could make one."""
    key = Cursors(name).key([]) if isinstance(name, str) else name
    return encoded(name, key, False, *place)


MOMENT = "2026-01-01T00:00:00+00:00"
FORGED = [
    "",
    "x",
    "WyJ0dXJucyJd=",
    "[" * 5000,
    "a" * 2001,
    encoded(),
    encoded("turns"),
    encoded("turns", 1),
    encoded("turns", 1, 1),
    encoded("turns", Cursors("turns").key([]), 0, 1),
    encoded("turns", Cursors("turns").key([]), None, 1),
    forged("turns"),
    forged("turns", "1"),
    forged("turns", "one"),
    forged("turns", 1, 2),
    forged("turns", 2**63),
    forged("turns", True),
    forged("turns", None),
    forged("turns", float("nan")),
    forged("turns", 1.0),
    forged("turns", 10**400),
    forged(MOMENT, "id"),
    forged("tool_calls", MOMENT, "id"),
    forged("tool_calls", {"at": MOMENT}, "\ud800"),
    forged("tool_calls", {"at": MOMENT}, "\0"),
    forged("tool_calls", {"at": MOMENT}, ""),
    forged("tool_calls", {"at": MOMENT}, "a" * 37),
    forged("tool_calls", {"at": MOMENT}, None),
    forged("tool_calls", {"at": "2026-01-01"}, "id"),
    forged("tool_calls", {"at": "0001-01-01T00:00:00+23:00"}, "id"),
    forged("tool_calls", {"at": None}, "id"),
    forged("tool_calls", {}, "id"),
    forged("conversations", None),
    forged("conversations", [], {}),
]


LISTS = ["conversations", "turns", "tool-calls", "incidents"]
VALUES = st.one_of(
    st.integers().map(str),
    st.datetimes(timezones=st.timezones() | st.none()).map(str),
    st.datetimes(timezones=st.just(UTC)).map(lambda moment: moment.isoformat()),
    st.uuids().map(str),
    st.text(st.characters(codec=None)),
    st.sampled_from(["NaN", "inf", "-1", "", "9999-12-31T23:59:59+00:00", "0001-01-01T00:00:00"]),
)
JSON = st.recursive(
    VALUES | st.none() | st.booleans() | st.integers() | st.floats(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=5,
)
NAMES = st.sampled_from([name.replace("-", "_") for name in LISTS])
MOMENTS = VALUES.map(lambda value: {"at": value})
CURSORS = st.one_of(
    st.text(),
    st.binary().map(lambda data: base64.urlsafe_b64encode(data).decode()),
    JSON.map(lambda value: forged(value)),
    st.tuples(NAMES, st.lists(VALUES | MOMENTS | st.integers(), max_size=3)).map(
        lambda made: forged(made[0], *made[1])
    ),
    st.tuples(NAMES, st.lists(JSON, max_size=3)).map(lambda made: forged(made[0], *made[1])),
)
REFUSALS = {UNKNOWN_CURSOR, OTHER_QUESTION}


# The database is only read, so that every example may have the same.
@settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(cursor=CURSORS, name=st.sampled_from(LISTS))
def test_no_cursor_whatever_it_is_breaks_a_list(api: Api, cursor: str, name: str) -> None:
    response = api.get(f"/api/{name}", cursor=cursor)
    if response.status_code != 200:  # somebody may guess a place
        assert response.status_code == 400
        [problem] = response.json()["problems"]
        assert problem["field"] == "cursor"
        assert problem["message"] in REFUSALS


@pytest.mark.parametrize("path", ["/api/conversations", "/api/turns", "/api/tool-calls"])
def test_a_cursor_that_no_answer_gave_is_refused(api: Api, path: str) -> None:
    for cursor in FORGED:
        response = api.get(path, cursor=cursor)
        assert response.status_code == 400, cursor
        assert response.json()["field"] == "cursor"


def test_a_cursor_is_good_for_its_own_list_alone(api: Api) -> None:
    cursor = api.get("/api/turns", limit="1").json()["next_cursor"]
    assert api.get("/api/turns", cursor=cursor).status_code == 200
    assert api.get("/api/incidents", cursor=cursor).status_code == 400


def test_a_number_that_no_row_can_hold_is_refused(api: Api) -> None:
    for name in ("first_audio_ms", "heard_ms__not", "heard_ms__gt", "first_audio_ms__lt"):
        for number in (2**31, -(2**31), 3_000_000_000, 2**63, 10**30):
            assert api.get("/api/turns", **{name: str(number)}).status_code == 400
        assert api.get("/api/turns", **{name: str(2**31 - 1)}).status_code == 200


@contextmanager
def held_by_another_writer(database: Database) -> Iterator[None]:
    with database.write() as session:
        is_postgresql = database.dialect == "postgresql"
        lock = "LOCK TABLE admin_tokens, turns IN EXCLUSIVE MODE" if is_postgresql else "SELECT 1"
        session.execute(text(lock))
        yield


def test_the_record_is_read_while_another_one_writes(api: Api, database: Database) -> None:
    with held_by_another_writer(database):
        began = time.monotonic()
        for path in PATHS:
            assert api.get(path).status_code in (200, 404)
        assert time.monotonic() - began < 4
    with database.read() as session:
        assert session.query(AdminToken).one().last_used_at is None
    api.get("/api/turns")
    with database.read() as session:
        assert session.query(AdminToken).one().last_used_at is not None


def test_the_record_is_read_while_requests_wait_to_write(api: Api, database: Database) -> None:
    def wait_for_the_lock(session: Any) -> None:
        session.execute(text("UPDATE turns SET heard_ms = 1"))

    async def scenario() -> httpx.Response:
        transport = httpx.ASGITransport(api.app)
        async with (
            httpx.AsyncClient(transport=transport, base_url="http://service") as http,
            asyncio.TaskGroup() as group,
        ):
            with held_by_another_writer(database):
                writers = [
                    group.create_task(database.run(wait_for_the_lock, is_write=True))
                    for _ in range(8)
                ]
                headers = {"Authorization": f"Bearer {api.token}"}
                response = await http.get("/api/turns", headers=headers)
                assert not any(writer.done() for writer in writers)
            return response

    assert asyncio.run(scenario()).status_code == 200


def test_a_slash_too_many_is_no_other_address(api: Api) -> None:
    for path in ("/api/turns/", "/api/turns//"):
        response = api.get(path, limit="1")
        assert response.status_code == 200
        assert len(response.json()["items"]) == 1
    assert api.get("/").status_code == 404
