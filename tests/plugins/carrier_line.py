"""Carriers by hand: the far end of a media socket, where what was sent waits until it is played."""

import base64
import json
from collections import deque
from typing import Any, ClassVar

import websockets.asyncio.client as client
from websockets.exceptions import ConnectionClosed

from agent_service.audio import encode_mulaw, resample
from agent_service.channels import twilio
from agent_service.channels.carrier import Carrier
from agent_service.channels.traits import ChannelTraits
from agent_service.web.sockets.phone import call_name


class TwilioLine:
    """Twilio, and a caller at a telephone that shows nothing."""

    carrier: ClassVar[Carrier] = twilio.CARRIER
    traits: ClassVar[ChannelTraits] = twilio.TRAITS
    path: ClassVar[str] = "/phone/twilio/media/{ticket}"
    subprotocol: ClassVar[str] = ""
    carrier_call_id: ClassVar[str] = "CA00000000000000000000000000000001"
    call: ClassVar[str | None] = call_name(twilio.TRAITS, carrier_call_id)

    def __init__(self, socket: client.ClientConnection) -> None:
        self.socket = socket
        self.shown: list[dict[str, Any]] = []
        self.heard_ms = 0
        self.chunk = 0
        self.waiting: deque[tuple[int, str]] = deque()
        """Sound of so many ms, or else a mark."""
        self.clears = 0
        self.late_marks: list[str] = []
        """That came back because what was before them was dropped."""

    @staticmethod
    def headers(ticket: str) -> dict[str, str]:
        return {}

    # --- the carrier's words ---

    def began(self) -> list[dict[str, Any]]:
        start = {
            "streamSid": "MZ1",
            "callSid": self.carrier_call_id,
            "tracks": ["inbound"],
            "mediaFormat": {"encoding": "audio/x-mulaw", "sampleRate": 8000, "channels": 1},
        }
        return [
            {"event": "connected", "protocol": "Call", "version": "1.0.0"},
            {"event": "start", "sequenceNumber": "1", "start": start, "streamSid": "MZ1"},
        ]

    def spoken(self, payload: str, chunk: int, at_ms: int) -> dict[str, Any]:
        media = {"track": "inbound", "chunk": str(chunk), "timestamp": str(at_ms)}
        return {"event": "media", "streamSid": "MZ1", "media": {**media, "payload": payload}}

    def passed(self, mark: str) -> dict[str, Any]:
        return {"event": "mark", "streamSid": "MZ1", "mark": {"name": mark}}

    def pressed(self, key: str) -> dict[str, Any]:
        return {"event": "dtmf", "streamSid": "MZ1", "dtmf": {"digit": key}}

    def ended(self) -> dict[str, Any]:
        return {"event": "stop", "streamSid": "MZ1", "stop": {"callSid": self.carrier_call_id}}

    def ordered(self, message: dict[str, Any]) -> tuple[str, str]:
        """Return what the service orders, and of what."""
        assert message["streamSid"] == "MZ1"
        match message["event"]:
            case "media":
                return "play", message["media"]["payload"]
            case "mark":
                return "mark", message["mark"]["name"]
            case event:
                return event, ""

    # --- what any carrier does ---

    async def ask(self, ticket: str) -> None:
        for message in self.began():
            await self.send(message)

    async def opened(self) -> None:
        """Nobody tells it."""

    async def say(self, pcm: bytes) -> None:
        sound = encode_mulaw(resample(pcm, 24_000, 8_000))
        self.chunk += 1
        await self.send(self.spoken(base64.b64encode(sound).decode(), self.chunk, self.chunk * 20))

    async def press(self, key: str) -> None:
        await self.send(self.pressed(key))

    async def hear(self, ms: int) -> None:
        enough_ms = self.heard_ms + ms
        while self.heard_ms < enough_ms:
            await self.play()
        while not self.waiting:
            await self.listen()
        await self.play()  # the mark behind it

    async def fall_silent(self) -> None:
        clears = self.clears
        while self.clears == clears:
            await self.listen()

    async def hang_up(self) -> None:
        await self.send(self.ended())
        await self.closed()

    async def closed(self) -> int:
        try:
            while True:
                await self.listen()
        except ConnectionClosed:
            return self.socket.close_code or 0

    async def send(self, message: dict[str, Any]) -> None:
        await self.socket.send(json.dumps(message))

    async def play(self) -> None:
        """Play what is next, or tell that a mark was passed."""
        while not self.waiting:
            await self.listen()
        ms, mark = self.waiting.popleft()
        self.heard_ms += ms
        if mark:
            await self.send(self.passed(mark))

    async def listen(self) -> None:
        frame = await self.socket.recv()
        assert isinstance(frame, str)
        order, what = self.ordered(json.loads(frame))
        match order:
            case "play":
                sound = base64.b64decode(what)
                assert len(sound) % 160 == 0, "a telephone plays whole frames"
                self.waiting.append((len(sound) // 8, ""))
            case "mark":
                self.waiting.append((0, what))
            case "clear":
                self.clears += 1
                dropped, self.waiting = self.waiting, deque()
                self.late_marks += [mark for _, mark in dropped if mark]
                for mark in self.late_marks:
                    await self.send(self.passed(mark))
            case _:
                raise AssertionError(f"no carrier knows {order}")


LINES = (TwilioLine,)
