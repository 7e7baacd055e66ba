"""A caller's end of a WebRTC call: a browser by hand, on the test's own loop."""

import asyncio
import json
import math
import struct
from collections import deque
from collections.abc import Callable
from fractions import Fraction
from typing import Any, ClassVar

import httpx
import numpy as np
from aiortc import (
    MediaStreamTrack,
    RTCConfiguration,
    RTCPeerConnection,
    RTCSessionDescription,
)
from aiortc.mediastreams import MediaStreamError
from av import Packet

from agent_service.channels import webrtc
from agent_service.channels.traits import ChannelTraits
from agent_service.web.webrtc.opus import OpusEncoder

FRAME_MS = 20
LOUD = 2000
TONE = struct.pack("<24h", *(round(12_000 * math.sin(math.tau * n / 24)) for n in range(24)))
"""A millisecond of what is loud all through."""
QUIET_FRAMES = 15
"""So many behind the last loud one, nothing of it is on its way any more."""


def loopback(use_ipv4: bool, use_ipv6: bool) -> list[str]:
    """Return the machine's addresses, as the library is to find them in tests."""
    return ["127.0.0.1"]


class Microphone(MediaStreamTrack):
    """What the caller says, and silence between."""

    kind = "audio"

    def __init__(self) -> None:
        super().__init__()
        self.said: deque[bytes] = deque()
        self.encoder = OpusEncoder()
        self.frames = 0
        self.is_open = asyncio.Event()
        self.is_open.set()

    def say(self, pcm: bytes) -> None:
        size = FRAME_MS * 48
        self.said += [pcm[at : at + size].ljust(size, b"\0") for at in range(0, len(pcm), size)]

    async def recv(self) -> Any:
        await self.is_open.wait()
        await asyncio.sleep(FRAME_MS / 1000)
        packet = Packet(
            self.encoder.encode(self.said.popleft() if self.said else bytes(FRAME_MS * 48))
        )
        packet.pts, packet.time_base = self.frames * 960, Fraction(1, 48_000)
        self.frames += 1
        return packet


class WebRtcLine:
    """A page that has a ticket, and shows what it is told."""

    traits: ClassVar[ChannelTraits] = webrtc.TRAITS
    call: ClassVar[str | None] = None
    path: ClassVar[str] = "/v1/realtime/calls"
    subprotocol: ClassVar[str] = ""
    tone = TONE

    def __init__(self, port: int, *, has_messages: bool = True) -> None:
        self.url = f"http://127.0.0.1:{port}"
        self.peer = RTCPeerConnection(RTCConfiguration(iceServers=[]))
        self.microphone = Microphone()
        self.peer.addTrack(self.microphone)
        if has_messages:
            self.messages = self.peer.createDataChannel("support.v1")
            self.messages.on("message", self.told)
        self.peer.on("track", self.track_came)
        self.ear: MediaStreamTrack | None = None
        self.shown: list[dict[str, Any]] = []
        self.news = asyncio.Event()
        self.heard_ms = 0
        self.quiet = 0
        self.ticket = ""
        self.answer: httpx.Response | None = None

    @staticmethod
    def headers(ticket: str) -> dict[str, str]:
        return {}

    @classmethod
    async def connect(cls, port: int, ticket: str) -> "WebRtcLine":
        """Offer a call; where it is refused, the answer says so."""
        line = cls(port)
        if ticket:
            await line.offer(ticket)
        return line

    async def offer(self, token: str, **query: Any) -> httpx.Response:
        sdp = await self.sdp()
        headers = {"Content-Type": "application/sdp"}
        return await self.ask_for_answer(token, content=sdp, params=query, headers=headers)

    async def sdp(self) -> str:
        await self.peer.setLocalDescription(await self.peer.createOffer())
        sdp: str = self.peer.localDescription.sdp
        return sdp

    async def ask_for_answer(self, token: str, **body: Any) -> httpx.Response:
        self.ticket = token
        self.answer = await self.request("POST", self.path, token, **body)
        if self.answer.status_code == 201:
            await self.peer.setRemoteDescription(RTCSessionDescription(self.answer.text, "answer"))
        return self.answer

    async def request(self, method: str, path: str, token: str, **more: Any) -> httpx.Response:
        headers = more.pop("headers", {}) | ({"Authorization": f"Bearer {token}"} if token else {})
        async with httpx.AsyncClient(base_url=self.url, timeout=60) as http:
            return await http.request(method, path, headers=headers, **more)

    def track_came(self, track: MediaStreamTrack) -> None:
        self.ear = track

    def told(self, message: str) -> None:
        self.shown.append(json.loads(message))
        self.news.set()

    # --- what any caller does ---

    async def ask(self, ticket: str) -> None:
        """The offer did."""

    async def opened(self) -> None:
        await self.until(lambda: "ready" in self.kinds)

    async def come_back(self, earlier: "WebRtcLine") -> None:
        ready = next(each for each in earlier.shown if each["type"] == "ready")
        last_seq = max(each.get("seq", 0) for each in earlier.shown)
        await self.offer(ready["resume_token"], resume="true", last_seq=last_seq)
        await self.opened()

    async def say(self, pcm: bytes) -> None:
        self.microphone.say(pcm)

    async def hear(self, ms: int) -> None:
        enough_ms = self.heard_ms + ms
        while self.heard_ms < enough_ms:
            await self.listen()

    async def fall_silent(self) -> None:
        await self.until(lambda: "clear" in self.kinds)
        self.quiet = 0
        while self.quiet < QUIET_FRAMES:
            await self.listen()

    async def hang_up(self) -> None:
        self.send(type="end")
        await self.closed()

    async def close(self) -> None:
        """Be gone, without a word."""
        await self.peer.close()

    async def closed(self) -> int:
        assert self.answer is not None
        if self.answer.status_code != 201:
            await self.peer.close()
            return 4000 + self.answer.status_code
        await self.until(lambda: "closed" in self.kinds)
        await self.peer.close()
        code: int = self.shown[-1]["code"]
        return code

    # --- how ---

    @property
    def kinds(self) -> list[str]:
        return [each["type"] for each in self.shown]

    def send(self, **message: Any) -> None:
        self.messages.send(json.dumps(message))

    async def until(self, is_so: Callable[[], bool]) -> None:
        while not is_so():
            self.news.clear()
            await self.news.wait()

    async def listen(self) -> None:
        """Hear a frame."""
        assert self.ear is not None
        try:
            frame: Any = await self.ear.recv()
        except MediaStreamError as error:
            raise AssertionError("the line is gone") from error
        sound = np.abs(frame.to_ndarray().astype(np.int32))
        if np.count_nonzero(sound > LOUD) > sound.size // 3:
            self.heard_ms += FRAME_MS
            self.quiet = 0
        else:
            self.quiet += 1
