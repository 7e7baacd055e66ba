"""Codec of Plivo's audio streams."""

from typing import Final

from agent_service.channels.carrier import Words, described, telephone
from agent_service.channels.traits import AudioFormat

TRAITS: Final = telephone("plivo", AudioFormat("mulaw", 8_000))

CARRIER: Final = described(
    TRAITS,
    Words(
        carrier_call_id=("start", "callId"),
        stream=("start", "streamId"),
        coding=("start", "mediaFormat", "encoding"),
        rate_hz=("start", "mediaFormat", "sampleRate"),
        stream_name="streamId",
        passed="playedStream",
        passed_mark=("name",),
        play="playAudio",
        play_more={"contentType": "audio/x-mulaw", "sampleRate": 8_000},
        mark="checkpoint",
        mark_name=("name",),
        clear="clearAudio",
    ),
)
