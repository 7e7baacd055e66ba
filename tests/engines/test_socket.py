"""What arrives in other shapes than whole frames, what must not arrive, and back-pressure."""

import asyncio
import base64
import json
import ssl
from collections.abc import Awaitable, Callable
from typing import Any

import pytest
import trustme
from an_agent import with_agent
from websockets.frames import Frame, Opcode

from agent_service.audio import sounding_ms
from agent_service.conversation.commands import SendAudio, SendText
from agent_service.conversation.events import (
    AgentAudio,
    EngineDropped,
    EngineReady,
    EngineRefused,
    ResponseStarted,
    SpeechCommitted,
)
from agent_service.conversation.spec import SessionSpec
from agent_service.engines.line import EngineLimits
from agent_service.engines.realtime import RealtimeEngine
from agent_service.engines.socket import SocketLimits
from agent_service.errors import EngineError

Run = Callable[[Awaitable[Any]], Any]
Serve = Callable[..., Any]
EngineTo = Callable[..., RealtimeEngine]
Play = Callable[[Any], Awaitable[None]]


def committed(item_id: str) -> bytes:
    return json.dumps({"type": "input_audio_buffer.committed", "item_id": item_id}).encode()


def text(data: bytes, *, mask: bool = False, fin: bool = True) -> bytes:
    return Frame(Opcode.TEXT, data, fin).serialize(mask=mask)


@pytest.fixture
def received(
    run: Run, serve: Serve, engine_to: EngineTo, spec: SessionSpec, listener: Any
) -> Callable[..., list[Any]]:
    """Plays a provider after its set-up; returns what the engine made of it, up to ``count``."""

    def play_and_receive(play: Play, count: int, **socket: Any) -> list[Any]:
        async def whole_play(provider: Any) -> None:
            await provider.accept()
            await provider.set_up()
            await play(provider)
            await provider.until_gone()

        async def scenario() -> list[Any]:
            async with serve(whole_play) as port:
                limits = EngineLimits(socket=SocketLimits(**socket))
                engine = engine_to(port, limits=limits)
                await engine.open(spec, listener)
                assert await listener.next() == EngineReady()
                events = [await listener.next() for _ in range(count)]
                await engine.close()
                return events

        events: list[Any] = run(scenario())
        return events

    return play_and_receive


def test_fragments_are_joined_and_control_frames_may_come_between(
    received: Callable[..., list[Any]],
) -> None:
    async def play(provider: Any) -> None:
        whole = committed("item_1")
        provider.write_frame(Opcode.TEXT, whole[:5], fin=False)
        provider.write_frame(Opcode.PING, b"still there?")
        provider.write_frame(Opcode.CONT, whole[5:9], fin=False)
        provider.write_frame(Opcode.CONT, b"", fin=False)
        provider.write_frame(Opcode.CONT, whole[9:])
        provider.write_frame(Opcode.TEXT, committed("item_2"))
        while not any(frame.opcode is Opcode.PONG for frame in provider.frames):
            await provider.read()
        (pong,) = [frame for frame in provider.frames if frame.opcode is Opcode.PONG]
        assert bytes(pong.data) == b"still there?"

    assert received(play, 2) == [SpeechCommitted("item_1"), SpeechCommitted("item_2")]


def test_frames_may_come_byte_by_byte(received: Callable[..., list[Any]]) -> None:
    long = committed("x" * 200)
    stream = text(committed("a")) + text(long) + Frame(Opcode.PING, b"").serialize(mask=False)
    stream += text(committed("b"))

    async def play(provider: Any) -> None:
        for byte in stream:
            provider.write(bytes([byte]))
            await asyncio.sleep(0)

    expected = [SpeechCommitted(name) for name in ("a", "x" * 200, "b")]
    assert received(play, 3) == expected


def test_many_frames_in_one_read_arrive_in_order(received: Callable[..., list[Any]]) -> None:
    async def play(provider: Any) -> None:
        provider.write(b"".join(text(committed(f"i{n}")) for n in range(500)))

    assert received(play, 500) == [SpeechCommitted(f"i{n}") for n in range(500)]


def test_frames_that_come_with_the_handshake_are_read(
    run: Run, serve: Serve, engine_to: EngineTo, spec: SessionSpec, listener: Any
) -> None:
    async def play(provider: Any) -> None:
        created = b'{"type":"session.created","session":{}}'
        await provider.accept(followed_by=text(created[:9], fin=False) + b"\x80")
        provider.write(bytes([len(created) - 9]) + created[9:])
        assert (await provider.receive())["type"] == "session.update"
        provider.send({"type": "session.updated", "session": {}})
        await provider.until_gone()

    async def scenario() -> None:
        async with serve(play) as port:
            engine = engine_to(port)
            await engine.open(spec, listener)
            assert await listener.next() == EngineReady()
            await engine.close()

    run(scenario())


def test_a_long_answer_arrives_whole(received: Callable[..., list[Any]]) -> None:
    audio = bytes(range(256)) * 8192
    delta = {"type": "response.output_audio.delta", "response_id": "r", "item_id": "i"}

    async def play(provider: Any) -> None:
        provider.send(delta | {"delta": base64.b64encode(audio).decode()})

    assert received(play, 2) == [
        ResponseStarted("r"),
        AgentAudio("r", "i", audio, sounding_ms(audio)),
    ]


@pytest.mark.parametrize("fragmented", [True, False])
def test_a_giant_message_ends_the_connection_before_it_is_read(
    received: Callable[..., list[Any]], fragmented: bool
) -> None:
    async def play(provider: Any) -> None:
        if fragmented:
            for n in range(3):
                opcode = Opcode.CONT if n else Opcode.TEXT
                provider.write_frame(opcode, bytes(600), fin=False)
        else:
            provider.write(text(bytes(2000))[:10])
        await provider.until_gone()
        assert provider.goodbye.code == 1009

    (dropped,) = received(play, 1, max_message_bytes=1500)
    assert isinstance(dropped, EngineDropped)
    assert "1009" in dropped.message


@pytest.mark.parametrize(
    ("data", "code"),
    [
        pytest.param(text(b"{}", mask=True), 1002, id="masked at random"),
        (b"\xc1\x02{}", 1002),
        (Frame(Opcode.CONT, b"{}").serialize(mask=False), 1002),
        (b"\x83\x00", 1002),
        (b"\x89\x7e\x00\xff" + bytes(255), 1002),
        (text(b"{", fin=False) + text(b"}"), 1002),
        (b"HTTP/1.1 200 OK\r\n\r\n" * 9, 1002),
    ],
)
def test_what_is_no_websocket_frame_ends_the_connection(
    received: Callable[..., list[Any]], data: bytes, code: int
) -> None:
    async def play(provider: Any) -> None:
        provider.write(data)
        await provider.until_gone()
        assert provider.goodbye.code == code

    (dropped,) = received(play, 1)
    assert isinstance(dropped, EngineDropped)
    assert dropped.code == "dropped"


def test_nothing_after_a_goodbye_is_read(received: Callable[..., list[Any]]) -> None:
    async def play(provider: Any) -> None:
        goodbye = Frame(Opcode.CLOSE, b"\x03\xe9").serialize(mask=False)
        provider.write(text(committed("a")) + goodbye + text(committed("b")))

    first, second = received(play, 2)
    assert first == SpeechCommitted("a")
    assert isinstance(second, EngineDropped)


def test_binary_frames_and_bad_utf8_are_reported(received: Callable[..., list[Any]]) -> None:
    async def play(provider: Any) -> None:
        provider.write_frame(Opcode.BINARY, b"\x00\x01")
        provider.write_frame(Opcode.TEXT, b'{"type":"error","error":{"message":"\xff"}}')
        provider.write_frame(Opcode.TEXT, committed("a"))

    binary, bad, good = received(play, 3)
    assert isinstance(binary, EngineRefused)
    assert isinstance(bad, EngineRefused)
    assert good == SpeechCommitted("a")


def test_pings_keep_the_connection_alive(received: Callable[..., list[Any]]) -> None:
    async def play(provider: Any) -> None:
        while sum(frame.opcode is Opcode.PING for frame in provider.frames) < 3:
            await provider.read()
        provider.write_frame(Opcode.TEXT, committed("a"))

    assert received(play, 1, ping_every_s=0.01) == [SpeechCommitted("a")]


def test_a_provider_that_does_not_read_is_reported_and_its_recovery_too(
    run: Run, serve: Serve, engine_to: EngineTo, spec: SessionSpec, listener: Any
) -> None:
    async def scenario() -> None:
        may_read = asyncio.Event()
        changes: asyncio.Queue[bool] = asyncio.Queue()

        async def play(provider: Any) -> None:
            await provider.accept()
            await provider.set_up()
            await may_read.wait()
            await provider.until_gone()

        async with serve(play) as port:
            engine = engine_to(port)
            engine.on_congestion = changes.put_nowait
            await engine.open(spec, listener)
            while changes.empty():
                for _ in range(100):
                    engine.send(SendAudio(bytes(24_000)))
                await asyncio.sleep(0)
            assert await changes.get() is True
            may_read.set()
            assert await changes.get() is False
            await engine.close()

    run(scenario())


def test_a_paused_engine_delivers_nothing_until_it_is_resumed(
    run: Run, serve: Serve, engine_to: EngineTo, spec: SessionSpec, listener: Any
) -> None:
    async def scenario() -> None:
        is_sent = asyncio.Event()

        async def play(provider: Any) -> None:
            await provider.accept()
            await provider.set_up()
            assert (await provider.receive())["item"]["content"][0]["text"] == "paused"
            provider.write_frame(Opcode.TEXT, committed("a"))
            is_sent.set()
            await provider.until_gone()

        async with serve(play) as port:
            limits = EngineLimits(socket=SocketLimits(ping_every_s=0.01, pong_within_s=0.01))
            engine = engine_to(port, limits=limits)
            await engine.open(spec, listener)
            assert await listener.next() == EngineReady()
            engine.pause_reading()
            engine.pause_reading()
            engine.send(SendText("paused"))
            await is_sent.wait()
            # Longer than a ping and its answer may take: a pause is not a loss.
            await asyncio.sleep(0.05)
            assert listener.events == [EngineReady()]
            engine.resume_reading()
            engine.resume_reading()
            assert await listener.next() == SpeechCommitted("a")
            await engine.close()

    run(scenario())


@pytest.fixture(scope="module")
def authority() -> trustme.CA:
    return trustme.CA()


@pytest.fixture
def server_tls(authority: trustme.CA) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("127.0.0.1").configure_cert(context)
    return context


async def call_over_tls(provider: Any) -> None:
    await provider.accept()
    await provider.set_up()
    provider.write_frame(Opcode.TEXT, committed("a"))
    await provider.until_gone()


def test_tls_works_where_the_certificate_is_trusted(
    run: Run,
    serve: Serve,
    engine_to: EngineTo,
    spec: SessionSpec,
    listener: Any,
    authority: trustme.CA,
    server_tls: ssl.SSLContext,
) -> None:
    async def scenario() -> None:
        trusting = ssl.create_default_context()
        authority.configure_trust(trusting)
        async with serve(call_over_tls, server_tls) as port:
            engine = engine_to(port, tls=trusting)
            await engine.open(with_agent(spec, instructions="Be safe." * 2500), listener)
            assert await listener.next() == EngineReady()
            assert await listener.next() == SpeechCommitted("a")
            engine.pause_reading()
            engine.resume_reading()
            await engine.close()

    run(scenario())


def test_a_certificate_that_is_not_trusted_is_refused(
    run: Run,
    serve: Serve,
    engine_to: EngineTo,
    spec: SessionSpec,
    listener: Any,
    server_tls: ssl.SSLContext,
) -> None:
    async def scenario() -> None:
        async with serve(call_over_tls, server_tls) as port:
            engine = engine_to(port, tls=ssl.create_default_context())
            with pytest.raises(EngineError, match=r"certificate of 127\.0\.0\.1 is not trusted: "):
                await engine.open(spec, listener)

    run(scenario())


def test_megabytes_of_words_are_cut_and_keep_the_connection(
    received: Callable[..., list[Any]],
) -> None:
    delta = {"type": "response.output_text.delta", "response_id": "r", "item_id": "i"}

    async def play(provider: Any) -> None:
        provider.send(delta | {"delta": "x" * 5_000_000}, {"type": "response.created"})
        provider.write_frame(Opcode.TEXT, committed("item_1"))

    started, words, malformed, after = received(play, 4)
    assert started == ResponseStarted("r")
    assert len(words.delta) == 100_000
    assert malformed.code == "malformed_event"
    assert after == SpeechCommitted("item_1")
