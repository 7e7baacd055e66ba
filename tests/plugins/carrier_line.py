"""Carriers by hand: the far end of a media socket, where what was sent waits until it is played."""

import base64
import json
from collections import deque
from typing import Any, ClassVar, TypeAlias

import websockets.asyncio.client as client
from websockets.exceptions import ConnectionClosed

from agent_service.audio import encode_mulaw, resample
from agent_service.channels import acs, asterisk, plivo, telnyx, twilio, vonage
from agent_service.channels.carrier import Carrier
from agent_service.channels.traits import ChannelTraits
from agent_service.web.sockets.phone import call_name

Message: TypeAlias = dict[str, Any]


class CarrierLine:
    """A carrier, and a caller at a telephone that shows nothing."""

    carrier: ClassVar[Carrier]
    traits: ClassVar[ChannelTraits]
    path: ClassVar[str]
    subprotocol: ClassVar[str] = ""
    carrier_call_id: ClassVar[str]
    call: ClassVar[str | None]
    returns_dropped: ClassVar[bool] = True
    """Marks come back also when what was before them is dropped."""

    def __init_subclass__(cls) -> None:
        if not hasattr(cls, "carrier"):
            return  # what several have in common
        cls.traits = cls.carrier.traits
        cls.path = f"/phone/{cls.traits.name}/media/{{ticket}}"
        cls.call = call_name(cls.traits, cls.carrier_call_id)

    def __init__(self, socket: client.ClientConnection) -> None:
        self.socket = socket
        self.shown: list[Message] = []
        self.heard_ms = 0
        self.chunk = 0
        self.waiting: deque[tuple[int, str]] = deque()
        """Sound of so many ms, or else a mark."""
        self.clears = 0
        self.late_marks: list[str] = []
        """Whose sound was dropped."""
        self.is_answered = self.carrier.answer is None
        self.silent_ms = 0
        """Of silence that was sent because nothing was said."""

    @staticmethod
    def headers(ticket: str) -> dict[str, str]:
        return {}

    # --- the carrier's words ---

    def began(self) -> list[Any]:
        raise NotImplementedError

    def spoken(self, sound: bytes, chunk: int) -> Message | bytes:
        raise NotImplementedError

    def passed(self, mark: str) -> Message | str:
        raise NotImplementedError

    def pressed(self, key: str) -> Message | str:
        raise NotImplementedError

    def ended(self) -> Message | None:
        """Return what is said before the socket is closed, if anything is."""
        raise NotImplementedError

    def read(self, frame: str) -> Message:
        """Read an order as it is written."""
        message: Message = json.loads(frame)
        return message

    def ordered(self, message: Message) -> tuple[str, str]:
        """Return what the service orders, ``play``, ``mark`` or ``clear``, and of what."""
        raise NotImplementedError

    # --- what any carrier does ---

    async def ask(self, ticket: str) -> None:
        for message in self.began():
            await self.send(message)

    async def opened(self) -> None:
        """Nobody tells it."""

    async def say(self, pcm: bytes) -> None:
        sound = resample(pcm, 24_000, self.traits.audio.rate_hz)
        if self.traits.audio.coding == "mulaw":
            sound = encode_mulaw(sound)
        self.chunk += 1
        await self.send(self.spoken(sound, self.chunk))

    async def press(self, key: str) -> None:
        await self.send(self.pressed(key))

    async def hear(self, ms: int) -> None:
        enough_ms, mark = self.heard_ms + ms, ""
        if self.carrier.mark is None:
            while self.heard_ms < enough_ms:
                await self.listen()
            return
        while self.heard_ms < enough_ms or not mark:  # up to the mark behind it
            mark = await self.play()

    async def fall_silent(self) -> None:
        """Nobody tells it, if nothing waits here that is to be dropped."""

    async def cleared(self) -> None:
        """Listen until what waits here was dropped."""
        clears = self.clears
        while self.clears == clears:
            await self.listen()

    async def hang_up(self) -> None:
        goodbye = self.ended()
        if goodbye is None:
            await self.socket.close()
        else:
            await self.send(goodbye)
        await self.closed()

    async def closed(self) -> int:
        try:
            while True:
                await self.listen()
        except ConnectionClosed:
            return self.socket.close_code or 0

    async def send(self, message: Message | str | bytes) -> None:
        await self.socket.send(json.dumps(message) if isinstance(message, dict) else message)

    async def play(self) -> str:
        """Play what is next, or tell that a mark was passed, and return it."""
        while not self.waiting:
            await self.listen()
        ms, mark = self.waiting.popleft()
        self.heard_ms += ms
        if mark:
            await self.send(self.passed(mark))
        return mark

    async def listen(self) -> None:
        frame = await self.socket.recv()
        if isinstance(frame, bytes):
            assert len(frame) == 20 * self.traits.audio.bytes_per_ms
            assert self.is_answered
            if self.carrier.needs_silence and not any(frame):
                self.silent_ms += 20
            else:
                self.waiting.append((20, ""))
            return
        order, what = self.ordered(self.read(frame))
        match order:
            case "play":
                sound, frame_bytes = base64.b64decode(what), 20 * self.traits.audio.bytes_per_ms
                assert len(sound) % frame_bytes == 0, "a telephone plays whole frames"
                ms = len(sound) // self.traits.audio.bytes_per_ms
                if self.carrier.mark is None:  # it comes when it is due, and is played at once
                    self.heard_ms += ms
                else:
                    self.waiting.append((ms, ""))
            case "mark":
                self.waiting.append((0, what))
            case "clear":
                self.clears += 1
                dropped, self.waiting = self.waiting, deque()
                self.late_marks += [mark for _, mark in dropped if mark]
                for mark in self.late_marks if self.returns_dropped else ():
                    await self.send(self.passed(mark))
            case "answer":
                self.is_answered = True
            case _:
                raise AssertionError(f"no carrier knows {order}")


class MarkedLine(CarrierLine):
    """A carrier in Twilio's words, or nearly."""

    address: ClassVar[Message]
    """In what all messages but the first name the stream."""

    def spoken(self, sound: bytes, chunk: int) -> Message:
        media = {"track": "inbound", "chunk": str(chunk), "timestamp": str(chunk * 20)}
        payload = base64.b64encode(sound).decode()
        return {"event": "media", **self.address, "media": {**media, "payload": payload}}

    def passed(self, mark: str) -> Message:
        return {"event": "mark", **self.address, "mark": {"name": mark}}

    def pressed(self, key: str) -> Message:
        return {"event": "dtmf", **self.address, "dtmf": {"digit": key}}

    def ordered(self, message: Message) -> tuple[str, str]:
        match message["event"]:
            case "media":
                return "play", message["media"]["payload"]
            case "mark":
                return "mark", message["mark"]["name"]
            case event:
                return event, ""


class TwilioLine(MarkedLine):
    carrier = twilio.CARRIER
    carrier_call_id = "CA00000000000000000000000000000001"
    address: ClassVar[Message] = {"streamSid": "MZ1"}

    def began(self) -> list[Message]:
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

    def ended(self) -> Message:
        return {"event": "stop", **self.address, "stop": {"callSid": self.carrier_call_id}}

    def ordered(self, message: Message) -> tuple[str, str]:
        assert message["streamSid"] == "MZ1"
        return super().ordered(message)


class TelnyxLine(MarkedLine):
    carrier = telnyx.CARRIER
    carrier_call_id = "v3:MdI91X4lWFEs7IgbBEOT9M4AigoY08M0WWZFISt1Yw2axZ_IiE4pqg"
    address: ClassVar[Message] = {"stream_id": "S1"}

    def began(self) -> list[Message]:
        start = {
            "call_control_id": self.carrier_call_id,
            "media_format": {"encoding": "PCMU", "sample_rate": 8000, "channels": 1},
        }
        return [
            {"event": "connected", "version": "1.0.0"},
            {"event": "start", "sequence_number": "1", "start": start, "stream_id": "S1"},
        ]

    def ended(self) -> Message:
        return {"event": "stop", **self.address, "stop": {}}


class PlivoLine(CarrierLine):
    carrier = plivo.CARRIER
    carrier_call_id = "12345678-1234-1234-1234-123456789abc"

    def began(self) -> list[Message]:
        start = {
            "callId": self.carrier_call_id,
            "streamId": "S1",
            "tracks": ["inbound"],
            "mediaFormat": {"encoding": "audio/x-mulaw", "sampleRate": 8000},
        }
        return [{"event": "start", "sequenceNumber": 1, "start": start, "extra_headers": "{}"}]

    def spoken(self, sound: bytes, chunk: int) -> Message:
        at_ms = 1_705_312_200_000 + chunk * 20
        media = {"track": "inbound", "chunk": chunk, "timestamp": str(at_ms)}
        payload = base64.b64encode(sound).decode()
        return {"event": "media", "streamId": "S1", "media": {**media, "payload": payload}}

    def passed(self, mark: str) -> Message:
        return {"event": "playedStream", "streamId": "S1", "name": mark}

    def pressed(self, key: str) -> Message:
        return {"event": "dtmf", "streamId": "S1", "dtmf": {"track": "inbound", "digit": key}}

    def ended(self) -> None:
        """It closes the socket."""

    def ordered(self, message: Message) -> tuple[str, str]:
        assert message["streamId"] == "S1"
        match message["event"]:
            case "playAudio":
                media = message["media"]
                assert (media["contentType"], media["sampleRate"]) == ("audio/x-mulaw", 8000)
                return "play", media["payload"]
            case "checkpoint":
                return "mark", message["name"]
            case "clearAudio":
                return "clear", ""
            case event:
                return event, ""


class VonageLine(CarrierLine):
    carrier = vonage.CARRIER
    carrier_call_id = "aaaaaaaa-bbbb-cccc-dddd-0123456789ab"

    def began(self) -> list[Message]:
        connected = {"event": "websocket:connected", "content-type": "audio/l16;rate=16000"}
        return [connected | {"call": self.carrier_call_id}]

    def spoken(self, sound: bytes, chunk: int) -> bytes:
        return sound

    def passed(self, mark: str) -> Message:
        return {"event": "websocket:notify", "payload": {"mark": mark}}

    def pressed(self, key: str) -> Message:
        return {"event": "websocket:dtmf", "digit": key, "duration": 260}

    def ended(self) -> None:
        """It closes the socket."""

    def ordered(self, message: Message) -> tuple[str, str]:
        match message["action"]:
            case "notify":
                return "mark", message["payload"]["mark"]
            case action:
                return action, ""


class AcsLine(CarrierLine):
    carrier = acs.CARRIER
    carrier_call_id = "11111111-aaaa-bbbb-cccc-000000000000"

    @staticmethod
    def headers(ticket: str) -> dict[str, str]:
        return {"x-ms-call-correlation-id": AcsLine.carrier_call_id}

    def began(self) -> list[Message]:
        form = {"encoding": "PCM", "sampleRate": 24000, "channels": 1, "length": 960}
        return [{"kind": "AudioMetadata", "audioMetadata": {"subscriptionId": "1"} | form}]

    def spoken(self, sound: bytes, chunk: int) -> Message:
        data = {"timestamp": "2026-03-02T08:15:30.120Z", "silent": False}
        payload = base64.b64encode(sound).decode()
        return {"kind": "AudioData", "audioData": data | {"data": payload}}

    def pressed(self, key: str) -> Message:
        return {"kind": "DtmfData", "dtmfData": {"data": key}}

    def ended(self) -> None:
        """It closes the socket."""

    def ordered(self, message: Message) -> tuple[str, str]:
        match message["Kind"]:
            case "AudioData":
                return "play", message["AudioData"]["Data"]
            case "StopAudio":
                return "clear", ""
            case kind:
                return kind, ""


class AsteriskLine(CarrierLine):
    """A PBX, which shows a password, and says in its address whose call it is."""

    carrier = asterisk.CARRIER
    carrier_call_id = "1796093317.0"
    subprotocol = asterisk.SUBPROTOCOL
    password: ClassVar[str] = "a-shared-secret-of-the-pbx"
    tone: ClassVar[bytes] = b"\1\0" * 24
    returns_dropped = False

    @staticmethod
    def headers(ticket: str) -> dict[str, str]:
        shown = base64.b64encode(f"asterisk:{ticket}".encode()).decode()
        return {"Authorization": f"Basic {shown}"}

    def began(self) -> list[Any]:
        start = {"event": "MEDIA_START", "connection_id": "support-agent", "format": "slin24"}
        return [start | {"channel_id": "1796093317.1", "optimal_frame_size": 960, "ptime": 20}]

    def spoken(self, sound: bytes, chunk: int) -> bytes:
        return sound

    def passed(self, mark: str) -> Message | str:
        return {"event": "MEDIA_MARK_PROCESSED", "channel_id": "1", "correlation_id": mark}

    def pressed(self, key: str) -> Message | str:
        return {"event": "DTMF_END", "channel_id": "1", "digit": key}

    def ended(self) -> None:
        """It closes the socket."""

    def ordered(self, message: Message) -> tuple[str, str]:
        order = {"ANSWER": "answer", "MARK_MEDIA": "mark", "FLUSH_MEDIA": "clear"}
        return order[message["command"]], message.get("correlation_id", "")


AsteriskLine.path = f"/phone/asterisk?call={AsteriskLine.carrier_call_id}&from=15550100&to=49301"


class PlainAsteriskLine(AsteriskLine):
    """A PBX that does not speak JSON."""

    carrier = asterisk.CARRIER

    def began(self) -> list[Any]:
        named = "connection_id:support-agent channel:WebSocket/support-agent/0x7fb4e00043b0"
        return [f"MEDIA_START {named} format:slin24 optimal_frame_size:960 ptime:20"]

    def passed(self, mark: str) -> str:
        return f"MEDIA_MARK_PROCESSED {mark}"

    def pressed(self, key: str) -> str:
        return f"DTMF_END digit:{key} channel_id:1796093390.7"

    def read(self, frame: str) -> Message:
        command, _, mark = frame.partition(" ")
        return {"command": command, "correlation_id": mark}


PlainAsteriskLine.path = AsteriskLine.path

CARRIER_LINES: tuple[type[CarrierLine], ...] = (
    TwilioLine,
    TelnyxLine,
    PlivoLine,
    VonageLine,
    AcsLine,
)
"""Whose media sockets open with a ticket."""
LINES: tuple[type[CarrierLine], ...] = (*CARRIER_LINES, AsteriskLine, PlainAsteriskLine)
