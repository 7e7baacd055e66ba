"""The limits around the server: unfinished requests, oversized heads, peers that stop reading."""

import asyncio
import contextlib
import json
import re
import socket as sockets
from typing import Any

import pytest

from agent_service.conversation.commands import PlayAudio
from agent_service.web import guards, server
from agent_service.web.server import listen, run
from agent_service.web.sockets import lane


@pytest.fixture
def serve(serve_both: Any) -> Any:
    """Every test here holds over both lanes."""
    return serve_both


async def raw(service: Any, data: bytes) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    reader, writer = await asyncio.open_connection("127.0.0.1", service.port)
    writer.write(data)
    await writer.drain()
    return reader, writer


async def answer_in_json(reader: asyncio.StreamReader, status: int) -> Any:
    """Return the error's code of a whole answer with this status."""
    head = await reader.readuntil(b"\r\n\r\n")
    assert head.startswith(b"HTTP/1.1 %d " % status)
    assert b"\r\ncontent-type: application/problem+json\r\n" in head
    (length,) = re.findall(rb"\r\ncontent-length: (\d+)\r\n", head)
    return json.loads(await reader.readexactly(int(length)))["code"]


def test_a_head_over_the_cap_is_refused_before_it_is_parsed(serve: Any) -> None:
    async def scenario() -> None:
        async with serve() as service:
            reader, writer = await raw(service, b"GET / HTTP/1.1\r\nhost: x\r\n")
            for number in range(40):
                writer.write(b"x-%d: " % number + b"a" * 1000 + b"\r\n")
            assert await answer_in_json(reader, 431) == "head_too_large"
            writer.close()

    run(scenario())


@pytest.mark.parametrize(
    "sent",
    [
        b"GET / HTTP/9.9\r\n\r\n",
        b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03",
        b"GET / HTTP/1.1\r\nhost: x\r\ncontent-length: -1\r\n\r\n",
    ],
)
def test_what_is_no_http_is_refused_in_json(serve: Any, sent: bytes) -> None:
    async def scenario() -> None:
        async with serve() as service:
            reader, writer = await raw(service, sent)
            assert await answer_in_json(reader, 400) == "bad_request"
            writer.close()

    run(scenario())


@pytest.mark.parametrize("sent", [b"", b"GET / HTTP/1.1\r\nhost: x\r\nx-slow: "])
def test_a_request_that_never_finishes_its_head_is_dropped(
    serve: Any, monkeypatch: pytest.MonkeyPatch, sent: bytes
) -> None:
    monkeypatch.setattr(guards, "HEAD_TIMEOUT_S", 0.05)

    async def scenario() -> None:
        async with serve() as service:
            reader, writer = await raw(service, sent)
            with contextlib.suppress(ConnectionResetError):
                assert await reader.read() == b""
            writer.close()

    run(scenario())


def test_a_finished_request_outlives_the_deadline_of_its_head(
    serve: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(guards, "HEAD_TIMEOUT_S", 0.05)

    async def scenario() -> None:
        async with serve() as service:
            socket = await service.connect()
            service.host.gate.clear()
            await socket.send(json.dumps({"type": "start", "ticket": service.ticket()}))
            # The next connection is dropped by the deadline, so the earlier one's has passed too.
            reader, writer = await raw(service, b"")
            assert await reader.read() == b""
            writer.close()
            service.host.gate.set()
            assert json.loads(await socket.recv())["type"] == "ready"

    run(scenario())


def test_a_caller_who_stops_reading_is_let_go(serve: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lane, "CLOSE_TIMEOUT_S", 0.05)

    async def scenario() -> None:
        async with serve() as service:
            # A small receive buffer, so that the service notices soon.
            with sockets.socket() as small:
                small.setsockopt(sockets.SOL_SOCKET, sockets.SO_RCVBUF, 4096)
                small.connect(("127.0.0.1", service.port))
                connection = await service.connect(sock=small, max_queue=1)
                await connection.send(json.dumps({"type": "start", "ticket": service.ticket()}))
                await connection.recv()
                connection.transport.pause_reading()
                session = service.host.sessions[0]
                congestion: list[bool] = []
                session.channel.on_congestion(congestion.append)
                for number in range(600):
                    session.channel.send(PlayAudio("item", number * 200, bytes(9600)))
                    await asyncio.sleep(0)
                assert congestion == [True]
                await session.detached.wait()
                connection.transport.abort()

    run(scenario())


def test_accepted_connections_inherit_the_limit_on_unacknowledged_data() -> None:
    with listen("127.0.0.1", 0) as listener:
        option = (sockets.IPPROTO_TCP, sockets.TCP_USER_TIMEOUT)
        assert listener.getsockopt(*option) == 10_000


def test_a_peer_that_does_not_answer_pings_is_let_go(
    serve: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(server, "PING_INTERVAL_S", 0.05)
    monkeypatch.setattr(server, "PING_TIMEOUT_S", 0.05)

    async def scenario() -> None:
        async with serve() as service:
            connection = await service.connect()
            connection.transport.pause_reading()
            await connection.send(json.dumps({"type": "start", "ticket": service.ticket()}))
            await service.host.opened.wait()
            await service.host.sessions[0].detached.wait()
            connection.transport.abort()

    run(scenario())


def test_stopping_closes_callers_with_service_restart(serve: Any) -> None:
    async def scenario() -> None:
        async with serve() as service:
            socket = await service.connect()
            service.server.stop()
            await socket.wait_closed()
            assert socket.close_code == 1012

    run(scenario())
