"""Erasing over HTTP: with a token, with a receipt; and reading is on record, whatever happens."""

import asyncio
import sqlite3
from typing import Any

import httpx
import pytest
from sqlalchemy import select
from structlog.testing import capture_logs

from agent_service.conversation.records import Caller
from agent_service.store.admin_tokens import create_token
from agent_service.store.database import Database
from agent_service.store.erasure import Erasing
from agent_service.store.tables import AuditEntry
from agent_service.store.writer import write_records
from agent_service.web import admin_api, customers
from agent_service.web.admin_access import AdminAccess
from agent_service.web.application import application


class Api:
    def __init__(self, database: Database, clock: Any) -> None:
        self.database = database
        access = AdminAccess(database, clock)
        erasing = Erasing(database, clock, lambda _: 0)
        routes = [*admin_api.routes(database, access), *customers.routes(database, access, erasing)]
        self.app = application(routes)
        with database.write() as session:
            self.token = create_token(session, "eve", clock.utc())

    def ask(self, method: str, path: str, *, token: str | None = None) -> httpx.Response:
        async def scenario() -> httpx.Response:
            transport = httpx.ASGITransport(self.app)
            headers = {"Authorization": f"Bearer {self.token if token is None else token}"}
            async with httpx.AsyncClient(transport=transport, base_url="http://service") as http:
                return await http.request(method, path, headers=headers)

        return asyncio.run(scenario())

    def looks(self) -> list[tuple[str, str, str | None, str | None]]:
        with self.database.read() as session:
            entries = session.scalars(select(AuditEntry).order_by(AuditEntry.number))
            return [
                (one.actor, one.action, one.conversation_id, one.detail)
                for one in entries
                if one.action != "admin_token.created"
            ]


@pytest.fixture
def api(database: Database, clock: Any, sample: Any) -> Api:
    caller = Caller("C0042", "Jane")
    ended = sample.conversation(caller=caller, ended_at=sample.started_at)
    with database.write_log() as session:
        write_records(session, [ended, sample.turn(1, text="zebrafish", heard_text="zebrafish")])
    return Api(database, clock)


def test_an_erasure_answers_with_its_receipt(api: Api) -> None:
    answer = api.ask("POST", "/api/customers/C0042/erasure")
    assert answer.status_code == 201
    receipt = answer.json()
    assert receipt["removed"] == {"conversations": 1, "turns": 1}
    assert receipt["requested_by"] == "admin:eve"
    assert api.ask("GET", answer.headers["location"]).json() == receipt
    assert api.looks()[0][:2] == ("admin:eve", "customer.erased")


@pytest.mark.parametrize(
    ("method", "path", "status", "code"),
    [
        ("GET", "/api/erasures/none", 404, "unknown_erasure"),
        ("POST", f"/api/customers/{'x' * 200}/erasure", 400, "bad_query"),
        ("GET", "/api/customers/C0042/erasure", 405, "method_not_allowed"),
    ],
)
def test_what_cannot_be(api: Api, method: str, path: str, status: int, code: str) -> None:
    answer = api.ask(method, path)
    assert (answer.status_code, answer.json()["code"]) == (status, code)


def test_only_with_a_token(api: Api) -> None:
    assert api.ask("POST", "/api/customers/C0042/erasure", token="none").status_code == 401


def test_reading_a_transcript_is_on_record_once_a_minute(api: Api, sample: Any, clock: Any) -> None:
    path = f"/api/conversations/{sample.conversation_id}"
    for _ in range(3):
        assert api.ask("GET", path).status_code == 200
    look = ("admin:eve", "conversation.read", sample.conversation_id, None)
    assert api.looks() == [look]
    clock.seconds += 61
    api.ask("GET", path)
    assert api.looks() == [look, look]


def test_a_search_is_on_record_with_what_was_asked(api: Api) -> None:
    api.ask("GET", "/api/turns?q=zebrafish&role=caller")
    ((actor, action, _, detail),) = api.looks()
    assert (actor, action) == ("admin:eve", "record.searched")
    assert detail == '{"asked": {"what": ["turns"], "q": ["zebrafish"], "role": ["caller"]}}'


def test_who_lists_conversations_or_is_refused_has_read_nothing(api: Api) -> None:
    api.ask("GET", "/api/conversations")
    api.ask("GET", "/api/conversations/none")
    api.ask("GET", "/api/turns?role=nobody")
    api.ask("GET", "/api/turns", token="none")
    assert api.looks() == []


def test_reading_works_while_nobody_can_write(
    sqlite_database: Database, sample: Any, clock: Any, sqlite_url: str
) -> None:
    with sqlite_database.write_log() as session:
        write_records(session, [sample.conversation()])
    api = Api(sqlite_database, clock)
    path = f"/api/conversations/{sample.conversation_id}"
    api.ask("GET", "/api/conversations")  # the token's use is noted
    holder = sqlite3.connect(sqlite_url.removeprefix("sqlite:///"), isolation_level=None)
    try:
        holder.execute("BEGIN IMMEDIATE")
        with capture_logs() as lines:
            assert api.ask("GET", path).status_code == 200
    finally:
        holder.close()
    assert api.looks() == []
    assert [line["event"] for line in lines] == ["record_read", "reading_not_audited"]
