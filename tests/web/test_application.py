"""Whatever goes wrong under ``/api`` is told by programs' rules: one shape, and fitting headers."""

import asyncio
from collections.abc import Callable, Sequence
from typing import Any

import httpx
import pytest
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import BaseRoute, Route

from agent_service.errors import CallerError, QueryError, QueryProblem, StoreError, TryLater


async def fine(request: Request) -> Response:
    return PlainTextResponse("fine")


def routes(_: object) -> Sequence[BaseRoute]:
    def failing(error: Exception) -> Callable[[Request], Any]:
        async def fail(request: Request) -> Response:
            raise error

        return fail

    return [
        Route("/api/things", fine),
        Route("/api/things/{id}", fine, methods=["PUT", "DELETE"]),
        Route("/page", fine),
        Route("/page/broken", failing(ValueError("secret"))),
        Route("/api/broken", failing(ValueError("secret"))),
        Route("/api/away", failing(StoreError("Host db7 is away.", code="storage_unavailable"))),
        Route("/api/later", failing(TryLater())),
        Route("/api/stranger", failing(CallerError(code="not_authorised"))),
        Route("/api/odd", failing(QueryError([QueryProblem("limit", "should be a number")]))),
    ]


def ask(serve: Any, method: str, path: str) -> httpx.Response:
    async def scenario() -> httpx.Response:
        async with serve(extra_routes=routes) as service, httpx.AsyncClient() as http:
            return await http.request(method, f"http://127.0.0.1:{service.port}{path}")

    return asyncio.run(scenario())


@pytest.mark.parametrize(
    ("method", "path", "status", "code"),
    [
        ("GET", "/api", 404, "not_found"),
        ("GET", "/api/", 404, "not_found"),
        ("GET", "/api/nothing/here", 404, "not_found"),
        ("GET", "/api/%2e%2e/secrets", 404, "not_found"),
        ("POST", "/api/things", 405, "method_not_allowed"),
        ("GET", "/api/things/1", 405, "method_not_allowed"),
        ("HEAD", "/api/things/1", 405, None),
        ("HEAD", "/api/nothing", 404, None),
        ("PROPFIND", "/api/things", 405, "method_not_allowed"),
        ("GET", "/api/broken", 500, "internal_error"),
        ("GET", "/api/away", 503, "storage_unavailable"),
        ("GET", "/api/later", 503, "overloaded"),
        ("GET", "/api/stranger", 401, "not_authorised"),
        ("GET", "/api/odd", 400, "bad_query"),
    ],
)
def test_every_error_under_api_is_json(
    serve: Any, method: str, path: str, status: int, code: str | None
) -> None:
    answer = ask(serve, method, path)
    assert answer.status_code == status
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.headers["cache-control"] == "no-store"
    assert ("retry-after" in answer.headers) == (status == 503)
    assert ("www-authenticate" in answer.headers) == (status == 401)
    assert ("allow" in answer.headers) == (status == 405)
    if code is None:  # an answer to HEAD has a head alone
        assert answer.content == b""
    else:
        error = answer.json()
        assert error["code"] == code
        assert error["detail"]
        assert "secret" not in answer.text
        assert "db7" not in answer.text


@pytest.mark.parametrize(
    ("path", "allowed"),
    [("/api/things", "GET, HEAD, OPTIONS"), ("/api/things/1/", "DELETE, OPTIONS, PUT")],
)
@pytest.mark.parametrize(("method", "status"), [("OPTIONS", 204), ("PATCH", 405)])
def test_what_an_address_allows_is_told(
    serve: Any, path: str, allowed: str, method: str, status: int
) -> None:
    answer = ask(serve, method, path)
    assert (answer.status_code, answer.headers["allow"]) == (status, allowed)
    # Pages of other origins are told nothing that would let them in.
    assert not any(name.startswith("access-control") for name in answer.headers)


def test_head_says_what_get_would_say(serve: Any) -> None:
    answer = ask(serve, "HEAD", "/api/things")
    assert (answer.status_code, answer.headers["content-length"], answer.content) == (200, "4", b"")


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [("GET", "/apiary", 404), ("POST", "/page", 405), ("GET", "/page/broken", 500)],
)
def test_elsewhere_errors_are_sentences(serve: Any, method: str, path: str, status: int) -> None:
    answer = ask(serve, method, path)
    assert answer.status_code == status
    assert answer.headers["content-type"].startswith("text/plain")
    assert answer.text.endswith(".\n")
    assert "secret" not in answer.text
