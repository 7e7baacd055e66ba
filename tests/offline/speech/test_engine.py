"""Speaking and understanding, with the real models, in the product's voice and in others."""

import asyncio
import subprocess
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from agent_service.audio import decode_mulaw, encode_mulaw, read_wav, resample, to_pcm
from agent_service.offline.ports import Recognition, SpokenPiece
from agent_service.offline.speech.engine import LocalSpeech


def said(speech: LocalSpeech, text: str, *, speed: float = 1.0) -> list[SpokenPiece]:
    async def collect() -> list[SpokenPiece]:
        return [piece async for piece in speech.speak(text, speed=speed)]

    return asyncio.run(collect())


def sound(speech: LocalSpeech, text: str) -> bytes:
    return b"".join(piece.pcm for piece in said(speech, text))


def heard(speech: LocalSpeech, pcm: bytes, *, prompt: str | None = None) -> Recognition:
    return asyncio.run(speech.recognise(bytes(9_600) + pcm + bytes(9_600), prompt=prompt))


@pytest.mark.parametrize(
    "text",
    [
        "Where is my order 1004?",
        "My order number is 70318.",
        "I would like to return the headphones.",
        "My email is jane.parker@example.com.",
        "It costs $49.99.",
    ],
)
def test_what_is_said_is_understood(speech: LocalSpeech, text: str) -> None:
    assert heard(speech, sound(speech, text)).text == text


def test_the_words_as_spoken_are_kept(speech: LocalSpeech) -> None:
    found = heard(speech, sound(speech, "Where is my order 1004?"))
    assert found.spoken == "Where is my order one zero zero four?"
    assert -1.0 < found.confidence <= 0.0


def test_a_telephone_line_is_understood(speech: LocalSpeech) -> None:
    line = encode_mulaw(resample(sound(speech, "Where is my order 1004?"), 24_000, 8_000))
    assert (
        heard(speech, resample(decode_mulaw(line), 8_000, 24_000)).text == "Where is my order 1004?"
    )


def test_what_is_no_speech_has_no_words(speech: LocalSpeech, no_speech: bytes) -> None:
    assert heard(speech, no_speech) == Recognition("", "", 0.0)


def test_a_tune_has_no_words(speech: LocalSpeech) -> None:
    time_s = np.arange(4 * 24_000) / 24_000
    voices = [(220, 1.0), (277, 2.0), (330, 0.5), (440, 3.0)]
    tune = sum(
        0.08 * np.sin(2 * np.pi * hz * time_s) * (1 + np.sin(2 * np.pi * swell_hz * time_s))
        for hz, swell_hz in voices
    )
    assert heard(speech, to_pcm(np.asarray(tune))) == Recognition("", "", 0.0)


def test_no_sound_has_no_words(speech: LocalSpeech) -> None:
    assert asyncio.run(speech.recognise(b"")) == Recognition("", "", 0.0)


def test_a_long_recording_is_understood_to_its_end(
    speech: LocalSpeech, silence: Callable[[int], bytes]
) -> None:
    parcel, order = sound(speech, "The parcel never came."), sound(speech, "It was order 7731.")
    text = heard(speech, parcel + silence(20_000) + parcel + silence(15_000) + order).text
    assert text.count("The parcel never came.") == 2
    assert text.endswith("7731.")


def test_expected_words_are_heard(speech: LocalSpeech) -> None:
    assert "Wozniak" in heard(speech, sound(speech, "It is Wozniak."), prompt="Ms. Wozniak").text


@pytest.mark.parametrize(
    "command",
    [
        ("espeak-ng", "-v", "en-us", "-w", "{wav}", "Where is my order one zero zero four?"),
        ("flite", "-voice", "rms", "-t", "Where is my order one zero zero four?", "-o", "{wav}"),
    ],
    ids=["espeak-ng", "flite"],
)
def test_other_voices_are_understood(
    speech: LocalSpeech, tmp_path: Path, command: tuple[str, ...]
) -> None:
    wav = tmp_path / "said.wav"
    subprocess.run([word.format(wav=wav) for word in command], check=True)
    assert "order 1004" in heard(speech, read_wav(wav)).text


def test_text_comes_sentence_by_sentence_and_whole(speech: LocalSpeech) -> None:
    text = "Your order has shipped. It should arrive tomorrow.\nAnything else?"
    pieces = said(speech, text)
    assert [piece.text for piece in pieces] == [
        "Your order has shipped. ",
        "It should arrive tomorrow.\n",
        "Anything else?",
    ]
    assert all(300 < len(piece.pcm) // 48 < 5_000 for piece in pieces)


def test_the_same_words_sound_the_same(speech: LocalSpeech) -> None:
    assert sound(speech, "All set.") == sound(speech, "All set.")


def test_speed_changes_the_length(speech: LocalSpeech) -> None:
    text = "Your order has shipped."
    slow, quick = (len(said(speech, text, speed=speed)[0].pcm) for speed in (0.7, 1.5))
    assert slow > 1.5 * quick


def test_nothing_to_say_is_no_sound(speech: LocalSpeech) -> None:
    assert said(speech, "") == []
    assert [piece.pcm for piece in said(speech, "***")] == [b""]


def test_loading_tells_its_steps() -> None:
    steps: list[str] = []
    asyncio.run(LocalSpeech(workers=1, progress=steps.append).aclose())
    assert len(steps) == 4
    assert all(step.startswith(("loading", "warming")) for step in steps)
