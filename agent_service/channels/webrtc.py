"""WebRTC's sound, between packets and the conversation: order, gaps, frames and what left of them.

Pure. What the caller says comes in numbered packets, late, twice or never; what the agent says
leaves in frames of one length, and what left was played: the service is the clock.
"""

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final, NamedTuple

from agent_service.audio import BYTES_PER_MS, bytes_to_ms, ms_to_bytes
from agent_service.channels.packets import InOrder
from agent_service.channels.traits import Answer, AudioFormat, ChannelTraits, PlayoutClock
from agent_service.conversation.commands import PlayAudio

PACKET_RATE_HZ: Final = 48_000
"""By which packets of Opus say when they were spoken, whatever is in them."""

TRAITS: Final = ChannelTraits(
    name="webrtc",
    kind="webrtc",
    playout=PlayoutClock.SERVICE,
    audio=AudioFormat("opus", PACKET_RATE_HZ),
    shows_captions=True,
    answers=frozenset({Answer.TAP}),
    can_return=True,
)

FRAME_MS: Final = 20
WAITS_FOR: Final = 2
"""Packets that may overtake one: 40 ms."""
NEW_STREAM: Final = 1_000
"""Packets further away than this are not late: the client has begun to count anew."""
LONGEST_GAP_MS: Final = 1_000
"""Of silence in place of what is missing; longer than this, a stream has begun anew."""


@dataclass(frozen=True, slots=True)
class Packet:
    number: int
    """Of 16 bits, one more with each."""
    at: int
    """When it was spoken, of 32 bits, at ``PACKET_RATE_HZ``."""
    data: bytes


class CallerStream:
    """The caller's sound, from packets, as the conversation takes it."""

    def __init__(self, decode: Callable[[bytes], bytes]) -> None:
        """``decode`` turns one packet into sound, and is given them in order."""
        self._decode = decode
        self._order: InOrder[Packet] | None = None
        self._until = 0
        """Where what was heard last ended."""

    def take(self, packet: Packet) -> bytes:
        """Return what can be heard now; nothing of a packet that came too late, or twice."""
        order = self._order or self._begin(packet)
        ahead = _near(packet.number - order.next, 16)
        if abs(ahead) > NEW_STREAM:
            order, ahead = self._begin(packet), 0
        return b"".join(map(self._heard, order.take(order.next + ahead, packet)))

    def silence(self, ms: int) -> bytes:
        """Return silence that is heard in place of packets that do not come."""
        self._until += ms * PACKET_RATE_HZ // 1000
        return bytes(ms_to_bytes(ms))

    def _begin(self, packet: Packet) -> InOrder[Packet]:
        self._order, self._until = InOrder(packet.number, WAITS_FOR), packet.at
        return self._order

    def _heard(self, packet: Packet) -> bytes:
        sound = self._decode(packet.data)
        ms_before = _near(packet.at - self._until, 32) * 1000 // PACKET_RATE_HZ
        self._until = packet.at + bytes_to_ms(len(sound)) * PACKET_RATE_HZ // 1000
        if FRAME_MS // 2 <= ms_before <= LONGEST_GAP_MS:
            return bytes(ms_to_bytes(ms_before)) + sound
        return sound


def _near(difference: int, bits: int) -> int:
    """Return the difference of two counts that begin at zero again, the shorter way round."""
    half = 1 << (bits - 1)
    return (difference + half) % (1 << bits) - half


class Played(NamedTuple):
    """How far an item was played."""

    item_id: str
    ms: int


@dataclass(slots=True)
class _Waiting:
    item_id: str
    offset_ms: int
    """Where it begins within its item."""
    sound: bytes
    taken: int = 0
    """How many bytes of it have left."""


class AgentSound:
    """The agent's sound that has not left yet, in frames."""

    def __init__(self) -> None:
        self._waiting: deque[_Waiting] = deque()

    @property
    def is_silent(self) -> bool:
        return not self._waiting

    def add(self, command: PlayAudio) -> None:
        self._waiting.append(_Waiting(command.item_id, command.offset_ms, command.audio))

    def clear(self, item_id: str) -> None:
        """Let nothing more of the item leave."""
        self._waiting = deque(each for each in self._waiting if each.item_id != item_id)

    def take(self) -> tuple[bytes, tuple[Played, ...]]:
        """Return one frame, and how far it plays the items in it; silence where nothing waits."""
        frame, played = b"", dict[str, int]()
        while self._waiting and (missing := ms_to_bytes(FRAME_MS) - len(frame)):
            first = self._waiting[0]
            piece = first.sound[first.taken : first.taken + missing]
            first.taken += len(piece)
            frame += piece
            played[first.item_id] = first.offset_ms + first.taken // BYTES_PER_MS
            if first.taken == len(first.sound):
                self._waiting.popleft()
        return frame.ljust(ms_to_bytes(FRAME_MS), b"\0"), tuple(
            map(Played, played, played.values())
        )
