"""Removes secrets from text: keys, tokens, passwords, card numbers and their security codes.

Used by the log and by everything that is written to the database. Nearly all text holds none, so
each rule names words without which it cannot match: looking for those is many times cheaper.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import accumulate

REDACTED = "[redacted]"
REDACTED_CARD = "[redacted card]"

_NAMES_OF_KEYS = (
    r"[a-z0-9_-]{0,40}(?:api[-_]?key|token|secret|password)"
    r"|(?:proxy[-_])?authorization|private[-_]?key|passwd|pwd|(?:set[-_])?cookie"
)
# In text, "ticket: 17" is a ticket of the help desk; as a field of the log it opens conversations.
_KEY = re.compile(rf"(?:{_NAMES_OF_KEYS}|ticket)\Z", re.IGNORECASE)
_SCHEME = r"(?:Bearer|Basic)(?:\s+|%20|\+)"


@dataclass(frozen=True, slots=True)
class _Rule:
    words: tuple[str, ...]
    """One of these stands, in whatever case, in every text that the rule changes."""
    marks: tuple[str, ...]
    """And one of these, if there are any."""
    pattern: re.Pattern[str]
    replacement: str


_TEXT_RULES: tuple[_Rule, ...] = (
    # JSON Web Tokens: each part of the header and payload is base64 of '{"'
    _Rule(("eyj",), (), re.compile(r"\beyJ[\w-]{4,}\.[\w-]{4,}(?:\.[\w-]*)*"), REDACTED),
    # keys of OpenAI and its kind, ephemeral secrets
    _Rule(
        ("sk", "ek", "pk", "rk"),
        ("-", "_"),
        re.compile(r"(?<![\w-])(?:sk|ek|pk|rk)[-_][\w-]{16,}"),
        REDACTED,
    ),
    # "Bearer" before something that is more than a word
    _Rule(
        ("bearer", "basic"),
        (),
        re.compile(
            rf"(?<!\w)({_SCHEME})"
            r"(?=[\w.~+/-]*(?:[0-9_~+/=]|\.\w)|[\w-]{20})[\w.~+/-]{8,}=*",
            re.IGNORECASE,
        ),
        rf"\1{REDACTED}",
    ),
    # user:password@ in addresses
    _Rule(("://",), ("@",), re.compile(r"(://[^\s/:@]*:)[^\s/@]+(?=@)"), rf"\1{REDACTED}"),
    # "api_key": "...", password=..., also inside JSON inside JSON
    _Rule(
        ("key", "token", "secret", "password", "authorization", "passwd", "pwd", "cookie"),
        (":", "="),
        re.compile(
            rf"(?<![A-Za-z0-9_-])({_NAMES_OF_KEYS})(\\*[\"']?\s*[:=]\s*)(?:"
            # up to the quote that opened it, escaped ones skipped
            r"(\\*[\"'])(?!\[redacted)(?:(?!\3)(?:\\.|[\s\S]))+"
            rf"|(?!(?:{_SCHEME})?\[redacted|(?:null|true|false)\b)"
            rf"(?:{_SCHEME})?[^\s\"'\\,;&}}\])]+"
            r")",
            re.IGNORECASE,
        ),
        rf"\1\2\3{REDACTED}",
    ),
    # card security codes, as read out to somebody
    _Rule(
        ("cvv", "cvc", "security code"),
        (),
        re.compile(
            r"\b(cvv2?|cvc2?|security code)(\W{1,3}(?:(?:is|number|code)\W{1,3}){0,2})"
            r"[0-9](?:[ -]?[0-9]){2,3}(?![0-9])",
            re.IGNORECASE,
        ),
        rf"\1\2{REDACTED}",
    ),
)

SHORTEST_CARD = 13
"""Digits."""

# The digit comes before the look behind it, so that the search skips what is none.
_DIGIT_RUN = re.compile(r"[0-9](?<![A-Za-z0-9_][0-9])(?:[ \u00a0.-]?[0-9]){12,}(?![A-Za-z_])")
_GROUP = re.compile(r"[0-9]+")
_ANY_LENGTH = range(19, 12, -1)
# First two digits and lengths that card networks use; other numbers are not cards.
_LENGTHS: dict[str, Sequence[int]] = {
    **{str(start): (16,) for start in (*range(22, 28), *range(51, 56))},
    **{str(start): (15,) for start in (34, 37)},
    **{str(start): range(19, 13, -1) for start in (30, 36, 38, 39)},
    **{str(start): range(19, 15, -1) for start in (35,)},
    **{str(start): (19, 16, 13) for start in range(40, 50)},
    **{str(start): _ANY_LENGTH for start in (50, *range(56, 59), *range(60, 70))},
}
_DOUBLED = (0, 2, 4, 6, 8, 1, 3, 5, 7, 9)


@lru_cache(maxsize=1024)
def is_secret_key(name: str) -> bool:
    """Return whether a value under this name must not be shown, whatever it is."""
    return _KEY.match(name) is not None


def redact(text: str) -> str:
    """Return the text without secrets. The rest is unchanged; a second time changes nothing."""
    folded = _folded(text)
    for rule in _TEXT_RULES:
        for word in rule.words:
            if word in folded:
                break
        else:
            continue
        if not rule.marks or any(mark in text for mark in rule.marks):
            text = rule.pattern.sub(rule.replacement, text)
    if len(text) < SHORTEST_CARD:
        return text
    return _DIGIT_RUN.sub(_without_cards, text)


def _folded(text: str) -> str:
    """Return the text in lower case, with the letters that a pattern takes for i, k and s."""
    if text.isascii():
        return text.lower()
    return text.casefold().replace("\u0131", "i").replace("i\u0307", "i")


def _without_cards(run: re.Match[str]) -> str:
    text, kept_from, parts = run[0], 0, []
    for start, end in _cards(text):
        parts += [text[kept_from:start], REDACTED_CARD]
        kept_from = end
    return "".join([*parts, text[kept_from:]])


def _cards(text: str) -> Iterator[tuple[int, int]]:
    """Yield where card numbers stand; they begin and end with whole groups of digits."""
    digits = "".join(_GROUP.findall(text))
    places: dict[int, tuple[int, int]] = {}  # digits before a group: its place in the text
    counted = 0
    for match in _GROUP.finditer(text):
        places[counted] = match.span()
        counted += len(match[0])
    ends = {start + end - begin: end for start, (begin, end) in places.items()}
    sums = [_luhn_sums(digits, parity) for parity in (0, 1)]
    finished = 0
    for start, (begin, _) in places.items():
        if start < finished:
            continue
        for end in (start + length for length in _LENGTHS.get(digits[start : start + 2], ())):
            if end in ends and (sums[end % 2][end] - sums[end % 2][start]) % 10 == 0:
                finished = end
                yield begin, ends[end]
                break


def _luhn_sums(digits: str, parity: int) -> list[int]:
    """Return Luhn's sum of every beginning; digits at places of this parity count double."""
    values = (
        _DOUBLED[int(digit)] if index % 2 == parity else int(digit)
        for index, digit in enumerate(digits)
    )
    return list(accumulate(values, initial=0))
