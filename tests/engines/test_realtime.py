"""The engine against a provider on a real socket: first bytes, set-up, refusals, losses."""

import asyncio
import json
import logging
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from typing import Any

import pytest
from an_agent import with_agent
from websockets.frames import Opcode

from agent_service.conversation.commands import RequestResponse, SendAudio, SendText
from agent_service.conversation.events import (
    EngineDropped,
    EngineEvent,
    EngineReady,
    EngineRefused,
    ResponseFinished,
    SpeechCommitted,
)
from agent_service.conversation.records import Role
from agent_service.conversation.spec import HistoryTurn, SessionSpec
from agent_service.engines.dialects import DIALECTS
from agent_service.engines.line import EngineLimits
from agent_service.engines.realtime import RealtimeEngine
from agent_service.engines.socket import SocketLimits
from agent_service.errors import EngineError, SettingsError

Run = Callable[[Awaitable[Any]], Any]
Serve = Callable[..., Any]
EngineTo = Callable[..., RealtimeEngine]


async def greet(provider: Any) -> None:
    await provider.accept()
    await provider.set_up()


def committed(item_id: str) -> dict[str, str]:
    return {"type": "input_audio_buffer.committed", "item_id": item_id}


@pytest.mark.parametrize(
    ("dialect", "request_line", "own_headers"),
    [
        (
            "azure-2024-10-01-preview",
            "GET /openai/realtime?api-version=2024-10-01-preview&deployment=rt-demo HTTP/1.1",
            {"api-key": "sesame-4711"},
        ),
        (
            "azure-2024-12-17",
            "GET /openai/realtime?api-version=2024-12-17&deployment=rt-demo HTTP/1.1",
            {"api-key": "sesame-4711"},
        ),
        (
            "azure-2025-04-01-preview",
            "GET /openai/realtime?api-version=2025-04-01-preview&deployment=rt-demo HTTP/1.1",
            {"api-key": "sesame-4711"},
        ),
        (
            "azure-ga",
            "GET /openai/v1/realtime?model=rt-demo HTTP/1.1",
            {"api-key": "sesame-4711"},
        ),
        (
            "openai-beta",
            "GET /v1/realtime?model=rt-demo HTTP/1.1",
            {"OpenAI-Beta": "realtime=v1", "Authorization": "Bearer sesame-4711"},
        ),
        (
            "openai-ga",
            "GET /v1/realtime?model=rt-demo HTTP/1.1",
            {"Authorization": "Bearer sesame-4711"},
        ),
    ],
)
def test_the_first_bytes_are_those_of_the_dialect(
    run: Run,
    serve: Serve,
    engine_to: EngineTo,
    spec: SessionSpec,
    listener: Any,
    dialect: str,
    request_line: str,
    own_headers: dict[str, str],
) -> None:
    requests: list[bytes] = []
    sessions: list[dict[str, Any]] = []

    async def play(provider: Any) -> None:
        await provider.accept()
        requests.append(provider.request)
        sessions.extend(await provider.set_up())
        await provider.until_gone()
        assert provider.goodbye.code == 1000

    async def scenario() -> None:
        async with serve(play) as port:
            engine = engine_to(port, dialect)
            await engine.open(spec, listener)
            assert await listener.next() == EngineReady()
            await engine.close()
            head, *headers = requests[0].decode().split("\r\n")[:-2]
            assert head == request_line
            sent = dict(header.split(": ", 1) for header in headers)
            assert sent.pop("Sec-WebSocket-Key")
            assert sent == {
                "Host": f"127.0.0.1:{port}",
                "Upgrade": "websocket",
                "Connection": "Upgrade",
                "Sec-WebSocket-Version": "13",
                **own_headers,
            }

    run(scenario())
    (update,) = sessions
    assert ("type" in update["session"]) == (DIALECTS[dialect].names.session_shape == "nested")


def test_history_goes_before_the_configuration(
    run: Run, serve: Serve, engine_to: EngineTo, spec: SessionSpec, listener: Any
) -> None:
    received: list[dict[str, Any]] = []

    async def play(provider: Any) -> None:
        await provider.accept()
        received.extend(await provider.set_up())
        await provider.until_gone()

    async def scenario() -> None:
        async with serve(play) as port:
            engine = engine_to(port)
            turns = (HistoryTurn(Role.CALLER, "Hi"), HistoryTurn(Role.AGENT, "Hello"))
            await engine.open(replace(spec, history=turns), listener)
            await engine.close()

    run(scenario())
    assert [message["type"] for message in received] == [
        "conversation.item.create",
        "conversation.item.create",
        "session.update",
    ]


def test_events_wait_until_open_has_returned_and_keep_their_order(
    run: Run, serve: Serve, engine_to: EngineTo, spec: SessionSpec, listener: Any
) -> None:
    async def play(provider: Any) -> None:
        await greet(provider)
        provider.send(*[committed(f"item_{n}") for n in range(5)])
        await provider.until_gone()

    async def scenario() -> None:
        async with serve(play) as port:
            engine = engine_to(port)
            await engine.open(spec, listener)
            assert listener.events == []
            received = [await listener.next() for _ in range(6)]
            await engine.close()
            assert received == [EngineReady(), *[SpeechCommitted(f"item_{n}") for n in range(5)]]

    run(scenario())


def test_a_recorded_conversation_arrives_whole(
    run: Run,
    serve: Serve,
    engine_to: EngineTo,
    spec: SessionSpec,
    listener: Any,
    recorded: Callable[[str], Any],
) -> None:
    frames = [
        frame["event"]
        for frame in recorded("ga-tool-call")["frames"]
        if frame["from"] == "server" and not frame["event"]["type"].startswith("session")
    ]

    async def play(provider: Any) -> None:
        await greet(provider)
        assert (await provider.receive())["type"] == "input_audio_buffer.append"
        assert (await provider.receive())["item"]["content"][0]["text"] == "Where is order 7741?"
        assert (await provider.receive())["type"] == "response.create"
        provider.send(*frames)
        await provider.until_gone()

    async def scenario() -> None:
        async with serve(play) as port:
            engine = engine_to(port)
            await engine.open(spec, listener)
            for command in (
                SendAudio(bytes(960)),
                SendText("Where is order 7741?"),
                RequestResponse(),
            ):
                engine.send(command)
            while sum(isinstance(event, ResponseFinished) for event in listener.events) < 2:
                await listener.next()
            await engine.close()
            assert [type(event).__name__ for event in listener.events] == [
                "EngineReady",
                "ResponseStarted",
                "ToolCallRequested",
                "ResponseFinished",
                "ResponseStarted",
                "AgentText",
                "AgentText",
                "AgentItemFinished",
                "ResponseFinished",
            ]
            finished = listener.events[-1]
            assert finished.usage.cost_usd == pytest.approx((62 * 4 + 128 * 0.4 + 15 * 16) / 1e6)

    run(scenario())


@dataclass
class Refusal:
    status: str
    headers: str
    body: str
    code: str
    words: str
    is_retryable: bool = False
    retry_after_s: float | None = None


REFUSALS = [
    Refusal(
        "401 Unauthorized",
        "",
        json.dumps({"error": {"code": "401", "message": "Access denied due to invalid key."}}),
        "provider_refused_key",
        "The provider refused the key: Access denied due to invalid key. (HTTP 401)",
    ),
    Refusal(
        "401 Unauthorized",
        "",
        json.dumps({"error": {"message": "Incorrect API key provided: sesame-4711."}}),
        "provider_refused_key",
        "The provider refused the key: Incorrect API key provided: [secret]. (HTTP 401)",
    ),
    Refusal("403 Forbidden", "", "", "provider_refused_key", "The provider refused the key: "),
    Refusal(
        "404 Not Found",
        "",
        json.dumps({"error": {"code": "DeploymentNotFound", "message": "No such deployment."}}),
        "provider_no_deployment",
        "The provider has no 'rt-demo' for the dialect azure-ga: No such deployment. (HTTP 404)",
    ),
    Refusal(
        "429 Too Many Requests",
        "Retry-After: 7\r\n",
        json.dumps({"statusCode": 429, "message": "Rate limit is exceeded."}),
        "provider_busy",
        "The provider is busy: Rate limit is exceeded. (HTTP 429)",
        is_retryable=True,
        retry_after_s=7,
    ),
    Refusal(
        "429 Too Many Requests",
        "Retry-After: Sun, 06 Nov 1994 08:49:37 GMT\r\n",
        "",
        "provider_busy",
        "The provider is busy: HTTP 429.",
        is_retryable=True,
        retry_after_s=0,
    ),
    Refusal(
        "503 Service Unavailable",
        "Retry-After: soon\r\n",
        "<html>" + "away " * 1000,
        "provider_unavailable",
        "The provider cannot answer now: HTTP 503.",
        is_retryable=True,
    ),
    Refusal(
        "400 Bad Request",
        "",
        json.dumps({"error": "API version is not supported"}),
        "provider_failed",
        "The provider refused the session: API version is not supported (HTTP 400)",
    ),
    Refusal(
        "302 Found",
        "Location: https://elsewhere.example\r\n",
        "",
        "provider_failed",
        "The provider refused the session: HTTP 302.",
    ),
]


@pytest.mark.parametrize("refusal", REFUSALS, ids=lambda refusal: refusal.status)
def test_a_refused_handshake_is_told_in_words(
    run: Run, serve: Serve, engine_to: EngineTo, spec: SessionSpec, listener: Any, refusal: Refusal
) -> None:
    async def play(provider: Any) -> None:
        await provider.refuse(refusal.status, refusal.headers, refusal.body)

    async def scenario() -> None:
        async with serve(play) as port:
            engine = engine_to(port, "azure-ga")
            with pytest.raises(EngineError) as raised:
                await engine.open(spec, listener)
            await engine.close()
        error = raised.value
        assert error.code == refusal.code
        assert error.message.startswith(refusal.words)
        assert error.is_retryable is refusal.is_retryable
        assert getattr(error, "retry_after_s", None) == refusal.retry_after_s
        assert listener.events == []

    run(scenario())


@pytest.mark.parametrize(
    ("error", "code", "words"),
    [
        (
            {"code": "invalid_api_key", "message": "Bad key sesame-4711."},
            "provider_refused_key",
            "The provider refused the key: Bad key [secret]. (invalid_api_key)",
        ),
        (
            {"code": "model_not_found", "message": "The model does not exist."},
            "provider_no_deployment",
            "The provider has no 'rt-demo' for the dialect openai-ga: The model does not exist.",
        ),
        (
            {"code": "insufficient_quota", "message": "You exceeded your quota."},
            "insufficient_quota",
            "The provider's quota is used up, see to plan and billing: You exceeded your quota.",
        ),
        (
            {
                "code": "invalid_value",
                "message": "Invalid value: 'loud'.",
                "param": "session.audio.output.voice",
            },
            "provider_failed",
            "The provider refused the session: Invalid value: 'loud'. (session.audio.output.voice)",
        ),
        (
            {"code": "session_expired", "message": "Your session hit the maximum duration."},
            "provider_failed",
            "The provider refused the session: Your session hit the maximum duration.",
        ),
    ],
)
@pytest.mark.parametrize("is_greeted", [True, False])
def test_an_error_during_set_up_is_a_refusal_in_words(
    run: Run,
    serve: Serve,
    engine_to: EngineTo,
    spec: SessionSpec,
    listener: Any,
    error: dict[str, str],
    code: str,
    words: str,
    is_greeted: bool,
) -> None:
    async def play(provider: Any) -> None:
        await provider.accept()
        if is_greeted:
            provider.send({"type": "session.created", "session": {}})
            await provider.receive()
        provider.send({"type": "error", "error": error})
        provider.close(1000)
        await provider.until_gone()

    async def scenario() -> None:
        async with serve(play) as port:
            with pytest.raises(EngineError) as raised:
                await engine_to(port).open(spec, listener)
        assert raised.value.code == code
        assert raised.value.message.startswith(words)
        assert listener.events == []

    run(scenario())


def test_a_provider_that_gave_the_beta_up_is_told_apart(
    run: Run, serve: Serve, engine_to: EngineTo, spec: SessionSpec, listener: Any
) -> None:
    async def play(provider: Any) -> None:
        await provider.accept()
        provider.close(4000, "invalid_request_error.beta_api_shape_disabled")
        await provider.until_gone()

    async def scenario() -> None:
        async with serve(play) as port:
            with pytest.raises(EngineError, match="no longer speaks openai-beta: choose its GA"):
                await engine_to(port, "openai-beta").open(spec, listener)

    run(scenario())


def test_a_connection_that_ends_during_set_up_may_be_tried_again(
    run: Run, serve: Serve, engine_to: EngineTo, spec: SessionSpec, listener: Any
) -> None:
    async def play(provider: Any) -> None:
        await provider.accept()
        provider.cut()

    async def scenario() -> None:
        async with serve(play) as port:
            with pytest.raises(EngineError) as raised:
                await engine_to(port).open(spec, listener)
        assert raised.value.is_retryable
        assert raised.value.code == "provider_unavailable"

    run(scenario())


def test_a_server_that_is_no_websocket_server_is_told_apart(
    run: Run, serve: Serve, engine_to: EngineTo, spec: SessionSpec, listener: Any
) -> None:
    async def play(provider: Any) -> None:
        provider.write(b"220 mail.example ESMTP\r\n\r\n")
        await provider.until_gone()

    async def scenario() -> None:
        async with serve(play) as port:
            with pytest.raises(EngineError, match="does not speak WebSocket here"):
                await engine_to(port).open(spec, listener)

    run(scenario())


def test_a_server_that_says_nothing_is_given_up(
    run: Run, serve: Serve, engine_to: EngineTo, spec: SessionSpec, listener: Any
) -> None:
    no_answer = EngineLimits(connect_s=0.05)
    no_session = EngineLimits(connect_s=60, setup_s=0.05)

    async def deaf(provider: Any) -> None:
        await provider.read()
        await provider.until_gone()

    async def mute(provider: Any) -> None:
        await provider.accept()
        await provider.until_gone()

    async def scenario() -> None:
        for play, limits, words in (
            (deaf, no_answer, "did not answer within 0.05"),
            (mute, no_session, "did not set the"),
        ):
            async with serve(play) as port:
                with pytest.raises(EngineError, match=words) as raised:
                    await engine_to(port, limits=limits).open(spec, listener)
            assert raised.value.is_retryable

    run(scenario())


def test_nobody_listening_is_told_with_the_address(
    run: Run, serve: Serve, engine_to: EngineTo, spec: SessionSpec, listener: Any
) -> None:
    async def nothing(provider: Any) -> None: ...

    async def scenario() -> None:
        async with serve(nothing) as port:
            pass
        with pytest.raises(EngineError, match=f"No connection to 127.0.0.1:{port}: ") as raised:
            await engine_to(port).open(spec, listener)
        assert raised.value.is_retryable

    run(scenario())


def test_what_the_dialect_cannot_do_is_said_before_connecting(
    run: Run, engine_to: EngineTo, spec: SessionSpec, listener: Any
) -> None:
    async def scenario() -> None:
        semantic = with_agent(spec, turn_detection={"kind": "semantic_vad"})
        with pytest.raises(EngineError, match="has no semantic_vad"):
            await engine_to(9, "azure-2024-10-01-preview").open(semantic, listener)

    run(scenario())


def test_a_caller_who_hangs_up_while_we_connect_leaves_nothing_behind(
    run: Run, serve: Serve, engine_to: EngineTo, spec: SessionSpec, listener: Any
) -> None:
    async def scenario() -> None:
        accepted = asyncio.Event()

        async def play(provider: Any) -> None:
            await provider.accept()
            accepted.set()
            await provider.until_gone()

        async with serve(play) as port, asyncio.TaskGroup() as group:
            opening = group.create_task(engine_to(port).open(spec, listener))
            await accepted.wait()
            opening.cancel()
        assert listener.events == []

    run(scenario())


async def lost(
    serve: Serve,
    engine_to: EngineTo,
    spec: SessionSpec,
    listener: Any,
    leave: Callable[[Any], Any],
    **socket: Any,
) -> EngineEvent:
    """Open a session, let the provider leave, and return what came of it."""

    async def play(provider: Any) -> None:
        await greet(provider)
        leave(provider)
        await provider.until_gone()

    async with serve(play) as port:
        engine = engine_to(port, limits=EngineLimits(socket=SocketLimits(**socket)))
        await engine.open(spec, listener)
        while not isinstance(event := await listener.next(), EngineDropped):
            pass
        engine.send(SendText("Is anybody there?"))
        await engine.close()
    assert sum(isinstance(event, EngineDropped) for event in listener.events) == 1
    assert listener.events[-1] is event
    result: EngineEvent = event
    return result


def expire(provider: Any) -> None:
    error = {"code": "session_expired", "message": "Your session hit the maximum duration."}
    provider.send({"type": "error", "error": error})
    provider.close(1001)


def expire_silently(provider: Any) -> None:
    """As ``expire``, but the connection stays."""
    error = {"code": "session_expired", "message": "Your session hit the maximum duration."}
    provider.send({"type": "error", "error": error}, committed("too late"))


@pytest.mark.parametrize(
    ("leave", "code", "words"),
    [
        (expire, "session_expired", "Your session hit the maximum duration."),
        (expire_silently, "session_expired", "Your session hit the maximum duration."),
        (lambda provider: provider.close(1011, "overloaded"), "dropped", "1011 (internal error)"),
        (lambda provider: provider.close(1000), "dropped", "1000 (OK)"),
        (lambda provider: provider.close(4001, "because"), "dropped", "4001"),
        (lambda provider: provider.cut(), "dropped", "The connection to the provider ended: "),
    ],
)
def test_a_loss_is_delivered_once_with_its_reason(
    run: Run,
    serve: Serve,
    engine_to: EngineTo,
    spec: SessionSpec,
    listener: Any,
    leave: Callable[[Any], None],
    code: str,
    words: str,
) -> None:
    dropped = run(lost(serve, engine_to, spec, listener, leave))
    assert dropped.code == code
    assert words in dropped.message


def test_a_half_open_connection_is_found_out(
    run: Run, serve: Serve, engine_to: EngineTo, spec: SessionSpec, listener: Any
) -> None:
    async def scenario() -> None:
        is_over = asyncio.Event()

        async def play(provider: Any) -> None:
            await greet(provider)
            await is_over.wait()  # neither reads nor answers

        async with serve(play) as port:
            limits = EngineLimits(socket=SocketLimits(ping_every_s=0.01, pong_within_s=0.02))
            engine = engine_to(port, limits=limits)
            await engine.open(spec, listener)
            assert await listener.next() == EngineReady()
            dropped = await listener.next()
            is_over.set()
            await engine.close()
        assert dropped.code == "dropped"
        assert "no answer to a ping within 0.02 seconds" in dropped.message

    run(scenario())


def test_after_close_nothing_is_delivered(
    run: Run, serve: Serve, engine_to: EngineTo, spec: SessionSpec, listener: Any
) -> None:
    async def play(provider: Any) -> None:
        await greet(provider)
        await provider.receive()
        provider.write_frame(Opcode.TEXT, json.dumps(committed("late")).encode())
        await provider.until_gone()

    async def scenario() -> None:
        async with serve(play) as port:
            engine = engine_to(port)
            await engine.open(spec, listener)
            assert await listener.next() == EngineReady()
            engine.send(SendText("Wait!"))
            await engine.close()
            await engine.close()
            engine.send(SendText("Hello?"))
        assert listener.events == [EngineReady()]

    run(scenario())


def test_a_bad_event_is_reported_and_the_conversation_goes_on(
    run: Run, serve: Serve, engine_to: EngineTo, spec: SessionSpec, listener: Any
) -> None:
    async def play(provider: Any) -> None:
        await greet(provider)
        provider.send(
            {"type": "input_audio_buffer.committed"},
            {"type": "session.updated", "session": {}},
            {"type": "novelty"},
            committed("item_1"),
        )
        await provider.until_gone()

    async def scenario() -> None:
        async with serve(play) as port:
            engine = engine_to(port)
            await engine.open(spec, listener)
            ready, bad, good = [await listener.next() for _ in range(3)]
            await engine.close()
        assert ready == EngineReady()
        assert isinstance(bad, EngineRefused)
        assert good == SpeechCommitted("item_1")

    run(scenario())


def test_the_key_is_in_no_log_at_any_level(
    run: Run,
    serve: Serve,
    engine_to: EngineTo,
    spec: SessionSpec,
    listener: Any,
    caplog: pytest.LogCaptureFixture,
    capsys: pytest.CaptureFixture[str],
) -> None:
    caplog.set_level(logging.DEBUG)

    async def play(provider: Any) -> None:
        await greet(provider)
        await provider.until_gone()

    async def scenario() -> None:
        async with serve(play) as port:
            engine = engine_to(port)
            await engine.open(spec, listener)
            await engine.close()
            assert "sesame" not in repr(engine) + str(vars(engine))

    run(scenario())
    assert "sesame" not in caplog.text
    assert "sesame" not in "".join(capsys.readouterr())


def test_a_token_is_sent_as_bearer_and_hidden_from_refusals(
    run: Run, serve: Serve, engine_to: EngineTo, spec: SessionSpec, listener: Any
) -> None:
    class Credential:
        def get_token(self, *scopes: str) -> Any:
            assert scopes == ("https://ai.azure.com/.default",)

            class Token:
                token = "eyJ0-secret"
                expires_on = 2**40

            return Token()

    requests: list[bytes] = []

    async def play(provider: Any) -> None:
        await provider.refuse("401 Unauthorized", body='{"message": "eyJ0-secret is no good"}')
        requests.append(provider.request)

    async def scenario() -> None:
        async with serve(play) as port:
            engine = engine_to(
                port, "azure-ga", api_key=None, is_keyless=True, credential=Credential()
            )
            with pytest.raises(EngineError, match="refused the Entra ID token: ") as raised:
                await engine.open(spec, listener)
            assert "eyJ0" not in raised.value.message

    run(scenario())
    assert b"\r\nAuthorization: Bearer eyJ0-secret\r\n" in requests[0]


def test_keyless_is_for_azure(engine_to: EngineTo) -> None:
    with pytest.raises(SettingsError, match="openai-ga cannot do with Microsoft Entra ID"):
        engine_to(1, "openai-ga", api_key=None, is_keyless=True)
