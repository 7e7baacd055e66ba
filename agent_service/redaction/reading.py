"""Reads a text as words and numbers, numbers in whatever figures or words they are written.

Knows nothing of cards: only which numbers stand in a row, and what stands between them.
"""

import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Final

from agent_service.redaction.context_words import Kind, is_mark, is_pause, kind_of
from agent_service.redaction.number_words import digits_at, folded

MARK: Final = "[redacted"
"""What our own marks begin with."""

ESCAPE: Final = r"\\u[0-9a-fA-F]{4}|\\[nrtv]|%20|%2[dD]|%09|%0[aA]|&nbsp;|&#160;"
_LATIN: Final = r"[A-Za-z\u00c0-\u024f\u1e00-\u1eff\uff21-\uff5a]"
_TOKEN: Final = re.compile(
    rf"(?P<mark>\[redacted(?: [a-z][a-z0-9_ ]{{0,63}})?\])|(?P<gap>{ESCAPE})|(?P<figures>[0-9]+)"
    # Latin letters end where a script begins that puts no space between words.
    rf"|(?P<word>{_LATIN}+(?:[\u0300-\u036f]+{_LATIN}*)*|(?:(?!{_LATIN})[^\W\d_])+)"
    r"|(?P<sign>[^\w\s-])"
)
# Between two groups of one number: up to three characters, in a row always the same odd ones.
_GAP: Final = re.compile(
    rf"(?:{ESCAPE}|[\s,.;/\\_|*'\u00b7\u2022\u2010-\u2015\u2212\u2019~-]){{0,3}}"
)
_ODD_GAP: Final = re.compile(rf"(?:{ESCAPE}|\W|_){{1,3}}")
_INVISIBLE: Final = re.compile(
    "[\u00ad\u034f\u061c\u200b-\u200f\u202a-\u202e\u2060-\u2064\u2066-\u2069\u20e3\ufe0f\ufeff]"
)


def _digit_table() -> dict[int, str]:
    """Return the ASCII digit for each other character that means one: full-width, Arabic, ①, ²."""
    characters = (chr(code) for code in range(0x80, 0x1FBFA))
    digits = ((c, unicodedata.digit(c, -1)) for c in characters)
    return {ord(c): str(digit) for c, digit in digits if digit >= 0}


_ASCII_DIGITS: Final = _digit_table()


@dataclass(frozen=True, slots=True)
class Token:
    """A word, a sign, or a number."""

    start: int
    end: int
    word: str
    """Folded; a sign as it stands; empty for a number."""
    digits: str = ""
    is_spoken: bool = False

    @property
    def kind(self) -> Kind:
        return kind_of(self.word)


@dataclass(frozen=True, slots=True)
class Run:
    """Numbers in a row, perhaps groups of one."""

    first: int
    """Index of the first one's token."""
    after: int
    """Index of the token after the last one."""
    numbers: tuple[Token, ...]
    has_pause: tuple[bool, ...]
    """For each number, whether "and" or "uh" stands before it."""

    @property
    def digits(self) -> str:
        return "".join(number.digits for number in self.numbers)


@dataclass(frozen=True, slots=True)
class Part:
    """Where some digits of a number stand."""

    start: int
    end: int
    digits: str


def with_ascii_digits(text: str) -> str:
    """Return the text with all digits as 0 to 9, every character in its place."""
    if text.isascii() or _ASCII_DIGITS.keys().isdisjoint(map(ord, text)):
        return text
    return text.translate(_ASCII_DIGITS)


def tokens_of(text: str) -> list[Token]:
    """Return the words, signs and numbers of a text whose digits are 0 to 9."""
    raw = [match for match in _TOKEN.finditer(text) if match.lastgroup != "gap"]
    words = [folded(match[0]) if match.lastgroup == "word" else match[0] for match in raw]
    tokens: list[Token] = []
    at = 0
    while at < len(raw):
        start, end = raw[at].span()
        match raw[at].lastgroup:
            case "figures":
                tokens.append(Token(start, end, "", words[at]))
                at += 1
                continue
            case "word":
                is_among = bool(tokens) and tokens[-1].is_spoken
                number = digits_at(words, at, is_among=is_among)
                if number is not None:
                    digits, after = number
                    tokens.append(Token(start, raw[after - 1].end(), "", digits, is_spoken=True))
                    at = after
                    continue
        tokens.append(Token(start, end, MARK if raw[at].lastgroup == "mark" else words[at]))
        at += 1
    return tokens


def runs_of(text: str, tokens: list[Token]) -> list[Run]:
    """Return the rows of numbers that could be groups of one number."""
    rows: list[_Row] = []
    for index, token in enumerate(tokens):
        if token.digits and not (rows and rows[-1].takes(text, tokens, index)):
            rows.append(_Row(index, index, [token], [False]))
    return [Run(row.first, row.last + 1, tuple(row.numbers), tuple(row.has_pause)) for row in rows]


def parts_of(numbers: Sequence[Token], digits: str) -> Iterator[Part]:
    """Yield where numbers in a row are some of the digits, in their order."""
    at = 0
    while at < len(numbers):
        after, part = at, ""
        while after < len(numbers) and part + numbers[after].digits in digits:
            part += numbers[after].digits
            after += 1
        if part:
            yield Part(numbers[at].start, numbers[after - 1].end, part)
        at = max(after, at + 1)


@dataclass(slots=True)
class _Row:
    """A run in the making."""

    first: int
    last: int
    numbers: list[Token]
    has_pause: list[bool]
    odd_gap: str | None = None

    def takes(self, text: str, tokens: list[Token], index: int) -> bool:
        """Take the next number if it may belong to the same one."""
        gap, has_pause = _between(text, tokens, self.last, index)
        if gap is None:
            return False
        odd_gap = None if _GAP.fullmatch(gap) else gap
        if odd_gap is not None and _ODD_GAP.fullmatch(gap) is None:
            return False
        if len(self.numbers) > 1 and odd_gap != self.odd_gap:
            return False
        self.last, number = index, tokens[index]
        if gap == "":  # characters that nobody sees are no gap
            number = replace(
                number, start=self.numbers[-1].start, digits=self.numbers[-1].digits + number.digits
            )
            self.numbers[-1] = number
            return True
        self.odd_gap = odd_gap
        self.numbers.append(number)
        self.has_pause.append(has_pause)
        return True


def _between(text: str, tokens: list[Token], left: int, right: int) -> tuple[str | None, bool]:
    """Return what separates two numbers, and whether words of pausing do; None: something else."""
    gap = text[tokens[left].end : tokens[right].start]
    if not gap.isascii():
        gap = _INVISIBLE.sub("", gap)
    between = [token for token in tokens[left + 1 : right] if token.word.isalpha()]
    if not between:
        return (None if MARK in gap else gap), False
    if len(between) > 2 or not all(is_pause(t.word) or is_mark(t.word) for t in between):
        return None, False
    return " ", any(is_pause(token.word) for token in between)
