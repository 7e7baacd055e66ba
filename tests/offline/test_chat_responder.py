"""A chat model in the responder's place, against a server that speaks its API on a real socket."""

import asyncio
import json
import re
import socket
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager, closing
from dataclasses import dataclass, field
from typing import Any

import pytest
import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response, StreamingResponse
from starlette.routing import Route

from agent_service.errors import OfflineError
from agent_service.offline.chat_request import chat_request
from agent_service.offline.chat_responder import ChatResponder
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
        async with asyncio.TaskGroup() as tasks, asyncio.timeout(60):
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


async def failure(client: Any) -> str:
    """Return why a typed turn fails."""
    await client.say("hello")
    response = (await client.until("response.done"))["response"]
    assert response["status"] == "failed"
    message: str = response["status_details"]["error"]["message"]
    return message


def test_unreachable_chat_model_fails_the_response_without_showing_secrets(
    provide: Provide,
) -> None:
    async def scenario() -> None:
        with closing(socket.create_server(("127.0.0.1", 0))) as listener:
            port = listener.getsockname()[1]
        chat = ChatServer(url=f"http://someone:hidden@127.0.0.1:{port}/v1")
        async with answered_by(provide, chat) as provider, provider.client() as client:
            assert await failure(client) == (
                f"The chat model at http://127.0.0.1:{port}/v1/chat/completions cannot be "
                "reached. Is its server running?"
            )

    asyncio.run(scenario())


def test_refusals_of_the_chat_model_are_told_without_the_key(provide: Provide) -> None:
    async def scenario() -> None:
        async with chat_server() as chat, answered_by(provide, chat, "sk-1") as provider:
            refusal = {"error": {"message": "Incorrect key: sk-1", "code": "invalid_api_key"}}
            chat.answers += [JSONResponse(refusal, 401), PlainTextResponse("Not here", 404)]
            async with provider.client() as client:
                where = f"The chat model at {chat.url}/chat/completions answered HTTP"
                assert await failure(client) == f"{where} 401: Incorrect key: ***"
                assert await failure(client) == f"{where} 404: Not here"

    asyncio.run(scenario())


@pytest.mark.parametrize(
    "url", ["127.0.0.1:8080/v1", "ftp://model/v1", "http://", "http://model:port/v1"]
)
def test_a_url_that_is_none_is_refused_at_once(url: str) -> None:
    with pytest.raises(OfflineError, match="Give one such as http"):
        ChatResponder(url, "small-model")


@pytest.mark.parametrize(
    ("chunks", "message"),
    [
        ('data: {"choices": []}\n\n', "The chat model's answer broke off before its end."),
        ("<p>Welcome</p>\n", "The chat model's answer broke off before its end."),
        ("data: {oops\n\n", "a chunk that cannot be read: JSON is malformed"),
        ("data: [1]\n\n", "a chunk that cannot be read: Expected `object`, got `array`."),
        ('data: {"choices": [1]}\n\n', "Expected `object`, got `int` - at `$.choices[0]`."),
        (
            'data: {"choices": [{"delta": {"content": 5}}]}\n\n',
            "Expected `str | null`, got `int` - at `$.choices[0].delta.content`.",
        ),
        (
            'data: {"choices": [{"delta": {"tool_calls": [{"index": "a"}]}}]}\n\n',
            "got `str` - at `$.choices[0].delta.tool_calls[0].index`.",
        ),
        (
            'data: {"error": {"message": "no memory"}}\n\n',
            "The chat model failed: no memory",
        ),
    ],
)
def test_answers_that_are_none_fail_the_response(
    provide: Provide, chunks: str, message: str
) -> None:
    async def scenario() -> None:
        async with chat_server() as chat, answered_by(provide, chat) as provider:
            chat.answers.append(PlainTextResponse(chunks, media_type="text/event-stream"))
            async with provider.client() as client:
                assert message in await failure(client)

    asyncio.run(scenario())


@pytest.mark.parametrize(
    ("finish", "reason"), [("length", "max_output_tokens"), ("content_filter", "content_filter")]
)
def test_answers_that_the_model_cut_are_spoken_and_incomplete(
    provide: Provide, finish: str, reason: str
) -> None:
    async def scenario() -> None:
        async with chat_server() as chat, answered_by(provide, chat) as provider:
            end: dict[str, Any] = {"choices": [{"delta": {}, "finish_reason": finish}]}
            chat.answers.append([*words("Once up", "on a ti"), *call(0, "find_order", "{"), end])
            async with provider.client() as client:
                await client.say("A story, please.", max_output_tokens=500)
                response = (await client.until("response.done"))["response"]
                assert response["status"] == "incomplete"
                assert response["status_details"]["reason"] == reason
                (message,) = response["output"]
                assert message["status"] == "incomplete"
                assert message["content"][0]["transcript"] == "Once upon a ti"
                assert client.audio()
            assert chat.requests[0]["max_tokens"] == 500

    asyncio.run(scenario())


def test_pieces_of_words_are_put_together(provide: Provide) -> None:
    async def scenario() -> None:
        async with chat_server() as chat, answered_by(provide, chat) as provider:
            chat.answers.append(words("It", " ha", "s sh", "ipped", ".\nB", "ye"))
            async with provider.client() as client:
                await client.say("Where?", output_modalities=["text"])
                await client.until("response.done")
                deltas = client.named("response.output_text.delta")
                assert [d["delta"].strip() for d in deltas] == ["It", "has", "shipped.", "Bye"]

    asyncio.run(scenario())


@pytest.mark.parametrize("ends", ["cancelled", "incomplete"])
def test_an_answer_that_nobody_wants_any_more_is_not_read_on(provide: Provide, ends: str) -> None:
    async def scenario() -> None:
        async with chat_server() as chat, answered_by(provide, chat) as provider:
            left = asyncio.Event()

            async def endless() -> AsyncIterator[str]:
                try:
                    while True:
                        yield f"data: {json.dumps(words('More and more. ')[0])}\n\n"
                        await asyncio.sleep(0)
                finally:
                    left.set()

            chat.answers.append(StreamingResponse(endless(), media_type="text/event-stream"))
            async with provider.client() as client:
                limit = {"max_output_tokens": 100} if ends == "incomplete" else {}
                await client.say("Tell me.", **limit)
                await client.until("response.output_audio.delta")
                if ends == "cancelled":
                    await client.send("response.cancel")
                assert (await client.until("response.done"))["response"]["status"] == ends
                await left.wait()

    asyncio.run(scenario())


def test_a_kept_connection_that_was_closed_is_replaced(provide: Provide) -> None:
    """Servers close kept connections when they like: the next request may meet a closed one."""

    async def scenario() -> None:
        connections = 0

        async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            nonlocal connections
            connections += 1
            number = connections
            requests = 0
            with closing(writer):
                while head := await reader.readuntil(b"\r\n\r\n"):
                    (length,) = re.findall(rb"content-length: (\d+)", head.lower())
                    await reader.readexactly(int(length))
                    requests += 1
                    if number == 1 and requests == 2:
                        return
                    chunk = {"choices": [{"delta": {"content": f"Line {number}."}}]}
                    body = f"data: {json.dumps(chunk)}\n\ndata: [DONE]\n\n"
                    fields = f"content-length: {len(body)}\r\n\r\n"
                    writer.write(f"HTTP/1.1 200 OK\r\n{fields}{body}".encode())

        async with await asyncio.start_server(serve, "127.0.0.1", 0) as server:
            port = server.sockets[0].getsockname()[1]
            chat = ChatServer(url=f"http://127.0.0.1:{port}/v1")
            async with answered_by(provide, chat) as provider, provider.client() as client:
                for expected in ("Line 1.", "Line 2."):
                    await client.say("hello")
                    response = (await client.until("response.done"))["response"]
                    assert response["output"][0]["content"][0]["transcript"] == expected

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


@pytest.mark.parametrize(
    "items", [(), (ContextMessage("user", "hi"), ContextMessage("assistant", "Hello."))]
)
def test_requests_end_with_something_to_answer(items: tuple[ContextMessage, ...]) -> None:
    request = chat_request(ResponseContext("Greet the caller.", items), "m")
    assert request["messages"][0] == {"role": "system", "content": "Greet the caller."}
    last = {"role": "user", "content": "(The caller says nothing.)"}
    assert request["messages"][-1] == last
    assert len(request["messages"]) == len(items) + 2


def test_requests_without_tools_name_none() -> None:
    context = ResponseContext("Be kind.", (ContextMessage("user", "hi"),), tool_choice="none")
    assert {"tools", "tool_choice"}.isdisjoint(chat_request(context, "m"))
