"""The voices that say the shipped notices: Kokoro-82M in five languages, SVOX Pico in German."""

import json
import re
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Final, TypeAlias

import hibari
import numpy as np
import onnxruntime
import py_nanotts

from agent_service.audio import SAMPLE_RATE_HZ, resample, to_pcm

Say: TypeAlias = Callable[[str], bytes]
"""Says a text as 24 kHz PCM16."""

KOKORO: Final = {
    "en": ("af_heart", None),
    "fr": ("ff_siwis", "fr-fr"),
    "es": ("ef_dora", "es"),
    "it": ("if_sara", "it"),
    "pt": ("pf_dora", "pt-br"),
}
"""By language, the voice and how espeak-ng names what it was trained on."""
PICO_HZ: Final = 16_000
_PICO_PACE: Final = 1.12

_JOINED: Final = {
    "a^\u026a": "I",
    "a^\u028a": "W",
    "e^\u026a": "A",
    "o^\u028a": "O",
    "\u0254^\u026a": "Y",
    "d^z": "\u02a3",
    "d^\u0292": "\u02a4",
    "t^s": "\u02a6",
    "t^\u0283": "\u02a7",
    "s^s": "S",
    "^": "",
    "-": "",
}
"""How Kokoro writes what espeak-ng ties together."""
_SPELLED: Final = {"fr-fr": ("IA", "I A")}
"""espeak-ng takes it for a word."""


class Kokoro:
    """Says texts with one voice of Kokoro-82M."""

    def __init__(self, folder: Path, language: str) -> None:
        """``folder`` holds ``model.onnx``, ``vocab.json`` and ``voices/*.bin``."""
        voice, self._accent = KOKORO[language]
        self.name = f"{voice} (Kokoro-82M)"
        self._session = onnxruntime.InferenceSession(str(folder / "model.onnx"))
        self._numbers: dict[str, int] = json.loads((folder / "vocab.json").read_text())["vocab"]
        self._style = np.fromfile(folder / f"voices/{voice}.bin", np.float32).reshape(-1, 256)

    def __call__(self, text: str) -> bytes:
        phonemes = hibari.Hibari("heart").g2p(text) if self._accent is None else self._of(text)
        tokens = [self._numbers[each] for each in phonemes]
        given = {
            "tokens": np.array([[0, *tokens, 0]], np.int64),
            "style": self._style[len(tokens)][None],
            "speed": np.ones(1, np.float32),
        }
        said = np.ravel(self._session.run(None, given)[0])
        return to_pcm(said / np.abs(said).max() * 0.7)

    def _of(self, text: str) -> str:
        """Return the phonemes, with the punctuation that the voice pauses at."""
        assert self._accent is not None
        text = text.replace(*_SPELLED.get(self._accent, ("", "")))
        parts = re.findall(r"[^.,;:!?¿¡]+|[.,;:!?]", text)
        phonemes = "".join(
            f"{part} " if part in ".,;:!?" else _espeak(part.strip(), self._accent)
            for part in parts
            if part.strip()
        )
        for tied, joined in _JOINED.items():
            phonemes = phonemes.replace(tied, joined)
        return phonemes.strip()


class Pico:
    """Says texts with SVOX Pico's German voice."""

    name = "de-DE (SVOX Pico)"

    def __call__(self, text: str) -> bytes:
        said = py_nanotts.NanoTTS().speak(text, voice="de-DE", speed=_PICO_PACE)
        return resample(said, PICO_HZ, SAMPLE_RATE_HZ)


def _espeak(text: str, accent: str) -> str:
    command = ["espeak-ng", "-q", "--ipa", "--tie=^", "-v", accent, text]
    said = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    # "(en)" marks a foreign word.
    return re.sub(r"\([a-z-]+\)", "", " ".join(said.split()))
