"""Words to speech: the hibari voice "heart", one sentence at a time."""

from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray

from agent_service.audio import SAMPLE_RATE_HZ, to_pcm
from agent_service.offline.speech.verbalise import verbalise
from agent_service.offline.speech.weights import optional_module

SLOWEST: Final = 0.5
FASTEST: Final = 2.0
_VOICE: Final = "heart"
"""The one voice inside the package: any other name would make the package download it."""
_LOUDNESS: Final = 1.6
"""The voice leaves much room above its peaks."""
_AUDIBLE: Final = 0.003
_LEAD_MS: Final = 40
_TRAIL_MS: Final = 200


class Synthesiser:
    """The voice; may be used from several threads at once."""

    def __init__(self, folder: Path) -> None:
        hibari = optional_module("hibari")
        self._voice = hibari.Hibari(_VOICE, model=str(folder / "hibari.onnx"), threads=1)

    def phonemes(self, words: str) -> str:
        """Return how the words sound, as the voice would say them."""
        return str(self._voice.g2p(words))

    def speak(self, sentence: str, *, speed: float = 1.0) -> bytes:
        """Return the sentence as 24 kHz PCM16; silence of no length when nothing can be said."""
        pace = min(max(speed, SLOWEST), FASTEST)
        # The seed makes the same words sound the same, to the bit.
        parts = list(self._voice.stream(verbalise(sentence), pace, seed=0))
        return to_pcm(_trimmed(np.concatenate(parts)) * _LOUDNESS) if parts else b""


def _trimmed(sound: NDArray[np.float32]) -> NDArray[np.float32]:
    """Leave little silence around a sentence: callers feel the 0.3 s that the voice puts first."""
    audible = np.flatnonzero(np.abs(sound) > _AUDIBLE)
    if not len(audible):
        return sound[:0]
    first = audible[0] - _LEAD_MS * SAMPLE_RATE_HZ // 1000
    last = audible[-1] + _TRAIL_MS * SAMPLE_RATE_HZ // 1000
    return sound[max(0, first) : last]
