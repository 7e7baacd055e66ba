"""Codec of Plivo's audio streams."""

from typing import Final

from agent_service.channels.carrier import Words, described
from agent_service.channels.traits import Answer, AudioFormat, ChannelTraits, PlayoutClock

TRAITS: Final = ChannelTraits(
    name="plivo",
    playout=PlayoutClock.CARRIER,
    audio=AudioFormat("mulaw", 8_000),
    shows_captions=False,
    answers=frozenset({Answer.KEY}),
    can_return=False,
)

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
