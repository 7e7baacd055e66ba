"""The provider's list of models: what is read of it, and what is not one."""

import asyncio
import json
from collections.abc import Awaitable, Callable
from datetime import date, datetime
from typing import Any

import pytest
from structlog.testing import capture_logs

from agent_service.clock import SystemClock
from agent_service.engines.address import models_url
from agent_service.engines.endings import ListedModel
from agent_service.engines.line import EngineLimits, Line, line_to
from agent_service.engines.model_list import listed_models, read_models
from agent_service.engines.provider import ProviderChoice
from agent_service.engines.watch import EndingsWatch

Run = Callable[[Awaitable[Any]], Any]


@pytest.mark.parametrize(
    ("model", "listed"),
    [
        ({"object": "model", "shutdown_date": "2027-01-20"}, ListedModel(date(2027, 1, 20))),
        ({"shutdown_date": None}, ListedModel()),
        ({"deprecation": {"fine_tune": 1, "inference": 1_800_000_000}}, "2027-01-15"),
        ({"expires_at": 1_800_000_000}, "2027-01-15"),
        ({"expires": "2027-01-20T10:00:00Z"}, "2027-01-20"),
        ({"deprecated": True}, ListedModel(is_deprecated=True)),
        ({"lifecycle_status": "deprecated"}, ListedModel(is_deprecated=True)),
        ({"lifecycle_status": "generally-available", "deprecated": False}, ListedModel()),
        ({"shutdown_date": "soon", "expires": [], "deprecation": 7}, ListedModel()),
        ({"expires_at": 1e300}, ListedModel()),
        ({"expires_at": True}, ListedModel()),
        ({"expires_at": -1}, ListedModel()),
    ],
)
def test_dates_are_read_as_providers_write_them(
    model: dict[str, Any], listed: ListedModel | str
) -> None:
    expected = ListedModel(date.fromisoformat(listed)) if isinstance(listed, str) else listed
    body = json.dumps({"object": "list", "data": [{"id": "m", **model}]}).encode()
    assert read_models(body) == {"m": expected}


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"<html>",
        b"[]",
        b"null",
        b'{"data":{}}',
        b'{"data":[]}',
        b'{"data":[1,{"id":2},{}]}',
        b"[" * 100_000,
    ],
)
def test_what_is_no_list_is_none(body: bytes) -> None:
    assert read_models(body) is None


@pytest.mark.parametrize(
    ("kind", "endpoint", "dialect", "url"),
    [
        ("openai", "https://api.openai.com", "openai-ga", "https://api.openai.com/v1/models"),
        ("openai", "wss://x/v1/realtime/", "openai-ga", "https://x/v1/models"),
        ("openai", "http://h:1/proxy/v1/models", "openai-beta", "http://h:1/proxy/v1/models"),
        ("azure", "https://n.example", "azure-2024-12-17", "https://n.example/openai/v1/models"),
        ("azure", "https://n/openai/v1", "azure-ga", "https://n/openai/v1/models"),
    ],
)
def test_the_list_is_where_the_provider_is(
    kind: Any, endpoint: str, dialect: str, url: str
) -> None:
    assert models_url(ProviderChoice(kind, endpoint, "m", dialect)) == url


async def answering(
    status: str, body: bytes, ask: Callable[[str], Awaitable[Any]]
) -> tuple[Any, bytes]:
    """Answer one request with HTTP; return what was asked and what came of it."""
    requests: list[bytes] = []

    async def handle(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        requests.append(await reader.readuntil(b"\r\n\r\n"))
        head = f"HTTP/1.1 {status}\r\nContent-Length: {len(body)}\r\nConnection: close\r\n\r\n"
        writer.write(head.encode() + body)
        writer.close()

    server = await asyncio.start_server(handle, "127.0.0.1", 0)
    async with server:
        result = await ask(f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}")
    return result, requests[0]


def line(endpoint: str, model: str = "m") -> Line:
    choice = ProviderChoice("openai", endpoint, model, "openai-ga", "sesame-4711")
    return line_to(choice, clock=SystemClock(), prices={}, limits=EngineLimits())


def test_the_provider_is_asked_with_the_key(run: Run) -> None:
    body = json.dumps({"data": [{"id": "m", "shutdown_date": "2027-01-20"}]}).encode()
    listed, request = run(answering("200 OK", body, lambda url: listed_models(line(url))))
    assert listed == {"m": ListedModel(date(2027, 1, 20))}
    assert request.startswith(b"GET /v1/models HTTP/1.1\r\n")
    assert b"Bearer sesame-4711" in request


@pytest.mark.parametrize("status", ["401 Unauthorized", "404 Not Found", "500 Oops", "302 Found"])
def test_a_provider_without_a_list_shows_none(run: Run, status: str) -> None:
    listed, _ = run(answering(status, b'{"data":[{"id":"m"}]}', lambda u: listed_models(line(u))))
    assert listed is None


def test_a_provider_that_is_not_there_shows_none(run: Run) -> None:
    assert run(listed_models(line("http://127.0.0.1:9"))) is None


class Calendar:
    """A clock that stands still."""

    def now(self) -> float:
        return 0.0

    def utc(self) -> datetime:
        return datetime.fromisoformat("2026-11-29T12:00:00Z")


def test_the_watch_tells_in_the_log_what_ends_and_goes_on(run: Run) -> None:
    body = json.dumps({"data": [{"id": "m", "shutdown_date": "2027-01-20"}]}).encode()

    async def watch(url: str) -> EndingsWatch:
        choice = ProviderChoice("openai", url, "m", "openai-ga", "sesame-4711")
        watched = line_to(choice, clock=Calendar(), prices={}, limits=EngineLimits())
        watch = EndingsWatch(watched, "ears", first_after_s=0)
        assert watch.endings() == []
        async with asyncio.timeout(30), asyncio.TaskGroup() as group:
            running = group.create_task(watch.run())
            while len(watch.endings()) < 2:  # noqa: ASYNC110 - nothing tells of it
                await asyncio.sleep(0.01)
            assert not running.done()
            running.cancel()
        return watch

    with capture_logs() as logs:
        watched, _ = run(answering("200 OK", body, watch))
    assert [(entry["event"], entry["name"], entry["ends"]) for entry in logs] == [
        ("provider_ending", "m", "2027-01-20"),
        ("provider_unlisted", "ears", None),
    ]
    assert [ending.code for ending in watched.endings()] == ["provider_ending", "provider_unlisted"]
