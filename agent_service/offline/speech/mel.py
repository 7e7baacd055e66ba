"""The picture of sound that the recogniser reads: a log-mel spectrogram as Whisper defines it."""

from typing import Final

import numpy as np
from numpy.typing import NDArray

RATE_HZ: Final = 16_000
_WINDOW: Final = 400
_HOP: Final = 160
_BANDS: Final = 80


def _hz_to_mel(hz: float) -> float:
    """Slaney's scale: linear up to 1 kHz, logarithmic above."""
    if hz < 1000.0:
        return hz * 3 / 200
    return float(15.0 + 27.0 * np.log(hz / 1000.0) / np.log(6.4))


def _mel_to_hz(mel: NDArray[np.float64]) -> NDArray[np.float64]:
    linear: NDArray[np.float64] = mel * 200 / 3
    return np.where(mel < 15.0, linear, 1000.0 * np.exp((mel - 15.0) * np.log(6.4) / 27.0))


def _band_weights() -> list[tuple[int, NDArray[np.float32]]]:
    """Return for each band the first frequency bin that it covers and the weights from there."""
    bins = np.fft.rfftfreq(_WINDOW, 1 / RATE_HZ)
    edges = _mel_to_hz(np.linspace(0.0, _hz_to_mel(RATE_HZ / 2), _BANDS + 2))
    bands = []
    for low, middle, high in zip(edges, edges[1:], edges[2:], strict=False):
        rise, fall = (bins - low) / (middle - low), (high - bins) / (high - middle)
        weights = np.maximum(0.0, np.minimum(rise, fall)) * 2.0 / (high - low)
        covered = np.flatnonzero(weights)
        first, last = int(covered[0]), int(covered[-1])
        bands.append((first, weights[first : last + 1].astype(np.float32)))
    return bands


class MelSpectrogram:
    """Computes the spectrogram; holds its window and bands."""

    def __init__(self) -> None:
        self._taper = np.hanning(_WINDOW + 1)[:-1].astype(np.float32)
        self._bands = _band_weights()

    def of(self, sound: NDArray[np.float32], seconds: float) -> NDArray[np.float32]:
        """Return the picture of 16 kHz sound, padded with silence or cut to ``seconds``."""
        length = int(seconds * RATE_HZ) // _HOP * _HOP
        sound = np.pad(sound[:length], (0, max(0, length - len(sound))))
        sound = np.pad(sound, _WINDOW // 2, mode="reflect")
        frames = np.lib.stride_tricks.sliding_window_view(sound, _WINDOW)[::_HOP][: length // _HOP]
        power = np.abs(np.fft.rfft(frames * self._taper, axis=1)) ** 2
        # Each band covers a handful of bins. Summing those is quicker than a full matrix product,
        # which would also wake the linear algebra library's own threads.
        picture = np.empty((_BANDS, len(power)), dtype=np.float32)
        for band, (first, weights) in enumerate(self._bands):
            covered = power[:, first : first + len(weights)]
            picture[band] = np.einsum("tb,b->t", covered, weights)
        logarithm = np.log10(np.maximum(picture, 1e-10))
        logarithm = np.maximum(logarithm, logarithm.max() - 8.0)
        return np.ascontiguousarray((logarithm + 4.0) / 4.0, dtype=np.float32)[None]
