"""Codec of Telnyx's media streams, bidirectional by RTP payloads."""

from typing import Final

from agent_service.channels.carrier import Words, described, telephone
from agent_service.channels.traits import AudioFormat

TRAITS: Final = telephone("telnyx", AudioFormat("mulaw", 8_000))

CARRIER: Final = described(
    TRAITS,
    Words(
        carrier_call_id=("start", "call_control_id"),
        stream=("stream_id",),
        coding=("start", "media_format", "encoding"),
        rate_hz=("start", "media_format", "sample_rate"),
        stream_name=None,
    ),
)
