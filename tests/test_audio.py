"""Sound arithmetic: G.711, resampling that no cut can be heard in, WAV files, Ogg Opus files."""

import io
import math
import struct
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import soundfile
from hypothesis import given
from hypothesis import strategies as st

from agent_service.audio import (
    SAMPLE_RATE_HZ,
    Resampler,
    Sounding,
    bytes_to_ms,
    decode_alaw,
    decode_mulaw,
    decode_ogg,
    decode_wav,
    encode_alaw,
    encode_mulaw,
    encode_ogg,
    encode_wav,
    ms_to_bytes,
    read_wav,
    resample,
    samples,
    sounding,
    sounding_ms,
    write_wav,
)
from agent_service.errors import AudioError

EVERY_CODE = bytes(range(256))
EVERY_SAMPLE = np.arange(-32_768, 32_768).astype("<i2").tobytes()
PAIRS = [(24_000, 16_000), (16_000, 24_000), (8_000, 24_000), (24_000, 8_000), (44_100, 24_000)]


def tone(rate_hz: int, *, hz: float = 440.0, seconds: float = 0.5) -> bytes:
    time_s = np.arange(int(rate_hz * seconds)) / rate_hz
    return (8_000 * np.sin(2 * math.pi * hz * time_s)).astype("<i2").tobytes()


def wav(
    data: bytes, *, coding: int = 1, channels: int = 1, rate_hz: int = 24_000, bits: int
) -> bytes:
    block = channels * bits // 8
    form = struct.pack("<HHIIHH", coding, channels, rate_hz, rate_hz * block, block, bits)
    chunks = b"fmt " + struct.pack("<I", 16) + form + b"data" + struct.pack("<I", len(data)) + data
    return b"RIFF" + struct.pack("<I", 4 + len(chunks)) + b"WAVE" + chunks


def test_a_millisecond_is_48_bytes() -> None:
    assert ms_to_bytes(20) == 960
    assert bytes_to_ms(960) == 20
    assert bytes_to_ms(959) == 19


@pytest.mark.parametrize(
    ("code", "level"),
    [(0x00, -32_124), (0x80, 32_124), (0xFF, 0), (0xFE, 8), (0xEF, 132), (0x7E, -8)],
)
def test_mulaw_levels_are_those_of_the_recommendation(code: int, level: int) -> None:
    assert samples(decode_mulaw(bytes([code]))).tolist() == [level]


@pytest.mark.parametrize(
    ("code", "level"), [(0xD5, 8), (0x55, -8), (0xAA, 32_256), (0x2A, -32_256), (0xC5, 264)]
)
def test_alaw_levels_are_those_of_the_recommendation(code: int, level: int) -> None:
    assert samples(decode_alaw(bytes([code]))).tolist() == [level]


def test_every_mulaw_code_survives_the_round_trip_but_negative_zero() -> None:
    again = encode_mulaw(decode_mulaw(EVERY_CODE))
    assert again == EVERY_CODE.replace(b"\x7f", b"\xff")


def test_every_alaw_code_survives_the_round_trip() -> None:
    assert encode_alaw(decode_alaw(EVERY_CODE)) == EVERY_CODE


@pytest.mark.parametrize(
    ("encode", "decode", "offset"),
    [(encode_mulaw, decode_mulaw, 132), (encode_alaw, decode_alaw, 256)],
)
def test_g711_is_off_by_half_a_step_at_most_and_never_changes_the_order(
    encode: Callable[[bytes], bytes], decode: Callable[[bytes], bytes], offset: int
) -> None:
    exact = samples(EVERY_SAMPLE).astype(float)
    levels = samples(decode(encode(EVERY_SAMPLE))).astype(float)
    in_range = np.abs(exact) <= 32_635
    assert np.all((np.abs(levels - exact) <= (np.abs(exact) + offset) / 32)[in_range])
    assert np.all(np.diff(levels) >= 0)


@pytest.mark.parametrize(("from_hz", "to_hz"), PAIRS)
@given(cuts=st.lists(st.integers(min_value=0, max_value=900), max_size=20))
def test_any_cut_of_a_stream_resamples_to_the_same_bytes(
    from_hz: int, to_hz: int, cuts: list[int]
) -> None:
    noise = np.random.default_rng(1).integers(-32_768, 32_767, 2_000).astype("<i2").tobytes()
    stream, at, made = Resampler(from_hz, to_hz), 0, b""
    for cut in cuts:
        made += stream.feed(noise[at : at + 2 * cut])
        at += 2 * cut
    made += stream.feed(noise[at:]) + stream.flush()
    assert made == resample(noise, from_hz, to_hz)


@pytest.mark.parametrize(("from_hz", "to_hz"), PAIRS)
def test_resampling_keeps_a_tone_in_time_and_in_pitch(from_hz: int, to_hz: int) -> None:
    made = samples(resample(tone(from_hz), from_hz, to_hz)).astype(float)
    expected = samples(tone(to_hz)).astype(float)
    assert len(made) == len(expected)
    assert np.abs(made - expected)[100:-100].max() < 4


def test_resampling_down_removes_what_the_lower_rate_cannot_hold() -> None:
    made = samples(resample(tone(24_000, hz=9_500), 24_000, 16_000)).astype(float)
    assert np.abs(made[100:-100]).max() < 20


def test_a_constant_stays_constant() -> None:
    level = np.full(4_000, 12_345, dtype="<i2").tobytes()
    made = samples(resample(level, 24_000, 16_000))
    assert set(made[50:-50].tolist()) == {12_345}


def test_resampled_sound_is_as_long_as_the_original() -> None:
    assert len(samples(resample(bytes(2 * 1_001), 8_000, 24_000))) == 3_003


def test_half_a_sample_is_refused() -> None:
    with pytest.raises(AudioError, match="two bytes a sample"):
        encode_mulaw(b"abc")


@given(st.binary(min_size=2, max_size=400).filter(lambda data: len(data) % 2 == 0))
def test_a_written_wav_reads_back_the_same(pcm: bytes) -> None:
    assert decode_wav(encode_wav(pcm)) == pcm


def test_wav_files_are_written_and_read(tmp_path: Path) -> None:
    write_wav(tmp_path / "said.wav", tone(24_000))
    assert read_wav(tmp_path / "said.wav") == tone(24_000)


@pytest.mark.parametrize(
    ("bits", "coding", "data"),
    [
        (8, 1, bytes([128, 192, 64])),
        (16, 1, struct.pack("<3h", 0, 16_384, -16_384)),
        (24, 1, b"\0\0\0" + b"\0\0\x40" + b"\0\0\xc0"),
        (32, 1, struct.pack("<3i", 0, 1 << 30, -(1 << 30))),
        (32, 3, struct.pack("<3f", 0.0, 0.5, -0.5)),
        (64, 3, struct.pack("<3d", 0.0, 0.5, -0.5)),
    ],
)
def test_every_width_is_read(bits: int, coding: int, data: bytes) -> None:
    made = samples(decode_wav(wav(data, coding=coding, bits=bits)))
    assert made.tolist() == [0, 16_384, -16_384]


def test_g711_files_are_read() -> None:
    mulaw = wav(bytes([0x80, 0xFF]), coding=7, bits=8)
    assert samples(decode_wav(mulaw)).tolist() == [32_124, 0]
    alaw = wav(bytes([0xAA, 0x2A]), coding=6, bits=8)
    assert samples(decode_wav(alaw)).tolist() == [32_256, -32_256]


def test_channels_are_mixed_and_rates_converted() -> None:
    left_only = np.stack((samples(tone(48_000)), np.zeros(24_000, dtype="<i2")), axis=1)
    made = samples(decode_wav(wav(left_only.tobytes(), channels=2, rate_hz=48_000, bits=16)))
    assert np.abs(made - samples(tone(SAMPLE_RATE_HZ)) / 2.0)[100:-100].max() < 4


def test_a_file_from_a_pipe_says_no_length_and_is_read_to_its_end() -> None:
    whole = wav(tone(24_000), bits=16)
    at = whole.index(b"data") + 4
    piped = whole[:at] + b"\xff\xff\xff\xff" + whole[at + 4 :]
    assert decode_wav(piped) == tone(24_000)


def test_unknown_chunks_are_passed_over() -> None:
    whole = wav(tone(24_000), bits=16)
    noted = whole[:12] + b"LIST" + struct.pack("<I", 3) + b"abc\0" + whole[12:]
    assert decode_wav(noted) == tone(24_000)


@pytest.mark.parametrize(
    ("data", "complaint"),
    [
        (b"", "is not a WAV file"),
        (b"ID3\x04" + bytes(100), "is not a WAV file"),
        (wav(b"", bits=16), "holds no sound"),
        (wav(tone(24_000), bits=16)[:-10], "is cut off"),
        (wav(bytes(100), coding=2, bits=4), "compressed or unusual"),
        (wav(bytes(100), rate_hz=0, bits=16), "claims 0 Hz"),
        (wav(bytes(100), channels=0, bits=16), "0 channels"),
        (b"RIFF\0\0\0\0WAVEdata\x04\0\0\0\0\0\0\0", "does not say how"),
    ],
)
def test_what_is_no_usable_wav_is_named_with_the_trouble(data: bytes, complaint: str) -> None:
    with pytest.raises(AudioError, match=complaint) as refused:
        decode_wav(data, "question.wav")
    assert refused.value.message.startswith("question.wav")
    assert refused.value.code == "bad_audio"


@given(st.binary(max_size=200))
def test_no_bytes_break_the_wav_reader(tail: bytes) -> None:
    try:
        decode_wav(b"RIFF\0\0\0\0WAVEfmt \x10\0\0\0" + tail)
    except AudioError as error:
        assert error.message  # noqa: PT017  # refusing and reading are both right


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(AudioError, match=r"nowhere\.wav cannot be read: No such file"):
        read_wav(tmp_path / "nowhere.wav")


def test_an_ogg_file_gives_back_the_sound_at_a_fraction_of_the_size() -> None:
    pcm = tone(24_000, seconds=2.0)
    data = encode_ogg(pcm)
    heard = samples(decode_ogg(data)).astype(float)
    assert len(data) < len(pcm) / 4
    assert len(heard) == len(pcm) // 2
    assert np.corrcoef(heard, samples(pcm))[0, 1] > 0.99


@pytest.mark.parametrize("data", [b"", b"OggS", b"RIFF", encode_ogg(tone(24_000))[:500]])
def test_a_damaged_ogg_file_is_refused(data: bytes) -> None:
    with pytest.raises(AudioError, match=r"wait\.ogg is damaged or no Ogg file"):
        decode_ogg(data, "wait.ogg")


@pytest.mark.parametrize(("rate_hz", "shape"), [(48_000, (4_800,)), (24_000, (2_400, 2))])
def test_a_sound_file_of_another_shape_is_refused(rate_hz: int, shape: tuple[int, ...]) -> None:
    file = io.BytesIO()
    soundfile.write(file, np.zeros(shape), rate_hz, format="OGG", subtype="OPUS")
    with pytest.raises(AudioError, match=f"at {rate_hz} Hz"):
        decode_ogg(file.getvalue())


@pytest.mark.parametrize("cut_ms", [7, 20, 200])
def test_sound_is_told_from_silence_however_it_is_cut(cut_ms: int) -> None:
    beep = (np.sin(np.arange(24 * 300)) * 400).astype("<i2").tobytes()
    hum = np.full(24 * 100, 5000, "<i2").tobytes()
    faint = (np.sin(np.arange(24 * 100)) * 100).astype("<i2").tobytes()
    sound = bytes(ms_to_bytes(200)) + beep + hum + faint + bytes(ms_to_bytes(50))
    size = ms_to_bytes(cut_ms)
    pieces = [sound[at : at + size] for at in range(0, len(sound), size)]
    assert abs(sum(map(sounding_ms, pieces)) - 300) <= 20


def test_the_silence_around_a_sound_is_told() -> None:
    beep = (np.sin(np.arange(24 * 105)) * 4000).astype("<i2").tobytes()
    silence = bytes(ms_to_bytes(30))
    assert sounding(silence + beep + silence) == Sounding(110, lead_ms=30, tail_ms=25)
    assert sounding(silence + beep) == Sounding(105, lead_ms=30, tail_ms=0)
    assert sounding(silence) == Sounding(0)


def test_the_loudest_sound_is_sound_and_half_a_sample_is_none() -> None:
    assert sounding_ms(np.tile(np.array([-32768, 32767], "<i2"), 240).tobytes()) == 20
    assert sounding_ms(b"") == sounding_ms(b"\x7f") == 0
    assert sounding_ms(bytes(999)) == 0
