"""What a channel says of itself: by whose clock the agent's sound plays, what callers can do.

docs/doors.md explains it; a test holds its table against the channels.
"""

from dataclasses import dataclass
from enum import StrEnum
from typing import Final, Literal

from agent_service.agent import ChannelKind


class PlayoutClock(StrEnum):
    """Who knows how far the agent's sound was played."""

    CALLER = "caller"
    """The player of the caller's client, which reports it."""
    SERVICE = "service"
    """We: each frame leaves when it is due, so that what left was played."""
    CARRIER = "carrier"
    """Another server, which queues what it is sent and says when a mark in it was passed."""


class Answer(StrEnum):
    """With what a caller answers a question, besides words."""

    TAP = "tap"
    """On what the question's text is shown on."""
    KEY = "key"
    """Of a telephone, which shows nothing."""


@dataclass(frozen=True, slots=True)
class AudioFormat:
    """How sound is coded on the wire, in both directions; inside it is always PCM16 at 24 kHz."""

    coding: Literal["pcm16", "mulaw", "alaw", "opus"]
    rate_hz: int

    @property
    def bytes_per_sample(self) -> int:
        return 2 if self.coding == "pcm16" else 1

    @property
    def bytes_per_ms(self) -> int:
        return self.rate_hz * self.bytes_per_sample // 1000

    def silence(self, count: int) -> bytes:
        """Return so many bytes in which nothing sounds."""
        return _SILENCE[self.coding] * count


_SILENCE: Final = {"pcm16": b"\0", "mulaw": b"\xff", "alaw": b"\xd5"}

PCM16_24K: Final = AudioFormat("pcm16", 24_000)


@dataclass(frozen=True, slots=True, kw_only=True)
class ChannelTraits:
    name: str
    """How the caller reached us, for the record."""
    kind: ChannelKind
    """How an agent's file names it and its like."""
    told: str = ""
    """What the model has to know of callers who come this way."""
    playout: PlayoutClock
    audio: AudioFormat
    shows_captions: bool
    answers: frozenset[Answer]
    can_return: bool
    """A caller whose line broke may come back; otherwise they have hung up."""
