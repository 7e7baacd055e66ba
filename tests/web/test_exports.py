"""Exports over HTTP: any question, whole, and nothing left behind by who stops reading."""

import asyncio
import csv
import io
import json
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

import httpx
import pyarrow.parquet as pq
import pytest
import structlog
from sqlalchemy import text

from agent_service.store.admin_tokens import create_token
from agent_service.store.database import Database
from agent_service.store.writer import write_records
from agent_service.web.admin_access import AdminAccess
from agent_service.web.exports import routes

DOUBLINGS = 13


@dataclass
class Scene:
    """A service with a record, and a client of it."""

    http: httpx.AsyncClient
    port: int
    token: str

    async def get(self, name: str, **parameters: str) -> httpx.Response:
        return await self.http.get(f"/api/export/{name}", params=parameters)


Run = Callable[..., None]


@pytest.fixture
def run(serve: Any, database: Database) -> Run:
    def run_it(scenario: Callable[[Scene], Awaitable[None]], **options: Any) -> None:
        async def main() -> None:
            def export_routes(service: Any) -> Any:
                access = AdminAccess(database, service.clock)
                return routes(database, access, time_limit_s=10, **options)

            async with serve(extra_routes=export_routes) as service:
                with database.write() as session:
                    token = create_token(session, "ann", service.clock.utc())
                headers = {"Authorization": f"Bearer {token}"}
                url = f"http://127.0.0.1:{service.port}"
                async with httpx.AsyncClient(base_url=url, headers=headers, timeout=60) as http:
                    await scenario(Scene(http, service.port, token))

        asyncio.run(main())

    return run_it


@pytest.fixture
def few(database: Database, sample: Any) -> None:
    with database.write() as session:
        rows = [sample.conversation(), *(sample.turn(seq) for seq in range(1, 8))]
        write_records(session, [*rows, sample.tool_call(), sample.incident()])


@pytest.fixture
def many(database: Database, sample: Any) -> None:
    """Incidents, which are rows like others, and doubled until there are many."""
    with database.write() as session:
        write_records(session, [sample.incident(conversation_id=None, message="x" * 500)])
    is_sqlite = database.dialect == "sqlite"
    new_id = "lower(hex(randomblob(16)))" if is_sqlite else "md5(random()::text)"
    with database.write() as session:
        for _ in range(DOUBLINGS):
            sql = f"SELECT {new_id}, code, message, occurred_at FROM incidents"
            session.execute(text(f"INSERT INTO incidents (id, code, message, occurred_at) {sql}"))


def test_a_question_is_exported_in_each_format(run: Run, few: None) -> None:
    async def scenario(s: Scene) -> None:
        asked = {"role": "agent", "sort": "number"}
        lines = (await s.get("turns", **asked)).text.splitlines()
        assert [json.loads(line)["seq"] for line in lines] == [2, 4, 6]
        answer = await s.get("turns", format="csv", **asked)
        assert answer.headers["content-disposition"] == 'attachment; filename="turns.csv"'
        rows = csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig"), newline=""))
        assert [row["seq"] for row in rows] == ["2", "4", "6"]
        answer = await s.get("turns", format="parquet", **asked)
        assert pq.read_table(io.BytesIO(answer.content))["seq"].to_pylist() == [2, 4, 6]

    run(scenario)


def test_every_list_can_be_exported(run: Run, few: None) -> None:
    async def scenario(s: Scene) -> None:
        for name in ("conversations", "turns", "tool-calls", "incidents"):
            answer = await s.get(name)
            assert answer.status_code == 200
            assert json.loads(answer.text.splitlines()[0])["id"]

    run(scenario)


def test_all_rows_are_there_once(run: Run, many: None) -> None:
    async def scenario(s: Scene) -> None:
        answer = await s.get("incidents")
        ids = [json.loads(line)["id"] for line in answer.text.splitlines()]
        assert (len(ids), len(set(ids))) == (2**DOUBLINGS, 2**DOUBLINGS)

    run(scenario)


async def _begun(s: Scene) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    """Ask for an export on a socket that takes little, and read its head."""
    reader, writer = await asyncio.open_connection("127.0.0.1", s.port, limit=4096)
    head = f"GET /api/export/incidents HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {s.token}\r\n"
    writer.write(f"{head}\r\n".encode())
    assert (await reader.readuntil(b"\r\n\r\n")).startswith(b"HTTP/1.1 200")
    return reader, writer


async def until(is_so: Callable[[], bool]) -> None:
    while True:
        if is_so():
            return
        await asyncio.sleep(0.01)


def test_a_reader_who_goes_away_leaves_nothing(run: Run, many: None) -> None:
    async def scenario(s: Scene) -> None:
        before = len(asyncio.all_tasks())
        _, writer = await _begun(s)
        writer.transport.abort()
        async with asyncio.timeout(60):
            await until(lambda: len(asyncio.all_tasks()) <= before)

    run(scenario)


def test_a_reader_who_takes_nothing_is_let_go(run: Run, many: None) -> None:
    async def scenario(s: Scene) -> None:
        with structlog.testing.capture_logs() as logs:
            reader, writer = await _begun(s)
            async with asyncio.timeout(60):
                await until(lambda: any(line["event"] == "export_abandoned" for line in logs))
                rest = await reader.read()  # closed, before its last chunk
            assert not rest.endswith(b"0\r\n\r\n")
            writer.close()

    run(scenario, stall_s=0.3)


def test_mistakes_are_told_together(run: Run, few: None) -> None:
    async def scenario(s: Scene) -> None:
        answer = await s.get("turns", format="xlsx", limit="5", nothing="1")
        assert answer.status_code == 400
        problems = answer.json()["problems"]
        assert {one["field"] for one in problems} == {"format", "limit", "nothing"}
        answer = await s.http.get("/api/export/turns?format=csv&format=jsonl")
        (problem,) = answer.json()["problems"]
        assert problem == {"field": "format", "message": "is given twice"}

    run(scenario)


def test_what_is_not_there_is_said(run: Run, few: None) -> None:
    async def scenario(s: Scene) -> None:
        assert (await s.get("secrets")).status_code == 404
        s.http.headers.pop("Authorization")
        assert (await s.get("turns")).status_code == 401

    run(scenario)


def test_a_head_is_answered_without_the_rows(run: Run, many: None) -> None:
    async def scenario(s: Scene) -> None:
        answer = await s.http.head("/api/export/incidents")
        assert (answer.status_code, answer.content) == (200, b"")

    run(scenario)
