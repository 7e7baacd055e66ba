"""From text as written to words as spoken.

The voice reads "10042" as "ten thousand forty two" and "AB-1234" as "ab twelve thirty four".
A caller needs them digit by digit and letter by letter.
"""

import re
from collections.abc import Callable
from typing import Final

from agent_service.offline.english.calendar_words import MONTHS
from agent_service.offline.english.numbers import UNITS
from agent_service.offline.english.quantities import with_quantities

_DIGITS: Final = tuple(UNITS)
_SIGNS: Final = {
    ".": "dot",
    "_": "underscore",
    "-": "dash",
    "+": "plus",
    "/": "slash",
    "~": "tilde",
    "@": "at",
    ":": "colon",
    "?": "question mark",
    "=": "equals",
    "#": "hash",
    "%": "percent",
}
_GROUP: Final = 4
"""Digits said without a breath; longer strings are cut, with the shorter groups first."""

_MAIL: Final = re.compile(r"\b[\w.+-]+@[\w-]+(?:\.[\w-]+)+\b")
_SITE: Final = re.compile(
    r"\b(?:https?://|www\.)[^\s<>()\"]*[\w/]|\b[\w-]+(?:\.[\w-]+)*\.(?:com|net|org|io|co\.uk)\b(?:/[\w/-]*)?",
    re.I,
)
_ISO_DATE: Final = re.compile(
    r"\b(\d{4})-(\d\d)-(\d\d)(?:T(\d\d:\d\d)(?::\d\d(?:\.\d+)?)?(?:Z|[+-]\d\d:\d\d)?)?\b"
)
_PHONE: Final = re.compile(
    r"(?<![\w.])(?:\+\d{1,3}[ -]?)?(?:\(\d{3}\) ?|\d{3}[-. ])\d{3}[-. ]?\d{4}\b|\+\d{8,15}\b"
)
_IDENTIFIER: Final = re.compile(
    r"(?<![\w$£€.,])#?(?=[A-Z\d-]*\d)(?=[\d-]*[A-Z])[A-Z\d]+(?:-[A-Z\d]+)*\b(?!%)"
)
_ORDINAL: Final = re.compile(r"^\d+(?:ST|ND|RD|TH|AM|PM|S|D|KG|CM|MM|GB|MB)$")
_NAMED_NUMBER: Final = re.compile(
    r"(?P<name>\b(?:order|number|no\.|reference|ref|ticket|case|code|tracking|zip|account|return|refund|"
    r"invoice|id|pin|ending in|extension)s?(?: number| code| id)?(?: is|:)? )"
    r"#?(?P<digits>\d{2,})\b(?![.,]\d|%)",
    re.I,
)
_HASH_NUMBER: Final = re.compile(r"#(\d+)\b")
_BARE_NUMBER: Final = re.compile(r"(?<![\w$£€.,:/-])(\d{4,})\b(?![.,:]\d|%|-\d)")
_YEAR: Final = re.compile(
    r"(?:\b(?:in|since|until|of|by|year|" + "|".join(MONTHS) + r")|\d(?:st|nd|rd|th)?,?) $", re.I
)

_MARKUP: Final[tuple[tuple[re.Pattern[str], str], ...]] = (
    (re.compile(r"```.*?```", re.S), " "),
    (re.compile(r"<[^<>\n]{1,200}>"), " "),
    (re.compile(r"!?\[([^\]]*)\]\([^)]*\)"), r"\1"),
    (re.compile(r"^\s*(?:#{1,6}|[-*•>]|\d+[.)])\s+", re.M), ""),
    (re.compile(r"(?<!\w)(\*{1,3}|_{1,3}|`)(?=\S)(.+?)(?<=\S)\1(?!\w)"), r"\2"),
    (re.compile(r"&amp;|&"), " and "),
    (re.compile("[\U0001f000-\U0001faff\u2190-\u2bff\ufe0f]|[|*`~^<>]"), " "),
)


def verbalise(text: str) -> str:
    """Return the words that the voice should say for the text."""
    for pattern, replacement in _MARKUP:
        text = pattern.sub(replacement, text)
    for pattern, speak in _NAMED:
        text = pattern.sub(speak, text)
    text = with_quantities(text)
    text = _IDENTIFIER.sub(lambda found: _identifier(found.group()), text)
    text = _BARE_NUMBER.sub(_bare_number, text)
    return re.sub(r"[ \t]+", " ", text).strip()


def digit_by_digit(digits: str) -> str:
    """Return digits as words, in groups of four at most."""
    words = [_DIGITS[int(digit)] for digit in digits]
    groups = -(-len(words) // _GROUP)
    size = -(-len(words) // groups) if groups else 1
    if len(words) <= _GROUP + 1:
        return " ".join(words)
    return ", ".join(" ".join(words[at : at + size]) for at in range(0, len(words), size))


def _letters(letters: str) -> str:
    # A lone "A" would be read as the article.
    return " ".join("eh" if letter == "A" else letter for letter in letters.upper())


def _identifier(text: str) -> str:
    if _ORDINAL.match(text):
        return text
    parts = re.findall(r"[A-Z]+|\d+", text)
    return " ".join(digit_by_digit(part) if part.isdigit() else _letters(part) for part in parts)


def _address(address: str) -> str:
    parts = re.findall(r"[^\W\d_]+|\d+|[^\w\s]|_", address)
    return " ".join(
        digit_by_digit(part) if part.isdigit() else _SIGNS.get(part, part) for part in parts
    )


def _phone(number: str) -> str:
    groups = re.findall(r"\d+", number)
    plus = "plus " if number.startswith("+") else ""
    return plus + ", ".join(digit_by_digit(group) for group in groups)


def _date(found: re.Match[str]) -> str:
    year, month, day, time = found.groups()
    if not 1 <= int(month) <= 12 or not 1 <= int(day) <= 31:
        return found.group()
    at = f" at {time}" if time else ""
    return f"{MONTHS[int(month) - 1].capitalize()} {int(day)}, {year}{at}"


def _bare_number(found: re.Match[str]) -> str:
    digits = found[1]
    is_year = len(digits) == 4 and digits[:2] in ("19", "20")
    if is_year and _YEAR.search(found.string[: found.start()]):
        return digits
    return digit_by_digit(digits)


_NAMED: Final[tuple[tuple[re.Pattern[str], Callable[[re.Match[str]], str]], ...]] = (
    (_MAIL, lambda found: _address(found.group())),
    (_SITE, lambda found: _address(re.sub(r"^https?://(?:www\.)?", "", found.group()))),
    (_ISO_DATE, _date),
    (_PHONE, lambda found: _phone(found.group())),
    (_NAMED_NUMBER, lambda found: found["name"] + digit_by_digit(found["digits"])),
    (_HASH_NUMBER, lambda found: digit_by_digit(found[1])),
)
"""What is no amount although it holds figures."""
