"""The socket itself: bad frames, slow readers, limits, and what is at ``/``."""

import asyncio
import base64
import contextlib
import json
import ssl
import subprocess
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from pathlib import Path
from typing import Any

import httpx
import pytest
from websockets.asyncio.client import connect
from websockets.exceptions import ConnectionClosed, InvalidStatus

from agent_service.offline.options import Certificate, Limits
from agent_service.offline.ports import Say
from agent_service.offline.server import running
from agent_service.server_socket import CannotListen

Provide = Callable[..., AbstractAsyncContextManager[Any]]


@pytest.mark.parametrize(
    ("frame", "code"),
    [
        ("{", "invalid_json"),
        ("[1, 2]", "invalid_event"),
        ('"text"', "invalid_event"),
        ("{}", "invalid_event"),
        ('{"type": 7}', "invalid_type"),
        ('{"type": "session.destroy"}', "invalid_event"),
        ('{"type": "response.create", "type": "response.cancel"}', "invalid_json"),
        ('{"type": "input_audio_buffer.clear", "why": 1}', "unknown_parameter"),
        ('{"type": "input_audio_buffer.append"}', "missing_required_parameter"),
        ('{"type": "input_audio_buffer.clear", "event_id": 7}', "invalid_type"),
        (
            json.dumps({"type": "input_audio_buffer.clear", "event_id": "e" * 513}),
            "string_above_max_length",
        ),
        ("[" * 10_000, "invalid_json"),
        (b"\x00\x01", "invalid_event"),
    ],
)
def test_bad_frames_get_an_error_and_the_connection_stays(
    provide: Provide, frame: str | bytes, code: str
) -> None:
    async def scenario() -> None:
        async with provide() as provider, provider.client() as client:
            await client.socket.send(frame)
            error = (await client.until("error"))["error"]
            assert error["code"] == code
            assert error.keys() == {"type", "code", "message", "param", "event_id"}
            assert "Traceback" not in error["message"]
            await client.send("input_audio_buffer.clear")
            await client.until("input_audio_buffer.cleared")

    asyncio.run(scenario())


def test_a_fault_of_ours_in_an_event_is_an_error_and_the_connection_stays(
    provide: Provide, tone: Callable[[int], bytes], silence: Callable[[int], bytes]
) -> None:
    async def scenario() -> None:
        async with provide() as provider, provider.client() as client:
            provider.responder.expects = RuntimeError("a bug")
            await client.append(tone(400) + silence(300))
            error = (await client.until("error"))["error"]
            assert error["type"] == "server_error"
            assert "a bug" not in error["message"]
            provider.responder.expects = None
            await client.say("hello")
            await client.until("response.done")

    asyncio.run(scenario())


def test_a_session_that_cannot_begin_is_closed_with_a_code(provide: Provide) -> None:
    async def scenario() -> None:
        async with provide() as provider:
            provider.speech.detector = None
            async with provider.client() as client:
                with pytest.raises(ConnectionClosed) as closed:
                    await client.receive()
                assert closed.value.rcvd is not None
                assert closed.value.rcvd.code == 1011

    asyncio.run(scenario())


def test_event_ids_are_unique_and_prefixed(provide: Provide) -> None:
    async def scenario() -> None:
        async with provide() as provider, provider.client() as client:
            await client.say("hello")
            await client.until("response.done")
            ids = [event["event_id"] for event in client.events]
            assert len(set(ids)) == len(ids)
            assert all(len(name) == 27 and name.startswith("event_") for name in ids)

    asyncio.run(scenario())


def test_events_before_the_greeting_are_served_in_order(provide: Provide) -> None:
    async def scenario() -> None:
        async with provide() as provider, provider.client() as client:
            for _ in range(3):
                await client.send("session.update", session={"type": "realtime"})
            await client.until("session.updated", 3)
            assert client.types() == ["session.created"] + ["session.updated"] * 3

    asyncio.run(scenario())


def test_too_large_a_message_is_closed_with_its_code(provide: Provide) -> None:
    async def scenario() -> None:
        async with provide() as provider, provider.client() as client:
            await client.until("session.created")
            with contextlib.suppress(ConnectionClosed):
                await client.socket.send("x" * (21 * 1024 * 1024))
            with pytest.raises(ConnectionClosed) as closed:
                await client.receive()
            assert closed.value.rcvd is not None
            assert closed.value.rcvd.code == 1009

    asyncio.run(scenario())


def test_session_ends_after_its_time(provide: Provide) -> None:
    async def scenario() -> None:
        limits = Limits(session_s=0.05)
        async with provide(limits=limits) as provider, provider.client() as client:
            created = await client.until("session.created")
            assert created["session"]["expires_at"] > 0
            error = (await client.until("error"))["error"]
            assert error["code"] == "session_expired"
            with pytest.raises(ConnectionClosed) as closed:
                await client.receive()
            assert closed.value.rcvd is not None
            assert closed.value.rcvd.code == 1001

    asyncio.run(scenario())


def test_calls_beyond_the_capacity_are_refused_until_one_ends(provide: Provide) -> None:
    async def scenario() -> None:
        async with provide(limits=Limits(connections=1)) as provider:
            async with provider.client() as client:
                await client.until("session.created")
                with pytest.raises(InvalidStatus) as refused:
                    async with provider.client():
                        pass
                response = refused.value.response
                assert response.status_code == 503
                assert response.headers["retry-after"] == "1"
                body = json.loads(response.body)
                assert body["error"]["code"] == "server_overloaded"
            async with httpx.AsyncClient(base_url=provider.url) as http:
                while (await http.get("/healthz")).json()["connections"]:
                    pass
            async with provider.client() as client:
                await client.until("session.created")

    asyncio.run(scenario())


def test_a_reader_that_does_not_read_holds_up_only_its_own_answer(provide: Provide) -> None:
    async def scenario() -> None:
        async with provide() as provider:
            words = "word " * 2_000
            provider.responder.answers_with(Say(words))
            async with connect(
                provider.url.replace("http", "ws", 1) + "/v1/realtime?model=x",
                additional_headers={"api-key": "k"},
                max_queue=1,
                close_timeout=0.1,
            ) as lazy:
                item = {
                    "type": "message",
                    "role": "user",
                    "content": [{"type": "input_text", "text": "hi"}],
                }
                await lazy.send(json.dumps({"type": "conversation.item.create", "item": item}))
                await lazy.send(json.dumps({"type": "response.create"}))
                while json.loads(await lazy.recv())["type"] != "response.created":
                    pass
                async with provider.client() as client:
                    await client.say("quick")
                    await client.until("response.done")
                heard = 0
                while True:
                    event = json.loads(await lazy.recv())
                    if event["type"] == "response.output_audio.delta":
                        heard += len(base64.b64decode(event["delta"]))
                    if event["type"] == "response.done":
                        break
                assert heard == 2_000 * 60 * 48

    asyncio.run(scenario())


def test_pings_are_answered_while_a_response_runs(provide: Provide) -> None:
    async def scenario() -> None:
        async with provide() as provider, provider.client() as client:
            provider.responder.answers_with(asyncio.Event())
            await client.say("wait")
            await client.until("response.created")
            assert await (await client.socket.ping()) >= 0

    asyncio.run(scenario())


def test_small_events_are_not_held_back_for_more(provide: Provide) -> None:
    async def scenario() -> None:
        async with provide() as provider, provider.client() as client:
            loop, passed = asyncio.get_running_loop(), []
            for _ in range(8):
                begin = loop.time()
                await client.send("input_audio_buffer.clear")
                await client.send("input_audio_buffer.clear")
                await client.until("input_audio_buffer.cleared", 2)
                passed.append(loop.time() - begin)
            # The kernel would wait 40 ms for an acknowledgement before the second small answer.
            assert min(passed[1:]) < 0.03

    asyncio.run(scenario())


def test_page_says_in_five_lines_how_to_connect(provide: Provide) -> None:
    async def scenario() -> None:
        async with provide() as provider, httpx.AsyncClient(base_url=provider.url) as http:
            page = (await http.get("/")).text
            assert len(page.splitlines()) == 5
            assert f"{provider.url}/v1" in page
            assert (await http.get("/healthz")).json() == {"status": "ok", "connections": 0}

    asyncio.run(scenario())


def test_tls_is_served_with_a_certificate(
    provide: Provide, program: Callable[[str], str], tmp_path: Path
) -> None:
    certificate = Certificate(tmp_path / "chain.pem", tmp_path / "key.pem")
    make = [program("openssl"), "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "1"]
    make += ["-subj", "/CN=127.0.0.1", "-addext", "subjectAltName=IP:127.0.0.1"]
    make += ["-keyout", str(certificate.key), "-out", str(certificate.chain)]
    subprocess.run(make, check=True, capture_output=True)

    async def scenario() -> None:
        async with provide(certificate=certificate) as provider:
            assert provider.url.startswith("https://")
            trust = ssl.create_default_context(cafile=certificate.chain)
            url = provider.url.replace("https", "wss") + "/v1/realtime?model=x"
            async with connect(url, additional_headers={"api-key": "k"}, ssl=trust) as socket:
                assert json.loads(await socket.recv())["type"] == "session.created"

    asyncio.run(scenario())


def test_taken_port_is_a_clear_error(provide: Provide) -> None:
    async def scenario() -> None:
        async with provide() as provider:
            port = int(provider.url.rpartition(":")[2])
            with pytest.raises(CannotListen, match="choose another --port"):
                async with running(provider.app, port=port):
                    pass

    asyncio.run(scenario())
