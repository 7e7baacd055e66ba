"""Numbers as people say them in English, German, French, Spanish, Italian and Portuguese.

One table for all: no word of one of these languages is another number in the next.
"""

import re
import unicodedata
from collections.abc import Callable, Iterator, Sequence
from functools import lru_cache
from typing import Final, TypeAlias

_ACCENTS: Final = re.compile("[\u0300-\u036f]+")
_Read: TypeAlias = Callable[[Sequence[str], int], tuple[int, int]]

_UNITS: Final = (
    "zero oh null nought naught cero",
    "one ein eins eine un une uno una um uma",
    "two zwei zwo deux dos due dois duas",
    "three drei trois tres tre",
    "four vier quatre cuatro quattro quatro",
    "five funf fuenf cinq cinco cinque",
    "six sechs seis sei",
    "seven sieben sept siete sette sete",
    "eight acht huit ocho otto oito",
    "nine neun neuf nueve nove niner",
)
_TEENS: Final = (
    "ten zehn dix diez dieci dez",
    "eleven elf onze once undici",
    "twelve zwolf zwoelf douze doce dodici doze",
    "thirteen dreizehn treize trece tredici treze",
    "fourteen vierzehn quatorze catorce quattordici catorze",
    "fifteen funfzehn fuenfzehn quinze quince quindici",
    "sixteen sechzehn seize dieciseis sedici dezesseis dezasseis",
    "seventeen siebzehn diecisiete diciassette dezessete dezassete",
    "eighteen achtzehn dieciocho diciotto dezoito",
    "nineteen neunzehn diecinueve diciannove dezenove dezanove",
)
_TENS: Final = (
    "twenty zwanzig vingt vingts veinte venti vinte",
    "thirty dreissig trente treinta trenta trinta",
    "forty fourty vierzig quarante cuarenta quaranta quarenta",
    "fifty funfzig fuenfzig cinquante cincuenta cinquanta cinquenta",
    "sixty sechzig soixante sesenta sessanta sessenta",
    "seventy siebzig septante setenta settanta",
    "eighty achtzig huitante octante ochenta ottanta oitenta",
    "ninety neunzig nonante noventa novanta",
)
_GERMAN_TENS: Final = (
    "zwanzig",
    "dreissig",
    "vierzig",
    "funfzig",
    "sechzig",
    "siebzig",
    "achtzig",
    "neunzig",
)
_ITALIAN_TENS: Final = (
    "venti",
    "trenta",
    "quaranta",
    "cinquanta",
    "sessanta",
    "settanta",
    "ottanta",
    "novanta",
)
_HUNDREDS: Final = (
    "hundred hundert cent cents cien ciento cento cem",
    "doscientos duecento duzentos",
    "trescientos trecento trezentos",
    "cuatrocientos quattrocento quatrocentos",
    "quinientos cinquecento quinhentos",
    "seiscientos seicento seiscentos",
    "setecientos settecento setecentos",
    "ochocientos ottocento oitocentos",
    "novecientos novecento novecentos",
)
_THOUSAND: Final = "thousand tausend mille mil mila"
_TWICE: Final = "double doppel doppelt zweimal doble doppio doppia duplo dupla"
_THRICE: Final = "triple treble dreifach dreimal triplo tripla tripel"
_TIMES: Final = dict.fromkeys(_TWICE.split(), 2) | dict.fromkeys(_THRICE.split(), 3)
_JOINTS: Final = frozenset({"and", "et", "y", "e", "und"})
# What recognisers write for a digit among digits.
_MISHEARD: Final = {"o": 0, "to": 2, "too": 2, "for": 4, "ate": 8, "won": 1}


def _values() -> dict[str, int]:
    values = dict.fromkeys(_THOUSAND.split(), 1000)
    for first, step, rows in ((0, 1, _UNITS), (10, 1, _TEENS), (20, 10, _TENS)):
        for index, row in enumerate(rows):
            values |= dict.fromkeys(row.split(), first + step * index)
    for index, row in enumerate(_HUNDREDS):
        values |= dict.fromkeys(row.split(), 100 * (index + 1))
    return values | dict(_grown_together())


def _grown_together() -> Iterator[tuple[str, int]]:
    """Yield what German, Italian and Spanish write as one word: 21, 32, 99."""
    german = ("ein", "zwei", "drei", "vier", "funf", "sechs", "sieben", "acht", "neun")
    italian = ("uno", "due", "tre", "quattro", "cinque", "sei", "sette", "otto", "nove")
    spanish = ("uno", "dos", "tres", "cuatro", "cinco", "seis", "siete", "ocho", "nueve")
    for index in range(8):
        ten, tens_german, tens_italian = 20 + 10 * index, _GERMAN_TENS[index], _ITALIAN_TENS[index]
        for unit in range(1, 10):
            yield f"{german[unit - 1]}und{tens_german}", ten + unit
            # Before a vowel the ten loses its own: "ventuno", "ventotto".
            stem = tens_italian[:-1] if unit in (1, 8) else tens_italian
            yield stem + italian[unit - 1], ten + unit
    for unit in range(1, 10):
        yield f"veinti{spanish[unit - 1]}", 20 + unit


VALUES: Final = _values()
"""What each number word is worth, by its folded spelling."""

NUMBER_WORDS: Final = frozenset(VALUES)


@lru_cache(maxsize=4096)
def folded(word: str) -> str:
    """Return the word in lower case, without accents."""
    return word.lower() if word.isascii() else without_accents(word)


def without_accents(text: str) -> str:
    """Return the text in lower case, its letters bare, full-width ones as any other."""
    return _ACCENTS.sub("", unicodedata.normalize("NFKD", text.casefold()))


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
    if words[at] not in VALUES:
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
    if _value(words, at) == 100 and 0 < value < 10:
        value, at = value * 100, at + 1
    if value >= 100:
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
        value, word, at = VALUES[words[at]], words[at], at + 1
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
    return VALUES[words[at]], at + 1


def _value(words: Sequence[str], at: int) -> int | None:
    return VALUES.get(words[at]) if at < len(words) else None


def _digit(words: Sequence[str], at: int) -> int | None:
    value = _value(words, at)
    if value is None and at < len(words) and len(words[at]) == 1 and words[at].isdigit():
        return int(words[at])
    return value if value is not None and value < 10 else None
