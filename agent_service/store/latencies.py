"""How long answers took, as letters: one for each, so that those of many conversations are put
together by writing them one behind the other, and counted in one go.

The database writes the letters itself (migration 0018). Below 64 ms each millisecond has its own,
above that there are 32 to an octave: what a letter stands for is off by 1.6 % at most.
"""

from collections import Counter
from typing import Final

EXACT: Final = 64
_FIRST: Final = 256
_PER_OCTAVE: Final = 32
_OCTAVES: Final = 11
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


def percentiles(counts: Counter[str], shares: tuple[float, ...]) -> tuple[int | None, ...]:
    """Return the waits that these shares of the answers did not exceed; nothing of none."""
    total = counts.total()
    if not total:
        return (None,) * len(shares)
    found: dict[float, int] = {}
    seen = 0
    for letter in sorted(counts):
        seen += counts[letter]
        for share in shares:
            # As many as there are, rounded up: the nearest rank.
            if share not in found and seen >= share * total:
                found[share] = wait_of(letter)
    return tuple(found[share] for share in shares)
