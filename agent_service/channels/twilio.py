"""Codec of Twilio's Media Streams."""

from typing import Final

from agent_service.channels.carrier import Words, described, telephone
from agent_service.channels.traits import AudioFormat

TRAITS: Final = telephone("twilio", AudioFormat("mulaw", 8_000))

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
