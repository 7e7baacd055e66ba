"""Words to speech: the hibari voice "heart", one sentence at a time."""

from pathlib import Path
from typing import Final

import numpy as np

from agent_service.audio import to_pcm
from agent_service.offline.speech.verbalise import verbalise
from agent_service.offline.speech.weights import optional_module

SLOWEST: Final = 0.5
FASTEST: Final = 2.0
_VOICE: Final = "heart"
"""The one voice inside the package: any other name would make the package download it."""
_LOUDNESS: Final = 1.6
"""The voice leaves much room above its peaks."""


class Synthesiser:
    """The voice; may be used from several threads at once."""

    def __init__(self, folder: Path) -> None:
        hibari = optional_module("hibari")
        self._voice = hibari.Hibari(_VOICE, model=str(folder / "hibari.onnx"), threads=1)

    def speak(self, sentence: str, *, speed: float = 1.0) -> bytes:
        """Return the sentence as 24 kHz PCM16; silence of no length when nothing can be said."""
        pace = min(max(speed, SLOWEST), FASTEST)
        # The seed makes the same words sound the same, to the bit.
        parts = list(self._voice.stream(verbalise(sentence), pace, seed=0))
        return to_pcm(np.concatenate(parts) * _LOUDNESS) if parts else b""
