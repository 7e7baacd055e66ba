"""What passes between a call over SIP and the dialogue: sound as it is, the rest as short words.

Its other end is this service's own (`web/phone/sip.py`), beside the SIP stack: none of it is sent.
"""

from collections import deque
from typing import Final

from agent_service.audio import SAMPLE_RATE_HZ
from agent_service.channels.carrier import (
    CallBegan,
    CallerSound,
    Carrier,
    CarrierMessage,
    KeyPressed,
    MarkPassed,
    telephone,
)
from agent_service.channels.sound import Voice
from agent_service.channels.traits import PCM16_24K, AudioFormat
from agent_service.channels.widget import Frame

BEGAN: Final = "began"
ANSWER: Final = "answer"
CLEAR: Final = "clear"
_KEY, _MARK = "key ", "mark "

TRAITS: Final = telephone("sip", PCM16_24K)


def pressed(key: str) -> str:
    """Say that the caller has pressed a key."""
    return _KEY + key


def ordered_mark(order: str) -> str | None:
    """Return the mark that an order asks for."""
    return order.removeprefix(_MARK) if order.startswith(_MARK) else None


def decode(frame: Frame) -> CarrierMessage:
    """Read what the line says."""
    if isinstance(frame, bytes):
        return CallerSound(frame)
    if frame == BEGAN:
        return CallBegan("", "", TRAITS.audio)
    kind = MarkPassed if frame.startswith(_MARK) else KeyPressed
    return kind(frame.partition(" ")[2])


CARRIER: Final = Carrier(
    traits=TRAITS,
    decode=decode,
    play=lambda stream, sound: sound,
    clear=lambda stream: CLEAR,
    mark=lambda stream, name: _MARK + name,
    answer=lambda stream: ANSWER,
)


class Outgoing:
    """The agent's sound on its way to the caller through the stack's buffer, and its marks."""

    def __init__(self) -> None:
        self._sound = bytearray()
        """What has not been sent yet, of which the stack has the first part."""
        self._given = 0
        """How many bytes that part has."""
        self._marks: deque[tuple[int, str]] = deque()
        """Behind how much of what has not been sent each stands."""
        self.restart(SAMPLE_RATE_HZ)

    def restart(self, rate_hz: int) -> None:
        """Begin with an empty buffer at that rate: what the stack had and did not send is lost."""
        self._rate_hz = rate_hz
        self._voice = Voice(AudioFormat("pcm16", rate_hz))
        self._given = 0

    def add(self, sound: bytes) -> None:
        self._sound += sound

    def mark(self, name: str) -> None:
        self._marks.append((len(self._sound), name))

    def clear(self) -> None:
        """Forget all, with its marks."""
        self._sound.clear()
        self._marks.clear()
        self.restart(self._rate_hz)

    def give(self) -> bytes:
        """Return what the stack has not been given yet, at the rate of the call."""
        fresh = bytes(self._sound[self._given :])
        self._given = len(self._sound)
        return self._voice.say(fresh) if fresh else b""

    def sent(self, buffered: int) -> list[str]:
        """Return the marks that were passed, now that the stack has so many bytes left."""
        left = buffered * SAMPLE_RATE_HZ // self._rate_hz
        count = max(0, self._given - left)
        del self._sound[:count]
        self._given -= count
        self._marks = deque((behind - count, name) for behind, name in self._marks)
        passed = []
        while self._marks and self._marks[0][0] <= 0:
            passed.append(_MARK + self._marks.popleft()[1])
        return passed

    @property
    def is_empty(self) -> bool:
        return not self._sound
