"""How long answers took, as letters: one for each, so that those of many conversations are put
together by writing them one behind the other, and counted in one go.

The database writes the letters itself (migration 0018). Below 64 ms each millisecond has its own,
above that there are 32 to an octave: what a letter stands for is off by 1.6 % at most.
"""

from typing import Final, TypeAlias

import numpy as np
from numpy.typing import NDArray

Counts: TypeAlias = NDArray[np.int64]
"""How often each letter occurs, in their order."""

EXACT: Final = 64
_FIRST: Final = 256
_PER_OCTAVE: Final = 32
_OCTAVES: Final = 11
LETTERS: Final = EXACT + _PER_OCTAVE * _OCTAVES
LONGEST_MS: Final = (1 << 17) - 1
"""Over two minutes; what took longer is taken for this."""


def letter_of(ms: int) -> str:
    """Return the letter for a wait."""
    ms = min(max(ms, 0), LONGEST_MS)
    if ms < EXACT:
        return chr(_FIRST + ms)
    octave = ms.bit_length() - 7
    return chr(_FIRST + EXACT + _PER_OCTAVE * octave + (ms >> octave + 1) - _PER_OCTAVE)


def wait_of(letter: str) -> int:
    """Return what a letter stands for, in milliseconds: the middle of its stretch."""
    code = ord(letter) - _FIRST
    if code < EXACT:
        return code
    octave, step = divmod(code - EXACT, _PER_OCTAVE)
    return (step + _PER_OCTAVE << octave + 1) + (1 << octave)


def counts_of(letters: str) -> Counts:
    """Return how often each letter occurs; where numbers stand behind them, so often each."""
    codes = np.frombuffer(letters.encode("utf-16-le"), np.uint16).astype(np.int64)
    if not letters[1:2].isdigit():
        return np.bincount(codes - _FIRST, minlength=LETTERS)
    places = np.flatnonzero(codes >= _FIRST)
    lengths = np.diff(places, append=len(codes))
    # Each digit by its place before the next letter; the letters themselves are nothing.
    behind = np.repeat(places + lengths, lengths) - np.arange(len(codes)) - 1
    digits = np.where(codes < _FIRST, (codes - ord("0")) * 10**behind, 0)
    times = np.add.reduceat(digits, places)
    return np.bincount(codes[places] - _FIRST, times, LETTERS).astype(np.int64)


def as_letters(counts: Counts, *, is_short: bool) -> str:
    """Return the letters as a text for ``counts_of``: each as often as it occurs, or once with how
    often that is behind it."""
    found = ((chr(_FIRST + at), int(counts[at])) for at in np.flatnonzero(counts))
    return "".join(one * count if is_short else f"{one}{count}" for one, count in found)


def percentiles(counts: Counts, shares: tuple[float, ...]) -> tuple[int | None, ...]:
    """Return the waits that these shares of the answers did not exceed; nothing of none."""
    seen = counts.cumsum()
    if not seen[-1]:
        return (None,) * len(shares)
    # As many as there are, rounded up: the nearest rank.
    return tuple(
        wait_of(chr(_FIRST + int(np.searchsorted(seen, share * seen[-1])))) for share in shares
    )
