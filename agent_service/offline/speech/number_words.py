"""Reading numbers that are written in words."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

_UNIT_WORDS: Final = "zero one two three four five six seven eight nine"
_TEEN_WORDS: Final = (
    "ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen"
)
_TEN_WORDS: Final = "twenty thirty forty fifty sixty seventy eighty ninety"
_ORDINAL_WORDS: Final = (
    "first second third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth thirteenth "
    "fourteenth fifteenth sixteenth seventeenth eighteenth nineteenth"
)

UNITS: Final = {word: value for value, word in enumerate(_UNIT_WORDS.split())}
_TEENS: Final = {word: value for value, word in enumerate(_TEEN_WORDS.split(), start=10)}
_TENS: Final = {word: value * 10 for value, word in enumerate(_TEN_WORDS.split(), start=2)}
_TIMES: Final = {"double": 2, "triple": 3}
_SCALES: Final = {"thousand": 1_000, "million": 1_000_000}
_ORDINALS: Final = {
    **{word: value for value, word in enumerate(_ORDINAL_WORDS.split(), start=1)},
    "twentieth": 20,
    "thirtieth": 30,
}


@dataclass(frozen=True, slots=True)
class Group:
    """Number words that belong together: "five", "forty two", "double six", "two hundred"."""

    figures: str
    length: int
    """In words."""
    is_digit: bool
    """Said digit by digit."""

    @property
    def value(self) -> int:
        return int(self.figures)


def read_group(words: Sequence[str]) -> Group | None:
    """Return the group at the beginning of the lower-case words, the longest that makes sense."""
    if len(words) > 1 and words[0] in _TIMES and words[1] in UNITS:
        return Group(str(UNITS[words[1]]) * _TIMES[words[0]], 2, is_digit=True)
    total, length = _below_hundred(words)
    if not length and words[:1] == ["a"] and words[1:2] in (["hundred"], ["thousand"]):
        total, length = 1, 1
    if not length:
        return None
    if words[length : length + 1] == ["hundred"] and total > 0:
        rest, used = _after(words, length + 1, _below_hundred)
        total, length = total * 100 + rest, length + 1 + used
    scale = _SCALES.get(words[length]) if length < len(words) else None
    if scale and total > 0:
        rest, used = _after(words, length + 1, _below_thousand)
        total, length = total * scale + rest, length + 1 + used
    return Group(str(total), length, is_digit=length == 1 and words[0] in UNITS)


def read_ordinal(words: Sequence[str]) -> tuple[int, int] | None:
    """Return the value and the number of words of "third" or "twenty third"."""
    if len(words) > 1 and words[0] in _TENS and 0 < _ORDINALS.get(words[1], 0) < 10:
        return _TENS[words[0]] + _ORDINALS[words[1]], 2
    if words and words[0] in _ORDINALS:
        return _ORDINALS[words[0]], 1
    return None


def ordinal_figures(value: int) -> str:
    """Return "1st", "22nd", "13th"."""
    ending = "th" if 10 <= value % 100 <= 20 else {1: "st", 2: "nd", 3: "rd"}.get(value % 10, "th")
    return f"{value}{ending}"


def _below_hundred(words: Sequence[str]) -> tuple[int, int]:
    """Return the value and how many words it took; none when this is no number."""
    if not words:
        return 0, 0
    first = words[0]
    if first in _TENS:
        unit = UNITS.get(words[1], 0) if len(words) > 1 else 0
        return _TENS[first] + unit, 2 if unit else 1
    value = UNITS.get(first, _TEENS.get(first))
    return (0, 0) if value is None else (value, 1)


def _below_thousand(words: Sequence[str]) -> tuple[int, int]:
    total, length = _below_hundred(words)
    if length and words[length : length + 1] == ["hundred"]:
        rest, used = _after(words, length + 1, _below_hundred)
        return total * 100 + rest, length + 1 + used
    return total, length


def _after(
    words: Sequence[str], begin: int, read: Callable[[Sequence[str]], tuple[int, int]]
) -> tuple[int, int]:
    """Read what follows "hundred" or "thousand", with or without an "and"."""
    joined = begin + (words[begin : begin + 1] == ["and"])
    total, length = read(words[joined:])
    return (total, joined - begin + length) if total else (0, 0)
