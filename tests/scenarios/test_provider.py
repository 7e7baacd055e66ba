"""A provider that is not ours, one that refuses, and one that dies in the middle of a call."""

import json
import os
import signal
import socket
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from websockets.frames import Frame
from websockets.http11 import Request
from websockets.server import ServerProtocol

from agent_service import app
from agent_service.company.loading import load_company
from agent_service.from_settings import tool_registry
from agent_service.settings import Settings

KEY = "sesame-4711-0815"
WRONG = "open-" + KEY


class StandIn:
    """Azure on loopback: keeps the first bytes of each connection, and hangs up after them.

    The right key gets a session first, and the first message of the client is kept, too.
    """

    def __init__(self) -> None:
        self.heads: list[bytes] = []
        self.configurations: list[dict[str, Any]] = []
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self._listener.getsockname()[1]}"
        self._thread = threading.Thread(target=self._serve)
        self._thread.start()

    def close(self) -> None:
        self._listener.shutdown(socket.SHUT_RDWR)
        self._thread.join(60)
        self._listener.close()

    def _serve(self) -> None:
        while True:
            try:
                client, _ = self._listener.accept()
            except OSError:
                return
            with client:
                client.settimeout(60)
                self._meet(client)

    def _meet(self, client: socket.socket) -> None:
        head = b""
        while not head.endswith(b"\r\n\r\n"):
            head += client.recv(65536)
        self.heads.append(head)
        if f"api-key: {KEY}\r\n".encode() not in head:
            client.sendall(refusal())
            return
        machine = ServerProtocol()
        machine.receive_data(head)
        (request,) = machine.events_received()
        assert isinstance(request, Request)
        machine.send_response(machine.accept(request))
        created = {"type": "session.created", "session": {"id": "sess_1", "model": "rt-demo"}}
        machine.send_text(json.dumps(created).encode())
        client.sendall(b"".join(machine.data_to_send()))
        frames: list[Frame] = []
        while not frames:
            machine.receive_data(client.recv(65536))
            frames += [frame for frame in machine.events_received() if isinstance(frame, Frame)]
        self.configurations.append(json.loads(bytes(frames[0].data)))


def refusal() -> bytes:
    """Return what says no; like some gateways, it repeats the key."""
    problem = {"code": "401", "message": f"Access denied due to invalid key {WRONG}."}
    body = json.dumps({"error": problem}).encode()
    head = f"HTTP/1.1 401 Unauthorized\r\nContent-Length: {len(body)}\r\n\r\n"
    return head.encode() + body


@pytest.fixture
def azure() -> Iterator[StandIn]:
    stand_in = StandIn()
    yield stand_in
    stand_in.close()


@pytest.mark.parametrize(
    ("version", "request_line", "is_nested"),
    [
        (
            "2024-10-01-preview",
            b"GET /openai/realtime?api-version=2024-10-01-preview&deployment=rt-demo HTTP/1.1\r\n",
            False,
        ),
        ("", b"GET /openai/v1/realtime?model=rt-demo HTTP/1.1\r\n", True),
    ],
)
def test_azure_gets_the_first_bytes_of_its_dialect(
    start_up: Callable[..., Any],
    azure: StandIn,
    version: str,
    request_line: bytes,
    is_nested: bool,
) -> None:
    up = start_up(
        AZURE_OPENAI_ENDPOINT=azure.url,
        AZURE_OPENAI_API_KEY=KEY,
        AZURE_OPENAI_DEPLOYMENT="rt-demo",
        OPENAI_API_VERSION=version,
    )
    call = up.call("--text", "hello")
    assert call.status == 1
    (head,) = azure.heads
    assert head.startswith(request_line)
    assert b"authorization" not in head.lower()
    (configuration,) = azure.configurations
    assert configuration["type"] == "session.update"
    assert ("audio" in configuration["session"]) is is_nested
    assert (configuration["session"].get("type") == "realtime") is is_nested
    assert "Callers say" not in json.dumps(configuration["session"]["tools"])
    up.end()


@pytest.mark.parametrize(("kind", "has_examples"), [("offline", True), ("openai", False)])
def test_how_callers_ask_for_a_tool_is_told_to_the_offline_provider_alone(
    kind: str, has_examples: bool
) -> None:
    agent = {"name": "a", "title": "A", "instructions": "Help.", "tools": ["open_ticket"]}
    agent["tool_modules"] = ["agent_service.tools.team"]
    provider = {"kind": kind, "api_key": KEY}
    given = {"default_agent": "a", "agents": {"a": agent}, "provider": provider}
    settings = Settings.model_validate(given)
    (profile,) = app.agent_profiles(settings, tool_registry(settings, load_company(settings)))
    (told,) = profile.tools
    assert ("Callers say" in told.description) is has_examples


def test_a_wrong_key_is_refused_in_words_once_and_stays_secret(
    start_up: Callable[..., Any], azure: StandIn
) -> None:
    up = start_up(
        AZURE_OPENAI_ENDPOINT=azure.url,
        AZURE_OPENAI_API_KEY=WRONG,
        AZURE_OPENAI_DEPLOYMENT="rt-demo",
    )
    call = up.call("--text", "hello")
    assert call.status == 1
    assert "The provider refused the key: Access denied" in call.errors
    assert "(provider_refused_key)" in call.errors
    assert len(azure.heads) == 1
    (conversation,) = up.ask("/api/conversations")["items"]
    assert conversation["end_reason"] == "provider_refused_key"
    (incident,) = up.ask("/api/incidents")["items"]
    assert (incident["code"], incident["conversation_id"]) == (
        "provider_refused_key",
        conversation["id"],
    )
    up.end()
    assert WRONG not in "".join([*up.log_lines, *up.said, call.errors, json.dumps(call.events)])


def test_a_call_outlives_its_provider_and_the_provider_not_its_service(
    start_up: Callable[..., Any],
) -> None:
    up = start_up()
    with ThreadPoolExecutor() as pool:
        # A provider takes its time to load its models again where other work keeps the cores busy.
        patient = ("--pause", "2", "--answer-limit", "60")
        placing = pool.submit(up.call, "--text", "Where is order 1004?", *patient)
        wait_for(lambda: any('"role":"agent"' in line for line in up.log_lines))
        os.kill(up.provider_pid, signal.SIGKILL)
        call = placing.result()
    assert call.status == 0, call.errors
    assert "Blue Courier" in call.answer
    assert [event["code"] for event in call.of("incident")] == ["dropped"]
    incidents = up.ask("/api/incidents", conversation=call.conversation_id)["items"]
    assert incidents[-1]["code"] == "dropped"

    up.wait_until_said("is back")
    provider = up.provider_pid
    up.process.kill()
    wait_for(lambda: not is_running(provider))


def wait_for(condition: Callable[[], bool]) -> None:
    until = time.monotonic() + 20
    while not condition():
        assert time.monotonic() < until
        time.sleep(0.05)


def is_running(pid: int) -> bool:
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except FileNotFoundError:
        return False
    return state != "Z"
