"""What counts as a word: one pure rule for what is recorded and for what is looked for.

Case, accents, widths and invisible characters make no difference; letters and digits part; writing
without spaces is taken character by character, so that every word in it is a row of them. Knows no
database.
"""

import re
import unicodedata
from collections.abc import Iterator
from functools import lru_cache
from itertools import islice
from typing import Final, Literal, NamedTuple, TypeAlias

MAX_CHARACTERS: Final = 100_000
MAX_WORDS: Final = 16_383
"""Of one turn, as many as PostgreSQL can number; what comes after either cannot be found."""
MAX_WORD_CHARACTERS: Final = 200
"""A longer one is cut into words of this length: PostgreSQL has no room for more than 2 KB."""

_MAX_CLUSTER: Final = 32
"""Characters with what stands above and below them: some write towers."""

Kind: TypeAlias = Literal["letter", "digit", "own", "break"]
"""Letters join letters and digits join digits; ``own`` is a word by itself."""


class Word(NamedTuple):
    """A word as it is compared, and where it stands."""

    folded: str
    start: int
    end: int


_ASCII_WORD = re.compile(f"[a-z]{{1,{MAX_WORD_CHARACTERS}}}|[0-9]{{1,{MAX_WORD_CHARACTERS}}}")

_ACCENTS = re.compile(
    "[\u0300-\u036f\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff\ufe20-\ufe2f"  # Latin, Greek, Cyrillic
    "\u0591-\u05c7"  # Hebrew points
    "\u0610-\u061a\u064b-\u065f\u0670\u06d6-\u06dc\u06df-\u06e8\u06ea-\u06ed]"  # Arabic vowel signs
)
_INVISIBLE = re.compile(
    "[\u00ad\u034f\u061c\u0640\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u202a-\u202e"
    "\u2060-\u206f\u3164\ufe00-\ufe0f\ufeff\uffa0\U0001f3fb-\U0001f3ff\U000e0000-\U000e0fff]"
)
"""Zero-width and soft ones, Arabic's stretching line, variants of emoji and the colours of skin."""

_WITHOUT_SPACES = re.compile(
    "[\u0e00-\u0eff\u1000-\u109f\u1100-\u11ff\u1780-\u17ff\u1950-\u19ff\u1a20-\u1aaf\u1b00-\u1b7f"
    "\u2e80-\u2fdf\u3005-\u3007\u3021-\u3029\u3031-\u3035\u3041-\u318f\u31a0-\u31bf\u31f0-\u31ff"
    "\u3400-\u4dbf\u4e00-\ua4cf\ua960-\ua97f\ua980-\ua9ff\uaa60-\uaadf\uac00-\ud7ff\uf900-\ufaff"
    "\U00016fe0-\U00018d8f\U0001aff0-\U0001b2ff\U00020000-\U0003ffff]"
)
"""Han, Kana, Bopomofo, Yi, Hangul (whose words end in particles), Thai, Lao, Khmer, Myanmar, Tai,
Javanese, Balinese."""

_WORD_BREAK_WITHIN = re.compile(r"(?<=[\u0600-\u08ff])\u200c(?=[\u0600-\u08ff])")
"""In Persian the zero-width non-joiner parts a word from its plural or its prefix."""
_COMPOSED = re.compile("[\u1100-\u11ff\u3041-\u30ff]")
"""Hangul and Kana: what they are made of is no letter to look for."""

_ALIKE = (
    # Letters that Unicode does not take apart, and those that differ by keyboard alone: the yeh and
    # kaf of Arabic and of Persian.
    str.maketrans("ıøłđħŧð\u0649\u06cc\u06a9", "ioldhtd\u064a\u064a\u0643")
    | str.maketrans({"þ": "th", "æ": "ae", "œ": "oe"})
    | dict.fromkeys(range(0x02B9, 0x02C0), " ")  # letters by name, apostrophes by use
)


def split(text: str) -> tuple[Word, ...]:
    """Return the words of a text in their order."""
    text = text[:MAX_CHARACTERS]
    return tuple(islice(_ascii(text) if text.isascii() else _any(text), MAX_WORDS))


def fold(text: str) -> tuple[str, ...]:
    """Return the words of a text as they are compared."""
    return tuple(word.folded for word in split(text))


def _ascii(text: str) -> Iterator[Word]:
    """Do as ``_any`` does, for the many texts where that is simple."""
    for found in _ASCII_WORD.finditer(text.lower()):
        yield Word(found[0], found.start(), found.end())


def _any(text: str) -> Iterator[Word]:
    kind: Kind = "break"
    run, start, end = "", 0, 0
    for place, cluster in _clusters(_WORD_BREAK_WITHIN.sub(" ", text)):
        for next_kind, character in _fold_cluster(cluster):
            if next_kind != kind or kind == "own" or len(run) == MAX_WORD_CHARACTERS:
                if run:
                    yield Word(run, start, end)
                run, start, kind = "", place, next_kind
            run += character
            end = place + len(cluster)
    if run:
        yield Word(run, start, end)


def _clusters(text: str) -> Iterator[tuple[int, str]]:
    """Yield characters together with the accents, vowels and marks that belong to them."""
    start = 0
    for place in range(1, len(text)):
        if not _continues(text[place]) or place - start == _MAX_CLUSTER:
            yield start, text[start:place]
            start = place
    yield start, text[start:]


def _continues(character: str) -> bool:
    return character > "\u02ff" and (
        unicodedata.combining(character) > 0
        or "\u1160" <= character <= "\u11ff"  # the vowel or the end of a Korean syllable
        or "\uff9e" <= character <= "\uff9f"  # the sound marks of narrow Kana
    )


@lru_cache(maxsize=16_384)
def _fold_cluster(cluster: str) -> tuple[tuple[Kind, str], ...]:
    """Return the characters that are compared, ``break`` without any."""
    apart = unicodedata.normalize("NFKD", cluster).casefold()
    apart = unicodedata.normalize("NFKD", apart).translate(_ALIKE)
    apart = _INVISIBLE.sub("", _ACCENTS.sub("", apart))
    if _COMPOSED.match(apart):
        apart = unicodedata.normalize("NFC", apart)
    folded = tuple(map(_fold_character, apart))
    # A small number beside a large one, as in 1½ and in 1004², is not the rest of it.
    is_apart = unicodedata.category(cluster[0]) == "No"
    return (("break", ""), *folded, ("break", "")) if is_apart else folded


def _fold_character(character: str) -> tuple[Kind, str]:
    digit = unicodedata.digit(character, None)
    if digit is not None:
        return "digit", str(digit)
    if character in "\ufffc\ufffd":  # stand for something that is not there
        return "break", ""
    match unicodedata.category(character):
        case "So" | "Cn" | "Co" | "No" | "Nl":
            return "own", character
        case category if category[0] in "LM":
            return "own" if _WITHOUT_SPACES.match(character) else "letter", character
        case _:
            return "break", ""
