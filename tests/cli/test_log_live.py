"""``logs tail --live`` follows a running service, and comes back where the line breaks."""

import argparse
import asyncio
import json
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse
from starlette.routing import Route

from agent_service.cli import logs
from agent_service.cli.log_live import follow
from agent_service.errors import CallerError, FileError
from agent_service.web.application import application
from agent_service.web.server import Server, listen

TURN = {"conversation_id": "c", "at_ms": 61500, "role": "agent", "text": "Hello\x1b[2J"}
EVENTS = (
    ("began", {"conversation_id": "c", "at_ms": 0, "agent": "support", "turn_count": 0}),
    ("caption", TURN),
    ("turn", TURN | {"is_interrupted": True, "heard_text": "Hel"}),
    ("tool", {"at_ms": 1, "name": "find_order", "status": "running"}),
    ("confirmation", {"at_ms": 1, "summary": "Cancel it?", "status": "offered"}),
    ("incident", {"at_ms": 1, "code": "echo", "message": "It was."}),
    ("floor", {"at_ms": 1, "holder": "open"}),
    ("rating", {"at_ms": 1, "score": 4}),
    ("lost", {"count": None}),
)


class Service:
    """Gives its events in two streams, the second one behind the place where the first broke."""

    def __init__(self) -> None:
        self.asked: list[tuple[str, str]] = []
        self.url = ""

    async def live(self, request: Request) -> Response:
        after = request.headers.get("last-event-id", "")
        self.asked.append((after, request.query_params.get("conversation", "")))
        if request.headers["authorization"] != "Bearer good":
            raise CallerError("Send an admin token as bearer.", code="not_authorised")
        if after == "e.9":
            return Response(status_code=204)
        start = int(after.partition(".")[2] or 0)
        part = list(enumerate(EVENTS, 1))[start : start + 5]
        texts = ["retry: 2000\nid: e.0\n\n: nothing new\n\n"] if start == 0 else []
        texts += [f"id: e.{n}\nevent: {k}\ndata: {json.dumps(f)}\n\n" for n, (k, f) in part]
        return StreamingResponse(iter(texts), media_type="text/event-stream")


@pytest.fixture
def service() -> Iterator[Service]:
    made = Service()
    ready = threading.Event()
    routes = [Route("/api/live", made.live)]
    server = Server(application(routes), listen("127.0.0.1", 0), on_ready=lambda port: ready.set())
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=lambda: loop.run_until_complete(server.run_until_stopped()))
    thread.start()
    assert ready.wait(60)
    made.url = f"http://127.0.0.1:{server.port}"
    yield made
    loop.call_soon_threadsafe(server.stop)
    thread.join(60)
    loop.close()


def test_a_broken_line_is_taken_up_where_it_broke(service: Service) -> None:
    found = list(follow(service.url, "good", "c", pause=lambda: None))
    assert found == list(EVENTS)
    assert service.asked == [("", "c"), ("e.5", "c"), ("e.9", "c")]


def test_a_refusal_is_told_in_the_services_words(service: Service) -> None:
    with pytest.raises(CallerError, match="Send an admin token") as refused:
        list(follow(service.url, "bad", None))
    assert refused.value.code == "not_authorised"


def test_a_service_that_is_not_there_is_told() -> None:
    with pytest.raises(CallerError, match="cannot be reached"):
        list(follow("http://127.0.0.1:1", "good", None))


@pytest.fixture
def tail(
    service: Service,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> Callable[..., list[str]]:
    """Run ``logs tail --live`` against the service."""
    monkeypatch.setattr("agent_service.cli.log_live.time.sleep", lambda _: None)

    def run(*arguments: str) -> list[str]:
        parser = argparse.ArgumentParser()
        logs.register(parser.add_subparsers())
        given = ["logs", "tail", "--live", "--url", service.url, "--data-dir", str(tmp_path)]
        parsed = parser.parse_args([*given, *arguments])
        assert parsed.run(parsed) == 0
        return capsys.readouterr().out.splitlines()

    return run


def test_people_read_lines_that_steer_no_terminal(
    tail: Callable[..., list[str]], tmp_path: Path
) -> None:
    (tmp_path / "admin-token").write_text("good\n")
    lines = tail("--conversation", "c")
    assert len(lines) == len(EVENTS)
    assert lines[2] == "1:01.5 agent   Hello [2J  [heard: 'Hel']"
    assert "\x1b[2J" not in "".join(lines)


def test_programs_read_objects(tail: Callable[..., list[str]], tmp_path: Path) -> None:
    token = tmp_path / "token"
    token.write_text("good")
    lines: list[Any] = [json.loads(line) for line in tail("--json", "--token-file", str(token))]
    assert [line["event"] for line in lines] == [name for name, _ in EVENTS]


def test_a_token_that_is_not_there_is_named(tail: Callable[..., list[str]]) -> None:
    with pytest.raises(FileError, match="admin-token cannot be read"):
        tail()
