"""Hears the shipped notices with a recogniser of many languages (Whisper base, by ctranslate2)."""

import re
from pathlib import Path

import ctranslate2
import numpy as np
import tokenizers

from agent_service.audio import SAMPLE_RATE_HZ, resample, samples
from agent_service.offline.speech.mel import RATE_HZ, MelSpectrogram

_WINDOW_S = 12


class Whisper:
    def __init__(self, folder: Path) -> None:
        """``folder`` holds ``model.bin``, ``config.json``, ``tokenizer.json`` and so on."""
        self._model = ctranslate2.models.Whisper(str(folder), compute_type="int8")
        self._tokens = tokenizers.Tokenizer.from_file(str(folder / "tokenizer.json"))
        self._mel = MelSpectrogram()

    def __call__(self, pcm: bytes, language: str) -> str:
        sound = samples(resample(pcm, SAMPLE_RATE_HZ, RATE_HZ)).astype(np.float32) / np.float32(
            32_768
        )
        picture = np.ascontiguousarray(self._mel.of(sound, _WINDOW_S).reshape(1, 80, -1))
        encoded = self._model.encode(ctranslate2.StorageView.from_array(picture))
        marks = ("startoftranscript", language, "transcribe", "notimestamps")
        prompt = [self._tokens.token_to_id(f"<|{mark}|>") for mark in marks]
        heard = self._model.generate(encoded, [prompt], beam_size=3)[0].sequences_ids[0]
        return str(self._tokens.decode(heard, skip_special_tokens=True)).strip()


def word_errors(said: str, heard: str) -> int:
    """Return how many words must be changed, added or dropped to make one the other."""
    wanted, got = words(said), words(heard)
    row = list(range(len(got) + 1))
    for count, word in enumerate(wanted, 1):
        above, row[0] = row[:], count
        for place, other in enumerate(got, 1):
            row[place] = min(
                above[place] + 1, row[place - 1] + 1, above[place - 1] + (word != other)
            )
    return row[-1]


def words(text: str) -> list[str]:
    return re.findall(r"\w+", text.casefold())
