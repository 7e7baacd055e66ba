"""Callers over WebRTC in real time: speech-like noise in, the agent's sound out, nothing shown."""

import asyncio
import random
from collections.abc import Sequence
from fractions import Fraction
from typing import Any

import httpx
from aiortc import MediaStreamTrack, RTCConfiguration, RTCPeerConnection, RTCSessionDescription
from av import Packet

from agent_service.web.webrtc.opus import OpusEncoder

FRAME_S = 0.02
_FRAMES = 50


def _noise() -> list[bytes]:
    encoder, chance = OpusEncoder(), random.Random(1)
    return [encoder.encode(chance.randbytes(960)) for _ in range(_FRAMES)]


class Microphone(MediaStreamTrack):
    """A second of noise, again and again, as packets that were made before."""

    kind = "audio"
    packets = _noise()

    def __init__(self) -> None:
        super().__init__()
        self._frames = 0
        self._began = asyncio.get_running_loop().time()

    async def recv(self) -> Any:
        self._frames += 1
        now = asyncio.get_running_loop().time()
        await asyncio.sleep(self._began + self._frames * FRAME_S - now)
        packet = Packet(self.packets[self._frames % _FRAMES])
        packet.pts, packet.time_base = self._frames * 960, Fraction(1, 48_000)
        return packet


async def dial(port: int, tickets: Sequence[str]) -> list[RTCPeerConnection]:
    """Open a call with each ticket, and wait until all can speak."""
    peers = []
    async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}") as http:
        for ticket in tickets:
            peer = RTCPeerConnection(RTCConfiguration(iceServers=[]))
            is_ready = asyncio.Event()
            peer.addTrack(Microphone())
            peer.createDataChannel("support.v1").on(
                "message", lambda _, ready=is_ready: ready.set()
            )
            await peer.setLocalDescription(await peer.createOffer())
            answer = await http.post(
                "/v1/realtime/calls",
                content=peer.localDescription.sdp,
                headers={"Authorization": f"Bearer {ticket}", "Content-Type": "application/sdp"},
            )
            answer.raise_for_status()
            await peer.setRemoteDescription(RTCSessionDescription(answer.text, "answer"))
            async with asyncio.timeout(30):
                await is_ready.wait()
            peers.append(peer)
    return peers
