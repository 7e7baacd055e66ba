"""The voices that say the training lines; none of them is a voice of the accuracy benchmark.

Kokoro-82M (Apache-2.0) speaks in 27 English voices, in pairs of them mixed, and with accents; its
voice "heart", of which the product's own is a small copy, stays silent. espeak-ng, flite's awb and
festival's ked bring machines that sound different.
"""

import json
import subprocess
import tempfile
from collections.abc import Callable
from pathlib import Path
from random import Random
from typing import Final, TypeAlias

import hibari
import numpy as np
import onnxruntime
from numpy.typing import NDArray

from agent_service.audio import SAMPLE_RATE_HZ, read_wav, resample, samples
from agent_service.offline.speech.mel import RATE_HZ
from benchmarks.recogniser_training.texts import LETTER_A, SAID

Voice: TypeAlias = Callable[[str], NDArray[np.int16]]
"""Says a text as 16 kHz samples, each time as someone else."""

_KEPT_APART: Final = "af_heart"
_ESPEAK_ACCENTS: Final[list[str]] = SAID["espeak"]["accents"].split()
_ESPEAK_VARIANTS: Final[list[str]] = SAID["espeak"]["variants"].split()


class Kokoro:
    """Speaks with the voices of Kokoro-82M."""

    def __init__(self, model: Path, vocabulary: Path, voices: Path, random: Random) -> None:
        """``voices`` is a folder of one file of 32-bit floats a voice: [length, 256]."""
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = 1
        self._session = onnxruntime.InferenceSession(str(model), options)
        self._numbers: dict[str, int] = json.loads(vocabulary.read_text())["vocab"]
        self._phonemes = hibari.Hibari("heart", threads=1).g2p
        files = [file for file in sorted(voices.glob("*.bin")) if file.stem != _KEPT_APART]
        styles = {file.stem: np.fromfile(file, np.float32).reshape(-1, 256) for file in files}
        self._english = [style for name, style in styles.items() if name[0] in "ab"]
        self._accents = [style for name, style in styles.items() if name[0] in "efhip"]
        self._random = random

    def __call__(self, text: str) -> NDArray[np.int16]:
        phonemes = self._phonemes(text.replace(LETTER_A, "[A](/\u02c8A/)"))
        tokens = [self._numbers[each] for each in phonemes if each in self._numbers]
        common = self._english if self._random.random() < 0.85 else self._accents
        share = self._random.choice((0.0, 0.0, 0.3, 0.5))
        one, other = (
            self._random.choice(styles)[min(len(tokens), 509)] for styles in (common, self._english)
        )
        given = {
            "tokens": np.array([[0, *tokens, 0]], np.int64),
            "style": ((1 - share) * one + share * other)[None].astype(np.float32),
            "speed": np.array([self._random.uniform(0.85, 1.25)], np.float32),
        }
        said = np.ravel(self._session.run(None, given)[0])
        pcm = (said / np.abs(said).max() * 0.7 * 32_767).astype("<i2").tobytes()
        return samples(resample(pcm, SAMPLE_RATE_HZ, RATE_HZ))


class Machines:
    """Speaks with espeak-ng, flite's awb and festival's ked."""

    def __init__(self, random: Random) -> None:
        self._random = random

    def __call__(self, text: str) -> NDArray[np.int16]:
        kind, pace = self._random.random(), f"{self._random.uniform(0.85, 1.25):.2f}"
        plain = text.replace(LETTER_A, "ay")
        if kind < 0.5:
            accent, variant = (
                self._random.choice(options) for options in (_ESPEAK_ACCENTS, _ESPEAK_VARIANTS)
            )
            speed, pitch = self._random.randint(125, 180), self._random.randint(25, 75)
            return _said_by(
                f"espeak-ng -v {accent}+{variant} -s {speed} -p {pitch} -w".split(),
                text.replace(LETTER_A, "[[eI]]"),
            )
        if kind < 0.75:
            return _said_by(f"flite -voice awb --setf duration_stretch={pace} -o".split(), plain)
        pace_of = f"(begin (voice_ked_diphone) (Parameter.set 'Duration_Stretch {pace}))"
        return _said_by(["text2wave", "-eval", pace_of, "-o"], plain)


def _said_by(program: list[str], text: str) -> NDArray[np.int16]:
    """Run a program that takes a text as its input, and a file's name as its last argument."""
    with tempfile.TemporaryDirectory() as folder:
        wav = Path(folder) / "said.wav"
        subprocess.run([*program, str(wav)], input=text.encode(), check=True, capture_output=True)
        return samples(resample(read_wav(wav), SAMPLE_RATE_HZ, RATE_HZ))
