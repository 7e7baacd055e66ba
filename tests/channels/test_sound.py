"""A channel's sound and the service's say the same, in whole frames where those are asked for."""

import numpy as np
import pytest

from agent_service.audio import ms_to_bytes, samples, to_pcm
from agent_service.channels.sound import Ear, FramedVoice, Voice
from agent_service.channels.traits import PCM16_24K, AudioFormat

FORMATS = [
    AudioFormat("mulaw", 8_000),
    AudioFormat("alaw", 8_000),
    AudioFormat("pcm16", 16_000),
    PCM16_24K,
]


def tone(ms: int) -> bytes:
    return to_pcm(0.3 * np.sin(np.arange(ms * 24) * 2 * np.pi * 440 / 24_000))


@pytest.mark.parametrize("format", FORMATS, ids=str)
def test_what_is_said_is_heard(format: AudioFormat) -> None:
    voice, ear = Voice(format), Ear(format)
    pcm = tone(400)
    wire = b"".join(voice.say(pcm[at : at + 960]) for at in range(0, len(pcm), 960)) + voice.end()
    assert len(wire) == 400 * format.bytes_per_ms
    heard = samples(ear.hear(wire)).astype(float)
    assert len(heard) >= 24 * 390
    error = heard[240:] - samples(pcm)[240 : len(heard)]
    assert np.sqrt(np.mean(error**2)) < 200


@pytest.mark.parametrize("format", FORMATS, ids=str)
def test_silence_is_heard_as_silence(format: AudioFormat) -> None:
    heard = Ear(format).hear(format.silence(100 * format.bytes_per_ms))
    assert not np.any(np.abs(samples(heard)) > 16)


@pytest.mark.parametrize("format", FORMATS, ids=str)
def test_only_whole_frames_leave_and_what_is_held_back_is_known(format: AudioFormat) -> None:
    voice = FramedVoice(format, 20)
    said = voice.say(tone(50))
    frame = 20 * format.bytes_per_ms
    assert len(said) == 2 * frame
    assert voice.held_ms == 10
    assert len(voice.end()) == frame  # with silence to its end
    assert voice.held_ms == 0


def test_what_was_held_back_of_a_cut_item_is_not_said() -> None:
    voice = FramedVoice(FORMATS[0], 20)
    voice.say(tone(50))
    voice.forget()
    assert voice.held_ms == 0
    assert voice.say(bytes(ms_to_bytes(40)))[0] == 0xFF
