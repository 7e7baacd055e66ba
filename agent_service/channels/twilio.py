"""Codec of Twilio's Media Streams."""

from typing import Final

from agent_service.channels.carrier import Words, described
from agent_service.channels.traits import Answer, AudioFormat, ChannelTraits, PlayoutClock

TRAITS: Final = ChannelTraits(
    name="twilio",
    playout=PlayoutClock.CARRIER,
    audio=AudioFormat("mulaw", 8_000),
    shows_captions=False,
    answers=frozenset({Answer.KEY}),
    can_return=False,
)

CARRIER: Final = described(
    TRAITS,
    Words(
        carrier_call_id=("start", "callSid"),
        stream=("streamSid",),
        coding=("start", "mediaFormat", "encoding"),
        rate_hz=("start", "mediaFormat", "sampleRate"),
        stream_name="streamSid",
    ),
)
