"""Cuts a text into words, numbers and signs. Nothing is lost but case and harmless punctuation.

An emoji, a mark of direction, a letter of another script: each stays, and has to be said as well.
"""

import re
import unicodedata
from dataclasses import dataclass
from enum import Enum, auto

_APOSTROPHES = "'\u2018\u2019"
_QUOTES = '"\u201c\u201d\u201e\u201a\u00ab\u00bb\u2039\u203a'
_HYPHENS = "\\-\u2010\u2011"
_DASHES = "\u2013\u2014"
_SHORT = re.compile(
    r"\b(?P<half>[ap])\. ?m\b\.?|\bn\.? ?[º°]\.?"
    r"|\b(?P<hour>[0-9]{1,2}) ?h ?(?P<minute>[0-9]{2})\b"
    r"|(?<![0-9.,])\b(?P<thousands>[0-9]{1,3})[ \u00a0\u202f](?P<rest>[0-9]{3})\b(?![.,]?[0-9])"
    r"(?= ?(?:€|euros?\b|francs?\b|dollars?\b))"
    r"|\b(?P<rank>[0-9]{1,2})(?:\.? ?[ºª°]|(?-i:st|nd|rd|th|er|re|ère|ème|eme|nde)\b"
    r"|(?-i:e)(?=\s+[a-zé])|\.(?=\s(?:Stock|Etage|OG|Obergeschoss|Reihe|Rang|Klasse)\b))"
    r"|\b(?P<deed>pick|drop|check|call|set|sign|top|clean|fit|tune)-(?P<how>up|off|in|out|back)\b"
    r"|\b(?P<day>(?:mon|diens|donners|frei|sams|sonn)tag|mittwoch)"
    r"(?P<part>morgen|vormittag|mittag|nachmittag|abend|nacht)\b",
    re.IGNORECASE,
)
RANK = "º"
"""Stands behind a number by which something is known in a row: ``3rd``, ``3.º``, ``3e étage``."""
_NEXT = re.compile(r"\s+[¿¡]?[A-Z]")
_SUFFIX = "st|nd|rd|th|er|re|ère|am|pm|h|uhr|gb|mb|kg|g|km|cm|mm|m|l|º|ª"
_PIECE = re.compile(
    r"(?P<number>[0-9]{4}-[0-9]{2}-[0-9]{2}(?![\w-])|"
    rf"[0-9]+(?:[.,:/{_APOSTROPHES}][0-9]+)*(?=(?:{_SUFFIX})?(?![^\W_])))"
    r"|(?P<word>[^\W_]+)"
    rf"|(?P<quiet>#(?=[0-9])|(?<=\w)[{_HYPHENS}](?=\w)|[\s{_APOSTROPHES}{_QUOTES}]+)"
    rf"|(?P<mark>[.,;:!?¡¿…()\[\]/{_DASHES}]|[{_HYPHENS}](?![0-9$€£]))"
    r"|(?P<sign>(?P<one>.)(?P=one)*)",
    re.DOTALL | re.IGNORECASE,
)
_DIGITS = frozenset("0123456789")
_ELISION = frozenset(_APOSTROPHES)


class Kind(Enum):
    WORD = auto()
    NUMBER = auto()
    MIXED = auto()
    """Letters and digits, as in a postcode."""
    SIGN = auto()


@dataclass(frozen=True, slots=True)
class Token:
    kind: Kind
    text: str
    """In small letters."""
    plain: str
    """Without accents."""
    is_capital: bool
    gap: str
    """The punctuation in front of it."""
    is_elided: bool
    """An apostrophe joins it to the next: ``l'``, ``I'll``."""


def plain(text: str) -> str:
    """Return small letters, Latin ones without accents."""
    small = text.casefold()
    letters = "".join(
        mark for mark in unicodedata.normalize("NFD", small) if not unicodedata.combining(mark)
    )
    return letters if letters.isascii() else small


def tokens_of(text: str) -> tuple[list[Token], str]:
    """Return the tokens of a text, and the punctuation at its end."""
    text = _SHORT.sub(_spelled, unicodedata.normalize("NFC", text))
    found: list[Token] = []
    gap = ""
    for piece in _PIECE.finditer(text):
        group = piece.lastgroup
        if group == "mark":
            gap += piece[0]
        elif group != "quiet":
            is_elided = text[piece.end() : piece.end() + 1] in _ELISION
            found.append(_token(piece[0], group, gap, is_elided))
            gap = ""
    return found, gap


def _spelled(short: re.Match[str]) -> str:
    if short["half"]:
        is_end = short[0].endswith(".") and _NEXT.match(short.string, short.end())
        return f"{short['half']}m{'.' if is_end else ''}"
    if short["thousands"]:
        return f"{short['thousands']}{short['rest']}"
    if short["rank"]:
        return f"{short['rank']} {RANK} "
    if short["deed"]:
        return f"{short['deed']}{short['how']}"
    if short["day"]:
        return f"{short['day']} {short['part']}s"
    return f"{short['hour']} h {short['minute']}" if short["hour"] else "num "


def _token(text: str, group: str | None, gap: str, is_elided: bool) -> Token:
    kind = Kind.WORD
    if group == "number":
        kind = Kind.NUMBER
    elif group == "sign":
        kind = Kind.SIGN
    elif not _DIGITS.isdisjoint(text):
        kind = Kind.MIXED
    small = text.casefold()
    bare = small if small.isascii() else plain(text)
    return Token(kind, small, bare, text[:1].isupper(), gap, is_elided)
