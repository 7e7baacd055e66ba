"""Live news over HTTP: only with a token, resumable, and never at the cost of who publishes."""

import asyncio
import json
import socket
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import httpx
import pytest
from sqlalchemy import delete

from agent_service.news import News, NewsDesk
from agent_service.store.admin_tokens import create_token
from agent_service.store.database import Database
from agent_service.store.tables import AdminToken
from agent_service.store.writer import write_records
from agent_service.web.admin_access import AdminAccess
from agent_service.web.live import CHECK_S, routes


@dataclass
class Event:
    """One event as a browser has it."""

    name: str
    facts: Any
    id: str = ""


@dataclass
class Scene:
    """A service with live news, and a client of it."""

    desk: NewsDesk
    clock: Any
    url: str
    token: str
    server: Any
    http: httpx.AsyncClient
    going_on: list[News] = field(default_factory=list)

    def publish(self, name: str, number: int, **options: bool) -> None:
        news = News("turn", {"conversation_id": name, "seq": number}, **options)
        self.desk.publish(name, news)

    @asynccontextmanager
    async def stream(self, after: str = "", **parameters: str) -> AsyncIterator[httpx.Response]:
        headers = {"Authorization": f"Bearer {self.token}"}
        if after:
            headers["Last-Event-ID"] = after
        async with self.http.stream(
            "GET", self.url, params=parameters, headers=headers
        ) as response:
            yield response

    async def get(self, **parameters: str) -> httpx.Response:
        async with self.stream(**parameters) as response:
            await response.aread()
            return response


async def blocks(lines: AsyncIterator[str]) -> AsyncIterator[list[str]]:
    block: list[str] = []
    async for line in lines:
        if line:
            block.append(line)
        else:
            yield block
            block = []


async def events(response: httpx.Response) -> AsyncIterator[Event]:
    """Read events as the specification says, comments as well."""
    assert response.headers["content-type"] == "text/event-stream; charset=utf-8"
    async for block in blocks(response.aiter_lines()):
        fields = dict(line.partition(": ")[::2] for line in block)
        name = "comment" if block[0].startswith(":") else fields.get("event", "begin")
        yield Event(name, json.loads(fields.get("data", "null")), fields.get("id", ""))


@pytest.fixture
def run(
    serve: Any, sqlite_database: Database
) -> Callable[[Callable[[Scene], Awaitable[None]]], None]:
    """Run a scenario against a service on a socket."""
    database = sqlite_database

    def run_it(scenario: Callable[[Scene], Awaitable[None]], **options: Any) -> None:
        async def main() -> None:
            desk = NewsDesk(
                **{name: options.pop(name) for name in list(options) if "_s" not in name}
            )
            going_on: list[News] = []

            def live_routes(service: Any) -> Any:
                access = AdminAccess(database, service.clock)
                return routes(desk, lambda: going_on, database, access, service.clock, **options)

            async with serve(extra_routes=live_routes) as service:
                with database.write() as session:
                    token = create_token(session, "console", service.clock.utc())
                url = f"http://127.0.0.1:{service.port}/api/live"
                async with httpx.AsyncClient(timeout=60) as http:
                    scene = Scene(desk, service.clock, url, token, service.server, http, going_on)
                    await scenario(scene)
                desk.close()

        asyncio.run(main())

    return run_it


@pytest.fixture
def recorded(sqlite_database: Database, sample: Any) -> str:
    """A conversation that is on record and open."""
    with sqlite_database.write() as session:
        write_records(session, [sample.conversation()])
    id: str = sample.conversation_id
    return id


def test_nothing_without_a_token(run: Any) -> None:
    async def scenario(s: Scene) -> None:
        response = await s.http.get(s.url)
        assert response.status_code == 401
        assert s.desk.readers == 0

    run(scenario)


def test_proxies_are_told_to_hold_nothing_back(run: Any) -> None:
    async def scenario(s: Scene) -> None:
        async with s.stream() as response:
            assert response.status_code == 200
            assert response.headers["x-accel-buffering"] == "no"
            assert response.headers["cache-control"] == "no-store, no-transform"

    run(scenario)


def test_all_conversations_are_followed_from_how_they_stand(run: Any) -> None:
    async def scenario(s: Scene) -> None:
        s.publish("a", 1, is_overview=True)
        s.going_on.append(News("going_on", {"conversation_id": "a"}))
        async with s.stream() as response:
            stream = events(response)
            begin, standing = [await anext(stream) for _ in range(2)]
            assert (standing.name, standing.facts) == ("going_on", {"conversation_id": "a"})
            assert begin.id.endswith(".1")
            s.publish("b", 2)
            s.publish("b", 3, is_overview=True)
            told = await anext(stream)
            assert (told.name, told.facts["seq"]) == ("turn", 3)
        async with s.stream(begin.id) as response:
            _, again = [one async for one in first(events(response), 2)]
            assert again == told

    run(scenario)


async def first(stream: AsyncIterator[Event], count: int) -> AsyncIterator[Event]:
    for _ in range(count):
        yield await anext(stream)


def test_one_conversation_is_followed_to_its_end_and_resumed(run: Any) -> None:
    async def scenario(s: Scene) -> None:
        for seq in (1, 2):
            s.publish("a", seq)
        async with s.stream(conversation="a") as response:
            _, one, two = [event async for event in first(events(response), 3)]
            assert (one.facts["seq"], two.facts["seq"]) == (1, 2)
        s.publish("a", 3)
        s.publish("a", 4, is_last=True)
        async with s.stream(two.id, conversation="a") as response:
            rest = [event async for event in events(response)]
            assert [event.facts["seq"] for event in rest[1:]] == [3, 4]
        over = await s.get(after=rest[-1].id, conversation="a")
        assert over.status_code == 204
        assert s.desk.readers == 0

    run(scenario)


def test_a_place_that_is_not_known_any_more_is_said_to_be_lost(run: Any) -> None:
    async def scenario(s: Scene) -> None:
        s.going_on.append(News("going_on", {"conversation_id": "a"}))
        async with s.stream("0a1b2c3d.17") as response:
            _, lost, standing = [event async for event in first(events(response), 3)]
            assert (lost.name, lost.facts) == ("lost", {"count": None})
            assert standing.name == "going_on"

    run(scenario)


@pytest.mark.parametrize("after", ["x", "1.2.3", "a.-1", "a.", ".1", "é.1"])
def test_a_place_that_was_never_sent_is_refused(run: Any, after: str) -> None:
    async def scenario(s: Scene) -> None:
        headers = {b"Authorization": f"Bearer {s.token}".encode(), b"Last-Event-ID": after.encode()}
        response = await s.http.get(s.url, headers=headers)
        assert response.status_code == 400
        assert "Last-Event-ID" in response.json()["detail"]

    run(scenario)


def test_what_is_not_known_is_refused(run: Any, recorded: str) -> None:
    async def scenario(s: Scene) -> None:
        assert (await s.get(conversation="nobody")).status_code == 404
        assert (await s.get(agent="support")).status_code == 400
        head = await s.http.head(s.url, headers={"Authorization": f"Bearer {s.token}"})
        assert (head.status_code, s.desk.readers) == (200, 0)

    run(scenario)


def test_a_conversation_that_is_over_is_not_waited_for(
    run: Any, recorded: str, sample: Any, sqlite_database: Database
) -> None:
    """Nor one that ends while its news come from elsewhere."""

    async def scenario(s: Scene) -> None:
        async with s.stream(conversation=recorded) as response:
            assert response.status_code == 200
            stream = events(response)
            assert [event.name async for event in first(stream, 2)] == ["begin", "comment"]
            with sqlite_database.write() as session:
                write_records(session, [sample.conversation(ended_at=sample.started_at)])
            s.clock.seconds += CHECK_S
            assert {event.name async for event in stream} <= {"comment"}
        assert (await s.get(conversation=recorded)).status_code == 204

    run(scenario, heartbeat_s=0.01)


def test_silence_is_broken_by_heartbeats(run: Any) -> None:
    async def scenario(s: Scene) -> None:
        async with s.stream() as response:
            names = [event.name async for event in first(events(response), 4)]
            assert names == ["begin", "comment", "comment", "comment"]

    run(scenario, heartbeat_s=0.01)


def test_a_revoked_token_ends_the_stream(run: Any, sqlite_database: Database) -> None:
    async def scenario(s: Scene) -> None:
        async with s.stream() as response:
            stream = events(response)
            await anext(stream)
            s.clock.seconds += CHECK_S
            await anext(stream)  # still good
            with sqlite_database.write() as session:
                session.execute(delete(AdminToken))
            s.clock.seconds += CHECK_S
            assert {event.name async for event in stream} <= {"comment"}
        assert s.desk.readers == 0

    run(scenario, heartbeat_s=0.01)


def test_a_stopping_service_ends_streams_at_once(run: Any) -> None:
    async def scenario(s: Scene) -> None:
        async with s.stream() as response:
            stream = events(response)
            await anext(stream)
            s.desk.close()
            assert [event async for event in stream] == []

    run(scenario)


def test_readers_are_limited_and_let_go_when_they_leave(run: Any) -> None:
    async def scenario(s: Scene) -> None:
        async with s.stream() as response:
            stream = events(response)
            await anext(stream)
            refused = await s.get()
            assert refused.status_code == 503
            assert refused.json()["code"] == "too_many_readers"
            assert refused.headers["retry-after"] == "5"
        async with asyncio.timeout(60):
            status = 503
            while status == 503:  # until the service has seen that the reader left
                async with s.stream() as response:
                    status = response.status_code

    run(scenario, most_readers=1, heartbeat_s=0.01)


def test_a_reader_who_stops_reading_loses_old_news_and_is_told_how_many(run: Any) -> None:
    async def scenario(s: Scene) -> None:
        count, size = 30_000, 200
        host, port = s.url.removeprefix("http://").split("/")[0].split(":")
        with socket.socket() as line:
            line.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
            line.connect((host, int(port)))
            head = f"GET /api/live HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {s.token}\r\n\r\n"
            line.sendall(head.encode())
            line.setblocking(False)
            loop, received = asyncio.get_running_loop(), bytearray()
            while b"retry:" not in received:
                received += await loop.sock_recv(line, 4096)
            for seq in range(count):
                facts = {"seq": seq, "text": "x" * size}
                s.desk.publish(None, News("turn", facts, is_overview=True))
                if not seq % 1000:
                    await asyncio.sleep(0)
            while f'"seq":{count - 1},'.encode() not in received:
                received += await loop.sock_recv(line, 65_536)
        told = received.count(b"event: turn")
        lost = [int(part.partition(b"}")[0]) for part in received.split(b'{"count":')[1:]]
        assert sum(lost) + told == count
        assert sum(lost) > 0

    run(scenario, capacity=1000)


def test_names_are_cleaned_at_the_last_door(run: Any) -> None:
    async def scenario(s: Scene) -> None:
        news = News("began", {"caller_name": "Jane 4111 1111 1111 1111", "n": 1}, is_overview=True)
        async with s.stream() as response:
            stream = events(response)
            await anext(stream)
            s.desk.publish("a", news)
            assert (await anext(stream)).facts == {"caller_name": "Jane [redacted card]", "n": 1}

    run(scenario)
