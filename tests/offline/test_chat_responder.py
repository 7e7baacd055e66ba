"""A chat model in the responder's place, against a server that speaks its API on a real socket."""

import asyncio
import json
import socket
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager, closing
from dataclasses import dataclass, field
from typing import Any

import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response, StreamingResponse
from starlette.routing import Route

from agent_service.offline.chat_responder import ChatResponder, chat_request
from agent_service.offline.ports import (
    ContextMessage,
    ContextToolCall,
    ContextToolOutput,
    ResponseContext,
)

Provide = Callable[..., AbstractAsyncContextManager[Any]]

TOOL = {
    "type": "function",
    "name": "find_order",
    "description": "Find an order.",
    "parameters": {"type": "object", "properties": {"number": {"type": "string"}}},
}


def words(*texts: str) -> list[dict[str, Any]]:
    return [{"choices": [{"index": 0, "delta": {"content": text}}]} for text in texts]


def call(index: int, name: str, *arguments: str) -> list[dict[str, Any]]:
    first = {"index": index, "id": f"c{index}", "function": {"name": name, "arguments": ""}}
    pieces = [{"index": index, "function": {"arguments": piece}} for piece in arguments]
    return [
        {"choices": [{"index": 0, "delta": {"tool_calls": [piece]}}]} for piece in (first, *pieces)
    ]


@dataclass
class ChatServer:
    """Streams the chunks that a test queued."""

    url: str = ""
    requests: list[dict[str, Any]] = field(default_factory=list)
    keys: list[str | None] = field(default_factory=list)
    answers: list[list[dict[str, Any]] | Response] = field(default_factory=list)

    async def complete(self, request: Request) -> Response:
        self.requests.append(await request.json())
        self.keys.append(request.headers.get("authorization"))
        answer = self.answers.pop(0)
        if isinstance(answer, Response):
            return answer

        async def stream() -> AsyncIterator[str]:
            yield ": a comment, as servers send to keep the connection alive\n\n"
            for chunk in answer:
                yield f"data: {json.dumps(chunk)}\n\n"
            yield "data: [DONE]\n\n"

        return StreamingResponse(stream(), media_type="text/event-stream")


@asynccontextmanager
async def chat_server() -> AsyncIterator[ChatServer]:
    chat = ChatServer()
    app = Starlette(routes=[Route("/v1/chat/completions", chat.complete, methods=["POST"])])
    with closing(socket.create_server(("127.0.0.1", 0))) as listener:
        server = uvicorn.Server(uvicorn.Config(app, log_config=None, lifespan="off"))
        async with asyncio.TaskGroup() as tasks, asyncio.timeout(5):
            tasks.create_task(server.serve(sockets=[listener]))
            chat.url = f"http://127.0.0.1:{listener.getsockname()[1]}/v1"
            try:
                yield chat
            finally:
                server.should_exit = True


@asynccontextmanager
async def answered_by(provide: Provide, chat: ChatServer, key: str | None = None) -> Any:
    responder = ChatResponder(chat.url, "small-model", key)
    try:
        async with provide(responder=responder) as provider:
            yield provider
    finally:
        await responder.aclose()


def test_words_and_tool_calls_come_from_the_chat_model(provide: Provide) -> None:
    async def scenario() -> None:
        async with chat_server() as chat, answered_by(provide, chat, "sk-1") as provider:
            chat.answers += [
                [
                    *words("Let me ", "look."),
                    *call(0, "find_order", '{"number": ', '"1004"}'),
                    *call(1, "find_order", '{"number": "1005"}'),
                ],
                words("It ", "has ", "shipped."),
            ]
            async with provider.client() as client:
                session = {"type": "realtime", "instructions": "Be kind.", "tools": [TOOL]}
                await client.send("session.update", session=session)
                await client.say("Where are 1004 and 1005?")
                output = (await client.until("response.done"))["response"]["output"]
                assert output[0]["content"][0]["transcript"] == "Let me look."
                calls = output[1:]
                assert [c["arguments"] for c in calls] == [
                    '{"number": "1004"}',
                    '{"number": "1005"}',
                ]
                for made in calls:
                    item = {
                        "type": "function_call_output",
                        "call_id": made["call_id"],
                        "output": "shipped",
                    }
                    await client.send("conversation.item.create", item=item)
                await client.send("response.create")
                output = (await client.until("response.done"))["response"]["output"]
                assert output[0]["content"][0]["transcript"] == "It has shipped."
            assert chat.keys == ["Bearer sk-1"] * 2
            first, second = chat.requests
            assert first["messages"] == [
                {"role": "system", "content": "Be kind."},
                {"role": "user", "content": "Where are 1004 and 1005?"},
            ]
            assert first["tools"][0]["function"]["name"] == "find_order"
            assert (first["model"], first["stream"]) == ("small-model", True)
            assert [m["role"] for m in second["messages"][2:]] == [
                "assistant",
                "assistant",
                "tool",
                "tool",
            ]

    asyncio.run(scenario())


def test_sentences_are_spoken_while_the_model_still_writes(provide: Provide) -> None:
    async def scenario() -> None:
        async with chat_server() as chat:
            gate = asyncio.Event()

            async def slow() -> AsyncIterator[str]:
                yield f"data: {json.dumps(words('First sentence. Second')[0])}\n\n"
                await gate.wait()
                yield f"data: {json.dumps(words(' sentence.')[0])}\n\ndata: [DONE]\n\n"

            chat.answers.append(StreamingResponse(slow(), media_type="text/event-stream"))
            async with answered_by(provide, chat) as provider, provider.client() as client:
                await client.say("Tell me.")
                await client.until("response.output_audio.delta")
                gate.set()
                done = (await client.until("response.done"))["response"]
                transcript = done["output"][0]["content"][0]["transcript"]
                assert transcript == "First sentence. Second sentence."

    asyncio.run(scenario())


def test_failures_of_the_chat_model_end_the_response(provide: Provide) -> None:
    async def scenario() -> None:
        async with chat_server() as chat, answered_by(provide, chat) as provider:
            chat.answers += [
                JSONResponse({"error": "busy"}, status_code=429, headers={"retry-after": "7"}),
                JSONResponse({"error": "broken"}, status_code=500),
                [{"error": {"message": "overloaded"}}],
                words("Fine."),
            ]
            async with provider.client() as client:
                await client.say("hello")
                limited = (await client.until("response.done"))["response"]["status_details"]
                assert limited["error"]["code"] == "rate_limit_exceeded"
                assert "in 7 seconds" in limited["error"]["message"]
                for _ in range(2):
                    await client.send("response.create")
                    failed = (await client.until("response.done"))["response"]
                    assert failed["status_details"]["error"]["type"] == "server_error"
                await client.send("response.create")
                assert (await client.until("response.done"))["response"]["status"] == "completed"

    asyncio.run(scenario())


def test_unreachable_chat_model_fails_the_response(provide: Provide) -> None:
    async def scenario() -> None:
        with closing(socket.create_server(("127.0.0.1", 0))) as listener:
            port = listener.getsockname()[1]
        chat = ChatServer(url=f"http://127.0.0.1:{port}/v1")
        async with answered_by(provide, chat) as provider, provider.client() as client:
            await client.say("hello")
            assert (await client.until("response.done"))["response"]["status"] == "failed"

    asyncio.run(scenario())


def test_requests_put_outputs_right_after_their_calls() -> None:
    context = ResponseContext(
        instructions="",
        items=(
            ContextMessage("user", "both"),
            ContextToolCall("c1", "find", "{}"),
            ContextToolCall("c2", "find", "{}"),
            ContextMessage("user", "hurry"),
            ContextToolOutput("c1", "one"),
        ),
        tools=(TOOL,),
        tool_choice="function:find_order",
    )
    request = chat_request(context, "m")
    assert request["tool_choice"] == {"type": "function", "function": {"name": "find_order"}}
    messages = [(m["role"], m.get("tool_call_id"), m["content"]) for m in request["messages"]]
    assert messages == [
        ("user", None, "both"),
        ("assistant", None, None),
        ("tool", "c1", "one"),
        ("tool", "c2", "There is no result yet."),
        ("user", None, "hurry"),
    ]


def test_requests_without_tools_name_none() -> None:
    context = ResponseContext("Be kind.", (ContextMessage("user", "hi"),), tool_choice="none")
    assert {"tools", "tool_choice"}.isdisjoint(chat_request(context, "m"))
