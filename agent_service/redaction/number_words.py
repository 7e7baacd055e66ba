"""Numbers as people say them in English, German, French, Spanish, Italian and Portuguese.

One table for all: no word of one of these languages is another number in the next.
"""

import re
import unicodedata
from collections.abc import Callable, Sequence
from functools import lru_cache
from typing import Final, TypeAlias

from agent_service.number_words import HUNDREDS, LANGUAGES, SMALL, TENS, cardinal

_ACCENTS: Final = re.compile("[\u0300-\u036f]+")
_Read: TypeAlias = Callable[[Sequence[str], int], tuple[int, int]]

# Other spellings and other words, by value: of regions, of recognisers, within compounds.
_MORE: Final = {
    0: "oh nought naught",
    1: "ein eine une una uma",
    2: "zwo duas",
    5: "fuenf",
    6: "meia",
    9: "niner",
    12: "zwoelf",
    15: "fuenfzehn",
    16: "dezasseis",
    17: "dezassete",
    19: "dezanove",
    20: "vingts",
    40: "fourty",
    50: "fuenfzig",
    70: "septante",
    80: "huitante octante",
    90: "nonante",
    100: "hundred hundert cent cents cien cem",
    200: "duecento",
    1000: "thousand tausend mille mil mila",
}
_TWICE: Final = "double doppel doppelt zweimal doble doppio doppia duplo dupla dobro"
_THRICE: Final = "triple treble dreifach dreimal triplo tripla tripel"
_TIMES: Final = dict.fromkeys(_TWICE.split(), 2) | dict.fromkeys(_THRICE.split(), 3)
_JOINTS: Final = frozenset({"and", "et", "y", "e", "und"})
# What recognisers write for a digit among digits.
_MISHEARD: Final = {"o": 0, "to": 2, "too": 2, "for": 4, "ate": 8, "won": 1}
_BEFORE_HUNDRED: Final = frozenset({"hundred", "hundert"})
"""Hundreds that more than nine are counted of: "forty-one hundred"."""


def _values() -> dict[str, int]:
    values = {word: value for value, words in _MORE.items() for word in words.split()}
    for language in LANGUAGES:
        values |= {word: value for value, word in enumerate(SMALL[language].split())}
        values |= {word: 20 + 10 * at for at, word in enumerate(TENS[language].split())}
        hundreds = HUNDREDS.get(language, "").split()
        values |= {word: 100 * value for value, word in enumerate(hundreds, 1)}
        # What German, Italian and Spanish write as one word: 21, 32, 99.
        values |= {cardinal(value, language): value for value in range(21, 100)}
    return {word: value for word, value in values.items() if word.isalpha()}


VALUES: Final = _values()
"""What each number word is worth, by its folded spelling."""

NUMBER_WORDS: Final = frozenset(VALUES)

COMPOUNDING: Final = ("hundert", "tausend", "cent", "mil")
"""One of these is in every number from 100 that is written as one word."""

_PART: Final = "|".join(
    sorted((word for word, value in VALUES.items() if 0 < value < 100), key=len, reverse=True)
)
_COMPOUND: Final = re.compile(
    rf"(?:(?P<thousands>{_PART})?(?P<thousand>tausend|mille|mila))?"
    rf"(?:(?P<hundreds>{_PART})?(?P<hundred>hundert|cento?))?(?:und)?(?P<rest>{_PART})?"
)


@lru_cache(maxsize=4096)
def folded(word: str) -> str:
    """Return the word in lower case, without accents."""
    return word.lower() if word.isascii() else without_accents(word)


def without_accents(text: str) -> str:
    """Return the text in lower case, its letters bare, full-width ones as any other."""
    return _ACCENTS.sub("", unicodedata.normalize("NFKD", text.casefold()))


@lru_cache(maxsize=4096)
def value_of(word: str) -> int | None:
    """Return what the folded word is worth: "elf", "elfhundertelf", "millecentoundici"."""
    value = VALUES.get(word)
    if value is None and any(part in word for part in COMPOUNDING):
        found = _COMPOUND.fullmatch(word)
        value = None if found is None else _compound(found)
    return value


def _compound(found: re.Match[str]) -> int:
    thousands = VALUES[found["thousands"] or "eins"] if found["thousand"] else 0
    hundreds = VALUES[found["hundreds"] or "eins"] if found["hundred"] else 0
    return 1000 * thousands + 100 * hundreds + (VALUES[found["rest"]] if found["rest"] else 0)


def digits_at(words: Sequence[str], at: int, *, is_among: bool) -> tuple[str, int] | None:
    """Return the digits that the number at this place is written with, and where it ends.

    ``words`` are folded; ``is_among``: a number stands before it.
    """
    if (times := _TIMES.get(words[at])) is not None:
        # German says which digit: "zweimal die vier".
        ahead = at + 2 if at + 1 < len(words) and words[at + 1] in {"die", "el", "le"} else at + 1
        digit = _digit(words, ahead)
        return None if digit is None else (str(digit) * times, ahead + 1)
    if is_among and words[at] in _MISHEARD:
        is_before_one = words[at] == "o" or _digit(words, at + 1) is not None
        return (str(_MISHEARD[words[at]]), at + 1) if is_before_one else None
    if value_of(words[at]) is None:
        return None
    return _cardinal(words, at)


def _cardinal(words: Sequence[str], at: int) -> tuple[str, int]:
    """Read as far as one number goes: "forty one", "quatre-vingt-onze", "mil ciento once"."""
    value, at = (1, at) if _value(words, at) == 1000 else _below_thousand(words, at)
    if _value(words, at) == 1000 and 0 < value < 100:
        rest, at = _rest(words, at + 1, _below_thousand, 1000)
        value = value * 1000 + rest
    return str(value), at


def _below_thousand(words: Sequence[str], at: int) -> tuple[int, int]:
    value, at = _below_hundred(words, at)
    if _value(words, at) == 100 and 0 < value < (100 if words[at] in _BEFORE_HUNDRED else 10):
        value, at = value * 100, at + 1
    if value and value % 100 == 0:
        rest, at = _rest(words, at, _below_hundred, 100)
        value += rest
    return value, at


def _rest(words: Sequence[str], at: int, read: _Read, limit: int) -> tuple[int, int]:
    """Return what follows a hundred or a thousand: "and four", "four", or nothing."""
    ahead = at + 1 if at < len(words) and words[at] in _JOINTS else at
    first = _value(words, ahead)
    return read(words, ahead) if first is not None and 0 < first < limit else (0, at)


def _below_hundred(words: Sequence[str], at: int) -> tuple[int, int]:
    if _is_eighty(words, at):
        value, word, at = 80, "vingt", at + 2
    elif words[at] == "dix":
        return _teen(words, at)
    else:
        value, word, at = value_of(words[at]) or 0, words[at], at + 1
    if not 20 <= value < 100 or value % 10:
        return value, at
    ahead = at + 1 if at < len(words) and words[at] in _JOINTS else at
    if not 0 < (_value(words, ahead) or 0) < 20 or _is_eighty(words, ahead):
        return value, at
    rest, after = _teen(words, ahead)
    # French counts on from sixty and eighty: "soixante et onze", "quatre-vingt-dix-sept".
    counts_on = value in (60, 80) and word in {"soixante", "vingt"}
    return (value + rest, after) if rest < (20 if counts_on else 10) else (value, at)


def _is_eighty(words: Sequence[str], at: int) -> bool:
    """Tell whether "quatre-vingt" stands there."""
    return at < len(words) and words[at] == "quatre" and _value(words, at + 1) == 20


def _teen(words: Sequence[str], at: int) -> tuple[int, int]:
    """Read a number below twenty, which in French may be two words: "dix-sept"."""
    unit = _value(words, at + 1)
    if words[at] == "dix" and unit in (7, 8, 9):
        return 10 + unit, at + 2
    return value_of(words[at]) or 0, at + 1


def _value(words: Sequence[str], at: int) -> int | None:
    return value_of(words[at]) if at < len(words) else None


def _digit(words: Sequence[str], at: int) -> int | None:
    value = _value(words, at)
    if value is None and at < len(words) and len(words[at]) == 1 and words[at].isdigit():
        return int(words[at])
    return value if value is not None and value < 10 else None
