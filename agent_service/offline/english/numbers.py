"""Reading numbers that are written in words."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from agent_service import number_words

_SMALL: Final = number_words.SMALL["en"].split()
_ORDINAL_WORDS: Final = (
    "first second third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth thirteenth "
    "fourteenth fifteenth sixteenth seventeenth eighteenth nineteenth"
)

UNITS: Final = {word: value for value, word in enumerate(_SMALL[:10])}
TEENS: Final = {word: value for value, word in enumerate(_SMALL[10:], start=10)}
TENS: Final = {
    word: value * 10 for value, word in enumerate(number_words.TENS["en"].split(), start=2)
} | {"fourty": 40}
REPEATS: Final = {"double": 2, "triple": 3, "treble": 3}
ZERO_LETTERS: Final = frozenset(("oh", "o", "nought", "naught"))
"""What zero is called among digits."""
SOUND_LIKE_DIGITS: Final = {"won": "1", "to": "2", "too": "2", "for": "4", "ate": "8"}
"""What recognisers write for a digit among others."""
_SCALES: Final = {"thousand": 1_000, "million": 1_000_000}
_TOO_LARGE: Final = 1_000_000_000
ORDINALS: Final = {
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
    if len(words) > 1 and words[0] in REPEATS and words[1] in UNITS:
        return Group(str(UNITS[words[1]]) * REPEATS[words[0]], 2, is_digit=True)
    found = read_cardinal(words)
    if found is None:
        return None
    value, length = found
    return Group(str(value), length, is_digit=length == 1 and words[0] in UNITS)


def read_cardinal(words: Sequence[str], at: int = 0) -> tuple[int, int] | None:
    """Return the value and the number of words of "two hundred and six", "a thousand"."""
    begin = at
    if _word(words, at) == "a" and _word(words, at + 1) in ("hundred", "thousand"):
        group, at = 1, at + 1
    else:
        group, at = _below_hundred(words, at)
    if at == begin:
        return None
    total, limit = 0, _TOO_LARGE
    while True:
        word = _word(words, at)
        scale = _SCALES.get(word, limit)
        if word == "hundred" and 0 < group < 100:
            rest, at = _rest(words, at + 1)
            group = group * 100 + rest
        elif scale < limit and group:
            total, limit = total + group * scale, scale
            group, at = _rest(words, at + 1)
        else:
            return total + group, at - begin


def read_decimals(words: Sequence[str], at: int = 0) -> str:
    """Return the digits said one by one after "point", each a word; none when it is no point."""
    digits = ""
    if _word(words, at) == "point":
        while digit := read_digit(_word(words, at + 1 + len(digits))):
            digits += digit
    return digits


def read_digit(word: str) -> str:
    """Return the digit that a word stands for among digits, or nothing."""
    if word in UNITS:
        return str(UNITS[word])
    if word in ZERO_LETTERS:
        return "0"
    return word if len(word) == 1 and word.isdecimal() else ""


def read_ordinal(words: Sequence[str]) -> tuple[int, int] | None:
    """Return the value and the number of words of "third" or "twenty third"."""
    if len(words) > 1 and words[0] in TENS and 0 < ORDINALS.get(words[1], 0) < 10:
        return TENS[words[0]] + ORDINALS[words[1]], 2
    if words and words[0] in ORDINALS:
        return ORDINALS[words[0]], 1
    return None


def ordinal_figures(value: int) -> str:
    """Return "1st", "22nd", "13th"."""
    ending = "th" if 10 <= value % 100 <= 20 else {1: "st", 2: "nd", 3: "rd"}.get(value % 10, "th")
    return f"{value}{ending}"


def _below_hundred(words: Sequence[str], at: int) -> tuple[int, int]:
    """Return the value and where it ends: where it began when this is no number."""
    word = _word(words, at)
    if word in TENS:
        ahead = at + 1 + (_word(words, at + 1) == "-")
        unit = UNITS.get(_word(words, ahead), 0)
        return TENS[word] + unit, ahead + 1 if unit else at + 1
    value = UNITS.get(word, TEENS.get(word))
    return (0, at) if value is None else (value, at + 1)


def _rest(words: Sequence[str], at: int) -> tuple[int, int]:
    """Return what follows a hundred or a thousand, with or without an "and", and where it ends."""
    rest, after = _below_hundred(words, at + (_word(words, at) == "and"))
    # "one thousand zero": the zero is a digit of its own.
    return (rest, after) if rest else (0, at)


def _word(words: Sequence[str], at: int) -> str:
    return words[at] if at < len(words) else ""
