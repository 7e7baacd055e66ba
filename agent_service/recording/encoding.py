"""Recordings as files: parts become one Ogg Opus file, of which stretches can be cut again."""

import hashlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Literal

import numpy as np
import soundfile
from numpy.typing import NDArray

from agent_service.audio import SAMPLE_RATE_HZ
from agent_service.errors import AudioError
from agent_service.recording.parts import Sound
from agent_service.recording.timeline import PER_MS

MEDIA_TYPE: Final = "audio/ogg"
WAV_TYPE: Final = "audio/wav"
PEAK_MS: Final = 50
"""One peak of each channel in the picture of a recording."""

_BLOCK: Final = SAMPLE_RATE_HZ
_PER_PEAK: Final = PEAK_MS * PER_MS

Peaks = NDArray[np.uint8]
"""The loudest of each stretch, 0 to 255, the channels side by side."""
Stretch = tuple[int, int]
"""From where to where, in milliseconds."""


@dataclass(frozen=True, slots=True)
class Source:
    """Sound, and where it begins."""

    started_ms: int
    blocks: Iterator[Sound]


@dataclass(frozen=True, slots=True)
class Made:
    """What is known of a file that was made."""

    duration_ms: int
    size_bytes: int
    sha256: str
    peaks: Peaks


def mix_down(sources: Sequence[Source], silences: Iterable[Stretch], file: Path) -> Made:
    """Write all sources as one Ogg Opus file that begins with the conversation.

    What nobody recorded is silence, and so are the ``silences``.
    """
    peaks = []
    samples = 0
    stretches = list(silences)
    with soundfile.SoundFile(
        str(file), "w", SAMPLE_RATE_HZ, channels=2, format="OGG", subtype="OPUS"
    ) as written:
        for block in _mixed(sources):
            for start_ms, end_ms in stretches:
                start, end = start_ms * PER_MS - samples, end_ms * PER_MS - samples
                block[max(start, 0) : max(end, 0)] = 0
            written.write(block)
            peaks.append(_peaks(block))
            samples += len(block)
    content = file.read_bytes()
    return Made(
        duration_ms=samples // PER_MS,
        size_bytes=len(content),
        sha256=hashlib.sha256(content).hexdigest(),
        peaks=np.concatenate(peaks) if peaks else np.zeros((0, 2), np.uint8),
    )


def read_sound(file: Path) -> Iterator[Sound]:
    """Yield the sound of a finished recording; raise AudioError when it is damaged."""
    try:
        with soundfile.SoundFile(str(file)) as opened:
            while len(block := opened.read(_BLOCK, "int16", always_2d=True)):
                yield block
    except soundfile.SoundFileError as error:
        raise AudioError("The recording is damaged.", code="recording_damaged") from error


def cut(file: Path, into: Path, stretch: Stretch | None, form: Literal["ogg", "wav"]) -> None:
    """Write a stretch of a recording, or all of it, as another file; raise AudioError."""
    try:
        with soundfile.SoundFile(str(file)) as opened:
            start, end = 0, opened.frames
            if stretch is not None:
                start, end = (min(ms * PER_MS, opened.frames) for ms in stretch)
            opened.seek(start)
            _copy(opened, into, end - start, form)
    except soundfile.SoundFileError as error:
        raise AudioError("The recording is damaged.", code="recording_damaged") from error


def _copy(opened: soundfile.SoundFile, into: Path, left: int, form: Literal["ogg", "wav"]) -> None:
    kind = ("WAV", "PCM_16") if form == "wav" else ("OGG", "OPUS")
    with soundfile.SoundFile(
        str(into), "w", SAMPLE_RATE_HZ, channels=opened.channels, format=kind[0], subtype=kind[1]
    ) as written:
        while left > 0 and len(block := opened.read(min(_BLOCK, left), "int16", always_2d=True)):
            written.write(block)
            left -= len(block)


def _mixed(sources: Sequence[Source]) -> Iterator[Sound]:
    """Yield all sources together, in blocks of a second."""
    waiting = [_Waiting(source) for source in sources]
    at = 0
    while True:
        for one in waiting:
            one.fill(at + _BLOCK)
        if all(one.is_over for one in waiting):
            return
        end = min(max(one.end for one in waiting), at + _BLOCK)
        mixed = np.zeros((end - at, 2), np.int32)
        for one in waiting:
            one.add_to(mixed, at, end)
        yield np.clip(mixed, -32_768, 32_767).astype(np.int16)
        at = end


class _Waiting:
    """What was read of a source and not mixed so far."""

    def __init__(self, source: Source) -> None:
        self._blocks = source.blocks
        self._start = source.started_ms * PER_MS
        self._sound: list[Sound] = []
        self._has_more = True
        self.end = self._start
        """Up to where it was read."""

    @property
    def is_over(self) -> bool:
        """All of it was mixed."""
        return not self._has_more and not self._sound

    def fill(self, until: int) -> None:
        """Read up to there."""
        while self._has_more and self.end < until:
            block = next(self._blocks, None)
            self._has_more = block is not None
            if block is not None:
                self._sound.append(block)
                self.end += len(block)

    def add_to(self, mixed: NDArray[np.int32], at: int, end: int) -> None:
        while self._sound and self._start < end:
            block = self._sound.pop(0)
            now, later = block[: end - self._start], block[end - self._start :]
            mixed[self._start - at : self._start - at + len(now)] += now
            self._start += len(now)
            if len(later):
                self._sound.insert(0, later)


def _peaks(block: Sound) -> Peaks:
    whole = -(-len(block) // _PER_PEAK) * _PER_PEAK
    padded = np.zeros((whole, 2), np.int32)
    padded[: len(block)] = np.abs(block.astype(np.int32))
    loudest = padded.reshape(-1, _PER_PEAK, 2).max(axis=1)
    peaks: Peaks = (loudest >> 7).clip(0, 255).astype(np.uint8)
    return peaks
