"""Callers come back: after a broken line, and after the process that held their call was killed."""

import asyncio
import json
from collections.abc import Callable
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
        self.finals: dict[str, dict[str, Any]] = {}

    async def until(self, kind: str, **fields: Any) -> dict[str, Any]:
        """Read until a message of that kind with those fields."""
        async for frame in self.socket:
            if isinstance(frame, bytes):
                continue
            message: dict[str, Any] = json.loads(frame)
            self.last_seq = message["seq"]
            self.token = message.get("resume_token", self.token)
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


async def begin(url: str) -> Typist:
    async with httpx.AsyncClient() as client:
        ticket = (await client.post(f"{url}/demo/ticket")).json()["ticket"]
    caller = await dial(url)
    await caller.send(type="start", ticket=ticket, mode="text")
    await caller.until("ready")
    await caller.until("transcript", role="agent", is_final=True)
    return caller


async def return_to(url: str, caller: Typist) -> Typist:
    again = await dial(url)
    resume = {"token": caller.token, "last_seq": caller.last_seq}
    await again.send(type="start", resume=resume)
    ready = await again.until("ready")
    assert ready["is_resumed"]
    assert again.token != caller.token
    return again


def test_a_killed_process_loses_nothing_that_was_final_and_the_caller_goes_on(
    start_up: Callable[..., Any],
) -> None:
    async def scenario() -> None:
        async with asyncio.timeout(60):
            first = start_up()
            caller = await begin(first.url)
            assert "Blue Courier" in await caller.ask("Where is order 1004?")
            first.process.kill()
            first.process.wait()
            await caller.socket.close()

            second = start_up(first.data_dir)
            again = await return_to(second.url, caller)
            said = ""
            while "cut off" not in said:
                said = (await again.until("transcript", role="agent", is_final=True))["text"]
            assert caller.finals.keys() <= again.finals.keys()
            assert "1004" in await again.ask("When will it arrive?")
            await again.send(type="end")
            await again.until("ended", reason="caller_ended")
            await again.socket.close()

            conversations = second.ask("/api/conversations")["items"]
            assert len(conversations) == 1
            record = second.ask(f"/api/conversations/{conversations[0]['id']}")
            assert [turn["seq"] for turn in record["turns"]] == list(
                range(1, len(record["turns"]) + 1)
            )

    asyncio.run(scenario())


def test_a_broken_line_is_taken_up_where_it_was(up: Any) -> None:
    async def scenario() -> None:
        async with asyncio.timeout(30):
            caller = await begin(up.url)
            caller.socket.transport.abort()
            await caller.socket.wait_closed()
            again = await return_to(up.url, caller)
            assert "Blue Courier" in await again.ask("Where is order 1004?")
            await again.send(type="end")
            await again.until("ended")
            await again.socket.close()

    asyncio.run(scenario())
