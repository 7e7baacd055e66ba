"""A text as the words that were said: without case, accents and punctuation.

A sign that is neither a letter of the six languages, a digit nor common punctuation makes a text
unreadable: a word in another script or an emoji must not vanish, since it may be the refusal.
"""

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

# What copying, keyboards and right-to-left apps leave in a text, and nobody sees or hears.
# Signs that turn the order of a text round are not among them.
_INVISIBLE = dict.fromkeys(map(ord, "\u00ad\u200b\u200c\u200d\u200e\u200f\u2060\ufeff"))
_UNREADABLE = re.compile(
    r"[^a-z0-9àáâãäæçèéêëìíîïñòóôõöœßùúûüÿ\s.,;:!?¡¿'\u2019\u2018`\u00b4\"“”„«»\u2039\u203a\-\u2013—…€$£%]"
)
_PIECE = re.compile(r"([^\W\d_]+|\d+|[€$£%])|([.,;:!?¡¿\u2013—…])")
_THOUSANDS = re.compile(r"(?<![\d.,])(\d{1,3})[.,](\d{3})(?![\d.,]*\d)")
_STUTTER = re.compile(r"\b([^\W\d_]{1,2})-(?:\1-)*(?=\1[^\W\d_])")
_DRAWN_OUT = re.compile(r"([^\W\d_])\1{2,}")
_APOSTROPHES = re.compile(r"[\u2019\u2018`\u00b4]")
_UNFINISHED = re.compile(r"(?:\.\s*\.|[,;:\-\u2013—…])[\s'\"”»]*$")
# "è" and "é" (is) are other words than "e" (and).
_IS = re.compile(r"\be'(?!\w)|\b[èé]\b")
_IS_WORD = "é"
# Beside a "sí" or "sì", "si" is "if"; without accents it is where words follow it and stand before
# it, but for those that begin a yes.
_ACCENTED_SI = re.compile(r"\bs[íì]\b")
_SI = re.compile(r"\bsi\b")
_SI_AMONG_WORDS = re.compile(r"\b([^\W\d_]+) si(?= [^\W\d_])")
_BEFORE_YES = frozenset(
    ("que", "si", "eh", "ehm", "em", "hm", "mm", "hum", "um", "uh", "pues", "bueno", "claro", "ay")
) | {"allora", "beh", "ma", "certo"}
_IF_WORD = "if"
_LIGATURES: Mapping[str, str] = MappingProxyType({"œ": "oe", "æ": "ae", "ß": "ss", "%": "percent"})


@dataclass(frozen=True, slots=True)
class Said:
    """The words of a text."""

    text: str
    """As it was written."""
    words: tuple[str, ...]
    pauses: frozenset[int]
    """After how many words there is a sign of punctuation."""
    is_question: bool
    is_unfinished: bool
    """Whether it ends as a text does that goes on: with a comma, a dash, an ellipsis."""

    def part(self, begin: int, end: int) -> "Said":
        """Return some of the words, as a text that ends with them."""
        pauses = frozenset(pause - begin for pause in self.pauses)
        return Said(self.text, self.words[begin:end], pauses, self.is_question, is_unfinished=False)


def said(text: str) -> Said | None:
    """Return the words of a text; None when it holds a sign that cannot be read."""
    plain = _plain(text)
    return None if _UNREADABLE.search(plain) else _said(text, plain)


def readable_part(text: str) -> Said:
    """Return the words of a text without what cannot be read."""
    return _said(text, _UNREADABLE.sub(" ", _plain(text)))


def _plain(text: str) -> str:
    return unicodedata.normalize("NFC", text.translate(_INVISIBLE)).lower()


def _said(text: str, plain: str) -> Said:
    plain = _IS.sub(f" {_IS_WORD} ", _APOSTROPHES.sub("'", plain))
    plain = _with_if(plain)
    plain = _THOUSANDS.sub(r"\1\2", _STUTTER.sub("", plain))
    words: list[str] = []
    pauses: set[int] = set()
    for piece in _PIECE.finditer(plain):
        if piece[1]:
            words.append(_folded(piece[1]))
        else:
            pauses.add(len(words))
    return Said(
        text,
        tuple(words),
        frozenset(pauses),
        is_question="?" in plain or "¿" in plain,
        is_unfinished=_UNFINISHED.search(plain.rstrip()) is not None,
    )


def _with_if(plain: str) -> str:
    if _ACCENTED_SI.search(plain):
        return _SI.sub(_IF_WORD, plain)
    return _SI_AMONG_WORDS.sub(
        lambda found: found[0] if found[1] in _BEFORE_YES else f"{found[1]} {_IF_WORD}", plain
    )


def spellings(word: str) -> tuple[tuple[str, ...], ...]:
    """Return the ways to write a word of a grammar: with an apostrophe and without, ü and ue."""
    parts = tuple(_folded(part) for part in re.split(r"['-]", word) if part)
    ways = [parts, ("".join(parts),)]
    if re.search("[äöü]", word):
        ways.append((_folded(re.sub("([äöü])", r"\1e", word)),))
    return tuple(dict.fromkeys(ways))


def _folded(word: str) -> str:
    if word in ("é", "è"):
        return _IS_WORD
    word = _DRAWN_OUT.sub(r"\1", word)
    word = "".join(_LIGATURES.get(sign, sign) for sign in word)
    apart = unicodedata.normalize("NFD", word)
    return "".join(sign for sign in apart if not unicodedata.combining(sign))
