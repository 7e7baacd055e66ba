"""Synthetic callers: programs and the product's own voice, and what a telephone does to them."""

import subprocess
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Final, TypeAlias

import numpy as np

from agent_service.audio import (
    SAMPLE_RATE_HZ,
    decode_mulaw,
    encode_mulaw,
    read_wav,
    resample,
    samples,
)

Render: TypeAlias = Callable[[str], bytes]
"""Says a text as 24 kHz PCM16."""

TELEPHONE_HZ: Final = 8_000
_BAND_HZ: Final = (300.0, 3_400.0)
_BAND_TAPS: Final = 255

PROGRAMS: Final[dict[str, tuple[str, ...]]] = {
    "flite slt": ("flite", "-voice", "slt", "-t", "{text}", "-o", "{wav}"),
    "flite rms": ("flite", "-voice", "rms", "-t", "{text}", "-o", "{wav}"),
    "flite awb": ("flite", "-voice", "awb", "-t", "{text}", "-o", "{wav}"),
    "festival slt": ("text2wave", "-eval", "(voice_cmu_us_slt_arctic_hts)", "-o", "{wav}"),
    "festival kal": ("text2wave", "-eval", "(voice_kal_diphone)", "-o", "{wav}"),
    "espeak us": ("espeak-ng", "-v", "en-us", "-w", "{wav}", "{text}"),
    "espeak gb": ("espeak-ng", "-v", "en-gb-x-rp+f3", "-w", "{wav}", "{text}"),
}
"""Programs without ``{text}`` read it from their input."""


def program(name: str) -> Render:
    """Return the voice of an installed program."""

    def render(text: str) -> bytes:
        with tempfile.TemporaryDirectory() as folder:
            wav = Path(folder) / "said.wav"
            words = [word.format(text=text, wav=wav) for word in PROGRAMS[name]]
            subprocess.run(words, input=text.encode(), check=True, capture_output=True)
            return read_wav(wav)

    return render


def remembering(render: Render, folder: Path) -> Render:
    """Keep what was rendered, so that the next run need not say it again."""

    def remembered(text: str) -> bytes:
        file = folder / f"{text.strip('.?!').lower().replace(' ', '_')[:150]}.pcm"
        if not file.exists():
            folder.mkdir(parents=True, exist_ok=True)
            file.write_bytes(render(text))
        return file.read_bytes()

    return remembered


def over_telephone(pcm: bytes) -> bytes:
    """Return the sound after a telephone line: 300 to 3,400 Hz, 8 kHz, mu-law."""
    narrow = samples(resample(pcm, SAMPLE_RATE_HZ, TELEPHONE_HZ)).astype(np.float64)
    offset = np.arange(_BAND_TAPS) - _BAND_TAPS // 2
    low, high = (2 * hz / TELEPHONE_HZ * np.sinc(2 * hz / TELEPHONE_HZ * offset) for hz in _BAND_HZ)
    filtered = np.convolve(narrow, (high - low) * np.hamming(_BAND_TAPS), mode="same")
    line = encode_mulaw(np.clip(np.rint(filtered), -32_768, 32_767).astype("<i2").tobytes())
    return resample(decode_mulaw(line), TELEPHONE_HZ, SAMPLE_RATE_HZ)
