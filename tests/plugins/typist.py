"""A caller who types, over a conversation socket of their own."""

import json
from typing import Any

import httpx
from websockets.asyncio.client import ClientConnection, connect

SUBPROTOCOL = "support.v1"


class Typist:
    """A client that types, over a socket of its own."""

    def __init__(self, socket: ClientConnection) -> None:
        self.socket = socket
        self.last_seq = 0
        self.token = ""
        self.conversation_id = ""
        self.finals: dict[str, dict[str, Any]] = {}
        self.seen: list[dict[str, Any]] = []
        """All text messages so far."""

    async def until(self, kind: str, **fields: Any) -> dict[str, Any]:
        """Read until a message of that kind with those fields."""
        async for frame in self.socket:
            if isinstance(frame, bytes):
                continue
            message: dict[str, Any] = json.loads(frame)
            self.seen.append(message)
            self.last_seq = message["seq"]
            self.token = message.get("resume_token", self.token)
            self.conversation_id = message.get("conversation_id", self.conversation_id)
            if message["type"] == "transcript" and message["is_final"]:
                self.finals[message["turn_id"]] = message
            if message["type"] == kind and fields.items() <= message.items():
                return message
        raise AssertionError(f"the socket closed before {kind} {fields}")

    async def ask(self, text: str) -> str:
        """Type a question and return the agent's final answer."""
        await self.send(type="text", text=text)
        await self.until("transcript", role="caller", is_final=True)
        answer = await self.until("transcript", role="agent", is_final=True)
        return str(answer["text"])

    async def send(self, **message: Any) -> None:
        await self.socket.send(json.dumps(message))


async def dial(url: str) -> Typist:
    address = url.replace("http", "ws", 1) + "/ws/conversation"
    return Typist(await connect(address, subprotocols=[SUBPROTOCOL]))  # type: ignore[list-item]  # a plain str is one


async def begin(url: str, query: str = "") -> Typist:
    async with httpx.AsyncClient() as client:
        ticket = (await client.post(f"{url}/demo/ticket{query}")).json()["ticket"]
    caller = await dial(url)
    await caller.send(type="start", ticket=ticket, mode="text")
    await caller.until("ready")
    await caller.until("transcript", role="agent", is_final=True)
    return caller
