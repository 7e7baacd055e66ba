"""A server's life: ready, signals, draining, and the end."""

import asyncio
import signal
from collections.abc import Callable, Coroutine
from typing import Any

import httpx
import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from agent_service.server_socket import CannotListen
from agent_service.web import server
from agent_service.web.server import Server, listen


async def hello(request: Request) -> Response:
    return PlainTextResponse("hello")


APP = Starlette(routes=[Route("/", hello)])


def serve_until_signalled(
    drain: Callable[[int], Coroutine[Any, Any, None]] | None,
    when_ready: Callable[[int], Coroutine[Any, Any, None]],
) -> None:
    """Serve on a free port; ``when_ready`` does what the outside does."""

    async def scenario() -> None:
        ready: asyncio.Future[int] = asyncio.get_running_loop().create_future()
        async with asyncio.timeout(60), asyncio.TaskGroup() as tasks:
            serving = server.serve(
                APP, listen("127.0.0.1", 0), on_ready=ready.set_result, drain=drain
            )
            tasks.create_task(serving)
            await when_ready(await ready)

    server.run(scenario())


def test_a_signal_lets_conversations_end_before_the_server_stops() -> None:
    order: list[str] = []

    async def outside(port: int) -> None:
        async with httpx.AsyncClient() as http:
            url = f"http://127.0.0.1:{port}/"
            assert (await http.get(url)).text == "hello"
            signal.raise_signal(signal.SIGTERM)

    async def drain(number: int) -> None:
        await asyncio.sleep(0)
        order.append(f"drained after {signal.Signals(number).name}")

    serve_until_signalled(drain, outside)
    assert order == ["drained after SIGTERM"]


def test_while_it_drains_the_server_still_answers() -> None:
    draining = asyncio.Event()
    may_end = asyncio.Event()

    async def drain(number: int) -> None:
        draining.set()
        await may_end.wait()

    async def outside(port: int) -> None:
        signal.raise_signal(signal.SIGTERM)
        await draining.wait()
        async with httpx.AsyncClient() as http:
            assert (await http.get(f"http://127.0.0.1:{port}/")).text == "hello"
        may_end.set()

    serve_until_signalled(drain, outside)


def test_a_second_signal_does_not_wait_for_the_rest() -> None:
    draining = asyncio.Event()

    async def drain(number: int) -> None:
        draining.set()
        await asyncio.Event().wait()

    async def outside(port: int) -> None:
        signal.raise_signal(signal.SIGINT)
        await draining.wait()
        signal.raise_signal(signal.SIGINT)

    serve_until_signalled(drain, outside)


def test_after_the_end_signals_mean_what_they_meant_before() -> None:
    before = signal.getsignal(signal.SIGTERM)

    async def outside(port: int) -> None:
        signal.raise_signal(signal.SIGTERM)

    serve_until_signalled(None, outside)
    assert signal.getsignal(signal.SIGTERM) == before


def test_a_port_in_use_is_a_clear_error() -> None:
    with listen("127.0.0.1", 0) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(CannotListen, match=f"port {port}: another program"):
            listen("127.0.0.1", port)


def test_an_unknown_host_is_a_clear_error() -> None:
    with pytest.raises(CannotListen, match="check --host"):
        listen("host.invalid", 0)


def test_the_server_reports_the_port_that_the_system_chose() -> None:
    async def scenario() -> None:
        seen: list[int] = []
        made = Server(APP, listen("127.0.0.1", 0), on_ready=seen.append)
        made.stop()
        async with asyncio.timeout(60):
            await made.run_until_stopped()
        assert seen == [made.port]
        assert made.port > 0

    asyncio.run(scenario())
