"""One WebRTC connection as a lane of the conversation socket: its messages on a data channel, its
sound as RTP. The only module that knows the WebRTC library, of which two parts are not used: its
jitter buffer, which is late and gives up a sixth of the sound at three lost packets in a hundred,
and its encoder and decoder, which hand each frame to a thread.
"""

import asyncio
from collections.abc import Callable, Sequence
from fractions import Fraction
from typing import Any, Final

import msgspec
import structlog
from aiortc import (
    MediaStreamTrack,
    RTCConfiguration,
    RTCDataChannel,
    RTCIceServer,
    RTCPeerConnection,
    RTCRtpSender,
    RTCSessionDescription,
)
from av import Packet as OpusPacket

from agent_service.audio import ms_to_bytes
from agent_service.channels import widget
from agent_service.channels.sdp import BadOffer, Offer
from agent_service.channels.webrtc import (
    FRAME_MS,
    PACKET_RATE_HZ,
    AgentSound,
    CallerStream,
    Packet,
    Played,
)
from agent_service.channels.widget_messages import ClearNotice, ReadyNotice, TranscriptNotice
from agent_service.conversation.commands import PlayAudio
from agent_service.errors import TryLater
from agent_service.web.sockets.close_codes import SLOW_CONSUMER
from agent_service.web.sockets.lane import Frame, ignore_congestion
from agent_service.web.webrtc.ice import IceServer
from agent_service.web.webrtc.opus import OpusDecoder, OpusEncoder

GATHER_S: Final = 8.0
"""How long our own addresses may take to be found: a STUN server that is away takes five."""
CLOSE_S: Final = 1.0
"""How long a client has to close its side, having been told."""
SHUT_S: Final = 5.0
LATE_S: Final = 0.1
"""So late, a frame is not hurried after the others: the sound goes on from now."""
REPORT_MS: Final = 200
GAP_S: Final = 0.75
"""After which a caller of whom nothing comes has stopped speaking."""
GAP_MS: Final = 1_000
"""Of silence that is then heard, since without it nobody finds the end of the turn."""
SURE_S: Final = 0.05
"""How much later it is looked again: a busy machine reads late what came in time."""
MAX_BUFFERED_BYTES: Final = 1024 * 1024
MAX_EARLY: Final = 20
"""Messages before anybody reads them; what a client sends beyond that is lost."""

END: Final = '{"type":"end"}'
_FRAME_S: Final = FRAME_MS / 1000
_TICK: Final = Fraction(1, PACKET_RATE_HZ)

log = structlog.get_logger(__name__)


class WebRtcLine:
    """A lane, once it is connected."""

    def __init__(self, servers: Sequence[IceServer], silent_s: float) -> None:
        """``silent_s`` is how long a line may bring neither sound nor a message."""
        self.on_congestion: Callable[[bool], None] = ignore_congestion
        self.on_played: Callable[[str, int], None] = lambda item_id, ms: None
        self._loop = asyncio.get_running_loop()
        self._silent_s = silent_s
        # A relay is for callers: packets to one get out of here. Without any server, the library
        # would ask one of its own choice.
        known = [RTCIceServer([*each.urls]) for each in servers if each.credential is None]
        self._peer = RTCPeerConnection(RTCConfiguration(iceServers=known))
        self._channel: RTCDataChannel | None = None
        self._has_messages = False
        self._connected = asyncio.Event()
        self._gone = asyncio.Event()
        self._is_closing = False
        self._deliver: Callable[[Frame], None] | None = None
        self._early: list[Frame] = []
        self._is_listening = False
        """The agent hears: the client was told that it is ready."""
        self._decoder = OpusDecoder()
        self._caller = CallerStream(self._decoder.decode)
        self._agent = AgentSound()
        self._played_ms: dict[str, int] = {}
        """Of the items that are not on record yet."""
        self._unreported: Played | None = None
        self._unreported_ms = 0
        self._came_at = self._heard_at = 0.0
        """When anything, and when sound, came last."""
        self._doubted_at = self._filled_at = 0.0
        self._timer: asyncio.TimerHandle | None = None

    # --- setting up ---

    async def answer(self, offer: Offer) -> str:
        """Return the SDP answer; raise BadOffer, or TryLater."""
        self._has_messages = offer.has_messages
        peer = self._peer
        peer.on("connectionstatechange", self._state_changed)
        peer.on("datachannel", self._channel_opened)
        peer.addTrack(_AgentTrack(self._next_frame))
        (transceiver,) = peer.getTransceivers()
        known = RTCRtpSender.getCapabilities("audio").codecs
        transceiver.setCodecPreferences([each for each in known if each.mimeType == "audio/opus"])
        receiver = transceiver.receiver
        # Packets come here as they arrive; nothing is left for the library to decode.
        setattr(receiver, "_RTCRtpReceiver__jitter_buffer", _PacketTap(self._packet_came))  # noqa: B010 - it is private
        try:
            async with asyncio.timeout(GATHER_S):
                await peer.setRemoteDescription(RTCSessionDescription(offer.sdp, "offer"))
                await peer.setLocalDescription(await peer.createAnswer())
        except TimeoutError:
            raise TryLater("No way to this service was found: try again.") from None
        except Exception as error:
            # The seam to a parser that is not ours, and was given what a stranger wrote.
            log.info("offer_refused", error=repr(error)[:300])
            raise BadOffer("The offer could not be read or does not fit.") from error
        sdp: str = peer.localDescription.sdp
        return sdp

    async def connected(self) -> bool:
        """Wait for the connection, and for the data channel where one was offered."""
        await self._connected.wait()
        return not self._gone.is_set()

    def _state_changed(self) -> None:
        match self._peer.connectionState:
            case "connected":
                self._look_ready()
            case "failed" | "closed":
                self._connected.set()  # whoever waits finds that it is gone
                self._gone.set()

    def _look_ready(self) -> None:
        is_open = self._channel is not None or not self._has_messages
        if is_open and self._peer.connectionState == "connected":
            self._connected.set()

    def _channel_opened(self, channel: RTCDataChannel) -> None:
        if self._channel is None:
            self._channel = channel
            channel.on("message", self._message_came)
            channel.on("close", self._gone.set)
            self._look_ready()

    # --- the lane ---

    def send(self, frame: Frame) -> None:
        if self._is_closing:
            return
        if isinstance(frame, bytes):
            sound = widget.decode_audio(frame)
            self._agent.add(PlayAudio(sound.item_id, sound.offset_ms, sound.audio))
            return
        self._tell(frame)
        match widget.decode_notice(frame):
            case ReadyNotice():
                self._is_listening = True
                self._came_at = self._heard_at = self._loop.time()
                self._watch()
            case ClearNotice(item_id=item_id):
                self._agent.clear(item_id)
                self._played_ms.setdefault(item_id, 0)
                self._loop.call_soon(self._report, item_id)
            case TranscriptNotice(item_id=str(item_id), is_final=True):
                self._played_ms.pop(item_id, None)

    def close(self, code: int, reason: str) -> None:
        """Tell the client, which then closes the connection."""
        if self._is_closing:
            return
        closed = {"type": "closed", "code": code, "reason": reason}
        is_told = self._tell(msgspec.json.encode(closed).decode())
        self._is_closing = True
        self._agent = AgentSound()
        self._loop.call_later(CLOSE_S if is_told else 0, self._gone.set)

    async def run(self, deliver: Callable[[Frame], None]) -> None:
        self._deliver = deliver
        for frame in self._early:
            deliver(frame)
        try:
            await self._gone.wait()
        finally:
            self._deliver = None
            self._is_closing = True
            if self._timer is not None:
                self._timer.cancel()

    def hang_up(self) -> None:
        """End the conversation for the caller."""
        if self._deliver is not None and self._is_listening:
            self._deliver(END)
        else:
            self._connected.set()
            self._gone.set()

    async def shut(self) -> None:
        """Let go of everything."""
        self._is_closing = True
        self._gone.set()
        try:
            async with asyncio.timeout(SHUT_S):
                await self._peer.close()
        except TimeoutError:
            log.warning("webrtc_connection_stuck")

    def _tell(self, message: str) -> bool:
        channel = self._channel
        if channel is None or channel.readyState != "open":
            return False
        channel.send(message)
        if channel.bufferedAmount > MAX_BUFFERED_BYTES and not self._is_closing:
            self._is_closing = True
            log.info("webrtc_line_closed", code=SLOW_CONSUMER)
            self._gone.set()
        return True

    # --- from the caller ---

    def _message_came(self, message: str | bytes) -> None:
        text = message if isinstance(message, str) else message.decode(errors="replace")
        self._came_at = self._loop.time()
        if self._deliver is not None:
            self._deliver(text)
        elif len(self._early) < MAX_EARLY:
            self._early.append(text)

    def _packet_came(self, packet: Packet) -> None:
        self._came_at = self._heard_at = self._loop.time()
        self._hear(self._caller.take(packet))

    def _hear(self, sound: bytes) -> None:
        if sound and self._is_listening and self._deliver is not None:
            for at in range(0, len(sound), _LONGEST):
                self._deliver(sound[at : at + _LONGEST])

    def _watch(self) -> None:
        """See to it that silence is heard where nothing comes, and that a dead line ends."""
        now = self._loop.time()
        if now >= self._came_at + self._silent_s:
            log.info("webrtc_line_silent", seconds=self._silent_s)
            self.close(SLOW_CONSUMER, "no_sound")
            return
        if now >= self._heard_at + GAP_S and self._filled_at < self._heard_at:
            if self._doubted_at < self._heard_at:
                self._doubted_at = now
                self._timer = self._loop.call_later(SURE_S, self._watch)
                return
            self._filled_at = now
            self._hear(self._caller.silence(GAP_MS))
        next_gap = self._heard_at + GAP_S if self._filled_at < self._heard_at else now + GAP_S
        self._timer = self._loop.call_at(min(next_gap, self._came_at + self._silent_s), self._watch)

    # --- to the caller ---

    def _next_frame(self) -> bytes:
        frame, played = self._agent.take()
        for each in played:
            if self._unreported is not None and self._unreported.item_id != each.item_id:
                self._report(self._unreported.item_id)
            self._unreported = each
            self._played_ms[each.item_id] = each.ms
            self._unreported_ms += FRAME_MS
        if self._unreported is not None and (
            self._agent.is_silent or self._unreported_ms >= REPORT_MS
        ):
            self._loop.call_soon(self._report, self._unreported.item_id)
            self._unreported = None
        return frame

    def _report(self, item_id: str) -> None:
        self._unreported_ms = 0
        played_ms = self._played_ms.get(item_id)
        if played_ms is not None and not self._gone.is_set():
            self.on_played(item_id, played_ms)


_LONGEST: Final = ms_to_bytes(500)
"""Of sound at once."""


class _PacketTap:
    """Stands where the library has its jitter buffer, and keeps nothing."""

    def __init__(self, take: Callable[[Packet], None]) -> None:
        self._take = take

    def add(self, packet: Any) -> tuple[bool, None]:
        self._take(Packet(packet.sequence_number, packet.timestamp, packet.payload))
        return False, None


class _AgentTrack(MediaStreamTrack):
    """The agent's sound at the pace at which it is heard: a frame each 20 ms, silence too."""

    kind = "audio"

    def __init__(self, next_frame: Callable[[], bytes]) -> None:
        super().__init__()
        self._now = asyncio.get_running_loop().time
        self._next_frame = next_frame
        self._encoder = OpusEncoder()
        self._began_at = self._due = self._now()

    async def recv(self) -> "OpusPacket[Any]":
        self._due += _FRAME_S
        now = self._now()
        if now > self._due + LATE_S:
            self._due = now
        await asyncio.sleep(self._due - now)
        packet = OpusPacket(self._encoder.encode(self._next_frame()))
        packet.pts = round((self._due - self._began_at) * PACKET_RATE_HZ)
        packet.time_base = _TICK
        return packet
