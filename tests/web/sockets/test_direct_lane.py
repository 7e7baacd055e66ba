"""The direct lane cuts frames itself: however they arrive, the same messages come out."""

import asyncio
import json
from typing import Any

import pytest
from websockets.frames import Frame, Opcode

from agent_service.channels.widget_messages import SUBPROTOCOL
from agent_service.conversation.commands import PlayAudio
from agent_service.conversation.events import CallerAudio, CallerEvent, CallerTyped
from agent_service.web.server import run


class RawClient:
    """A WebSocket client that sends any bytes it likes."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.reader, self.writer = reader, writer

    @classmethod
    async def connect(cls, service: Any) -> "RawClient":
        reader, writer = await asyncio.open_connection("127.0.0.1", service.port)
        head = (
            f"GET /ws/conversation HTTP/1.1\r\nHost: 127.0.0.1:{service.port}\r\n"
            "Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n"
            f"Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n"
            f"Sec-WebSocket-Protocol: {SUBPROTOCOL}\r\n\r\n"
        )
        writer.write(head.encode())
        answer = await reader.readuntil(b"\r\n\r\n")
        assert answer.startswith(b"HTTP/1.1 101")
        return cls(reader, writer)

    async def start(self, service: Any) -> None:
        self.send(text(json.dumps({"type": "start", "ticket": service.ticket()})))
        assert json.loads((await self.frame())[1])["type"] == "ready"

    def send(self, data: bytes) -> None:
        self.writer.write(data)

    async def frame(self) -> tuple[int, bytes]:
        """Return first byte and payload of the next frame of the service."""
        first, size = await self.reader.readexactly(2)
        if size == 126:
            size = int.from_bytes(await self.reader.readexactly(2))
        elif size == 127:
            size = int.from_bytes(await self.reader.readexactly(8))
        return first, await self.reader.readexactly(size)

    async def close_code(self) -> int:
        while (frame := await self.frame())[0] != 0x88:
            pass
        return int.from_bytes(frame[1][:2])

    def leave(self) -> None:
        self.writer.transport.abort()


def masked(opcode: Opcode, data: bytes, *, fin: bool = True) -> bytes:
    return Frame(opcode, data, fin).serialize(mask=True)


def text(message: str) -> bytes:
    return masked(Opcode.TEXT, message.encode())


def binary(data: bytes) -> bytes:
    return masked(Opcode.BINARY, data)


SPOKEN = '{"type": "text", "text": "grüße"}'


async def received(service: Any, count: int) -> list[CallerEvent]:
    events = service.host.sessions[0].events
    return [await events.get() for _ in range(count)]


@pytest.mark.parametrize("size", [1, 2, 3, 7, 100, 5000])
def test_frames_survive_any_cutting_of_the_stream(serve_both: Any, size: int) -> None:
    stream = (
        binary(b"\x01\x00")
        + text(SPOKEN)
        + binary(b"\x02\x00" * 62)
        + binary(b"\x03\x00" * 63)
        + masked(Opcode.PING, b"are you there")
        + binary(b"\x04\x00" * 480)
        + masked(Opcode.BINARY, b"\x05\x00", fin=False)
        + masked(Opcode.PING, b"")
        + masked(Opcode.CONT, b"\x06\x00")
        + binary(b"\x07\x00" * 2000)
    )

    async def scenario() -> None:
        async with serve_both() as service:
            client = await RawClient.connect(service)
            await client.start(service)
            for at in range(0, len(stream), size):
                client.send(stream[at : at + size])
                await client.writer.drain()
                await asyncio.sleep(0)
            assert await received(service, 7) == [
                CallerAudio(b"\x01\x00"),
                CallerTyped("grüße"),
                CallerAudio(b"\x02\x00" * 62),
                CallerAudio(b"\x03\x00" * 63),
                CallerAudio(b"\x04\x00" * 480),
                CallerAudio(b"\x05\x00\x06\x00"),
                CallerAudio(b"\x07\x00" * 2000),
            ]
            assert await client.frame() == (0x8A, b"are you there")
            assert await client.frame() == (0x8A, b"")
            client.leave()

    run(scenario())


def test_frames_right_behind_the_handshake_are_not_lost(serve_both: Any) -> None:
    async def scenario() -> None:
        async with serve_both() as service:
            client = await RawClient.connect(service)
            start = text(json.dumps({"type": "start", "ticket": service.ticket()}))
            client.send(start + binary(b"\x00\x00") + start)
            codes = [json.loads((await client.frame())[1]).get("code") for _ in range(2)]
            assert codes == ["not_ready", "already_started"]
            client.leave()

    run(scenario())


def test_the_largest_frame_passes_and_the_next_larger_does_not(serve_both: Any) -> None:
    async def scenario() -> None:
        async with serve_both() as service:
            client = await RawClient.connect(service)
            await client.start(service)
            largest = bytes(64 * 1024)
            client.send(binary(largest) + binary(b"\x01\x00"))
            assert await received(service, 2) == [CallerAudio(largest), CallerAudio(b"\x01\x00")]
            client.send(binary(largest + b"\x00"))
            assert await client.close_code() == 1009
            client.leave()

    run(scenario())


@pytest.mark.parametrize(
    ("data", "code"),
    [
        pytest.param(Frame(Opcode.BINARY, b"\x00\x00").serialize(mask=False), 1002, id="unmasked"),
        pytest.param(b"\xc2\x80\x00\x00\x00\x00", 1002, id="reserved bit"),
        pytest.param(b"\x83\x80\x00\x00\x00\x00", 1002, id="reserved opcode"),
        pytest.param(masked(Opcode.CONT, b"\x00\x00"), 1002, id="continuation of nothing"),
        pytest.param(
            masked(Opcode.BINARY, b"\x00\x00", fin=False) + binary(b"\x00\x00"),
            1002,
            id="new message within a fragmented one",
        ),
        pytest.param(masked(Opcode.TEXT, b"\xff\xfe"), 1007, id="text that is not UTF-8"),
        pytest.param(
            masked(Opcode.TEXT, b"\xff", fin=False) + masked(Opcode.CONT, b"\xfe"),
            1007,
            id="fragmented text that is not UTF-8",
        ),
        pytest.param(b"\x82\xff" + b"\x7f" * 8, 1009, id="length of 64 bits"),
        pytest.param(
            masked(Opcode.BINARY, bytes(40_000), fin=False) + masked(Opcode.CONT, bytes(40_000)),
            1009,
            id="fragments over the limit together",
        ),
        pytest.param(masked(Opcode.CLOSE, b"\x03\xe8") + binary(b"\x00"), 1000, id="close"),
        pytest.param(masked(Opcode.PING, b"") * 11, 1008, id="flood of pings"),
        pytest.param(
            masked(Opcode.TEXT, b"{", fin=False) + masked(Opcode.CONT, b" ", fin=False) * 70,
            1008,
            id="flood of fragments",
        ),
    ],
)
def test_what_breaks_the_protocol_is_closed_by_its_rules(
    serve_both: Any, data: bytes, code: int
) -> None:
    async def scenario() -> None:
        async with serve_both() as service:
            client = await RawClient.connect(service)
            await client.start(service)
            client.send(data)
            assert await client.close_code() == code
            await service.host.sessions[0].detached.wait()
            client.leave()

    run(scenario())


@pytest.mark.parametrize("size", [0, 50, 111, 112, 65_000, 70_000])
def test_frames_of_every_length_reach_the_caller_whole(serve_both: Any, size: int) -> None:
    async def scenario() -> None:
        async with serve_both() as service:
            client = await RawClient.connect(service)
            await client.start(service)
            audio = bytes(range(256)) * 280
            service.host.sessions[0].channel.send(PlayAudio("item", 0, audio[:size]))
            first, frame = await client.frame()
            assert first == 0x82
            assert frame[14:] == audio[:size]
            client.leave()

    run(scenario())


def test_a_message_taken_after_our_close_is_dropped(serve_both: Any) -> None:
    async def scenario() -> None:
        async with serve_both() as service:
            client = await RawClient.connect(service)
            await client.start(service)
            session = service.host.sessions[0]
            session.channel.close("replaced")
            assert await client.close_code() == 4409
            client.send(binary(b"\x00\x00") + masked(Opcode.CLOSE, b"\x11\x39"))
            await session.detached.wait()
            assert session.events.empty()
            client.leave()

    run(scenario())


def test_both_sides_may_close_at_the_same_moment(
    serve_both: Any, caplog: pytest.LogCaptureFixture
) -> None:
    async def scenario() -> None:
        async with serve_both() as service:
            client = await RawClient.connect(service)
            await client.start(service)
            session = service.host.sessions[0]
            session.receive = lambda event: session.end("caller_ended")
            client.send(text('{"type": "end"}') + masked(Opcode.CLOSE, b"\x03\xe8"))
            assert await client.close_code() == 1000
            await session.detached.wait()
            client.leave()

    run(scenario())
    assert not [each for each in caplog.records if each.levelname == "ERROR"]


def test_the_server_gives_the_direct_lane(serve: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    # Over the other one nothing would be delivered now.
    monkeypatch.setattr("agent_service.web.sockets.direct_lane.AsgiLane", None)

    async def scenario() -> None:
        async with serve() as service:
            client = await RawClient.connect(service)
            await client.start(service)
            client.send(binary(b"\x01\x00"))
            assert await received(service, 1) == [CallerAudio(b"\x01\x00")]
            client.leave()

    run(scenario())
