"""The chat model responder against a real llama.cpp server with a small model: the wire, not wit.

``python tests/offline/clients/install.py`` installs both.
"""

import asyncio
import json
import subprocess
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest

from agent_service.offline.chat_responder import ChatResponder

Provide = Callable[..., AbstractAsyncContextManager[Any]]
Sound = Callable[[int], bytes]

HERE = Path(__file__).parent
INSTALLED = HERE.parents[2] / "build" / "clients" / "llama"
KEY = "sk-local"
GUARD_S = 60

TOOL = {
    "type": "function",
    "name": "find_order",
    "description": "Find an order.",
    "parameters": {
        "type": "object",
        "properties": {"number": {"type": "string"}},
        "required": ["number"],
    },
}

pytestmark = [
    pytest.mark.clients,
    pytest.mark.skipif(
        not (INSTALLED / "installed").exists(),
        reason="There is no llama.cpp server: run 'python tests/offline/clients/install.py'.",
    ),
]


@dataclass(frozen=True, slots=True)
class LlamaServer:
    url: str
    process: subprocess.Popen[str]

    async def is_writing(self) -> bool:
        """Say whether the server generates anything at the moment."""
        async with httpx.AsyncClient(headers={"authorization": f"Bearer {KEY}"}) as client:
            slots = (await client.get(f"{self.url}/slots")).json()
        return any(slot["is_processing"] for slot in slots)


def start() -> LlamaServer:
    python = INSTALLED / "bin" / "python"
    command = [str(python), str(HERE / "drivers" / "llama_server.py"), KEY]
    process = subprocess.Popen(
        command,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    assert process.stdout is not None
    url = process.stdout.readline().strip()
    assert url, f"{command} ended with {process.wait()}"
    return LlamaServer(url, process)


def stop(server: LlamaServer) -> None:
    server.process.kill()
    server.process.communicate()


@pytest.fixture(scope="module")
def llama() -> Iterator[LlamaServer]:
    server = start()
    yield server
    stop(server)


@asynccontextmanager
async def answered_by(
    provide: Provide, url: str, *, model: str = "smollm2", key: str = KEY
) -> AsyncIterator[Any]:
    responder = ChatResponder(url, model, key)
    try:
        async with provide(responder=responder, guard_s=GUARD_S) as provider:
            yield provider
    finally:
        await responder.aclose()


async def failure(provide: Provide, url: str, key: str = KEY) -> str:
    """Return why a typed turn fails."""
    async with answered_by(provide, url, key=key) as provider, provider.client() as client:
        await client.say("Hello.")
        response = (await client.until("response.done"))["response"]
        assert response["status"] == "failed"
        assert response["status_details"]["error"]["type"] == "server_error"
        message: str = response["status_details"]["error"]["message"]
        return message


async def order_rounds(client: Any) -> None:
    """Put earlier rounds with the tool into the conversation: a small model copies them."""

    async def create(**item: Any) -> None:
        await client.send("conversation.item.create", item=item)

    for number in ("1001", "2002"):
        asked = {"type": "input_text", "text": f"Where is order {number}?"}
        said = {"type": "output_text", "text": "It has shipped."}
        arguments = json.dumps({"number": number})
        call = f"call_{number}"
        await create(type="message", role="user", content=[asked])
        await create(type="function_call", call_id=call, name="find_order", arguments=arguments)
        await create(type="function_call_output", call_id=call, output="shipped")
        await create(type="message", role="assistant", content=[said])


def test_typed_turn_streams_words_and_audio(provide: Provide, llama: LlamaServer) -> None:
    async def scenario() -> None:
        async with (
            answered_by(provide, f"{llama.url}/v1") as provider,
            provider.client() as client,
        ):
            await client.say("What is the capital of France?")
            await client.until("response.output_audio.delta")
            response = (await client.until("response.done"))["response"]
            assert response["status"] == "completed"
            transcript = response["output"][0]["content"][0]["transcript"]
            assert "Paris" in transcript
            deltas = client.named("response.output_audio_transcript.delta")
            assert "".join(event["delta"] for event in deltas) == transcript
            assert len(deltas) > 1
            assert len(client.audio()) // 48 == 60 * len(transcript.split())

    asyncio.run(scenario())


def test_spoken_turn_reaches_the_model_as_words(
    provide: Provide, llama: LlamaServer, tone: Sound, silence: Sound
) -> None:
    async def scenario() -> None:
        async with (
            answered_by(provide, f"{llama.url}/v1") as provider,
            provider.client() as client,
        ):
            provider.speech.hears("What is the capital of France?")
            await client.append(silence(300) + tone(600) + silence(900))
            response = (await client.until("response.done"))["response"]
            assert "Paris" in response["output"][0]["content"][0]["transcript"]

    asyncio.run(scenario())


@pytest.mark.parametrize("choice", ["required", {"type": "function", "name": "find_order"}])
def test_calls_become_function_calls(provide: Provide, llama: LlamaServer, choice: Any) -> None:
    async def scenario() -> None:
        async with (
            answered_by(provide, f"{llama.url}/v1") as provider,
            provider.client() as client,
        ):
            session = {"type": "realtime", "tools": [TOOL], "tool_choice": choice}
            await client.send("session.update", session=session)
            await order_rounds(client)
            await client.say("Where is order 1004?")
            response = (await client.until("response.done"))["response"]
            assert response["status"] == "completed"
            (call,) = response["output"]
            assert (call["type"], call["name"]) == ("function_call", "find_order")
            assert json.loads(call["arguments"]) == {"number": "1004"}
            output = {
                "type": "function_call_output",
                "call_id": call["call_id"],
                "output": "shipped",
            }
            await client.send("conversation.item.create", item=output)
            await client.send("response.create", response={"tool_choice": "none"})
            response = (await client.until("response.done"))["response"]
            assert "shipped" in response["output"][0]["content"][0]["transcript"]

    asyncio.run(scenario())


def test_a_further_answer_is_an_answer_of_its_own(provide: Provide, llama: LlamaServer) -> None:
    """The server would continue an assistant's message, and refuses two of them."""

    async def scenario() -> None:
        async with (
            answered_by(provide, f"{llama.url}/v1") as provider,
            provider.client() as client,
        ):
            short = {"max_output_tokens": 12, "output_modalities": ["text"]}
            greeting = short | {"instructions": "Greet the caller."}
            for wanted in (greeting, short, short):
                await client.send("response.create", response=wanted)
                response = (await client.until("response.done"))["response"]
                assert response["status"] != "failed", response["status_details"]
                assert response["output"][0]["content"][0]["text"]

    asyncio.run(scenario())


def test_cancelling_stops_the_server(provide: Provide, llama: LlamaServer) -> None:
    async def scenario() -> None:
        async with (
            answered_by(provide, f"{llama.url}/v1") as provider,
            provider.client() as client,
        ):
            await client.say("Write a long story about a dragon.")
            await client.until("response.output_audio.delta")
            assert await llama.is_writing()
            await client.send("response.cancel")
            response = (await client.until("response.done"))["response"]
            assert response["status"] == "cancelled"
            while await llama.is_writing():
                pass

    asyncio.run(scenario())


@pytest.mark.parametrize("modality", ["text", "audio"])
def test_token_limit_makes_the_answer_incomplete_and_stops_the_server(
    provide: Provide, llama: LlamaServer, modality: str
) -> None:
    async def scenario() -> None:
        async with (
            answered_by(provide, f"{llama.url}/v1") as provider,
            provider.client() as client,
        ):
            limited = {"max_output_tokens": 40, "output_modalities": [modality]}
            await client.say("Write a long story about a dragon.", **limited)
            response = (await client.until("response.done"))["response"]
            assert response["status"] == "incomplete"
            assert response["status_details"]["reason"] == "max_output_tokens"
            assert 0 < response["usage"]["output_tokens"] <= 40
            assert response["output"][0]["status"] == "incomplete"
            while await llama.is_writing():
                pass

    asyncio.run(scenario())


def test_wrong_key_is_named(provide: Provide, llama: LlamaServer) -> None:
    message = asyncio.run(failure(provide, f"{llama.url}/v1", key="sk-wrong"))
    assert message == (
        f"The chat model at {llama.url}/v1/chat/completions answered HTTP 401: Invalid API Key"
    )


def test_wrong_path_is_named(provide: Provide, llama: LlamaServer) -> None:
    message = asyncio.run(failure(provide, f"{llama.url}/v2"))
    assert message == (
        f"The chat model at {llama.url}/v2/chat/completions answered HTTP 404: File Not Found"
    )


def test_server_with_one_model_takes_any_name(provide: Provide, llama: LlamaServer) -> None:
    async def scenario() -> None:
        async with (
            answered_by(provide, f"{llama.url}/v1", model="no-such-model") as provider,
            provider.client() as client,
        ):
            await client.say("What is the capital of France?")
            assert (await client.until("response.done"))["response"]["status"] == "completed"

    asyncio.run(scenario())


def test_a_server_that_dies_fails_the_response_and_the_next_one(provide: Provide) -> None:
    async def scenario(server: LlamaServer) -> None:
        async with (
            answered_by(provide, f"{server.url}/v1") as provider,
            provider.client() as client,
        ):
            await client.say("Write a long story about a dragon.")
            await client.until("response.output_audio.delta")
            server.process.kill()
            response = (await client.until("response.done"))["response"]
            assert response["status"] == "failed"
            assert "broke off" in response["status_details"]["error"]["message"]
            await client.send("response.create")
            response = (await client.until("response.done"))["response"]
            assert "cannot be reached" in response["status_details"]["error"]["message"]

    server = start()
    try:
        asyncio.run(scenario(server))
    finally:
        stop(server)
