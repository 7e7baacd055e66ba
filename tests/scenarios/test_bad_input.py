"""What a stranger may send to the whole service: everything is answered, nothing is harmed."""

import json
from collections.abc import Callable
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


def until(socket: ClientConnection, wanted: Callable[[dict[str, Any]], bool]) -> dict[str, Any]:
    while True:
        frame = socket.recv(timeout=20)
        if isinstance(frame, str):
            message: dict[str, Any] = json.loads(frame)
            if wanted(message):
                return message
